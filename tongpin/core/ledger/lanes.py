"""Reactions (后果) in lanes: each fact is handed to each function that asked for its kind, exactly once, in order.

What a function writes and the reader's new place commit together. A fact that fails is retried, then parked; later facts
of the same reaction and subject wait behind it, all others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from traceback import extract_tb

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from tongpin.base.clock import now
from tongpin.core.ledger.entries import COLUMNS, Entry, from_row
from tongpin.core.ledger.feed import begin_reader, end_of_feed, entries_of, move_reader, read_slice, reader_pos
from tongpin.core.ledger.models import Origin, Parked

TRIES = 6
BACK_OFF = (1, 5, 30, 120, 600, 1800)
"""Seconds before each new try; after the last one a human decides."""

BATCH = 100
SECONDS = 1.0
"""A batch stops here, so that no write transaction lasts over two seconds."""

React = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """One line of the table: what is called for a kind of fact. Its name is kept in parked facts: do not reuse it."""

    kind: str
    call: React

    @property
    def name(self) -> str:
        return f"{self.kind} → {self.call.__module__.rsplit('.', 1)[-1]}.{self.call.__qualname__}"


Table = Mapping[str, Sequence[Reaction]]


def react_once(lane: str, table: Table) -> int:
    """Handles the next stretch of the feed for one lane. Returns how many places it moved; 0 = up to date."""
    kinds = frozenset(table)
    with transaction.atomic(), connection.cursor() as cursor:
        pos = reader_pos(cursor, name=f"lane:{lane}")
        if pos is None:
            # A lane that is new has no past to answer for: nobody gets a letter about last year.
            begin_reader(cursor, name=f"lane:{lane}", pos=end_of_feed(cursor))
            return 1
        part = read_slice(cursor, pos=pos, kinds=kinds, limit=BATCH)
        if part.pos == pos:
            return 0
        held = _held(lane)
        began = time.monotonic()
        reached = part.pos
        for entry in entries_of(cursor, part, kinds=kinds):
            if entry.origin == Origin.LIVE:
                for reaction in table[entry.kind]:
                    _hand(reaction, entry, lane, held)
            if time.monotonic() - began > SECONDS:
                reached = _place_of(cursor, entry.seq)
                break
        move_reader(cursor, name=f"lane:{lane}", pos=reached)
        return reached - pos


def _place_of(cursor: object, seq: int) -> int:
    cursor.execute("select pos - (hi - %s) from feed where lo <= %s order by lo desc limit 1", [seq, seq])  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _held(lane: str) -> set[tuple[str, str]]:
    return set(Parked.objects.filter(reader=lane).values_list("reaction", "subject").distinct())


def _hand(reaction: Reaction, entry: Entry, lane: str, held: set[tuple[str, str]]) -> None:
    place = (reaction.name, entry.subject)
    if place in held:
        # The line may have ended since: a human passed over its last fact. Its head is locked until this batch commits.
        if _line(reaction.name, entry.subject).filter(reader=lane).first():
            _park(reaction, entry, lane, error="", tries=0)
            return
        held.discard(place)
    error = _attempt(reaction, entry)
    if error:
        held.add(place)
        _park(reaction, entry, lane, error=error, tries=1)


def _line(reaction: str, subject: str) -> QuerySet[Parked]:
    """What is parked of a reaction and subject, in order. Whoever changes a line takes it from here: head first."""
    return Parked.objects.select_for_update().filter(reaction=reaction, subject=subject).order_by("seq")


def _attempt(reaction: Reaction, entry: Entry) -> str:
    """Runs one reaction in its own savepoint; returns what went wrong, without any value that might be personal."""
    try:
        with transaction.atomic():
            reaction.call(entry)
    except (InterfaceError, OperationalError):
        if connection.connection is None or connection.connection.broken:
            raise  # the database is gone: the whole batch is done again when it is back
        return "the database refused (deadlock or limit)"
    except Exception as error:  # any failure of a reaction must park, never stop the lane
        last = extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename.rsplit('/', 1)[-1]}"
    return ""


def _park(reaction: Reaction, entry: Entry, lane: str, *, error: str, tries: int) -> None:
    moment = now()
    Parked.objects.get_or_create(
        reaction=reaction.name,
        seq=entry.seq,
        defaults={
            "reader": lane,
            "subject": entry.subject,
            "kind": entry.kind,
            "error": error,
            "tries": tries,
            "parked_at": moment,
            "next_try_at": moment + timedelta(seconds=BACK_OFF[0]) if tries else None,
        },
    )


def retry_due(lane: str, table: Table) -> int:
    """Tries parked facts whose time has come, each subject's in order until one fails again. Returns how many passed."""
    by_name = {reaction.name: reaction for reactions in table.values() for reaction in reactions}
    passed = 0
    due = Parked.objects.filter(reader=lane, next_try_at__lte=now()).order_by("next_try_at")[:50]
    for reaction_name, subject in dict.fromkeys((p.reaction, p.subject) for p in due):
        passed += _retry(by_name.get(reaction_name), lane, reaction_name, subject)
    return passed


def _retry(reaction: Reaction | None, lane: str, name: str, subject: str) -> int:
    passed = 0
    failed = False
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        waiting = _line(name, subject).filter(reader=lane)
        for parked in waiting[:BATCH]:
            cursor.execute(f"select {COLUMNS} from entry where seq = %s", [parked.seq])
            row = cursor.fetchone()
            error = _attempt(reaction, from_row(row)) if reaction and row else "the reaction or its fact is gone"
            if error:
                wait = BACK_OFF[parked.tries] if parked.tries < TRIES - 1 else None
                parked.error, parked.tries = error, parked.tries + 1
                parked.next_try_at = now() + timedelta(seconds=wait) if wait else None
                parked.save(update_fields=["error", "tries", "next_try_at"])
                failed = True
                break
            parked.delete()
            passed += 1
            if time.monotonic() - began > SECONDS:
                break
        if not failed and (head := waiting.first()):
            head.next_try_at = now()
            head.save(update_fields=["next_try_at"])
    return passed


def try_again(parked_id: int) -> None:
    """A human's word: the head of this parked fact's line is tried at once."""
    with transaction.atomic():
        parked = Parked.objects.get(pk=parked_id)
        head = _line(parked.reaction, parked.subject).first()
        if head:
            head.next_try_at = now()
            head.tries = min(head.tries, TRIES - 1)
            head.save(update_fields=["next_try_at", "tries"])


def pass_over(parked_id: int) -> None:
    """A human's word: this fact is left out of this reaction for good; those behind it go on."""
    with transaction.atomic():
        parked = Parked.objects.get(pk=parked_id)
        line = _line(parked.reaction, parked.subject)
        line.first()
        parked.delete()
        head = line.first()
        if head:
            head.next_try_at = now()
            head.save(update_fields=["next_try_at"])


def run(lane: str, table: Table, *, stop: threading.Event, wake: Callable[[float], None]) -> None:
    """Reacts until told to stop."""
    last_retry = 0.0
    while not stop.is_set():
        moved = react_once(lane, table)
        if time.monotonic() - last_retry > 1.0:
            retry_due(lane, table)
            last_retry = time.monotonic()
        if moved == 0:
            connection.close()  # back to the pool: readers that wait share what is open, and an idle house holds little
            wake(1.0)
