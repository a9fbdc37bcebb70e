"""Talks, their lines and questions, as pages ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongpin.base.ids import token_digest
from tongpin.core.people.calling import display_names
from tongpin.core.sending.models import Errand
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.give.talks.board import board
from tongpin.loop.give.talks.closing import Owed, owed_to
from tongpin.loop.give.talks.models import Line, Question, Segment, SignUp, Talk, TalkPlace
from tongpin.loop.give.talks.rules import wants
from tongpin.loop.give.talks.seen import LineSeen, QuestionSeen, StageSeen, TalkAtHand, TalkLine, TalkPage
from tongpin.loop.give.talks.showing import number_of, page_of

ABOUT = "talk"
"""What errands of a talk are about."""
COMING = (Talk.State.DRAFT, Talk.State.ANNOUNCED, Talk.State.LIVE)


def talk_page(*, talk_id: int) -> TalkPage | None:
    """A talk by its number. One query."""
    return page_of(Talk.objects.filter(pk=talk_id))


def talk_by_code(*, live_code: str) -> TalkPage | None:
    """A talk by the public code of its live page; a draft has none yet. One query."""
    held = Talk.objects.filter(live_code=live_code.strip().lower()[:20])
    return page_of(held.exclude(state=Talk.State.DRAFT))


def stage_of(*, secret: str) -> StageSeen | None:
    """What the guest sees who holds this private link; None where it was never given or was renewed. When
    the talk is over it still tells whose it is. Three queries.
    """
    talk = page_of(Talk.objects.filter(stage_key_hash=token_digest(secret)))
    return None if talk is None else StageSeen(talk, questions_of(talk_id=talk.id, state="shown"))


def lines_after(*, talk_id: int, number: int, limit: int = 200) -> tuple[LineSeen, ...]:
    """Lines after a number, in order. Five queries at most."""
    rows = list(Line.objects.filter(talk=talk_id, number__gt=number).order_by("number")[:limit])
    of_segments = {row.ref for row in rows if row.kind in (Line.Kind.SEGMENT, Line.Kind.REDACTION)}
    segments = {one.pk: one for one in Segment.objects.filter(pk__in=of_segments)} if of_segments else {}
    asked = {one.question_id for one in segments.values() if one.question_id is not None}
    asked |= {row.ref for row in rows if row.kind == Line.Kind.ANSWER}
    questions = {one.pk: one for one in Question.objects.filter(pk__in=asked)} if asked else {}
    names = _names([*questions.values()])
    return tuple(_line(row, segments, questions, names) for row in rows)


def questions_of(*, talk_id: int, state: str = "") -> tuple[QuestionSeen, ...]:
    """Questions of a talk (of one state): those most ask first, then the longest waiting. What was handed to the guest
    stands in the order of handing. Three queries."""
    merged = Question.objects.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    also = Coalesce(Subquery(merged.annotate(n=Count("pk")).values("n")), 0)
    held = Question.objects.filter(talk=talk_id).select_related("place").annotate(also=also)
    if state:
        held = held.filter(state=state)
    order = ("shown_at", "pk") if state == Question.State.SHOWN else ("-also", "asked_at", "pk")
    rows = list(held.order_by(*order))
    names = _names(rows)
    return tuple(
        QuestionSeen(
            id=row.pk,
            talk_id=row.talk_id,
            person_id=row.person_id,
            name=names[row.pk],
            words=row.words,
            channel=row.channel,
            place=row.place.name if row.place else "",
            asked_at=row.asked_at,
            state=row.state,
            also=row.also,
            merged_into=row.merged_into_id,
            answers=row.answers,
            answer_words=row.answer_words,
            answered_at=row.answered_at,
        )
        for row in rows
    )


def talks_of(
    *,
    community_id: int | None = None,
    when: str = "all",
    scope: Scope | None = None,
    limit: int = 100,
    behind: tuple[datetime, int] | None = None,
) -> tuple[TalkLine, ...]:
    """Talks of a community, or all in scope. when: coming (draft, announced, live: next first), past (ended, cancelled:
    newest first), all (newest first). `behind`: those that follow this beginning and number. One query."""
    rows = _scoped(scope)
    if community_id is not None:
        rows = rows.filter(community=community_id)
    if when == "coming":
        rows = rows.filter(state__in=COMING)
        if behind is not None:
            rows = rows.filter(Q(starts_at__gt=behind[0]) | Q(starts_at=behind[0], pk__gt=behind[1]))
        return _lines(rows.order_by("starts_at", "pk")[:limit])
    if when == "past":
        rows = rows.exclude(state__in=COMING)
    if behind is not None:
        rows = rows.filter(Q(starts_at__lt=behind[0]) | Q(starts_at=behind[0], pk__lt=behind[1]))
    return _lines(rows.order_by("-starts_at", "-pk")[:limit])


def talks_at_hand(
    *, at: datetime, first: datetime, last: datetime, scope: Scope | None = None, limit: int = 200
) -> tuple[TalkAtHand, ...]:
    """What a desk needs of talks on one day, in the order they start: those that are to come or live, those of the days
    from `first` until before `last` (but for cancelled ones), and those with cards to paste. One query."""
    given = Errand.objects.filter(state=Errand.State.GIVEN, about_kind=ABOUT)
    dated = Q(starts_at__gte=first, starts_at__lt=last) & ~Q(state=Talk.State.CANCELLED)
    rows = _scoped(scope).filter(Q(state__in=COMING) | dated | Q(pk__in=given.values("about")))
    mine = given.filter(about=OuterRef("pk")).order_by().values("about")
    rows = rows.annotate(
        cards=Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0),
        cards_due=Subquery(mine.annotate(until=Min("due")).values("until")),
    )
    return tuple(_at_hand(row, at, first, last) for row in _counted(rows).order_by("starts_at", "pk")[:limit])


def _at_hand(row: Any, at: datetime, first: datetime, last: datetime) -> TalkAtHand:
    needed = wants(
        state=row.state,
        on_stage=row.stage_key_hash is not None,
        starts_at=row.starts_at,
        ends_hint=row.ends_hint,
        started_at=row.started_at,
        at=at,
    )
    return TalkAtHand(
        talk=_talk_line(row),
        needs=needed[0] if needed else "",
        since=needed[1] if needed else None,
        cards=row.cards,
        cards_due=row.cards_due,
        is_dated=first <= row.starts_at < last and row.state != Talk.State.CANCELLED,
    )


def is_signed_up(*, talk_id: int, person_ids: Sequence[int]) -> bool:
    """Whether somebody, by any of these records of theirs, wants to hear a talk. One query."""
    return SignUp.objects.filter(talk=talk_id, person__in=person_ids).exists()


def _scoped(scope: Scope | None) -> QuerySet[Talk]:
    rows = Talk.objects.all()
    return rows.filter(community__in=scope.ids) if isinstance(scope, Communities) else rows


def _counted(rows: QuerySet[Talk]) -> QuerySet[Any]:
    return rows.select_related("community").annotate(
        places=number_of(TalkPlace.objects.filter(state=TalkPlace.State.INVITED)),
        segments=number_of(Segment.objects.filter(redacted_at=None)),
        waiting=number_of(Question.objects.filter(state=Question.State.WAITING)),
    )


def _lines(rows: QuerySet[Talk]) -> tuple[TalkLine, ...]:
    return tuple(_talk_line(row) for row in _counted(rows))


def _talk_line(row: Any) -> TalkLine:
    return TalkLine(
        id=row.pk,
        community_id=row.community_id,
        community=row.community.name,
        title=row.title,
        guest_name=row.guest_name,
        starts_at=row.starts_at,
        ends_hint=row.ends_hint,
        state=row.state,
        live_code=row.live_code,
        places=row.places,
        segments=row.segments,
        waiting=row.waiting,
    )


def _names(questions: Sequence[Question]) -> dict[int, str]:
    """What each asker is called: as they signed the question, else as we know them."""
    unsigned = {one.person_id for one in questions if not one.name and one.person_id is not None}
    known = display_names(person_ids=sorted(unsigned)) if unsigned else {}
    return {one.pk: one.name or (known.get(one.person_id, "") if one.person_id else "") for one in questions}


def _line(
    row: Line, segments: Mapping[int, Segment], questions: Mapping[int, Question], names: Mapping[int, str]
) -> LineSeen:
    segment = segments.get(row.ref) if row.kind in (Line.Kind.SEGMENT, Line.Kind.REDACTION) else None
    answered = row.ref if row.kind == Line.Kind.ANSWER else (segment.question_id if segment else None)
    question = questions.get(answered) if answered else None
    asked: dict[str, Any] = {
        "question_id": question.pk if question else 0,
        "question": question.words if question else "",
        "asker": names.get(question.pk, "") if question else "",
    }
    if row.kind == Line.Kind.ANSWER:
        return LineSeen(row.number, row.kind, row.at, words=row.words, **asked)
    if segment is None:
        return LineSeen(row.number, row.kind, row.at)
    if row.kind == Line.Kind.REDACTION or segment.redacted_at is not None:
        gone = segment.redacted_at is not None
        return LineSeen(
            row.number, row.kind, row.at, segment_id=segment.pk, segment_number=segment.number, redacted=gone
        )
    return LineSeen(
        number=row.number,
        kind=row.kind,
        at=row.at,
        segment_id=segment.pk,
        segment_number=segment.number,
        form=segment.form,
        words=segment.words,
        files=tuple(segment.files),
        seconds=segment.seconds,
        **asked,
    )


__all__ = [
    "Owed",
    "board",
    "is_signed_up",
    "lines_after",
    "owed_to",
    "questions_of",
    "stage_of",
    "talk_by_code",
    "talk_page",
    "talks_at_hand",
    "talks_of",
]
