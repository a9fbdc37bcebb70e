"""How many there are, counted up to a limit."""

from __future__ import annotations

from tongpin.base.counted import Counted, altogether, counted


def test_what_is_below_the_limit_is_told_exactly() -> None:
    assert [counted(0, most=3), counted(3, most=3)] == [Counted(0), Counted(3)]


def test_above_the_limit_it_is_at_least_the_limit() -> None:
    assert counted(4, most=3) == Counted(3, more=True)


def test_a_sum_is_exact_where_all_of_its_parts_are() -> None:
    assert altogether([Counted(2), Counted(3)]) == Counted(5)
    assert altogether([Counted(2), Counted(3, more=True)]) == Counted(5, more=True)
    assert altogether([]) == Counted(0)


def test_nothing_is_false() -> None:
    assert [bool(Counted(0)), bool(Counted(1))] == [False, True]
