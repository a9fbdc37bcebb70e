"""Costs and income, and their reversals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection

from tongpin.core.books.costing import (
    BadCost,
    CostConflict,
    NoSuchBooking,
    book_cost,
    book_income,
    reverse_cost,
    reverse_income,
)
from tongpin.core.books.models import Cost, Income
from tongpin.core.books.queries import cost_by_entrance, costs

pytestmark = pytest.mark.django_db

POSTER: dict[str, Any] = {
    "cost_kind": "print",
    "amount_fen": 4200,
    "community": 3,
    "entrance": 8,
    "first_day": date(2026, 11, 1),
    "last_day": date(2026, 11, 30),
    "actor": "staff:1",
}


def told() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select kind from entry order by seq")
        return [row[0] for row in cursor.fetchall()]


def test_a_cost_stands_with_its_entrance_and_is_told(noon: datetime) -> None:
    seen = book_cost(**POSTER, at=noon)
    assert costs(entrance=8) == costs(community=3) == [seen]
    assert (seen.amount_fen, seen.first_day, seen.last_day, seen.booked_at) == (
        4200,
        date(2026, 11, 1),
        date(2026, 11, 30),
        noon,
    )
    assert cost_by_entrance(entrances=[7, 8]) == {8: 4200}
    assert told() == ["cost.booked"]


def test_a_reversal_is_booked_once_and_takes_the_cost_off(noon: datetime) -> None:
    seen = book_cost(**POSTER, about_kind="gathering", about=5, at=noon)
    back = reverse_cost(cost=seen.id, at=noon, actor="staff:2")
    assert reverse_cost(cost=seen.id, at=noon, actor="staff:3") == back
    assert (back.amount_fen, back.reverses, back.entrance) == (-4200, seen.id, 8)
    assert costs(about=("gathering", 5)) == [seen, back]
    assert cost_by_entrance(entrances=[8]) == {8: 0}
    assert told() == ["cost.booked", "cost.booked"]
    with pytest.raises(NoSuchBooking):
        reverse_cost(cost=back.id, at=noon, actor="staff:2")


def test_the_same_key_books_one_cost(noon: datetime) -> None:
    first = book_cost(**POSTER, at=noon, key=("poster", 1))
    assert book_cost(**POSTER, at=noon, key=("poster", 1)) == first
    with pytest.raises(CostConflict):
        book_cost(**{**POSTER, "amount_fen": 1}, at=noon, key=("poster", 1))
    assert (Cost.objects.count(), told()) == (1, ["cost.booked"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": 0},
        {"amount_fen": -5},
        {"last_day": None},
        {"first_day": None},
        {"first_day": date(2026, 12, 1)},
    ],
)
def test_a_cost_without_sense_is_refused(noon: datetime, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadCost):
        book_cost(**{**POSTER, **wrong}, at=noon)
    assert (Cost.objects.count(), told()) == (0, [])


def test_income_is_booked_once_and_reversed_once(noon: datetime) -> None:
    told_of: dict[str, Any] = {
        "income_kind": "sponsor",
        "amount_fen": 9900,
        "community": 3,
        "actor": "staff:1",
        "at": noon,
    }
    first = book_income(**told_of, key=("sponsor", 1))
    assert book_income(**told_of, key=("sponsor", 1)) == first
    with pytest.raises(CostConflict):
        book_income(**{**told_of, "community": 4}, key=("sponsor", 1))
    with pytest.raises(BadCost):
        book_income(**{**told_of, "amount_fen": 0})
    back = reverse_income(income=first.id, at=noon, actor="staff:1")
    assert reverse_income(income=first.id, at=noon, actor="staff:1") == back
    with pytest.raises(NoSuchBooking):
        reverse_income(income=back.id, at=noon, actor="staff:1")
    assert [(row.amount_fen, row.reverses_id) for row in Income.objects.order_by("pk")] == [
        (9900, None),
        (-9900, first.id),
    ]
    assert told() == ["income.booked", "income.booked"]
