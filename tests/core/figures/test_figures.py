"""Prepared results of measures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tongpin.core.figures.actions import BadFigure, forget_people, put_figure
from tongpin.core.figures.models import Figure
from tongpin.core.figures.queries import Shown, latest, latest_of, people_behind, series
from tongpin.insight.result import Result

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def put(noon: datetime, value: float | None = 2.0, **more: Any) -> int:
    result = Result(value, 0 if value is None else 7, "none" if value is None else "ok", method="proxy")
    told = {"measure": "weekly_givers", "as_of": noon, "known_at": noon, "at": noon} | more
    return put_figure(body=result.as_json(), n=result.n, quality=result.quality, **told)


def facts() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select kind, body::text from entry order by seq")
        return list(cursor.fetchall())


def test_a_figure_is_found_as_it_was_put(noon: datetime) -> None:
    put(noon)
    body = {"value": 2.0, "low": None, "high": None, "method": "proxy", "more": {}, "parts": []}
    assert latest(measure="weekly_givers") == Shown(
        "weekly_givers", "merchant", 0, noon, noon, 2.0, 7, "ok", body, noon
    )
    assert latest(measure="rfm") is None
    assert latest(measure="weekly_givers", scope_kind="community", scope=3) is None
    assert facts() == []


def test_the_same_clocks_again_replace_the_figure(noon: datetime) -> None:
    assert put(noon) == put(noon, 3.0, at=noon + HOUR)
    found = latest(measure="weekly_givers")
    assert found is not None
    assert (found.value, found.made_at, Figure.objects.count()) == (3.0, noon + HOUR, 1)


def test_the_latest_is_of_the_latest_moment_as_known_last(noon: datetime) -> None:
    put(noon, 1.0)
    put(noon, 2.0, known_at=noon + HOUR)
    put(noon - DAY, 9.0, known_at=noon + DAY)
    put(noon - 2 * DAY, None)
    found = latest(measure="weekly_givers")
    assert found is not None
    assert (found.as_of, found.value) == (noon, 2.0)
    assert [(one.as_of, one.value) for one in series(measure="weekly_givers")] == [
        (noon - 2 * DAY, None),
        (noon - DAY, 9.0),
        (noon, 2.0),
    ]
    assert [one.value for one in series(measure="weekly_givers", since=noon - DAY, limit=1)] == [2.0]


def test_many_measures_are_one_query(noon: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for name, value in (("rfm", 1.0), ("weekly_givers", 2.0), ("four_steps", 3.0)):
        put(noon - DAY, 0.0, measure=name)
        put(noon, value, measure=name)
    with django_assert_num_queries(1):
        found = latest_of(measures=["rfm", "weekly_givers", "nothing"])
    assert {name: one.value for name, one in found.items()} == {"rfm": 1.0, "weekly_givers": 2.0}


def test_an_assessment_of_a_community_is_a_fact_once(noon: datetime) -> None:
    scope: dict[str, Any] = {"scope_kind": "community", "scope": 3, "assessment": "vitality"}
    put(noon, **scope)
    put(noon, **scope, at=noon + HOUR)
    put(noon, 5.0, **scope, known_at=noon + HOUR)
    assert [kind for kind, _ in facts()] == ["community.assessed"]
    assert '"value": 2.0' in facts()[0][1]
    found = latest(measure="weekly_givers", scope_kind="community", scope=3)
    assert found is not None
    assert found.value == 5.0
    put(noon + DAY, None, **scope)
    assert len(facts()) == 2


def test_the_merchant_has_no_assessment_of_a_community(noon: datetime) -> None:
    put(noon, assessment="vitality")
    assert facts() == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"scope_kind": "person", "scope": 1}, "the scope is"),
        ({"scope_kind": "community"}, "the scope is"),
        ({"scope": 3}, "the scope is"),
        ({"value": float("nan")}, "say None"),
    ],
)
def test_what_is_no_result_is_refused_and_nothing_kept(noon: datetime, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFigure, match=says):
        put(noon, **more)
    assert (Figure.objects.count(), facts()) == (0, [])


def test_a_number_never_stands_beside_quality_none(noon: datetime) -> None:
    body = Result(2.0, 7, "ok").as_json()
    with pytest.raises(BadFigure, match="quality none"):
        put_figure(measure="rfm", as_of=noon, known_at=noon, body=body, n=7, quality="none", at=noon)


def test_the_people_behind_a_number_are_those_of_the_newest_figure(noon: datetime) -> None:
    def held(cell: str) -> Any:
        return people_behind(measure="weekly_givers", cell=cell)

    put(noon, people={"give": (9, 7, 5), "give:3": (5,)})
    put(noon - DAY, people={"give": (1,)})
    assert (held("give"), held("give:3"), held("sell")) == (((9, 7, 5), noon), ((5,), noon), None)
    put(noon + DAY, people={"give": (9, 8, 7)})
    put(noon + DAY)  # a measure that says nothing of people leaves them
    assert (held("give"), held("give:3")) == (((9, 8, 7), noon + DAY), None)
    assert people_behind(measure="weekly_givers", cell="give", scope_kind="community", scope=3) is None
    forget_people(person_ids=[8, 4])
    assert held("give") == ((9, 7), noon + DAY)
