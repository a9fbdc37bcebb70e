"""Counting equal things of any number in little memory."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tongpin.base.tally import Tally, TooMany


def test_a_tally_counts_like_a_counter_in_any_size() -> None:
    chance = random.Random(1)
    marks = [chance.choice([0, 1, 2**64 - 1, chance.getrandbits(64), chance.randrange(5000)]) for _ in range(60_000)]
    tally, counted = Tally(), Counter[int]()
    for mark in marks:
        counted[mark or 1] += 1
        assert tally.count(mark) == counted[mark or 1]
    assert all(mark in tally for mark in marks)
    assert 2**63 + 12345 not in tally


@pytest.mark.parametrize(("growth", "most"), [(4, 27 * 3), (2, 27)])
def test_the_table_stays_small_while_it_grows(growth: int, most: int) -> None:
    tally = Tally(start=1 << 12, growth=growth)
    for mark in range(1, 100_001):
        tally.count(mark * 0x9E3779B97F4A7C15 % 2**64)
    assert tally.size <= 100_000 * most


def test_more_than_it_may_hold_is_refused_rather_than_miscounted() -> None:
    tally = Tally(start=1 << 4, growth=2, most=1 << 5)
    counted = 0
    with pytest.raises(TooMany):
        for mark in range(1, 100):
            counted += tally.count(mark)
    assert counted == 20
