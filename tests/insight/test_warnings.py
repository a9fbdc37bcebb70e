"""Warnings speak where there is enough to speak from, and say what they rest on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongpin.insight.warnings import Warned, fewer_come, house_alone, money_not_back, warned, weaker_giving


def weeks(*contributions: int, by_staff: int = 0) -> dict[str, Any]:
    return {"parts": [{"week": str(n), "contributions": c, "by_staff": by_staff} for n, c in enumerate(contributions)]}


def entrance(
    number: int, *, cost: int | None = 18_000, people: int = 22, first: int = 0, net: int = 0
) -> dict[str, Any]:
    told = {"kind": "entrance", "entrance": number, "cost_fen": cost, "gather": people}
    return told | {"first_orders": first, "net_fen": net}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            weeks(10, 10, 10, 10, 8, 8, 8, 8, 0),
            [Warned("giving_weaker", 0, {"late": 32, "before": 40, "change": 32 / 40 - 1})],
        ),
        (weeks(10, 10, 10, 10, 9, 8, 8, 8, 0), []),
        (weeks(4, 5, 5, 5, 0, 0, 0, 0, 0), []),
        (weeks(10, 10, 10, 10, 0, 0, 0, 0), []),
        ({}, []),
    ],
)
def test_weaker_giving_compares_eight_whole_weeks(body: dict[str, Any], found: list[Warned]) -> None:
    assert list(weaker_giving(body)) == found


def test_a_house_that_gives_alone_is_told_so() -> None:
    assert list(house_alone(weeks(2, 2, 4, by_staff=4))) == [
        Warned("house_alone", 0, {"staff": 12, "all": 20, "share": 0.6})
    ]
    assert list(house_alone(weeks(2, 2, 3, by_staff=4))) == []
    assert list(house_alone(weeks(9, 9, 9, by_staff=4))) == []


@pytest.mark.parametrize(
    ("now", "before", "speaks"), [(9, 20, True), (14, 20, False), (70, 100, True), (71, 100, False), (0, 19, False)]
)
def test_fewer_people_are_a_warning_beyond_chance(now: int, before: int, speaks: bool) -> None:
    found = list(fewer_come({"more": {"gather": now, "gather_before": before}}))
    assert found == (
        [Warned("fewer_come", 0, {"now": now, "before": before, "change": now / before - 1})] if speaks else []
    )


def test_money_that_brought_no_order_is_told_the_dearest_first() -> None:
    parts = [
        entrance(1, cost=6000), entrance(2), entrance(3, first=1), entrance(4, people=9), entrance(5, cost=None),
        entrance(6, net=100), entrance(-1), {"kind": "slice", "turn": 0},
    ]  # fmt: skip
    assert list(money_not_back({"parts": parts})) == [
        Warned("money_not_back", 2, {"cost_fen": 18_000, "people": 22}),
        Warned("money_not_back", 1, {"cost_fen": 6000, "people": 22}),
    ]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(counts=st.lists(st.integers(min_value=0, max_value=500), max_size=14), staff=st.integers(0, 90))
def test_no_figure_makes_a_rule_fail(counts: list[int], staff: int) -> None:
    figures = {"weekly_givers": weeks(*counts, by_staff=staff), "loop_by_entrance": {}, "rfm": {}}
    assert all(one.code in {"giving_weaker", "house_alone"} for one in warned(figures=figures))
