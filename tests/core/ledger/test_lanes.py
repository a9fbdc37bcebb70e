"""Reactions run once, in order, and a failing one holds only its own subject."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger import lanes
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.lanes import Reaction, pass_over, react_once, retry_due, try_again
from tongpin.core.ledger.models import Origin, Parked
from tongpin.core.ledger.sequencer import sequence_once

pytestmark = pytest.mark.django_db


class Recorder:
    """A reaction that notes what it was given, and fails for chosen orders."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failing: set[str] = set()
        self.__qualname__ = "take"

    def __call__(self, entry: Entry) -> None:
        order = entry.body["order"]
        if order in self.failing:
            raise ValueError(f"secret words of {order}")
        self.seen.append(order)


@pytest.fixture
def taker() -> Recorder:
    return Recorder()


def paid(noon: datetime, *orders: str, origin: Origin = Origin.LIVE) -> None:
    with transaction.atomic():
        for order in orders:
            record(OrderPaid(order=order, amount_fen=1), at=noon, place_id=1, origin=origin)
    while sequence_once(connection.connection):
        pass


def run(table: lanes.Table) -> None:
    while react_once("money", table):
        pass


def test_a_new_lane_begins_at_the_end_of_the_feed(noon: datetime, taker: Recorder) -> None:
    table = {"order.paid": [Reaction("order.paid", taker)]}
    paid(noon, "old")
    run(table)
    paid(noon, "a", "b")
    run(table)
    assert taker.seen == ["a", "b"]


def test_history_is_not_reacted_to(noon: datetime, taker: Recorder) -> None:
    table = {"order.paid": [Reaction("order.paid", taker)]}
    run(table)
    paid(noon, "imported", origin=Origin.HISTORY)
    paid(noon, "live")
    run(table)
    assert taker.seen == ["live"]


def test_a_failing_fact_is_parked_without_its_words_and_others_go_on(noon: datetime, taker: Recorder) -> None:
    table = {"order.paid": [Reaction("order.paid", taker)]}
    run(table)
    taker.failing = {"bad"}
    paid(noon, "bad", "good")
    run(table)
    assert taker.seen == ["good"]
    parked = Parked.objects.get()
    assert (parked.subject, parked.tries) == ("order:bad", 1)
    assert "ValueError" in parked.error
    assert "secret" not in parked.error


def test_later_facts_of_a_parked_subject_wait_and_then_run_in_order(noon: datetime) -> None:
    from tongpin.core.facts.orders import OrderReceived

    seen: list[str] = []
    broken = [True]

    def take(entry: Entry) -> None:
        if broken[0] and entry.kind == "order.paid":
            raise ValueError
        seen.append(entry.kind)

    reaction = Reaction("order.paid", take)
    table = {"order.paid": [reaction], "order.received": [Reaction("order.paid", take)]}
    run(table)
    paid(noon, "a")
    with transaction.atomic():
        record(OrderReceived(order="a"), at=noon, place_id=1)
    sequence_once(connection.connection)
    run(table)
    assert seen == []
    assert Parked.objects.count() == 2
    broken[0] = False
    with time_machine.travel(now() + timedelta(seconds=10), tick=False):
        assert retry_due("money", table) == 2
    assert seen == ["order.paid", "order.received"]
    assert not Parked.objects.exists()


def test_after_its_tries_a_fact_waits_for_a_human(noon: datetime, taker: Recorder) -> None:
    table = {"order.paid": [Reaction("order.paid", taker)]}
    run(table)
    taker.failing = {"bad"}
    paid(noon, "bad")
    run(table)
    for days in range(1, lanes.TRIES + 4):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            retry_due("money", table)
    parked = Parked.objects.get()
    assert (parked.tries, parked.next_try_at) == (lanes.TRIES, None)
    taker.failing = set()
    try_again(parked.pk)
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        assert retry_due("money", table) == 1
    assert taker.seen == ["bad"]


def test_a_human_may_pass_over_a_fact(noon: datetime, taker: Recorder) -> None:
    table = {"order.paid": [Reaction("order.paid", taker)]}
    run(table)
    taker.failing = {"bad"}
    paid(noon, "bad")
    run(table)
    pass_over(Parked.objects.get().pk)
    run(table)
    assert not Parked.objects.exists()
    assert taker.seen == []
