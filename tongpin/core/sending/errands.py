"""Errands (待转发): given to a human, done by one tap, missed when their time is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tongpin.base.ids import digest
from tongpin.channels.port import ToDo
from tongpin.core.facts.form import Fact
from tongpin.core.facts.sending import CommandFailed, ErrandDone, ErrandGiven, ErrandMissed, LetterFailed
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Origin
from tongpin.core.ledger.telling import Told
from tongpin.core.sending.models import Command, Errand, Letter, State
from tongpin.core.sending.settling import done_fact, sent_fact
from tongpin.core.sending.telling import tell

ENDED_BY_HAND = (State.QUEUED, State.CLAIMED, State.GIVEN, State.FAILED)
"""States from which an errand that was done makes a letter sent: also where its receipt was lost, or it came late."""

STILL_TO_COME = (State.QUEUED, State.CLAIMED, State.GIVEN)
MISSED = "errand_missed"
SOURCE = "errand"


class NoSuchErrand(LookupError):
    """There is no such errand."""


class ErrandCancelled(Exception):
    """What was to be done was taken back; nobody should do it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewErrand:
    """Something a human is asked for by hand. key: natural, such as `talk.before:12:1:place:5`; never reused."""

    key: str
    kind: str
    text: str
    place_id: int | None = None
    person_id: int | None = None
    url: str = ""
    pictures: Sequence[str] = ()
    due: datetime | None = None
    staff_id: int | None = None
    about_kind: str = ""
    about: int = 0


@transaction.atomic
def give_errands(
    *, errands: Sequence[NewErrand], at: datetime, actor: str = "system", origin: Origin = Origin.LIVE
) -> list[int]:
    """Asks humans for many things at once; their numbers in the order of `errands`, which is the order they stand in.

    The same key is the same errand. What is not live asks nobody: no numbers. A fixed number of queries.
    """
    if origin != Origin.LIVE or not errands:
        return []
    rows = [
        Errand(
            key=digest("errand", one.key),
            kind=one.kind,
            place_id=one.place_id,
            person_id=one.person_id,
            text=one.text,
            url=one.url,
            pictures=list(one.pictures),
            about_kind=one.about_kind,
            about=one.about,
            staff_id=one.staff_id,
            given_at=at,
            due=one.due,
        )
        for one in errands
    ]
    return [one.pk for one in _give(rows, at=at, actor=actor)]


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
    return _give([row], at=at, actor="system")[0].pk


def _give(rows: Sequence[Errand], *, at: datetime, actor: str) -> list[Errand]:
    """The rows as they are kept, in the same order; what is new is told."""
    Errand.objects.bulk_create(rows, ignore_conflicts=True)
    kept = {bytes(one.key): one for one in Errand.objects.filter(key__in=[row.key for row in rows])}
    found = [kept[bytes(row.key)] for row in rows]
    told = [
        Told(_given(one), one.person_id, one.place_id)
        for one in kept.values()
        if one.given_at == at and one.state == Errand.State.GIVEN
    ]
    tell(sorted(told, key=lambda one: one.fact.errand), at=at, actor=actor, source="")  # type: ignore[attr-defined]
    return found


def _given(one: Errand) -> ErrandGiven:
    return ErrandGiven(
        errand=one.pk,
        errand_kind=one.kind,
        staff=one.staff_id or 0,
        about_kind=one.about_kind,
        about=one.about,
        due=one.due,
    )


def _held(errand_ids: Collection[int]) -> list[Errand]:
    """Errands, locked, by number; what stands behind them first, as whoever takes letters back locks them."""
    behind = list(Errand.objects.filter(pk__in=errand_ids).values_list("letter", "command"))
    for model, numbers in ((Letter, {one for one, _ in behind}), (Command, {one for _, one in behind})):
        if found := numbers - {None}:
            list(model.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk"))
    return list(Errand.objects.select_for_update(of=("self",)).filter(pk__in=errand_ids).order_by("pk"))


def _held_one(errand_id: int) -> Errand:
    row = next(iter(_held([errand_id])), None)
    if row is None:
        raise NoSuchErrand("there is no such errand; it may have been removed")
    return row


@transaction.atomic
def copy_errand(*, errand_id: int) -> int:
    """Somebody copied the text: a touch on the way. Returns how many there were. Raises NoSuchErrand."""
    row = _held_one(errand_id)
    row.taps += 1
    row.save(update_fields=["taps"])
    return row.taps


@transaction.atomic
def do_errand(*, errand_id: int, staff_id: int, at: datetime, actor: str) -> bool:
    """One tap: it is done. False where it was already. Raises NoSuchErrand, ErrandCancelled."""
    row = _held_one(errand_id)
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
        record(fact, at=at, person_id=held.person_id, place_id=held.place_id, actor=actor, source=SOURCE)


@transaction.atomic
def decline_errand(*, errand_id: int, reason: str, at: datetime, actor: str) -> bool:
    """Somebody says that it will not be done. False where it is no longer open. Raises NoSuchErrand."""
    row = _held_one(errand_id)
    return bool(_miss([row], reason=reason, at=at, actor=actor))


@transaction.atomic
def decline_errands(*, errand_ids: Collection[int], reason: str, at: datetime, actor: str) -> int:
    """The same for many at once; how many were still open. Those that are not there are passed over."""
    return _miss(_held(errand_ids), reason=reason, at=at, actor=actor) if errand_ids else 0


def miss_due(*, at: datetime, limit: int = 200) -> int:
    """What nobody did in time is missed. Returns how many."""
    late = Errand.objects.filter(state=Errand.State.GIVEN, due__lt=at).order_by("due", "pk")
    due = list(late.values_list("pk", flat=True)[:limit])
    return decline_errands(errand_ids=due, reason="too_late", at=at, actor="system")


def _miss(rows: Sequence[Errand], *, reason: str, at: datetime, actor: str) -> int:
    """Rows that are held: the open ones are missed, and what stands behind them has failed."""
    still = [row for row in rows if row.state == Errand.State.GIVEN]
    why = reason[:60]
    Errand.objects.filter(pk__in=[row.pk for row in still]).update(state=Errand.State.MISSED, reason=why, done_at=at)
    missed = [
        Told(ErrandMissed(errand=row.pk, errand_kind=row.kind, reason=why), row.person_id, row.place_id)
        for row in still
    ]
    tell(missed, at=at, actor=actor, source="")
    failed: list[Told] = []
    for model, numbers in ((Letter, [row.letter_id for row in still]), (Command, [row.command_id for row in still])):
        wanted = [number for number in numbers if number is not None]
        behind: list[Letter | Command] = (
            list(model.objects.filter(pk__in=wanted, state__in=STILL_TO_COME).order_by("pk")) if wanted else []
        )
        model.objects.filter(pk__in=[one.pk for one in behind]).update(
            state=State.FAILED, reason=MISSED, done_at=at, attempts=F("attempts") + 1, claimed_by=""
        )
        failed += [Told(_failed(one), one.person_id, one.place_id) for one in behind]
    tell(failed, at=at, actor=actor, source=SOURCE)
    return len(still)


def _failed(one: Letter | Command) -> Fact:
    """Told as the next try of it, and the last."""
    attempt = one.attempts + 1
    if isinstance(one, Letter):
        return LetterFailed(
            letter=one.pk,
            letter_class=one.letter_class,
            channel=one.channel,
            reason=MISSED,
            permanent=True,
            attempt=attempt,
        )
    return CommandFailed(
        command=one.pk, verb=one.verb, channel=one.channel, reason=MISSED, permanent=True, attempt=attempt
    )
