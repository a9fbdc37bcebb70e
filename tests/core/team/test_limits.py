"""Codes that change every 30 seconds, tries, idle sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.team.limits import STEP, idle_too_long, matching_step, opens_again

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = datetime(2026, 11, 22, 4, 0, 10, tzinfo=UTC)
NOW_STEP = int(AT.timestamp()) // STEP


def code(step: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(step)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_code_of_this_the_last_and_the_next_half_minute_fits(off: int) -> None:
    assert matching_step(secret=SECRET, code=code(NOW_STEP + off), at=AT, after_step=0) == NOW_STEP + off


@pytest.mark.parametrize("off", [-2, 2, 100])
def test_an_older_or_later_code_does_not(off: int) -> None:
    assert matching_step(secret=SECRET, code=code(NOW_STEP + off), at=AT, after_step=0) is None


def test_a_code_fits_only_after_the_one_used_last() -> None:
    assert matching_step(secret=SECRET, code=code(NOW_STEP), at=AT, after_step=NOW_STEP - 1) == NOW_STEP
    assert matching_step(secret=SECRET, code=code(NOW_STEP), at=AT, after_step=NOW_STEP) is None


@given(st.text(max_size=12).filter(lambda text: "".join(text.split()) not in {code(NOW_STEP + o) for o in (-1, 0, 1)}))
def test_nothing_else_fits(text: str) -> None:
    assert matching_step(secret=SECRET, code=text, at=AT, after_step=0) is None


def test_a_code_may_be_typed_with_a_gap() -> None:
    digits = code(NOW_STEP)
    assert matching_step(secret=SECRET, code=f" {digits[:3]} {digits[3:]}", at=AT, after_step=0) == NOW_STEP


def test_the_door_shuts_after_five_codes_until_the_quarter_hour_is_over() -> None:
    over = AT + timedelta(minutes=15)
    assert opens_again(kind="code", count=5, since=AT, now=AT) is None
    assert opens_again(kind="code", count=6, since=AT, now=AT) == over
    assert opens_again(kind="code", count=6, since=AT, now=over) is None


def test_a_strange_device_is_left_after_twelve_hours_the_own_one_after_two_weeks() -> None:
    left = [timedelta(hours=12), timedelta(hours=13), timedelta(days=14), timedelta(days=15)]
    assert [idle_too_long(seen_at=AT, now=AT + gap, own_device=False) for gap in left] == [False, True, True, True]
    assert [idle_too_long(seen_at=AT, now=AT + gap, own_device=True) for gap in left] == [False, False, False, True]
