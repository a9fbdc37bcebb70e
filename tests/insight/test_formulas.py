"""Golden numbers of the plain formulas (SCIENCE §0, §4.1, §4.3, §8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.insight.days import day_of, local_day, monday, week_of_day
from tongpin.insight.growth import blended_cost, chance_of_end, chance_of_size, people_after, people_per_seed
from tongpin.insight.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(3, 20, 0.0524, 0.3604), (0, 20, 0.0, 0.1611), (0, 0, 0.0, 1.0)]
)
def test_wilson_intervals_are_the_golden_ones(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits=hits, n=n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_share_and_stays_between_none_and_all(told: tuple[int, int]) -> None:
    hits, n = told
    low, high = wilson(hits=hits, n=n)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= hits / n + 1e-12
        assert hits / n <= high + 1e-12


def test_more_hits_than_tries_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        wilson(hits=3, n=2)


@pytest.mark.parametrize(
    ("start", "k", "cycle", "people"),
    [(10, 2, 2, 20_470), (10, 2, 1, 20_971_510), (5000, 0.4, 2, 8333), (10, 1, 2, 110)],
)
def test_people_after_twenty_days(start: float, k: float, cycle: float, people: float) -> None:
    assert people_after(start=start, k=k, days=20, cycle=cycle) == pytest.approx(people, abs=0.5)


@pytest.mark.parametrize(("k", "mean", "alone", "ten"), [(0.5, 2, 0.6065, 0.01362), (0.8, 5, 0.4493, 0.1226)])
def test_trees_are_borel(k: float, mean: float, alone: float, ten: float) -> None:
    assert people_per_seed(k=k) == pytest.approx(mean)
    assert chance_of_size(k=k, size=1) == pytest.approx(alone, abs=5e-5)
    assert 1 - sum(chance_of_size(k=k, size=n) for n in range(1, 10)) == pytest.approx(ten, abs=5e-5)


def test_a_hundred_at_k_of_095_is_four_in_a_hundred() -> None:
    assert 1 - sum(chance_of_size(k=0.95, size=n) for n in range(1, 100)) == pytest.approx(0.04125, abs=5e-5)


@pytest.mark.parametrize(
    ("k", "dispersion", "end"),
    [
        *((1.05, None, 0.9063), (1.2, None, 0.6863), (1.5, None, 0.4172), (2, None, 0.2032), (0.9, None, 1.0)),
        *((1.5, 0.1, 0.932), (1.5, 0.5, 0.768), (1.5, 1, 0.667), (1.5, 10, 0.457)),
    ],
)
def test_trees_that_die_out(k: float, dispersion: float | None, end: float) -> None:
    assert chance_of_end(k=k, dispersion=dispersion) == pytest.approx(end, abs=6e-4)


def test_a_loop_lowers_the_cost_of_a_customer_and_has_no_end_from_one_on() -> None:
    assert blended_cost(cost=30, k=0.4, cost_of_brought=10) == pytest.approx(22)
    assert (blended_cost(cost=30, k=1, cost_of_brought=10), people_per_seed(k=1)) == (None, None)


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@settings(max_examples=examples(30), deadline=None)
@given(ZONES, st.lists(MOMENTS, min_size=1, max_size=40))
def test_local_days_are_those_of_the_calendar(key: str, moments: list[datetime]) -> None:
    zone = ZoneInfo(key)
    moments = [at for at in moments for at in (at, at.replace(hour=0, minute=59), at + timedelta(hours=23))]
    backend = ibis.duckdb.connect()
    backend.con.execute("set TimeZone = 'UTC'")
    listed = ", ".join(f"({n}, timestamptz '{at.isoformat()}')" for n, at in enumerate(moments))
    backend.con.execute(f"create table t as select * from (values {listed}) v(n, moment)")
    table = backend.table("t")
    asked = table.select("n", day=local_day(table["moment"], zone, until=max(moments))).order_by("n")
    found = [row[1] for row in backend.con.execute(backend.compile(asked)).fetchall()]
    assert found == [day_of(at, zone) for at in moments]
    for day in found:
        assert monday(week_of_day(day)).weekday() == 0
        assert 0 <= day - (monday(week_of_day(day)) - datetime(1970, 1, 1).date()).days < 7
    backend.disconnect()
