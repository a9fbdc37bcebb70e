"""Applications as Today, the join page and the applicant see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, OuterRef, Q, When
from django.db.models.functions import Coalesce, JSONObject

from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import records_of
from tongpin.core.places.models import Membership
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.gather.admission.models import Answer, Application, QuestionSheet
from tongpin.loop.gather.admission.rules import ANSWERED_WITHIN, Question, may_apply, waiting_too_long
from tongpin.loop.gather.charter.queries import DoorSeen
from tongpin.loop.gather.entrances.queries import EntranceSeen

_SINCE = Coalesce("reconsidered_at", "applied_at")
"""From when an answer is promised: a refusal that was taken back begins anew."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as it was asked and the applicant's own words."""

    question: str
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits. `entrance` is what the way in is called, empty where they came by none of ours."""

    application_id: int
    community_id: int
    community: str
    person_id: int
    called: str
    applied_at: datetime
    waited: timedelta
    too_long: bool
    entrance_id: int | None
    entrance: str
    channel: str
    inviter_id: int | None
    inviter: str
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class MyApplication:
    """My application: waiting, accepted, refused or withdrawn. `ahead` wait before me; `due` is when we promise to answer."""

    application_id: int
    state: str
    applied_at: datetime
    due: datetime
    ahead: int
    decided_at: datetime | None
    reason: str
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class MyLine:
    """One of my applications, in a list."""

    community_id: int
    community: str
    state: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """How many asked to come in by an entrance, and how many of them were let in."""

    applicants: int
    accepted: int


def questions_of(*, community_id: int) -> tuple[Question, ...] | None:
    """What applicants are asked; None where nobody decided yet (nothing at all is a decision). One query."""
    sheet = QuestionSheet.objects.filter(community=community_id).first()
    if sheet is None:
        return None
    return tuple(Question(**(told | {"choices": tuple(told["choices"])})) for told in sheet.questions)


def why_not_apply(*, doors: Collection[DoorSeen], entrance: EntranceSeen | None, vouched: bool) -> str | None:
    """Why somebody who comes so may not ask to be let in (`rules.may_apply`); None where they may. No query."""
    return may_apply(
        open_doors={one.door for one in doors if one.shut_at is None},
        once_open=bool(doors),
        by_seed_entrance=entrance is not None and entrance.door == "seeds",
        by_closed_entrance=entrance is not None and entrance.closed_at is not None,
        vouched=vouched,
    )


def lets_in(*, door: str, doors: Collection[DoorSeen]) -> bool:
    """Whether somebody may ask to be let in now who comes by an entrance meant for `door` and whom nobody brings."""
    opened = {one.door for one in doors if one.shut_at is None}
    why = may_apply(open_doors=opened, once_open=True, by_seed_entrance=door == "seeds", vouched=False)
    return why is None


def members_among(*, community_id: int, person_ids: Collection[int]) -> set[int]:
    """Which of these records are in a place of the community now, as themselves and not as their root. One query."""
    held = Membership.objects.filter(place__community=community_id, person__in=person_ids, left_at=None)
    return set(held.values_list("person_id", flat=True))


def is_member(*, community_id: int, person_id: int) -> bool:
    """Whether somebody is in any place of the community now, by any of their records. Three queries."""
    theirs = records_of(person_id=person_id)
    return bool(members_among(community_id=community_id, person_ids=theirs))


def applications_waiting(*, scope: Scope, now: datetime, limit: int = 50) -> list[Waiting]:
    """Who waits to be let in, the longest waiting first, in the communities of `scope`. Two queries."""
    held = Application.objects.filter(state=Application.State.WAITING).select_related("community", "entrance")
    answers = Answer.objects.filter(application=OuterRef("pk")).order_by("position")
    held = held.annotate(said=ArraySubquery(answers.values(pair=JSONObject(question="question", words="words"))))
    if isinstance(scope, Communities):
        held = held.filter(community__in=scope.ids)
    rows = list(held.annotate(since=_SINCE).order_by("since", "pk")[:limit])
    names = display_names(person_ids=[*{one for row in rows for one in (row.person_id, row.inviter_id) if one}])
    return [
        Waiting(
            application_id=row.pk,
            community_id=row.community_id,
            community=row.community.name,
            person_id=row.person_id,
            called=names.get(row.person_id, ""),
            applied_at=row.applied_at,
            waited=now - row.since,
            too_long=waiting_too_long(applied_at=row.since, now=now),
            entrance_id=row.entrance_id,
            entrance=row.entrance.name if row.entrance else "",
            channel=row.entrance.channel if row.entrance else "",
            inviter_id=row.inviter_id,
            inviter=names.get(row.inviter_id, "") if row.inviter_id else "",
            answers=tuple(Answered(one["question"], one["words"]) for one in row.said),
        )
        for row in rows
    ]


def count_waiting(*, scope: Scope) -> int:
    """How many wait to be let in. One query."""
    held = Application.objects.filter(state=Application.State.WAITING)
    if isinstance(scope, Communities):
        held = held.filter(community__in=scope.ids)
    return held.count()


def my_application(*, person_id: int, community_id: int) -> MyApplication | None:
    """The latest application of a person, by any of their records; the waiting one where there is one. Five queries."""
    return application_of(community_id=community_id, records=records_of(person_id=person_id))


def application_of(*, community_id: int, records: Collection[int]) -> MyApplication | None:
    """The same for somebody whose records are known. Three queries."""
    held = Application.objects.filter(community=community_id, person__in=records)
    waits = Case(When(state=Application.State.WAITING, then=0), default=1)
    row = held.annotate(since=_SINCE).order_by(waits, "-applied_at", "-pk").first()
    if row is None:
        return None
    ahead = 0
    if row.state == Application.State.WAITING:
        before = Q(since__lt=row.since) | Q(since=row.since, pk__lt=row.pk)
        waiting = Application.objects.filter(community=community_id, state=Application.State.WAITING)
        others = waiting.annotate(since=_SINCE).filter(before)
        ahead = others.exclude(person__in=records).count()
    return MyApplication(
        application_id=row.pk,
        state=row.state,
        applied_at=row.applied_at,
        due=row.since + ANSWERED_WITHIN,
        ahead=ahead,
        decided_at=row.decided_at,
        reason=row.reason,
        answers=_answers([row.pk]).get(row.pk, ()),
    )


def my_applications(*, person_id: int, limit: int = 20) -> list[MyLine]:
    """Every application of a person, by any of their records, newest first. Three queries."""
    theirs = records_of(person_id=person_id)
    rows = Application.objects.filter(person__in=theirs).select_related("community").order_by("-applied_at", "-pk")
    return [MyLine(one.community_id, one.community.name, one.state, one.applied_at) for one in rows[:limit]]


def asked_by_entrance(*, entrance_ids: Iterable[int]) -> dict[int, Asked]:
    """Applicants and accepted by entrance; an entrance nobody applied by is left out. One query."""
    held = Application.objects.filter(entrance__in=set(entrance_ids)).values("entrance_id")
    counted = held.annotate(
        applicants=Count("person_id", distinct=True),
        accepted=Count("person_id", distinct=True, filter=Q(state=Application.State.ACCEPTED)),
    )
    return {row["entrance_id"]: Asked(row["applicants"], row["accepted"]) for row in counted}


def waiting_of(*, community_id: int, members: Sequence[int]) -> Application | None:
    """The oldest application that waits of these records of one person."""
    rows = Application.objects.filter(community=community_id, person__in=members, state=Application.State.WAITING)
    return rows.order_by("applied_at", "pk").first()


def _answers(application_ids: Iterable[int]) -> dict[int, tuple[Answered, ...]]:
    said: dict[int, list[Answered]] = {}
    for one in Answer.objects.filter(application__in=list(application_ids)).order_by("application_id", "position"):
        said.setdefault(one.application_id, []).append(Answered(one.question, one.words))
    return {application: tuple(answers) for application, answers in said.items()}
