"""Facts: what happened to somebody, and the ledger by position, so that other software can follow it.

What a token may not see is left out of the bodies: sums without the right to money, people outside its scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import AfterValidator, Field

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import own
from tongpin.core.facts.upcasters import upcast
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.following import end_of_ledger, follow
from tongpin.core.ledger.models import Origin
from tongpin.core.ledger.queries import Cursor
from tongpin.core.ledger.queries import timeline as entries_about
from tongpin.core.people.models import Person
from tongpin.core.people.queries import in_scope
from tongpin.core.people.roots import PersonUnknown, members_of, roots_of
from tongpin.core.people.scoping import among
from tongpin.web.api.cursors import mark, moment_and_number
from tongpin.web.api.door import ApiRequest, Refused, answers, holding
from tongpin.web.api.people import PersonId, root_here
from tongpin.web.api.places import nameable
from tongpin.web.api.shapes import MOST_ID, After, Limit, Page, Shape

router = Router(tags=["facts"])
ORIGINS: dict[int, Literal["live", "history", "demo", "simulated"]] = {
    Origin.LIVE: "live",
    Origin.HISTORY: "history",
    Origin.DEMO: "demo",
    Origin.SIMULATED: "simulated",
}


Seen = dict[str, frozenset[int]]
"""By noun, the numbers that this token may see."""


def _known(kind: str) -> str:
    if "," in kind:
        raise ValueError("give each kind by itself: kinds=order.paid&kinds=order.shipped")
    if kind not in CATALOGUE:
        raise ValueError(f"no such kind of fact: {kind}; docs/facts.md lists them")
    return kind


# The check stands with the single kind: around the list it would keep ninja from reading a list at all.
Kinds = Annotated[
    list[Annotated[str, Field(max_length=60), AfterValidator(_known)]],
    Query(
        [],
        max_length=60,
        description="Only these kinds of facts, each by itself: kinds=order.paid&kinds=refund.settled. Docs: facts.md.",
    ),
]


class FactSeen(Shape):
    """One fact. `person` is who it is about now, `recorded_person` as whom they were known then."""

    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    person: int | None
    recorded_person: int | None
    place: int | None
    actor: str
    source: str
    origin: Literal["live", "history", "demo", "simulated"]
    cause: int | None
    body: dict[str, Any] = Field(
        description="Its fields stand in docs/facts.md; those that hold their default are left out."
    )


class Timeline(Page):
    """Facts about somebody, newest first."""

    facts: list[FactSeen]


class Feed(Shape):
    """A stretch of the ledger in its one order. Keep `position` and give it back as `after`."""

    facts: list[FactSeen]
    position: int
    more: bool


class End(Shape):
    """The last position there is."""

    position: int


@router.get(
    "/people/{person_id}/facts", **holding("people.see"), response=answers(Timeline), operation_id="listFactsOfPerson"
)
def facts_of_person(request: ApiRequest, person_id: PersonId, kinds: Kinds, after: After, limit: Limit) -> Timeline:
    """What the ledger tells of somebody, newest first, all merged records together; what was withdrawn is left out."""
    root, begin = root_here(request, person_id), moment_and_number(after)
    if not Person.objects.filter(pk=root).exists():
        raise PersonUnknown(f"there is no person {person_id}; look the number up again")
    members = members_of(root=root)
    before = Cursor(*begin) if begin else None
    found = entries_about(person_ids=members, kinds=kinds or None, before=before, limit=limit + 1)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    money = in_scope(person_id=root, scope=request.token.scope("money.see"))
    return Timeline(
        facts=_seen(request, page, money=money),
        next=mark(last.at.isoformat(), last.seq) if last else None,
    )


@router.get(
    "/facts",
    **holding("ledger.see", "people.see", "money.see"),
    response=answers(Feed),
    operation_id="followFacts",
)
def follow_facts(
    request: ApiRequest,
    kinds: Kinds,
    after: Annotated[
        int, Query(0, ge=0, le=MOST_ID, description="`position` of the answer before; 0 is the beginning.")
    ],
    limit: Annotated[int, Query(100, ge=1, le=1000)],
) -> Feed:
    """Facts behind a position, in the one order everybody agrees on. None comes before one that was answered already.

    What is taken back later is told by `fact.withdrawn`. For tokens of the whole house.
    """
    found = follow(after=after, kinds=kinds or None, limit=limit)
    if not found.entries and not found.more and after > end_of_ledger():
        # After a backup was restored the same positions come to hold other facts: going on would skip those.
        raise Refused(409, "position_ahead", "the ledger ends before this position (a backup restored?): begin anew")
    return Feed(facts=_seen(request, found.entries, money=True), position=found.position, more=found.more)


@router.get(
    "/facts/end", **holding("ledger.see", "people.see", "money.see"), response=answers(End), operation_id="endOfFacts"
)
def end_of_facts(request: ApiRequest) -> End:
    """Where the ledger ends now: who only wants what comes follows from here."""
    return End(position=end_of_ledger())


def _seen(request: ApiRequest, entries: Sequence[Entry], *, money: bool) -> list[FactSeen]:
    people = {entry.person_id for entry in entries if entry.person_id}
    bodies = [upcast(entry.kind, entry.version, entry.body)[1] for entry in entries]
    named = {one for entry, body in zip(entries, bodies, strict=True) for one in _ids_in("person", entry.kind, body)}
    places = {one for entry, body in zip(entries, bodies, strict=True) for one in _ids_in("place", entry.kind, body)}
    places |= {entry.place_id for entry in entries if entry.place_id}
    seen: Seen = {
        "person": among(person_ids=people | named, scope=request.scope),
        "place": nameable(place_ids=places, scope=request.scope),
    }
    roots = roots_of(person_ids=people & seen["person"])
    return [
        FactSeen(
            seq=entry.seq,
            kind=entry.kind,
            at=entry.at,
            recorded_at=entry.recorded_at,
            person=roots.get(entry.person_id or 0),
            recorded_person=entry.person_id if entry.person_id in seen["person"] else None,
            place=entry.place_id if entry.place_id in seen["place"] else None,
            actor=entry.actor,
            source=entry.source,
            origin=ORIGINS[entry.origin],
            cause=entry.cause,
            body=_body(entry.kind, body, money=money, seen=seen),
        )
        for entry, body in zip(entries, bodies, strict=True)
    ]


def _noun(name: str, meaning: str, body: dict[str, Any]) -> str:
    """What the values of a field number: person, place, or something else."""
    return str(body.get(f"{name}_kind") or "") if meaning == "about" else meaning


def _ids_in(noun: str, kind: str, body: dict[str, Any]) -> Iterable[int]:
    for column in own(kind) if kind in CATALOGUE else ():
        value = body.get(column.name)
        if value and _noun(column.name, column.meaning, body) == noun:
            yield from value if isinstance(value, list) else [value]


def _body(kind: str, body: dict[str, Any], *, money: bool, seen: Seen) -> dict[str, Any]:
    if kind not in CATALOGUE:
        return {}
    shown = dict(body)
    for column in own(kind):
        value = shown.get(column.name)
        if value is None:
            continue
        noun = _noun(column.name, column.meaning, body)
        if noun == "fen" and not money:
            del shown[column.name]
        elif noun in seen:
            if isinstance(value, list):
                shown[column.name] = [one for one in value if one in seen[noun]]
            elif value not in seen[noun]:
                del shown[column.name]
    return shown
