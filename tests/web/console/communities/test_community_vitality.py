"""Vitality on a community's page: three factors, reasons for and against, or how many are missing."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.loop.gather.cast import community
from tests.web.console.shop_files import url
from tongpin.core.figures.actions import put_figure
from tongpin.insight.measures.vitality import VitalityParameters
from tongpin.insight.result import Result
from tongpin.web.console.community_vitality import NEEDED, vitality_of

pytestmark = pytest.mark.django_db

REASONS: tuple[dict[str, Any], ...] = (
    {"reason": "sustained", "good": True, "now": 23, "before": 22, "n": 40, "share": None},
    {"reason": "trend", "good": True, "now": 152, "before": 173, "n": 325, "share": None},
    {"reason": "carried_by", "good": True, "now": 6, "before": None, "n": 40, "share": 0.21},
    {"reason": "by_staff", "good": True, "now": 0.1, "before": None, "n": 340, "share": None},
    {"reason": "silent_days", "good": False, "now": 8, "before": None, "n": 1, "share": None},
    {"reason": "active_days", "good": True, "now": 21, "before": None, "n": 28, "share": None},
)


def measured(number: int, at: datetime, *, n: int = 40, quality: str = "ok", alarm: str = "") -> None:
    more = {"people": 23, "per_week": 1.52, "trend": math.log(0.88), "alarm": alarm}
    found = Result(30.8, n, quality, method="proxy", more=more, parts=REASONS)  # type: ignore[arg-type]
    weeks = tuple(
        {"week": f"2026-11-{day:02}", "givers": 3, "contributions": day, "by_staff": 0} for day in range(2, 14)
    )
    givers = Result(23.0, n, quality, parts=weeks)  # type: ignore[arg-type]
    for name, result in (("vitality", found), ("weekly_givers", givers)):
        put_figure(
            measure=name, as_of=at, known_at=at, at=at, body=result.as_json(), n=n, quality=quality,
            scope_kind="community", scope=number,
        )  # fmt: skip


def test_people_times_a_week_times_trend_with_reasons(boss: Client, noon: datetime) -> None:
    number = community(noon)
    measured(number, noon)
    page = boss.get(url("community", number)).text
    for told in (
        ">23<", ">1.5<", "−12%", "23 members give again and again (22 four weeks ago)",
        "152 contributions in the last 4 weeks, 173 in the 4 before", "6 members make half of it, the first 21%",
        "10% comes from the team (n = 340)", "No member spoke for 8 days", "Members spoke on 21 of the last 28 days",
        "2026-11-13", 'class="late"',
    ):  # fmt: skip
        assert told in page, told


def test_an_alarm_and_too_little_data_are_said_in_words(boss: Client, noon: datetime) -> None:
    number = community(noon)
    assert "from 5 members on" in boss.get(url("community", number)).text
    measured(number, noon, alarm="red")
    assert "dying down" in boss.get(url("community", number)).text
    other = community(noon, "别的社")
    measured(other, noon, n=3, quality="low", alarm="red")
    page = boss.get(url("community", other)).text
    assert ("too little data: 3 of 5 members gave" in page, "dying down" in page) == (True, False)


def test_bars_of_another_moment_are_left_out(noon: datetime) -> None:
    number = community(noon)
    measured(number, noon)
    assert [week.height for week in vitality_of(number).weeks][-1] == 100
    assert VitalityParameters().min_n == NEEDED
