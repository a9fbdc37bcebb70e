"""What a sale earns, and what refunds take back."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.share.commissions.rules import (
    Terms,
    earned,
    free_from,
    generation_allowed,
    kept_until,
    to_take_back,
    wrong_with,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("base", "rate", "amount"),
    [
        (11000, 800, 880),
        (9640, 1000, 964),
        (58800, 500, 2940),
        (6900, 800, 552),
        (5, 1000, 1),
        (4, 1000, 0),
        (0, 800, 0),
    ],
)
def test_half_a_fen_is_rounded_up(base: int, rate: int, amount: int) -> None:
    assert earned(base_fen=base, rate=rate) == amount


@given(st.integers(0, 10**12), st.integers(0, 5000))
def test_what_is_earned_is_never_off_by_more_than_half_a_fen(base: int, rate: int) -> None:
    assert abs(earned(base_fen=base, rate=rate) - Fraction(base * rate, 10_000)) <= Fraction(1, 2)


@given(
    st.integers(0, 10**6),
    st.integers(0, 5000),
    st.sampled_from([0, 1, 500, 20_000]),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_what_stays_is_what_stayed_sold_earns(base: int, rate: int, most: int, refunds: list[int]) -> None:
    stays, before = earned(base_fen=base, rate=rate, most_fen=most), 0
    assert not most or stays <= most
    for refund in refunds:
        taken = to_take_back(base_fen=base, rate=rate, refunded_before=before, refunded_fen=refund, most_fen=most)
        assert 0 <= taken <= stays
        stays, before = stays - taken, min(before + refund, base)
        assert stays == earned(base_fen=base - before, rate=rate, most_fen=most)


def test_the_days_of_return_begin_when_the_goods_arrive_or_are_taken_to_have_arrived(noon: datetime) -> None:
    def until(days: int, *, sent: int | None = None, had: int | None = None) -> int | None:
        """Days after noon on which it is over, asked `days` after noon."""
        moment = kept_until(
            shipped_at=None if sent is None else noon + sent * DAY,
            received_at=None if had is None else noon + had * DAY,
            held_days=7,
            now=noon + days * DAY,
        )
        return None if moment is None else (moment - noon).days

    assert [until(7), until(7, sent=5), until(8, sent=1, had=3), until(10, sent=1, had=3)] == [14, 14, 10, None]
    assert [until(15, sent=1), until(16, sent=1), until(22, sent=1), until(23, sent=1)] == [22, 23, 23, None]


def test_no_day_is_promised_before_the_goods_have_arrived(noon: datetime) -> None:
    def free(*, days: int = 7, sent: int | None = None, had: int | None = None, now: int = 7) -> int | None:
        """Days after noon from which it is free; at noon it was paid."""
        moment = free_from(
            held_until=noon + days * DAY,
            held_days=days,
            shipped_at=None if sent is None else noon + sent * DAY,
            received_at=None if had is None else noon + had * DAY,
            now=noon + now * DAY,
        )
        return None if moment is None else (moment - noon).days

    assert [free(), free(sent=1), free(sent=1, had=3), free(sent=1, now=16), free(days=0)] == [None, None, 10, 23, 0]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(), None),
        (Terms(5000, 365), None),
        (Terms(-1, 7), "strange_rate"),
        (Terms(5001, 7), "strange_rate"),
        (Terms(800, -1), "strange_days"),
        (Terms(800, 366), "strange_days"),
        (Terms(800, 7, 100_000_000), None),
        (Terms(800, 7, -1), "strange_cap"),
        (Terms(800, 7, 100_000_001), "strange_cap"),
    ],
)
def test_terms_keep_within_reason(terms: Terms, reason: str | None) -> None:
    assert wrong_with(terms) == reason


def test_one_generation_is_paid_and_never_more_than_two() -> None:
    allowed = {
        (level, house): generation_allowed(level, allowed=house) for level in (0, 1, 2, 3) for house in (1, 2, 9)
    }
    assert [one for one, yes in allowed.items() if yes] == [(1, 1), (1, 2), (1, 9), (2, 2), (2, 9)]
