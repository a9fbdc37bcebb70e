"""One fact at a time."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction

from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import FactConflict, record
from tongpin.core.ledger.sequencer import sequence_once

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select seq, kind, person_id, place_id, body from entry order by seq")
        return list(cursor.fetchall())


def test_the_same_fact_told_twice_is_one_entry(noon: datetime) -> None:
    paid = OrderPaid(order="A1", amount_fen=8900)
    with transaction.atomic():
        first = record(paid, at=noon, person_id=1, place_id=2)
        second = record(paid, at=noon, person_id=1, place_id=2)
    assert (second.seq, first.is_new, second.is_new) == (first.seq, True, False)
    assert entries() == [(first.seq, "order.paid", 1, 2, '{"order": "A1", "amount_fen": 8900}')]


def test_the_same_key_with_another_body_is_refused_and_nothing_is_written(noon: datetime) -> None:
    with transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, place_id=2)
    before = entries()
    with pytest.raises(FactConflict), transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=9900), at=noon, place_id=2)
    assert entries() == before


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused(noon: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(OrderPaid(order="A1", amount_fen=1), at=noon)


def test_further_people_of_a_fact_are_findable(noon: datetime) -> None:
    with transaction.atomic():
        seq = record(OrderPaid(order="A1", amount_fen=1, introducer=7), at=noon, person_id=1, place_id=2).seq
    with connection.cursor() as cursor:
        cursor.execute("select person_id, seq, role from entry_person")
        assert cursor.fetchall() == [(7, seq, "introducer")]


def test_the_sequencer_gives_each_entry_one_place_in_the_feed(noon: datetime) -> None:
    with transaction.atomic():
        seqs = [record(OrderPaid(order=str(n), amount_fen=n), at=noon, place_id=2).seq for n in range(5)]
    connection.ensure_connection()
    assert sequence_once(connection.connection) == 5
    assert sequence_once(connection.connection) == 0
    with connection.cursor() as cursor:
        cursor.execute("select lo, hi, kinds from feed")
        assert cursor.fetchall() == [(seqs[0], seqs[-1], ["order.paid"])]
