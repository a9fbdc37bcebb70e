"""Errands (待转发): given to a human, done by one tap, missed when their time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongpin.base.ids import digest
from tongpin.channels.port import ToDo
from tongpin.core.facts.sending import CommandFailed, ErrandDone, ErrandGiven, ErrandMissed, LetterFailed
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Origin
from tongpin.core.sending.models import Command, Errand, Letter, State
from tongpin.core.sending.settling import done_fact, sent_fact

ENDED_BY_HAND = (State.QUEUED, State.CLAIMED, State.GIVEN, State.FAILED)
"""States from which an errand that was done makes a letter sent: also where its receipt was lost, or it came late."""


class NoSuchErrand(LookupError):
    """There is no such errand."""


class ErrandCancelled(Exception):
    """What was to be done was taken back; nobody should do it any more."""


@transaction.atomic
def give_errand(
    *,
    key: str,
    kind: str,
    text: str,
    at: datetime,
    place_id: int | None = None,
    person_id: int | None = None,
    url: str = "",
    pictures: Sequence[str] = (),
    due: datetime | None = None,
    staff_id: int | None = None,
    about_kind: str = "",
    about: int = 0,
    actor: str = "system",
    origin: Origin = Origin.LIVE,
) -> int | None:
    """Asks a human for something by hand; the same key is the same errand. What is not live asks nobody: None."""
    if origin != Origin.LIVE:
        return None
    row = Errand(
        key=digest("errand", key),
        kind=kind,
        place_id=place_id,
        person_id=person_id,
        text=text,
        url=url,
        pictures=list(pictures),
        about_kind=about_kind,
        about=about,
        staff_id=staff_id,
        given_at=at,
        due=due,
    )
    return _give(row, actor=actor).pk


@transaction.atomic
def give_todo(*, todo: ToDo, at: datetime) -> int:
    """A letter or command on the channel of errands becomes one; the same key is the same errand."""
    key = bytes.fromhex(todo.key)
    letter = Letter.objects.filter(key=key).first()
    command = None if letter else Command.objects.filter(key=key).first()
    source = letter or command
    if source is None:
        raise NoSuchErrand("no letter and no command stands behind this errand")
    row = Errand(
        key=key,
        kind=todo.kind,
        place_id=source.place_id,
        person_id=source.person_id,
        letter=letter,
        command=command,
        text=todo.text,
        url=todo.url,
        pictures=list(todo.pictures),
        message=todo.message,
        about_kind=source.about_kind,
        about=source.about,
        given_at=at,
        due=todo.due,
    )
    return _give(row, actor="system").pk


def _give(row: Errand, *, actor: str) -> Errand:
    Errand.objects.bulk_create([row], ignore_conflicts=True)
    kept = Errand.objects.get(key=row.key)
    given = ErrandGiven(
        errand=kept.pk,
        errand_kind=kept.kind,
        staff=kept.staff_id or 0,
        about_kind=kept.about_kind,
        about=kept.about,
        due=kept.due,
    )
    if kept.given_at == row.given_at and kept.state == Errand.State.GIVEN:
        record(given, at=kept.given_at, person_id=kept.person_id, place_id=kept.place_id, actor=actor)
    return kept


def _held(errand_id: int) -> Errand:
    """The errand, locked; what stands behind it first, as whoever takes letters back locks them."""
    behind = Errand.objects.filter(pk=errand_id).values_list("letter", "command").first()
    if behind is not None:
        list(Letter.objects.select_for_update().filter(pk=behind[0]).values_list("pk"))
        list(Command.objects.select_for_update().filter(pk=behind[1]).values_list("pk"))
    row = Errand.objects.select_for_update(of=("self",)).filter(pk=errand_id).first()
    if row is None:
        raise NoSuchErrand("there is no such errand; it may have been removed")
    return row


@transaction.atomic
def copy_errand(*, errand_id: int) -> int:
    """Somebody copied the text: a touch on the way. Returns how many there were. Raises NoSuchErrand."""
    row = _held(errand_id)
    row.taps += 1
    row.save(update_fields=["taps"])
    return row.taps


@transaction.atomic
def do_errand(*, errand_id: int, staff_id: int, at: datetime, actor: str) -> bool:
    """One tap: it is done. False where it was already. Raises NoSuchErrand, ErrandCancelled."""
    row = _held(errand_id)
    if row.state == Errand.State.DONE:
        return False
    if row.reason == "cancelled":
        raise ErrandCancelled("this was taken back; it need not be done any more")
    row.state, row.reason, row.done_at, row.done_by = Errand.State.DONE, "", at, staff_id
    row.taps += 1
    row.save(update_fields=["state", "reason", "done_at", "done_by", "taps"])
    done = ErrandDone(errand=row.pk, errand_kind=row.kind, staff=staff_id, about_kind=row.about_kind, about=row.about)
    record(done, at=at, person_id=row.person_id, place_id=row.place_id, actor=actor)
    _finish(row, at=at, actor=actor)
    return True


def _finish(row: Errand, *, at: datetime, actor: str) -> None:
    """The letter or command behind it has arrived."""
    for model, number in ((Letter, row.letter_id), (Command, row.command_id)):
        if number is None:
            continue
        held = model.objects.select_for_update().get(pk=number)
        if held.state not in ENDED_BY_HAND:
            continue
        held.state, held.reason, held.done_at = State.SENT, "", at
        held.platform_id, held.claimed_by = str(row.pk), ""
        if isinstance(held, Letter) and held.fleeting:
            held.payload = {}
        held.save(update_fields=["state", "reason", "done_at", "platform_id", "claimed_by", "payload"])
        fact = sent_fact(held, at=at) if isinstance(held, Letter) else done_fact(held)
        record(fact, at=at, person_id=held.person_id, place_id=held.place_id, actor=actor, source="errand")


@transaction.atomic
def decline_errand(*, errand_id: int, reason: str, at: datetime, actor: str) -> bool:
    """Somebody says that it will not be done. False where it is no longer open. Raises NoSuchErrand."""
    row = _held(errand_id)
    if row.state != Errand.State.GIVEN:
        return False
    _miss(row, reason=reason, at=at, actor=actor)
    return True


def miss_due(*, at: datetime, limit: int = 200) -> int:
    """What nobody did in time is missed. Returns how many."""
    late = Errand.objects.filter(state=Errand.State.GIVEN, due__lt=at).order_by("due", "pk")
    missed = 0
    for errand_id in list(late.values_list("pk", flat=True)[:limit]):
        missed += decline_errand(errand_id=errand_id, reason="too_late", at=at, actor="system")
    return missed


def _miss(row: Errand, *, reason: str, at: datetime, actor: str) -> None:
    row.state, row.reason, row.done_at = Errand.State.MISSED, reason[:60], at
    row.save(update_fields=["state", "reason", "done_at"])
    missed = ErrandMissed(errand=row.pk, errand_kind=row.kind, reason=row.reason)
    record(missed, at=at, person_id=row.person_id, place_id=row.place_id, actor=actor)
    for model, number in ((Letter, row.letter_id), (Command, row.command_id)):
        if number is None:
            continue
        held = model.objects.select_for_update().get(pk=number)
        if held.state not in (State.QUEUED, State.CLAIMED, State.GIVEN):
            continue
        model.objects.filter(pk=number).update(
            state=State.FAILED, reason="errand_missed", done_at=at, attempts=held.attempts + 1, claimed_by=""
        )
        fact: LetterFailed | CommandFailed
        if isinstance(held, Letter):
            fact = LetterFailed(
                letter=held.pk,
                letter_class=held.letter_class,
                channel=held.channel,
                reason="errand_missed",
                permanent=True,
                attempt=held.attempts + 1,
            )
        else:
            fact = CommandFailed(
                command=held.pk,
                verb=held.verb,
                channel=held.channel,
                reason="errand_missed",
                permanent=True,
                attempt=held.attempts + 1,
            )
        record(fact, at=at, person_id=held.person_id, place_id=held.place_id, actor=actor, source="errand")
