"""Merging: suggestions that wait, merging any two, taking a merge back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.db import transaction
from ninja import Path, Router, Status

from tongpin.base.clock import now
from tongpin.core.people import merging
from tongpin.core.people.comparing import Waiting, waiting, waiting_one
from tongpin.core.people.models import Merge
from tongpin.core.people.models import Suggestion as Pending
from tongpin.core.people.queries import display_names
from tongpin.core.people.roots import root_of, roots_of
from tongpin.core.people.rules import Ground
from tongpin.core.people.scoping import among
from tongpin.core.team.rules import Right
from tongpin.core.team.trail import audit
from tongpin.web.api.cursors import keys_of, mark
from tongpin.web.api.door import ApiRequest, NotHere, Refused, actor_of, answers, holding
from tongpin.web.api.people import root_here
from tongpin.web.api.people_shapes import Reason, reasons_of
from tongpin.web.api.shapes import MOST_ID, After, Given, Id, Limit, Page, Shape

router = Router(tags=["merges"])
Number = Annotated[int, Path(ge=1, le=MOST_ID)]
MERGES: tuple[Right, ...] = ("people.see", "people.merge")
BY_HAND = "by_hand"


class PersonRef(Shape):
    """Somebody by number and what they are called."""

    id: int
    name: str


class Suggestion(Shape):
    """Two people who may be one."""

    id: int
    score: float
    low: PersonRef
    high: PersonRef
    reasons: list[Reason]


class Suggestions(Page):
    """What waits for a human, the likeliest first."""

    suggestions: list[Suggestion]


class Kept(Given):
    """Which of the two the other is read as. If nothing is said, the one who is identified, else the lower number."""

    kept: Id | None = None


class Pair(Given):
    """Two people who are one."""

    kept: Id
    gone: Id


class Merged(Shape):
    """A merge, by which it can be taken back."""

    id: int
    kept: int
    gone: int


@router.get("/suggestions", **holding(*MERGES), response=answers(Suggestions), operation_id="listSuggestions")
def list_suggestions(request: ApiRequest, after: After, limit: Limit) -> Suggestions:
    """Pairs that may be one person, and why. Nothing is merged by itself."""
    keys = keys_of(after, float, int)
    begin = (float(keys[0]), int(keys[1])) if keys else None
    found = waiting(scope=request.scope, after=begin, limit=limit + 1)
    page = found[:limit]
    names = display_names(person_ids=[person for one in page for person in (one.low, one.high)]) if page else {}
    last = page[-1] if len(found) > limit else None
    return Suggestions(
        suggestions=[_suggestion(one, names) for one in page],
        next=mark(float(last.score), last.id) if last else None,
    )


def _suggestion(one: Waiting, names: dict[int, str]) -> Suggestion:
    return Suggestion(
        id=one.id,
        score=one.score,
        low=PersonRef(id=one.low, name=names.get(one.low, "")),
        high=PersonRef(id=one.high, name=names.get(one.high, "")),
        reasons=reasons_of(one.grounds),
    )


@router.post(
    "/suggestions/{number}/accept", **holding(*MERGES), response=answers(Merged), operation_id="acceptSuggestion"
)
def accept_suggestion(request: ApiRequest, number: Number, payload: Kept | None = None) -> Merged:
    """Merges the two, for the reasons of the suggestion. Accepting again is refused with 409."""
    one = _open_one(request, number)
    kept = None if payload is None or payload.kept is None else root_of(person_id=payload.kept)
    if kept not in (None, one.low, one.high):
        raise Refused(422, "not_of_the_two", f"`kept` is {one.low} or {one.high}")
    at = now()
    with transaction.atomic():
        side = Pending.objects.values_list("low", "high").get(pk=number)
        stays = None if kept is None else side[kept == one.high]
        made = merging.accept(suggestion_id=number, kept=stays, actor=actor_of(request), at=at)
        return _told(request, made, at)


def _open_one(request: ApiRequest, number: int) -> Waiting:
    """A suggestion that waits. Raises Refused 404; SuggestionDecided where somebody was faster."""
    one = waiting_one(suggestion_id=number, scope=request.scope)
    if one is not None:
        return one
    decided = Pending.objects.filter(pk=number).exclude(state=Pending.State.OPEN).first()
    if decided is None or len(among(person_ids=[decided.low, decided.high], scope=request.scope)) < 2:
        raise NotHere
    raise merging.SuggestionDecided("this suggestion is already decided")


@router.post(
    "/suggestions/{number}/refuse",
    **holding(*MERGES),
    response=answers(None, status=204),
    operation_id="refuseSuggestion",
)
def refuse_suggestion(request: ApiRequest, number: Number) -> Status[None]:
    """They are two people. The pair is never suggested again. Refusing again is refused with 409."""
    _open_one(request, number)
    merging.refuse(suggestion_id=number, actor=actor_of(request), at=now())
    return Status(204, None)


@router.post(
    "", **holding(*MERGES), response=answers(Merged, status=201), operation_id="merge", summary="Merge two people"
)
def merge(request: ApiRequest, payload: Pair) -> Status[Merged]:
    """Makes two people one: `gone` is read as `kept` from now on. Asking again is refused with 409 (`already_one`)."""
    kept, gone, at = root_here(request, payload.kept), root_here(request, payload.gone), now()
    with transaction.atomic():
        made = merging.merge(kept=kept, gone=gone, reasons=[Ground(BY_HAND)], actor=actor_of(request), at=at)
        return Status(201, _told(request, made, at))


def _told(request: ApiRequest, number: int, at: datetime) -> Merged:
    """The trail's line of a merge, and the merge."""
    made = Merge.objects.get(pk=number)
    details = {"other": made.gone, "merge": number}
    audit(actor=request.actor, action="person.merged", at=at, subject=("person", made.kept), details=details)
    return Merged(id=number, kept=made.kept, gone=made.gone)


@router.delete(
    "/{number}",
    **holding(*MERGES),
    response=answers(None, status=204),
    operation_id="part",
    summary="Take a merge back",
)
def part(request: ApiRequest, number: Number) -> Status[None]:
    """Takes a merge back. The two are not merged again by a machine. Asking again is refused with 409."""
    found, at = Merge.objects.filter(pk=number).first(), now()
    roots = set(roots_of(person_ids=[found.kept, found.gone]).values()) if found else set()
    if found is None or among(person_ids=roots, scope=request.scope) != roots:
        raise NotHere
    with transaction.atomic():
        merging.part(merge_id=found.pk, actor=actor_of(request), at=at)
        details = {"other": found.gone, "merge": found.pk}
        audit(actor=request.actor, action="person.parted", at=at, subject=("person", found.kept), details=details)
    return Status(204, None)
