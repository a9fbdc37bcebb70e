"""Schedules that once lost, doubled or turned around a fact, each as small as it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from tests.conftest import NOON
from tests.core.ledger import crowd
from tests.core.ledger.crowd import COMMITS, PLACE, Actor, gate, plain, wait_until
from tongpin.base.clock import now
from tongpin.core.facts.orders import OrderAmended
from tongpin.core.ledger import actions, bulk, lanes, partitions, sequencer
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.models import Parked
from tongpin.core.ledger.withdrawing import withdraw_blocks

pytestmark = [COMMITS, pytest.mark.usefixtures("own_ledger")]


@contextmanager
def two_actors() -> Iterator[tuple[Actor, Actor]]:
    with plain() as observer:
        first, second = Actor(observer), Actor(observer)
        try:
            yield first, second
        finally:
            first.close()
            second.close()


def amended(n: int) -> Line:
    fact = OrderAmended(order="a", occurrence=n, paid_fen=n)
    key = actions.natural_key(fact, person_id=None, place_id=PLACE, at=NOON)
    return Line(key, fact.kind, NOON.isoformat(), None, PLACE, f'{{"order":"a","occurrence":{n},"paid_fen":{n}}}')


def written(*numbers: int) -> list[tuple[int, int]]:
    with transaction.atomic():
        lines = [amended(n) for n in numbers]
        return record_many(lines, recorded_at=NOON, actor="x", source="x").blocks


def withdrawn(*blocks: tuple[int, int]) -> int:
    return withdraw_blocks(blocks=blocks, actor="x", source="x", at=NOON)


def told_in_order() -> list[tuple[str, int | None]]:
    """What a reader of everything is shown."""
    found: list[tuple[str, int | None]] = []
    with plain() as raw:
        while sequencer.sequence_once(raw):
            pass
    with connection.cursor() as cursor:
        cursor.execute("select e.kind, (e.body->>'occurrence')::int from feed f join entry e on e.seq between f.lo and f.hi"
                       " order by f.pos, e.seq")  # fmt: skip
        found = list(cursor.fetchall())
    return found


@pytest.fixture
def _gate_behind_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = bulk.draw

    def drawn(cursor: object, sequence: str, count: int) -> list[int]:
        numbers = draw(cursor, sequence, count)
        gate()
        return numbers

    monkeypatch.setattr(bulk, "draw", drawn)


def test_a_projection_begun_by_two_processes_at_once_folds_each_fact_once() -> None:
    crowd.begin_subjects("a")
    with transaction.atomic():
        crowd.tell("a", crowd.change("a"))
    with plain() as raw:
        sequencer.sequence_once(raw)
    with two_actors() as (first, second):
        first.do(first.begin)
        first.do(lambda: crowd.fold("all", limit=10) and None)
        second.do(lambda: crowd.fold("all", limit=10) and None)
        first.do(first.commit)
        second.settle(to_the_end=True)
    crowd.read_to_the_end(readers={"all": None})
    crowd.check(readers={"all": None})


def test_a_lane_begun_by_two_processes_at_once_hands_each_fact_on_once() -> None:
    crowd.begin_subjects("a")
    with two_actors() as (first, second), plain() as raw:
        first.do(first.begin)
        first.do(lambda: crowd.react("money") and None)
        with transaction.atomic():
            crowd.tell("a", crowd.change("a"))
        sequencer.sequence_once(raw)
        second.do(lambda: crowd.react("money") and None)
        first.do(first.commit)
        second.settle(to_the_end=True)
    crowd.read_to_the_end(readers={}, lanes=("money",))
    crowd.check(readers={}, lanes=("money",))


@pytest.mark.usefixtures("_gate_behind_numbers")
def test_what_a_batch_adds_comes_behind_what_it_found_already_told() -> None:
    with two_actors() as (longer, shorter):
        longer.do(lambda: written(1, 2) and None)
        shorter.do(lambda: written(1) and None)
        shorter.settle(to_the_end=True)
        longer.settle(to_the_end=True)
    assert told_in_order() == [("order.amended", 1), ("order.amended", 2)]


@pytest.mark.usefixtures("_gate_behind_numbers")
def test_what_is_told_again_comes_behind_its_withdrawal() -> None:
    blocks = written(1)
    with two_actors() as (again, back):
        again.do(lambda: written(1) and None)
        back.do(lambda: withdrawn(*blocks) and None)
        again.settle(to_the_end=True)
    assert told_in_order() == [("order.amended", 1), ("fact.withdrawn", None), ("order.amended", 1)]


def test_a_fact_withdrawn_while_it_is_told_again_is_a_new_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    known = actions._known

    def slow(*given: object) -> object:
        gate()
        return known(*given)

    monkeypatch.setattr(actions, "_known", slow)
    blocks = written(1)
    found: list[bool] = []

    def tell() -> None:
        with transaction.atomic():
            fact = OrderAmended(order="a", occurrence=1, paid_fen=1)
            found.append(record(fact, at=NOON, place_id=PLACE).is_new)

    with two_actors() as (again, back):
        again.do(tell)
        back.do(lambda: withdrawn(*blocks) and None)
        again.settle(to_the_end=True)
    assert found == [True]
    assert told_in_order() == [("order.amended", 1), ("fact.withdrawn", None), ("order.amended", 1)]


def test_two_who_withdraw_the_same_facts_at_once_withdraw_them_once() -> None:
    blocks = written(1, 2, 3)
    counts: list[int] = []
    with two_actors() as (first, second):
        first.do(first.begin)
        first.do(lambda: counts.append(withdrawn(*blocks)))
        second.do(lambda: counts.append(withdrawn(*blocks)))
        first.do(first.commit)
        second.settle(to_the_end=True)
    assert counts == [3, 0]
    assert [kind for kind, _ in told_in_order()] == ["order.amended"] * 3 + ["fact.withdrawn"] * 3


def test_a_fact_parked_behind_one_that_a_human_just_passed_over_is_not_forgotten() -> None:
    seen: list[str] = []

    def take(entry: Entry) -> None:
        if entry.body["order"] == "bad" and entry.body["occurrence"] == 1:
            raise ValueError
        if entry.body["order"] == "slow":
            gate()
        seen.append(f"{entry.body['order']} {entry.body['occurrence']}")

    table = {"order.amended": [lanes.Reaction("order.amended", take)]}

    def tell(order: str, n: int) -> None:
        with transaction.atomic():
            record(OrderAmended(order=order, occurrence=n, paid_fen=n), at=NOON, place_id=PLACE)

    lanes.react_once("money", table)
    tell("bad", 1)
    with plain() as raw:
        sequencer.sequence_once(raw)
        lanes.react_once("money", table)
        tell("slow", 1)
        tell("bad", 2)
        sequencer.sequence_once(raw)
    with two_actors() as (lane, human):
        lane.do(lambda: lanes.react_once("money", table) and None)
        head = Parked.objects.get()
        human.do(lambda: lanes.pass_over(head.pk))
        lane.settle(to_the_end=True)
        human.settle(to_the_end=True)
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        lanes.retry_due("money", table)
    assert seen == ["slow 1", "bad 2"]
    assert not Parked.objects.exists()


def test_room_is_made_ahead_of_numbers_that_no_fact_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "ROOM_SECONDS", 0.05)
    stop = threading.Event()

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_inherits where inhparent = 'entry'::regclass")
            return int(cursor.fetchone()[0])

    with plain() as raw, connection.cursor() as cursor:
        cursor.execute("select last_value from entry_seq")
        before, (drawn,) = count(), cursor.fetchone()
        thread = threading.Thread(target=sequencer.run, args=(raw, stop))
        thread.start()
        try:
            cursor.execute("select setval('entry_seq', %s)", [before * partitions.ROWS - 5])
            wait_until(lambda: count() > before)
            with transaction.atomic():
                record_many([crowd.event(n) for n in range(10)], recorded_at=NOON, actor="x", source="x")
        finally:
            stop.set()
            thread.join()
        crowd.clear()
        for number in range(before, count()):
            cursor.execute(f"drop table entry_{number:05d}")
        cursor.execute("select setval('entry_seq', %s)", [drawn])
