"""A crowd at one ledger: writers, sequencers and readers on connections of their own, one step at a time or all at once.

What must come out is known from tables the crowd keeps itself, in the same transactions: `crowd_told` holds what was
told (with the subject's own count), `crowd_seen` what each reader was shown. Nothing here asks the ledger's tables.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from tests.conftest import NOON
from tongpin.base.ids import digest
from tongpin.core.facts.orders import OrderAmended
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.feed import Slice, entries_of
from tongpin.core.ledger.lanes import Reaction, Table, react_once
from tongpin.core.ledger.projections import Projection, fold_once
from tongpin.core.ledger.sequencer import sequence_once

LEDGER = "entry, entry_key, entry_person, entry_withdrawn, fresh, feed, reader, ledger_parked"
PLACE = 7

COMMITS = pytest.mark.django_db(transaction=True, available_apps=["tongpin.core.ledger"])
"""For tests that really commit. Django empties the tables of the apps it is told of; all of them would cost seconds."""

TABLES = """
create table if not exists crowd_subject (name text primary key, n int not null);
create table if not exists crowd_told (what text not null, n int not null);
create table if not exists crowd_seen (id bigserial primary key, reader text not null, what text not null, n int not null);
create table if not exists crowd_scrap (id bigserial primary key, word text not null);
"""


class Dies(BaseException):
    """A process that ends in the middle of its work, as far as its transaction is concerned."""


@contextmanager
def empty_ledger() -> Iterator[None]:
    """The crowd's tables beside an empty ledger; both empty again afterwards, for the tests that roll back."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        clear()
        yield
        clear()
        cursor.execute("drop table crowd_subject, crowd_told, crowd_seen, crowd_scrap")


def clear() -> None:
    """Nothing was ever told. `entry_seq` goes on: numbers need not begin at one."""
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {LEDGER}, crowd_subject, crowd_told, crowd_seen, crowd_scrap")


def plain(**more: Any) -> psycopg.Connection[Any]:
    """A connection beside Django's pool, as the sequencer holds one."""
    named = {
        k: v
        for k, v in connection.get_connection_params().items()
        if k in ("host", "port", "user", "password", "dbname")
    }
    return psycopg.connect(**{**named, **more}, autocommit=True)


def begin_subjects(*names: str) -> None:
    """Subjects whose row a writer changes before it tells of them."""
    with connection.cursor() as cursor:
        cursor.executemany("insert into crowd_subject values (%s, 0)", [[name] for name in names])


def change(subject: str) -> int:
    """The conditional UPDATE that every action begins with: it waits for whoever changes the same subject."""
    with connection.cursor() as cursor:
        cursor.execute("update crowd_subject set n = n + 1 where name = %s and n >= 0 returning n", [subject])
        return int(cursor.fetchone()[0])


def write_elsewhere(word: str) -> None:
    """Any other row: the transaction has its id before it waits for its subject."""
    with connection.cursor() as cursor:
        cursor.execute("insert into crowd_scrap (word) values (%s)", [word])


def tell(subject: str, n: int) -> None:
    """One fact of a subject, after its row was changed, and what the oracle needs to know of it."""
    record(OrderAmended(order=subject, occurrence=n, paid_fen=n), at=NOON, place_id=PLACE)
    with connection.cursor() as cursor:
        cursor.execute("insert into crowd_told values (%s, %s)", [subject, n])


def event(n: int) -> Line:
    """A line of a batch, told by anybody who has the batch."""
    body = f'{{"write_key":1,"message":"m{n}","name":"x"}}'
    return Line(digest("event.tracked", "crowd", n), "event.tracked", NOON.isoformat(), None, None, body)


def tell_events(numbers: list[int]) -> None:
    """A batch. Events have no subject: only whether each is there once is asked."""
    record_many([event(n) for n in numbers], recorded_at=NOON, actor="crowd", source="crowd")
    with connection.cursor() as cursor:
        cursor.executemany("insert into crowd_told values ('event', %s)", [[n] for n in numbers])


def named(entry: Entry) -> tuple[str, int]:
    """The subject and its count, as the entry tells them."""
    if entry.kind == "event.tracked":
        return "event", int(entry.body["message"][1:])
    return entry.body["order"], entry.body["occurrence"]


def note(reader: str, entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into crowd_seen (reader, what, n) values (%s, %s, %s)", [reader, *named(entry)])


def projection(name: str, *, limit: int, kinds: frozenset[str] | None = None, dies: bool = False) -> Projection:
    """A reader that notes what it is shown; one that dies does so when all is noted and nothing is committed."""

    def fold(cursor: Any, part: Slice, tables: Any) -> None:
        for entry in entries_of(cursor, part, kinds=kinds):
            note(name, entry)
        if dies:
            raise Dies

    return Projection(name, kinds, (), fold, limit=limit)


def fold(name: str, *, limit: int, kinds: frozenset[str] | None = None, dies: bool = False) -> int:
    """One stretch of a reader; how far it came."""
    try:
        return fold_once(projection(name, limit=limit, kinds=kinds, dies=dies))
    except Dies:
        return 0


def reacting(lane: str) -> Table:
    """A lane that notes what it is handed."""

    def take(entry: Entry) -> None:
        note(f"lane:{lane}", entry)

    return {kind: [Reaction(kind, take)] for kind in ("order.amended", "event.tracked")}


def react(lane: str, *, dies: bool = False) -> int:
    """One stretch of a lane."""
    try:
        with transaction.atomic():
            moved = react_once(lane, reacting(lane))
            if dies:
                raise Dies
            return moved
    except Dies:
        return 0


def read_to_the_end(*, readers: dict[str, frozenset[str] | None], lanes: tuple[str, ...] = ()) -> None:
    """What is left to sequence and to read, without any disturbance."""
    with plain() as raw:
        while sequence_once(raw):
            pass
    for name, kinds in readers.items():
        while fold(name, limit=100, kinds=kinds):
            pass
    for lane in lanes:
        while react(lane):
            pass


def check(*, readers: dict[str, frozenset[str] | None], lanes: tuple[str, ...] = ()) -> None:
    """Every committed fact once before every reader, per subject in its order, nothing that was rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("select what, n from crowd_told where what <> 'event' order by what, n")
        subjects = cursor.fetchall()
        cursor.execute("select distinct n from crowd_told where what = 'event' order by n")
        events = [("event", n) for (n,) in cursor.fetchall()]
        for reader in [*readers, *(f"lane:{lane}" for lane in lanes)]:
            cursor.execute("select what, n from crowd_seen where reader = %s order by id", [reader])
            seen: dict[bool, list[tuple[str, int]]] = defaultdict(list)
            for what, n in cursor.fetchall():
                seen[what == "event"].append((what, n))
            # A stable sort by subject alone: within a subject the order is the one the reader saw.
            assert sorted(seen[False], key=lambda pair: pair[0]) == subjects, reader
            if readers.get(reader) is None:
                assert sorted(seen[True]) == events, reader


class Actor:
    """A thread with a connection of its own that does one thing when told to. It may wait for a lock, or at a gate."""

    def __init__(self, observer: psycopg.Connection[Any]) -> None:
        self.observer = observer
        self.work: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self.idle = threading.Event()
        self.at_gate = threading.Event()
        self.opened = threading.Event()
        self.error: BaseException | None = None
        self.pid = 0
        self.raw: psycopg.Connection[Any] | None = None
        self.atomic: Any = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        _of_thread.actor = self
        while (work := self.work.get()) is not None:
            try:
                if not self.pid:
                    connection.ensure_connection()
                    self.pid = connection.connection.info.backend_pid
                work()
            except BaseException as error:
                self.error = error
            self.idle.set()
        if self.atomic is not None:
            self._end(Dies())
        connection.close()

    def do(self, work: Callable[[], None]) -> None:
        """Begins; comes back when it is done, or waits for a lock or at its gate."""
        self.idle.clear()
        self.work.put(work)
        self.settle()

    def settle(self, *, to_the_end: bool = False) -> bool:
        """Whether the work in hand is done. `to_the_end` waits for as long as that takes."""
        while not self.idle.wait(0.002):
            if to_the_end:
                self.pass_gate()
                continue
            if self.at_gate.is_set():
                return False
            if self.pid and self._is_blocked():
                return False
        if self.error:
            raise self.error
        return True

    def _is_blocked(self) -> bool:
        row = self.observer.execute("select cardinality(pg_blocking_pids(%s))", [self.pid]).fetchone()
        return bool(row and row[0])

    def pass_gate(self) -> None:
        self.at_gate.clear()
        self.opened.set()

    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def commit(self) -> None:
        self._end(None)

    def roll_back(self) -> None:
        self._end(Dies())

    def _end(self, error: BaseException | None) -> None:
        atomic, self.atomic = self.atomic, None
        atomic.__exit__(type(error) if error else None, error, None)

    def close(self) -> None:
        self.pass_gate()
        self.work.put(None)
        self.thread.join(20)


_of_thread = threading.local()


def gate() -> None:
    """Where an actor stops until it is told to go on; other threads walk through."""
    actor: Actor | None = getattr(_of_thread, "actor", None)
    if actor is None:
        return
    actor.opened.clear()
    actor.at_gate.set()
    if not actor.opened.wait(20):
        raise TimeoutError("nobody opened the gate")


def wait_until(happened: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Returns once it is so; fails after a time that no loaded machine needs."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise AssertionError(f"not so within {seconds} s")
        time.sleep(0.005)
