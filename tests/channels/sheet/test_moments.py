"""Dates as exports and spreadsheet programs write them, read in the merchant's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.cells import CellProblem
from tongpin.channels.sheet.moments import Moments, date_order_of, day_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 10, 22, 4, 4, tzinfo=UTC)  # 12:04 in Shanghai


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-22 12:04:00",
        "2026-10-22 12:04",
        "2026/10/22 12:04",
        "2026/10/22 12:04:00",
        "2026.10.22 12:04",
        "2026年10月22日 12:04",
        "2026年10月22日12时04分",
        "2026年10月22日 12时04分00秒",
        "20261022120400",
        "202610221204",
        "2026-10-22T12:04:00",
        "2026-10-22T04:04:00Z",
        "2026-10-22 04:04:00 UTC",
        "2026-10-22 12:04:00 +0800",
        "2026-10-22T12:04:00+08:00",
        "2026-10-22 12:04:00.000",
        "2026/10/22 12:04 PM",
        "2026-10-22 下午12:04",
        "2026-10-22 星期四 12:04",
        "22/10/2026 12:04",
        "10/22/2026 12:04",
        "\t2026-10-22 12:04:00",
        "`2026-10-22 12:04:00",
        "1792641840",
        "1792641840000",
        1792641840.0,
        datetime(2026, 10, 22, 12, 4),
        46317.50277777778,
        "46317.50277777778",
    ],
)
def test_one_moment_in_many_spellings(cell):
    assert Moments(SHANGHAI).of(cell) == NOON


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        ("2026-1-2 3:04:05", datetime(2026, 1, 2, 3, 4, 5)),
        ("2026-01-02", datetime(2026, 1, 2)),
        ("20260102", datetime(2026, 1, 2)),
        ("19970101", datetime(1997, 1, 1)),
        ("2026年1月2日", datetime(2026, 1, 2)),
        ("2026-01-02 上午9:30", datetime(2026, 1, 2, 9, 30)),
        ("2026-01-02 晚上 9:30", datetime(2026, 1, 2, 21, 30)),
        ("2026-01-02 9:30 PM", datetime(2026, 1, 2, 21, 30)),
        ("2026-01-02 12:30 AM", datetime(2026, 1, 2, 0, 30)),
        ("2026-01-02 中午11:30", datetime(2026, 1, 2, 11, 30)),
        ("2026-01-02 中午1:30", datetime(2026, 1, 2, 13, 30)),
        (46024.0, datetime(2026, 1, 2)),
        (46024, datetime(2026, 1, 2)),
    ],
)
def test_local_times_are_read_in_the_zone(cell, local):
    assert Moments(SHANGHAI).of(cell) == local.replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "-",
        None,
        "0000-00-00 00:00:00",
        "0001-01-01 00:00:00",
        "1970-01-01 08:00:00",
        "1970-01-01",
        "1900-01-00",
        "9999-12-31 23:59:59",
        "0",
        0.0,
        datetime(1900, 1, 1),
    ],
)
def test_dates_that_mean_never_are_blank(cell):
    assert Moments(SHANGHAI).of(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "10 月底",
        "2026-10-22 24:00:00",
        "2026-10-22 24:00",
        "2026-02-30",
        "2026-13-01",
        "昨天",
        "2026-10-22 12:61",
        "八九",
        "12:04",
        "2026",
        "3.5",
        "2026-10-22 12:04 and more",
        "20261322",
        "88888888888888",
    ],
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(CellProblem) as problem:
        Moments(SHANGHAI).of(cell)
    assert problem.value.reason == "time_unreadable"


@pytest.mark.parametrize("cell", ["2300-01-01", "1850-05-05 10:00", "2101-01-01 00:00:00"])
def test_dates_far_off_are_refused(cell):
    with pytest.raises(CellProblem) as problem:
        Moments(SHANGHAI).of(cell)
    assert problem.value.reason == "time_far_off"


def test_later_than_now_is_far_off():
    moments = Moments(SHANGHAI, latest=NOON)
    assert moments.of("2026-10-23 12:04:00") == NOON + timedelta(days=1)
    with pytest.raises(CellProblem) as problem:
        moments.of("2026-10-25 12:04:00")
    assert problem.value.reason == "time_far_off"


def test_month_or_day_first_is_not_guessed():
    with pytest.raises(CellProblem) as problem:
        Moments(SHANGHAI).of("03/04/2026")
    assert problem.value.reason == "time_ambiguous"
    assert Moments(SHANGHAI, order="mdy").of("03/04/2026 8:26") == datetime(2026, 3, 4, 8, 26, tzinfo=SHANGHAI)
    assert Moments(SHANGHAI, order="dmy").of("03/04/26 8:26") == datetime(2026, 4, 3, 8, 26, tzinfo=SHANGHAI)


def test_the_order_of_a_column_is_proved_by_one_cell():
    assert date_order_of(["12/1/2010 8:26", "12/13/2010 9:00"]) == ("mdy", True)
    assert date_order_of(["1/12/2010", "13/12/2010"]) == ("dmy", True)
    assert date_order_of(["1/12/2010", "2/11/2010"]) == ("", True)
    assert date_order_of(["2010-12-01"]) == ("", False)


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 31)))
def test_every_spelling_of_a_moment_is_the_same(moment):
    moment = moment.replace(microsecond=0)
    read = Moments(SHANGHAI)
    spellings = [
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        moment.strftime("%Y/%m/%d %H:%M:%S"),
        moment.strftime("%Y%m%d%H%M%S"),
        moment.strftime("%Y年%m月%d日 %H:%M:%S"),
        moment.isoformat(),
        moment,
        f"\t{moment:%Y-%m-%d %H:%M:%S}",
    ]
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert {read.of(spelling) for spelling in [*spellings, serial]} == {moment.replace(tzinfo=SHANGHAI).astimezone(UTC)}


@given(st.text(max_size=24) | st.floats() | st.integers())
def test_no_cell_breaks_the_clock(cell):
    try:
        moment = Moments(SHANGHAI).of(cell)
    except CellProblem:
        return
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1990-05-12", "1990-05-12"),
        ("1990/5/2", "1990-05-02"),
        ("1990年5月2日", "1990-05-02"),
        ("19900502", "1990-05-02"),
        ("05-12", "--05-12"),
        ("5月12日", "--05-12"),
        ("1990-05-12 00:00:00", "1990-05-12"),
        (datetime(1990, 5, 12), "1990-05-12"),
        (32995.0, "1990-05-02"),
        ("-", None),
        ("0000-00-00", None),
    ],
)
def test_birthdays(cell, day):
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", ["五月", "1990-02-30", "99"])
def test_what_is_no_birthday_is_refused(cell):
    with pytest.raises(CellProblem):
        day_of(cell)
