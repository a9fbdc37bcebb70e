"""What an order allows in which state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.clock import DEFAULT_ZONE as SHANGHAI
from tongpin.base.ids import ALPHABET
from tongpin.loop.sell.orders.rules import (
    OrderStanding,
    State,
    above_limit,
    number_as_typed,
    order_number,
    state_after_refund,
    why_no_return,
    why_not_refunded,
    why_not_shipped,
    wrong_with_lines,
)


def test_a_number_can_be_read_aloud() -> None:
    assert order_number(datetime(2026, 11, 22, tzinfo=UTC), "7k3m9q2x", zone=SHANGHAI) == "T261122-7K3M-9Q2X"


def test_a_number_carries_the_merchants_day() -> None:
    at = datetime(2026, 11, 22, 18, 13, tzinfo=UTC)
    told = [order_number(at, "7k3m9q2x", zone=zone)[:7] for zone in (SHANGHAI, UTC)]
    assert told == ["T261123", "T261122"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("T261122-7K3M-9Q2X", "T261122-7K3M-9Q2X"),
        (" t2611227k3m9q2x ", "T261122-7K3M-9Q2X"),
        ("T261122 7K3M 9Q2X", "T261122-7K3M-9Q2X"),
        ("Ｔ２６１１２２－７Ｋ３Ｍ－９Ｑ２Ｘ", "T261122-7K3M-9Q2X"),
        ("T261122—7k3m—9q2x。", "T261122-7K3M-9Q2X"),
        ("T26ll22-oI0U-9Q2X", "T261122-010V-9Q2X"),
        ("7K3M-9Q2X", "7K3M-9Q2X"),
        ("谢谢老板", "谢谢老板"),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, meant: str) -> None:
    assert number_as_typed(typed) == meant


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8), st.sampled_from(["", "-", " ", " - ", "—"]))
def test_every_number_is_found_however_its_lines_were_written(code: str, line: str) -> None:
    number = order_number(datetime(2026, 11, 22, tzinfo=UTC), code, zone=SHANGHAI)
    assert number_as_typed(line.join(number.lower().split("-"))) == number


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


@pytest.mark.parametrize(
    ("state", "left", "is_open", "asked", "why"),
    [
        ("shipped", 1, False, 0, None),
        ("received", 5500, False, 2, None),
        ("paid", 5500, False, 0, "paid"),
        ("refunding", 0, False, 1, "refunding"),
        ("shipped", 5500, True, 1, "asked_already"),
        ("shipped", 5500, False, 3, "asked_often"),
        ("shipped", 0, False, 0, "nothing_left"),
    ],
)
def test_money_is_asked_back_of_what_was_sent_and_not_given_back(
    state: State, left: int, is_open: bool, asked: int, why: str | None
) -> None:
    assert why_no_return(state, left_fen=left, is_open=is_open, asked=asked) == why


def test_an_order_ends_when_all_of_it_goes_back() -> None:
    assert state_after_refund("shipped", paid_fen=100, refunding_fen=99) == "shipped"
    assert state_after_refund("shipped", paid_fen=100, refunding_fen=100) == "refunding"
