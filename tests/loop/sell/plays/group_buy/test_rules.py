"""Who may join and leave, and what a seat is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.sell.plays.group_buy.rules import (
    HOLD,
    Comer,
    Group,
    GroupState,
    SeatState,
    held_until,
    is_over,
    may_join,
    missing,
    shown,
    why_not_left,
)

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
END = NOW + timedelta(hours=2)
STRANGER = Comer(has_seat=False, bought=0, per_person=0)


def group(state: GroupState = "running", *, seats: int = 3, taken: int = 0, held: int = 0) -> Group:
    return Group(state, seats, taken, held, END)


@pytest.mark.parametrize(
    ("one", "comer", "now", "why"),
    [
        (group(), STRANGER, NOW, None),
        (group(taken=1, held=1), STRANGER, NOW, None),
        (group(taken=1, held=2), STRANGER, NOW, "all_held"),
        (group("filled", taken=3), STRANGER, NOW, "filled"),
        (group("failed"), STRANGER, NOW, "failed"),
        (group(), STRANGER, END, "over"),
        (group(), Comer(True, 0, 0), NOW, "has_a_seat"),
        (group(), Comer(False, 1, 2), NOW, None),
        (group(), Comer(False, 2, 2), NOW, "person_limit"),
    ],
)
def test_a_seat_is_to_be_had_or_it_is_said_why_not(one: Group, comer: Comer, now: datetime, why: str | None) -> None:
    assert may_join(one, comer, now) == why


@given(st.integers(2, 9), st.integers(0, 9), st.integers(0, 9), st.timedeltas(timedelta(hours=-9), timedelta(hours=9)))
def test_whoever_may_join_has_a_free_seat_in_time(seats: int, taken: int, held: int, off: timedelta) -> None:
    one, now = group(seats=seats, taken=taken, held=held), NOW + off
    assert (may_join(one, STRANGER, now) is None) == (taken + held < seats and now < END)
    assert is_over(one, now) == (now >= END)
    assert missing(one) == seats - taken


def test_a_seat_is_never_held_past_the_end_of_the_group() -> None:
    assert held_until(NOW, END) == NOW + HOLD
    assert held_until(END - timedelta(minutes=1), END) == END


@pytest.mark.parametrize(
    ("state", "seat", "why"),
    [
        ("running", "held", None),
        ("running", "taken", None),
        ("filled", "taken", "filled"),
        ("failed", "taken", "failed"),
        ("running", "left", "left"),
        ("failed", "lapsed", "lapsed"),
    ],
)
def test_a_seat_can_be_given_up_until_the_group_is_full(state: GroupState, seat: SeatState, why: str | None) -> None:
    assert why_not_left(state, seat) == why


@pytest.mark.parametrize(
    ("state", "seat", "later", "word"),
    [
        ("running", "held", -1, "held"),
        ("running", "held", 0, "lapsed"),
        ("failed", "held", -1, "lapsed"),
        ("running", "taken", 0, "waiting"),
        ("filled", "taken", 0, "filled"),
        ("failed", "taken", 0, "failed"),
        ("failed", "failed", 0, "failed"),
        ("running", "left", 0, "left"),
        ("filled", "too_late", 0, "too_late"),
    ],
)
def test_a_buyer_is_told_where_a_seat_stands(state: GroupState, seat: SeatState, later: int, word: str) -> None:
    assert shown(state, seat, until=NOW, now=NOW + timedelta(seconds=later)) == word
