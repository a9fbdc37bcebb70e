"""Numbers, money, moments and mixed text, as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.counted import Counted
from tongpin.web.look.wording import Moment, full_moment, grouped, moment, short_number, spaced, yuan

HERE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 9, 12, 4, tzinfo=HERE)


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "0", "0"),
        (8240, "8,240", "8,240"),
        (-46, "−46", "−46"),
        (12.34, "12.3", "12.3"),
        (12_000, "1.2 万", "12K"),
        (128_416, "12.8 万", "128K"),
        (12_841_600, "1,284 万", "12.8M"),
        (99_999_999, "1 亿", "100M"),
        (95_000_000, "9,500 万", "95M"),
        (230_000_000, "2.3 亿", "230M"),
        (-3_400_000_000, "−34 亿", "−3.4B"),
        (999_999, "100 万", "1M"),
    ],
)
def test_large_numbers_are_short_in_each_language(number: float, chinese: str, english: str) -> None:
    assert short_number(number, chinese=True).replace("\u00a0", " ") == chinese
    assert short_number(number, chinese=False) == english


@given(st.integers(-(10**12), 10**12))
def test_a_short_number_stays_near_the_number(number: int) -> None:
    text = short_number(number, chinese=True).replace("−", "-").replace(",", "").replace("\u00a0", "")
    value = float(text.rstrip("万亿")) * (10**4 if text.endswith("万") else 10**8 if text.endswith("亿") else 1)
    assert abs(value - number) <= 0.05 * abs(number)
    assert len(text) <= 8


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("绘本7群有200人", "绘本 7 群有 200 人"),
        ("满¥100减20", "满 ¥100 减 20"),
        ("降了12%的人", "降了 12% 的人"),
        ("K=0.31，n=86", "K=0.31，n=86"),
        ("在Matrix里说", "在 Matrix 里说"),
        ("第 3 期", "第 3 期"),
    ],
)
def test_han_and_latin_are_kept_apart(before: str, after: str) -> None:
    assert spaced(before) == after


@given(st.text(alphabet="同频abcZ019 ¥%，。「」+#@-", max_size=40))
def test_spacing_twice_is_spacing_once_and_adds_spaces_only(text: str) -> None:
    once = spaced(text)
    assert spaced(once) == once
    assert once.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("fen", "style", "text"),
    [
        (8900, "exact", "¥89.00"),
        (-13_050, "exact", "−¥130.50"),
        (824_000, "whole", "¥8,240"),
        (824_050, "whole", "¥8,240.50"),
        (12_841_600, "short", "¥12.8\u00a0万"),
        (9900, "short", "¥99"),
    ],
)
def test_money_says_its_fen_or_leaves_them_out(fen: int, style: str, text: str) -> None:
    assert yuan(fen, style=style) == text


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW - timedelta(minutes=1), Moment("today", "09:11")),
        (NOW - timedelta(hours=10), Moment("yesterday", "23:12")),
        (NOW + timedelta(hours=20), Moment("tomorrow", "05:12")),
        (NOW - timedelta(days=14), Moment("this_year", "11-10 09:12")),
        (NOW - timedelta(days=400), Moment("far", "2025-10-20")),
    ],
)
def test_a_moment_is_said_by_its_nearness(at: datetime, said: Moment) -> None:
    assert moment(at, now=NOW) == said


def test_the_full_moment_has_seconds_and_its_zone() -> None:
    assert full_moment(NOW) == "2026-11-24 09:12:04 UTC+08:00"


def test_a_true_minus_stands_before_grouped_numbers() -> None:
    assert grouped(-1312) == "−1,312"


def test_where_counting_stopped_a_plus_says_so() -> None:
    assert [grouped(Counted(9_312)), grouped(Counted(10_000, more=True))] == ["9,312", "10,000+"]
