"""What screens see of sending: letters about something, errands that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tongpin.core.sending.models import Command, Errand, Letter, State


@dataclass(frozen=True, slots=True)
class LetterSeen:
    """A letter and how far it is."""

    id: int
    letter_class: str
    channel: str
    place_id: int | None
    person_id: int | None
    state: str
    reason: str
    attempts: int
    not_before: datetime
    done_at: datetime | None
    platform_id: str
    redact_asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErrandSeen:
    """An errand as a card shows it."""

    id: int
    kind: str
    place_id: int | None
    person_id: int | None
    letter_id: int | None
    text: str
    url: str
    pictures: tuple[str, ...]
    message: str
    about_kind: str
    about: int
    state: str
    reason: str
    staff_id: int | None
    done_by: int | None
    taps: int
    given_at: datetime
    due: datetime | None
    done_at: datetime | None


def letters_about(*, about_kind: str, about: int) -> list[LetterSeen]:
    """All letters about something, by number: the relay board (转发看板) of a talk."""
    rows = Letter.objects.filter(about_kind=about_kind, about=about).order_by("pk")
    return [
        LetterSeen(
            id=row.pk,
            letter_class=row.letter_class,
            channel=row.channel,
            place_id=row.place_id,
            person_id=row.person_id,
            state=row.state,
            reason=row.reason,
            attempts=row.attempts,
            not_before=row.not_before,
            done_at=row.done_at,
            platform_id=row.platform_id,
            redact_asked_at=row.redact_asked_at,
        )
        for row in rows
    ]


def open_errands(*, staff_id: int | None = None, limit: int = 100) -> list[ErrandSeen]:
    """What waits for a human, what is due first; for one teammate also what is nobody's in particular."""
    rows = Errand.objects.filter(state=Errand.State.GIVEN).order_by("due", "pk")
    if staff_id is not None:
        rows = rows.filter(Q(staff_id=None) | Q(staff_id=staff_id))
    return [_errand_seen(row) for row in rows[:limit]]


def errands_about(*, about_kind: str, about: int) -> list[ErrandSeen]:
    """All errands about something, by number, with taps and states."""
    return [_errand_seen(row) for row in Errand.objects.filter(about_kind=about_kind, about=about).order_by("pk")]


def waiting(*, channel: str) -> dict[str, int]:
    """How many letters and commands are on their way, for the warnings frame: {"letters": …, "commands": …}."""
    on_the_way = Q(channel=channel, state__in=(State.QUEUED, State.CLAIMED))
    return {
        "letters": Letter.objects.filter(on_the_way).aggregate(n=Count("pk"))["n"],
        "commands": Command.objects.filter(on_the_way).aggregate(n=Count("pk"))["n"],
    }


def _errand_seen(row: Errand) -> ErrandSeen:
    return ErrandSeen(
        id=row.pk,
        kind=row.kind,
        place_id=row.place_id,
        person_id=row.person_id,
        letter_id=row.letter_id,
        text=row.text,
        url=row.url,
        pictures=tuple(row.pictures),
        message=row.message,
        about_kind=row.about_kind,
        about=row.about,
        state=row.state,
        reason=row.reason,
        staff_id=row.staff_id,
        done_by=row.done_by,
        taps=row.taps,
        given_at=row.given_at,
        due=row.due,
        done_at=row.done_at,
    )
