"""One fact at a time."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import FactConflict, record, tell, together
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


def amounts() -> list[int]:
    """The amounts of all entries, in their order."""
    return [json.loads(str(body))["amount_fen"] for *_, body in entries()]


def paid(number: int) -> OrderPaid:
    return OrderPaid(order=str(number), amount_fen=number)


def test_facts_told_together_are_one_statement_in_the_order_of_telling(noon: datetime) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as seen, together():
        for number in (3, 1, 2):
            tell(paid(number), at=noon, person_id=number, place_id=2, actor="staff:1")
        with together():
            tell(OrderPaid(order="4", introducer=7, amount_fen=4), at=noon, place_id=2)
        assert entries() == []
    assert sum("insert into entry " in one["sql"] for one in seen.captured_queries) == 1
    assert (amounts(), [person for _, _, person, _, _ in entries()]) == ([3, 1, 2, 4], [3, 1, 2, None])
    with connection.cursor() as cursor:
        cursor.execute("select person_id, role from entry_person")
        assert cursor.fetchall() == [(7, "introducer")]
    connection.ensure_connection()
    assert sequence_once(connection.connection) == 4


def test_told_alone_or_together_a_fact_is_the_same_entry(noon: datetime) -> None:
    columns = "kind, at, person_id, place_id, actor, source, origin, cause, depth, version, quiet, body - 'order'"
    with transaction.atomic():
        tell(OrderPaid(order="A", amount_fen=1, via='布 \\ " 巾'), at=noon, person_id=1, place_id=2, actor="staff:1")
        with together():
            tell(
                OrderPaid(order="B", amount_fen=1, via='布 \\ " 巾'), at=noon, person_id=1, place_id=2, actor="staff:1"
            )
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from entry order by seq")
        alone, among = cursor.fetchall()
    assert alone == among


def test_what_is_known_is_passed_over_among_others_and_refused_with_another_body(noon: datetime) -> None:
    with transaction.atomic(), together():
        tell(paid(1), at=noon, place_id=2)
        tell(paid(1), at=noon, place_id=2)
        tell(paid(2), at=noon, place_id=2)
    assert amounts() == [1, 2]
    with pytest.raises(FactConflict), transaction.atomic(), together():
        tell(paid(3), at=noon, place_id=2)
        tell(OrderPaid(order="1", amount_fen=9), at=noon, place_id=2)
    assert amounts() == [1, 2]


def test_an_error_leaves_nothing_of_what_was_told(noon: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), together():
        tell(paid(1), at=noon, place_id=2)
        raise ZeroDivisionError
    with transaction.atomic(), together():
        tell(paid(2), at=noon, place_id=2)
    assert amounts() == [2]


def test_what_is_taken_back_to_a_savepoint_is_not_told(noon: datetime) -> None:
    with transaction.atomic(), together():
        tell(paid(1), at=noon, place_id=2)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell(paid(2), at=noon, place_id=2)
            raise ZeroDivisionError
        with transaction.atomic():
            tell(paid(3), at=noon, place_id=2)
    assert sorted(amounts()) == [1, 3]


def test_a_single_fact_among_those_told_stands_after_those_before_it(noon: datetime) -> None:
    with transaction.atomic(), together():
        tell(paid(1), at=noon, place_id=2)
        assert record(paid(2), at=noon, place_id=2).is_new
        tell(paid(3), at=noon, place_id=2)
    assert amounts() == [1, 2, 3]
