"""Terms that go together, and prices that were really asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.sell.offers.rules import (
    REFERENCE_WINDOW,
    Asked,
    Standing,
    Terms,
    reference_fen,
    why_not_on_sale,
    wrong_with,
)

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = Terms(price_fen=6900, group_price_fen=5500, group_seats=3, limit=30)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"group_price_fen": None, "group_seats": None}, None),
        ({"price_fen": 0}, "price_out_of_range"),
        ({"postage_fen": -1}, "postage_out_of_range"),
        ({"limit": -1}, "limit_out_of_range"),
        ({"per_person": -1}, "limit_out_of_range"),
        ({"starts": NOW, "ends": NOW}, "ends_before_it_starts"),
        ({"group_seats": None}, "group_half_told"),
        ({"group_price_fen": 6900}, "group_not_cheaper"),
        ({"group_seats": 1}, "seats_out_of_range"),
        ({"group_seats": 31}, "seats_above_stock"),
        ({"group_hours": 0}, "hours_out_of_range"),
    ],
)
def test_terms_go_together_or_it_is_said_why_not(change: dict[str, Any], why: str | None) -> None:
    assert wrong_with(replace(GOOD, **change)) == why


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(None, None, False, None), None),
        (Standing(NOW, NOW + DAY, False, 1), None),
        (Standing(None, None, True, 1), "withdrawn"),
        (Standing(NOW + DAY, None, False, 1), "not_begun"),
        (Standing(None, NOW, False, 1), "over"),
        (Standing(None, None, False, 0), "sold_out"),
    ],
)
def test_an_offer_can_be_bought_or_it_is_said_why_not(standing: Standing, why: str | None) -> None:
    assert why_not_on_sale(standing, NOW) == why


def asked(*days_and_prices: tuple[int, int]) -> list[Asked]:
    return [Asked(NOW + days * DAY, fen) for days, fen in days_and_prices]


@pytest.mark.parametrize(
    ("prices", "reference"),
    [
        ([(-90, 9900)], None),
        ([(-90, 9900), (-1, 6900)], 9900),
        ([(-90, 9900), (-1, 10900)], None),
        ([(-90, 9900), (-20, 7900), (-1, 6900)], 7900),
        ([(-90, 5900), (-60, 9900), (-1, 6900)], 9900),
        ([(-90, 5900), (-30, 9900), (-1, 6900)], None),
        ([(-90, 9900), (5, 6900)], None),
        ([(-90, 9900), (-20, 6900), (-1, 6900)], 9900),
    ],
)
def test_a_struck_out_price_was_the_lowest_of_the_month_before(
    prices: list[tuple[int, int]], reference: int | None
) -> None:
    assert reference_fen(asked(*prices), NOW) == reference


@given(st.lists(st.tuples(st.integers(-200, 0), st.integers(1, 99)), min_size=1, max_size=8))
def test_a_struck_out_price_was_asked_and_is_higher_than_that_of_now(prices: list[tuple[int, int]]) -> None:
    told = asked(*sorted(prices, key=lambda one: one[0]))
    found = reference_fen(told, NOW)
    if found is not None:
        assert found in {one.price_fen for one in told[:-1]}
        assert found > told[-1].price_fen
        before = list(told)
        while before and before[-1].price_fen == told[-1].price_fen:
            began = before.pop().at
        assert all(one.price_fen >= found for one in before if one.at > began - REFERENCE_WINDOW)
