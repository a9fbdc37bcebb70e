"""What may leave, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.sending.rules import (
    CAPS,
    DAY_CAP,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    NOW,
    LetterClass,
    Verdict,
    is_quiet,
    may_send,
    next_morning,
    pause_after,
    wait_after,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def promotion(at: datetime, *before: datetime, consented: bool = True, not_after: datetime | None = None) -> Verdict:
    return may_send(
        letter_class="promotion", at=at, zone=SHANGHAI, consented=consented, promoted_at=before, not_after=not_after
    )


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-22T21:30", "2026-11-23T08:30"),
        ("2026-11-22T23:59", "2026-11-23T08:30"),
        ("2026-11-23T00:00", "2026-11-23T08:30"),
        ("2026-11-23T08:29", "2026-11-23T08:30"),
    ],
)
def test_a_promotion_at_night_waits_for_the_morning(at: str, until: str) -> None:
    assert promotion(local(at)) == Verdict("later", "quiet_hours", local(until))


@pytest.mark.parametrize("at", ["2026-11-22T21:29", "2026-11-23T08:30", "2026-11-22T12:00"])
def test_a_promotion_by_day_leaves(at: str) -> None:
    assert promotion(local(at)) == NOW


@pytest.mark.parametrize("letter_class", ["service", "session"])
def test_service_and_session_know_no_night_and_need_no_word(letter_class: LetterClass) -> None:
    at = local("2026-11-22T23:00")
    assert may_send(letter_class=letter_class, at=at, zone=SHANGHAI, consented=False, promoted_at=[at] * 9) == NOW


def test_without_their_word_no_promotion_leaves_at_any_time() -> None:
    assert promotion(local("2026-11-22T12:00"), consented=False) == Verdict("withheld", "no_consent")


def test_a_second_promotion_of_the_day_waits_for_the_next_morning() -> None:
    noon = local("2026-11-22T12:00")
    assert promotion(noon, noon - timedelta(hours=2)) == Verdict("later", "cap_day", local("2026-11-23T08:30"))
    assert promotion(noon, noon - timedelta(hours=13)) == NOW


def test_a_day_is_the_merchants_own() -> None:
    at = local("2026-11-22T12:00").astimezone(UTC)
    yesterday = local("2026-11-21T20:00").astimezone(UTC)
    assert promotion(at, yesterday) == NOW


def test_the_fourth_in_a_week_and_the_ninth_in_a_month_never_leave() -> None:
    noon = local("2026-11-22T12:00")
    week = [noon - timedelta(days=n) for n in (1, 2, 3)]
    month = [noon - timedelta(days=n) for n in (8, 10, 12, 14, 16, 18, 20, 22)]
    assert promotion(noon, *week) == Verdict("withheld", "cap_week")
    assert promotion(noon, *month) == Verdict("withheld", "cap_month")
    assert promotion(noon, *week[1:], *month[:5]) == NOW


def test_what_comes_too_late_is_withheld_also_of_service() -> None:
    at = local("2026-11-22T12:00")
    late = may_send(letter_class="service", at=at, zone=SHANGHAI, consented=True, not_after=at - timedelta(seconds=1))
    assert late == Verdict("withheld", "too_late")


def test_what_could_only_leave_when_it_is_too_late_is_withheld_at_once() -> None:
    at = local("2026-11-22T22:00")
    assert promotion(at, not_after=at + timedelta(hours=1)) == Verdict("withheld", "quiet_hours")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from([SHANGHAI, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")]),
)
def test_the_next_morning_is_never_quiet_and_less_than_a_day_and_an_hour_away(naive: datetime, zone: ZoneInfo) -> None:
    at = naive.replace(tzinfo=UTC)
    morning = next_morning(at=at, zone=zone)
    assert at < morning <= at + timedelta(hours=25)
    assert not is_quiet(at=morning, zone=zone)


@given(st.lists(st.integers(0, 60 * 24 * 40), max_size=60))
def test_however_many_are_queued_no_cap_is_ever_broken(minutes: list[int]) -> None:
    start = local("2026-11-01T00:00").astimezone(UTC)
    waiting = sorted(start + timedelta(minutes=m) for m in minutes)
    sent: list[datetime] = []
    while waiting:
        at = waiting.pop(0)
        verdict = promotion(at, *sent)
        if verdict == NOW:
            sent.append(at)
        elif verdict.until is not None:
            assert verdict.until > at
            waiting = sorted([*waiting, verdict.until])
    days = [one.astimezone(SHANGHAI).date() for one in sent]
    assert all(days.count(day) <= DAY_CAP for day in days)
    assert not any(is_quiet(at=one, zone=SHANGHAI) for one in sent)
    for span, most, _ in CAPS:
        assert all(sum(one - span < other <= one for other in sent) <= most for one in sent)


def test_waits_double_and_end_and_obey_the_platform() -> None:
    assert [wait_after(failures=n).total_seconds() for n in (0, 1, 2, 3, 9, 99)] == [2, 2, 4, 8, 300, 300]
    assert wait_after(failures=1, asked=timedelta(hours=1)) == timedelta(hours=1)
    assert wait_after(failures=99) == LONGEST_WAIT
    assert pause_after(failures=99) == LONGEST_PAUSE
    assert pause_after(failures=1, asked=timedelta(seconds=4)) == timedelta(seconds=4)
