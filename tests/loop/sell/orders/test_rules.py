"""What an order allows in which state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tongpin.loop.sell.orders.rules import (
    OrderStanding,
    above_limit,
    order_number,
    state_after_refund,
    why_not_refunded,
    why_not_shipped,
    wrong_with_lines,
)


def test_a_number_can_be_read_aloud() -> None:
    assert order_number(datetime(2026, 11, 22, tzinfo=UTC), "7k3m9q2x") == "T261122-7K3M-9Q2X"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (((1, 1), (2, 3)), None),
        ((), "nothing_chosen"),
        (((1, 1), (1, 2)), "an_offer_twice"),
        (((1, 0),), "quantity_out_of_range"),
        (((1, 1000),), "quantity_out_of_range"),
        (tuple((n, 1) for n in range(51)), "too_many_lines"),
    ],
)
def test_lines_make_an_order_or_it_is_said_why_not(lines: tuple[tuple[int, int], ...], why: str | None) -> None:
    assert wrong_with_lines(lines) == why


def test_a_limit_of_nothing_limits_nothing() -> None:
    assert not above_limit(per_person=0, bought=99, wanted=99)
    assert not above_limit(per_person=3, bought=1, wanted=2)
    assert above_limit(per_person=3, bought=2, wanted=2)


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (OrderStanding("paid", True, 100, 0), None),
        (OrderStanding("paid", False, 100, 0), "held_by_its_play"),
        (OrderStanding("placed", False, 0, 0), "not_paid"),
        (OrderStanding("refunding", True, 100, 100), "refunding"),
    ],
)
def test_only_what_is_paid_and_ready_is_sent(standing: OrderStanding, why: str | None) -> None:
    assert why_not_shipped(standing) == why


@pytest.mark.parametrize(
    ("standing", "fen", "why"),
    [
        (OrderStanding("paid", True, 100, 0), 100, None),
        (OrderStanding("shipped", True, 100, 60), 40, None),
        (OrderStanding("received", True, 100, 60), 41, "amount_out_of_range"),
        (OrderStanding("paid", True, 100, 0), 0, "amount_out_of_range"),
        (OrderStanding("paid", False, 100, 0), 10, "held_by_its_play"),
        (OrderStanding("placed", False, 0, 0), 10, "not_paid"),
        (OrderStanding("cancelled", False, 0, 0), 10, "not_paid"),
        (OrderStanding("refunded", True, 100, 100), 10, "refunded"),
        (OrderStanding("refunding", True, 100, 50), 50, None),
    ],
)
def test_no_more_goes_back_than_came(standing: OrderStanding, fen: int, why: str | None) -> None:
    assert why_not_refunded(standing, fen) == why


def test_an_order_ends_when_all_of_it_goes_back() -> None:
    assert state_after_refund("shipped", paid_fen=100, refunding_fen=99) == "shipped"
    assert state_after_refund("shipped", paid_fen=100, refunding_fen=100) == "refunding"
