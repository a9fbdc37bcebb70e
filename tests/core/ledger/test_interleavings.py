"""However writers, sequencers and readers fall over each other: each committed fact once, per subject in order.

The schedules are hypothesis's; the connections, the locks and the waiting are PostgreSQL's own. `crowd` keeps the truth
beside the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.ledger import crowd
from tests.core.ledger.crowd import COMMITS, Actor, Dies, gate, plain
from tests.examples import examples
from tongpin.core.ledger import bulk, lanes
from tongpin.core.ledger.sequencer import sequence_once

pytestmark = COMMITS

SUBJECTS = ("a", "b")
READERS: dict[str, frozenset[str] | None] = {"all": None, "orders": frozenset({"order.amended"})}
LANES = ("money",)


@dataclass(frozen=True)
class Told:
    """One transaction: what it does before its lock, how often it tells, a batch, and how it ends."""

    elsewhere: bool
    subject: str | None
    tells: int
    taken_back: bool
    events: tuple[int, ...]
    commits: bool


@dataclass
class Writer:
    """A connection that works through its transactions, one step at a time."""

    actor: Actor
    steps: list[tuple[str, Told]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return not self.steps and self.actor.idle.is_set()

    def step(self) -> None:
        actor = self.actor
        if not actor.idle.is_set():
            actor.pass_gate()
            actor.settle()
        elif self.steps:
            name, told = self.steps.pop(0)
            actor.do(partial(getattr(self, f"_{name}"), told))

    def close(self) -> None:
        self.actor.close()

    def plan(self, told: Told) -> None:
        names = ["begin"]
        names += ["elsewhere"] if told.elsewhere else []
        names += ["tell"] * (told.tells if told.subject else 0)
        names += ["take_back"] if told.subject and told.taken_back else []
        names += ["batch"] if told.events else []
        self.steps += [(name, told) for name in (*names, "end")]

    def _begin(self, told: Told) -> None:
        self.actor.begin()

    def _elsewhere(self, told: Told) -> None:
        crowd.write_elsewhere("before the lock")

    def _tell(self, told: Told) -> None:
        assert told.subject
        crowd.tell(told.subject, crowd.change(told.subject))

    def _take_back(self, told: Told) -> None:
        assert told.subject
        try:
            with transaction.atomic():
                crowd.tell(told.subject, crowd.change(told.subject))
                raise Dies
        except Dies:
            pass

    def _batch(self, told: Told) -> None:
        crowd.tell_events(list(told.events))

    def _end(self, told: Told) -> None:
        self.actor.commit() if told.commits else self.actor.roll_back()


class Sequencer:
    """One of two: it may stop before its commit, and be killed there."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._connect()
        self.holds = False

    def _connect(self) -> None:
        self.actor.raw = plain()
        self.actor.pid = self.actor.raw.info.backend_pid

    def step(self, how: str) -> None:
        raw = self.actor.raw
        assert raw
        if not self.actor.idle.is_set():
            if how == "killed" and not self.holds:
                self._kill()
                return
            self.actor.pass_gate()
            self.actor.settle()
        elif how == "moves":
            self.actor.do(lambda: sequence_once(raw) and None)
        elif how in ("stops before its commit", "killed"):
            self.actor.do(self._move_and_stop)
            if how == "killed" and self.actor.at_gate.is_set():
                self._kill()

    def _move_and_stop(self) -> None:
        raw = self.actor.raw
        assert raw
        with raw.transaction():
            sequence_once(raw)
            gate()

    def _kill(self) -> None:
        """The backend is ended as `kill` ends it; what it had not committed is gone."""
        self.actor.observer.execute("select pg_terminate_backend(%s, 5000)", [self.actor.pid])
        self.actor.pass_gate()
        self.actor.idle.wait(20)
        self.actor.error = None
        self._connect()

    def close(self) -> None:
        self.actor.close()
        assert self.actor.raw
        self.actor.raw.close()


TRANSACTIONS = st.builds(
    Told,
    elsewhere=st.booleans(),
    subject=st.sampled_from([*SUBJECTS, *SUBJECTS, None]),
    tells=st.integers(1, 3),
    taken_back=st.booleans(),
    events=st.one_of(st.just(()), st.lists(st.integers(0, 5), min_size=1, max_size=5).map(tuple)),
    commits=st.sampled_from([True, True, True, False]),
)
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 2)),
    st.tuples(st.just("write"), st.integers(0, 2)),
    st.tuples(st.just("write"), st.integers(0, 2)),
    st.tuples(st.just("sequence"), st.integers(0, 1), st.sampled_from(["moves", "stops before its commit", "killed"])),
    st.tuples(st.just("read"), st.sampled_from(sorted(READERS)), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("react"), st.sampled_from(LANES), st.booleans()),
)


@pytest.fixture(autouse=True)
def _ledger(own_ledger: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty ledger whose bulk writer may be held between its numbers and its keys, and small lane batches."""
    draw = bulk.draw

    def drawn(cursor: object, sequence: str, count: int) -> list[int]:
        numbers = draw(cursor, sequence, count)
        gate()
        return numbers

    monkeypatch.setattr(bulk, "draw", drawn)
    monkeypatch.setattr(lanes, "BATCH", 3)


PLANS = st.lists(st.lists(TRANSACTIONS, min_size=2, max_size=4), min_size=3, max_size=3)
SCHEDULE = st.lists(STEPS, min_size=30, max_size=90)


@given(plans=PLANS, schedule=SCHEDULE)
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
def test_each_committed_fact_is_seen_once_and_in_the_order_of_its_subject(
    plans: list[list[Told]], schedule: list[tuple[str, ...]]
) -> None:
    play(plans, schedule)


@pytest.mark.slow
@given(plans=PLANS, schedule=SCHEDULE)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_holds_over_hundreds_of_schedules(plans: list[list[Told]], schedule: list[tuple[str, ...]]) -> None:
    play(plans, schedule)


def play(plans: list[list[Told]], schedule: list[tuple[str, ...]]) -> None:
    """Works a schedule off, lets everybody finish, reads to the end, and asks the oracle."""
    crowd.clear()
    crowd.begin_subjects(*SUBJECTS)
    crowd.react("money")
    with plain() as observer:
        writers = [Writer(Actor(observer)) for _ in plans]
        sequencers = [Sequencer(Actor(observer)) for _ in range(2)]
        for actor in [one.actor for one in (*writers, *sequencers)]:
            actor.idle.set()
        for writer, plan in zip(writers, plans, strict=True):
            for told in plan:
                writer.plan(told)
        try:
            for what, *rest in schedule:
                if what == "write":
                    writers[int(rest[0])].step()
                elif what == "sequence":
                    sequencers[int(rest[0])].step(rest[1])
                elif what == "read":
                    crowd.fold(rest[0], limit=int(rest[1]), kinds=READERS[rest[0]], dies=bool(rest[2]))
                else:
                    crowd.react(rest[0], dies=bool(rest[1]))
            _finish(writers, sequencers)
        finally:
            for one in (*writers, *sequencers):
                one.close()
    crowd.read_to_the_end(readers=READERS, lanes=LANES)
    crowd.check(readers=READERS, lanes=LANES)
    _the_feed_has_one_place_for_each_entry()


def _finish(writers: list[Writer], sequencers: list[Sequencer]) -> None:
    for _ in range(10_000):
        at_work = [one for one in sequencers if not one.actor.idle.is_set()]
        if not at_work and all(writer.is_done for writer in writers):
            return
        for sequencer in at_work:
            sequencer.step("moves")
        for writer in writers:
            writer.step()
    raise AssertionError("they wait for each other for ever")


def _the_feed_has_one_place_for_each_entry() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(hi - lo + 1), 0), coalesce(max(pos), 0), (select count(*) from entry),"
            " (select count(*) from fresh), (select count(*) from entry e where not exists"
            "  (select from feed f where e.seq between f.lo and f.hi)) from feed"
        )
        placed, last, entries, waiting, placeless = cursor.fetchone()
    assert (placed, last, waiting, placeless) == (entries, entries, 0, 0)
