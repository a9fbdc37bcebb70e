"""Taking letters back: what waits is cancelled, what left is redacted wherever it arrived (撤回)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.sending import ErrandMissed, LetterCancelled
from tongpin.core.ledger.telling import Told
from tongpin.core.sending.models import Errand, Letter, State
from tongpin.core.sending.queueing import NewCommand, queue_commands
from tongpin.core.sending.telling import tell


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Letters that never left; platform messages that are to be redacted; letters that were leaving in that moment, whose
    messages follow as soon as they have a receipt."""

    cancelled: int
    to_redact: int
    leaving: int


@transaction.atomic
def cancel_letters(*, about_kind: str, about: int, at: datetime, reason: str, actor: str = "system") -> int:
    """Takes what waits about this out of the queue, and errands nobody did yet off the list. What is just leaving leaves.

    Returns how many never left.
    """
    return len(_cancel(_about(about_kind, about), at=at, reason=reason, actor=actor))


@transaction.atomic
def redact(*, about_kind: str, about: int, at: datetime, reason: str, actor: str = "system") -> TakenBack:
    """Takes all letters about this back, everywhere. Asked again, it asks for nothing twice."""
    rows = _about(about_kind, about)
    cancelled = _cancel(rows, at=at, reason=reason, actor=actor)
    return _take_back(rows, len(cancelled), at=at, actor=actor)


def redact_letters(*, rows: Sequence[Letter], at: datetime, reason: str, actor: str) -> TakenBack:
    """The same for letters whose rows the caller has locked."""
    cancelled = _cancel(rows, at=at, reason=reason, actor=actor)
    return _take_back(rows, len(cancelled), at=at, actor=actor)


def _take_back(rows: Sequence[Letter], cancelled: int, *, at: datetime, actor: str) -> TakenBack:
    left = [row for row in rows if row.state in (State.SENT, State.CLAIMED) and row.place_id is not None]
    Letter.objects.filter(pk__in=[row.pk for row in left], redact_asked_at=None).update(redact_asked_at=at)
    sent = [row for row in left if row.state == State.SENT]
    return TakenBack(cancelled, redact_rows(sent, at=at, actor=actor), len(left) - len(sent))


def redact_rows(rows: Sequence[Letter], *, at: datetime, actor: str = "system") -> int:
    """Queues a command for each message of letters that arrived in places; returns how many."""
    commands = [
        NewCommand(
            key=f"redact:{bytes(row.key).hex()}:{message}",
            verb="redact",
            channel=row.channel,
            place_id=row.place_id,
            message=message,
            about_kind="letter",
            about=row.pk,
        )
        for row in rows
        if row.place_id is not None
        for message in (row.platform_id, *row.more_ids)
        if message
    ]
    return len(queue_commands(commands=commands, at=at, actor=actor))


def _about(about_kind: str, about: int) -> list[Letter]:
    found = Letter.objects.select_for_update().filter(about_kind=about_kind, about=about)
    return list(found.order_by("pk"))


def _cancel(rows: Sequence[Letter], *, at: datetime, reason: str, actor: str) -> list[Letter]:
    waiting = [row for row in rows if row.state in (State.QUEUED, State.GIVEN)]
    ids = [row.pk for row in waiting]
    Letter.objects.filter(pk__in=ids).update(state=State.CANCELLED, reason=reason, done_at=at, address_sealed=None)
    Letter.objects.filter(pk__in=ids, fleeting=True).update(payload={})
    told = [Told(LetterCancelled(letter=row.pk, reason=reason), row.person_id, row.place_id) for row in waiting]
    tell(told, at=at, actor=actor)
    open_errands = list(Errand.objects.select_for_update().filter(letter__in=ids, state=Errand.State.GIVEN))
    Errand.objects.filter(pk__in=[one.pk for one in open_errands]).update(
        state=Errand.State.MISSED, reason="cancelled", done_at=at
    )
    missed = [
        Told(ErrandMissed(errand=one.pk, errand_kind=one.kind, reason="cancelled"), one.person_id, one.place_id)
        for one in open_errands
    ]
    tell(missed, at=at, actor=actor)
    return waiting
