from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.chats.times import Times, has_seconds


@pytest.mark.parametrize(
    "value",
    [
        1709294709, "1709294709", 1709294709.0, 1709294709000, "1709294709000", "1709294709000000",
        "2024-03-01 20:05:09", "2024/3/1 20:05:09", "2024-03-01T20:05:09", "2024-03-01T12:05:09Z",
        "2024-03-01T12:05:09.000Z", "2024-03-01T21:05:09+09:00", "2024年3月1日 20:05:09", "2024-03-01 8:05:09 PM",
        "2024-03-01 下午8:05:09", "2024-03-01 下午 8:05:09", " 2024-03-01 20:05:09 ", "2024年3月1日 晚上8:05:09",
    ],
)  # fmt: skip
def test_every_way_of_writing_one_moment_means_that_moment(value: object, evening: datetime) -> None:
    assert Times(ZoneInfo("Asia/Shanghai")).of(value) == evening


def test_parts_of_a_second_are_kept() -> None:
    times = Times(ZoneInfo("UTC"))
    assert times.of("2017-05-11T15:46:08.512661") == datetime(2017, 5, 11, 15, 46, 8, 512661, tzinfo=UTC)
    assert times.of(1494517568512) == datetime(2017, 5, 11, 15, 46, 8, 512000, tzinfo=UTC)


def test_twelve_in_the_night_is_the_beginning_of_the_day() -> None:
    times = Times(ZoneInfo("UTC"))
    assert times.of("2020-03-04 12:12:29 AM") == datetime(2020, 3, 4, 0, 12, 29, tzinfo=UTC)
    assert times.of("2020-03-04 12:12:29 PM") == datetime(2020, 3, 4, 12, 12, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "   ", None, True, 12, "12", "yesterday", "2024-03-01", "2024-13-01 10:00:00", "2024-02-30 10:00:00",
     "9999-12-31 23:59:59", "0001-01-01 00:00:00", 1e300, float("nan"), float("inf"), [], {}, "1" * 500,
     "2024-03-01 25:00:00", "-1709294709"],
)  # fmt: skip
def test_what_is_no_moment_is_none(value: object) -> None:
    assert Times(ZoneInfo("Asia/Shanghai")).of(value) is None


def test_a_time_whose_seconds_a_spreadsheet_dropped_is_told() -> None:
    assert [has_seconds(t) for t in ("2024/3/1 20:05", "2024-03-01 20:05:09", "1709294709")] == [False, True, True]
