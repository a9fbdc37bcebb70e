"""The backup's hour is on the merchant's clock, once every day, whatever the clocks of the zone do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tongpin.wiring import tasks
from tongpin.wiring.nightly import struck

HOUR = timedelta(hours=1)
ZONES = ("Asia/Shanghai", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo",
         "Australia/Lord_Howe", "Pacific/Auckland", "America/New_York")  # fmt: skip


def every_hour(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += HOUR


@given(zone=st.sampled_from(ZONES), hour=st.integers(0, 23), minute=st.sampled_from([7, 37]))
def test_every_day_of_a_year_has_its_night_once(zone: str, hour: int, minute: int) -> None:
    here = ZoneInfo(zone)
    calls = every_hour(datetime(2026, 2, 20, 0, minute, tzinfo=UTC), datetime(2026, 4, 20, 0, minute, tzinfo=UTC))
    nights = Counter(day for at in calls if (day := struck(at=at, hour=hour, zone=here)))
    inner = [date(2026, 2, 22) + timedelta(days=n) for n in range(56)]
    assert [nights[day] for day in inner] == [1] * len(inner)


def test_four_in_the_morning_in_shanghai() -> None:
    here = ZoneInfo("Asia/Shanghai")
    calls = every_hour(datetime(2026, 11, 21, 12, 7, tzinfo=UTC), datetime(2026, 11, 22, 12, 7, tzinfo=UTC))
    found = [(at, day) for at in calls if (day := struck(at=at, hour=4, zone=here))]
    assert found == [(datetime(2026, 11, 21, 20, 7, tzinfo=UTC), date(2026, 11, 22))]


def test_the_tasks_of_the_night_ask_for_the_merchants_hour(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called every hour for a week: seven backups, and one drill, half an hour behind the backup of Sunday."""
    settings.BACKUP_HOUR, settings.ZONE = 4, "Asia/Kolkata"
    done: list[tuple[str, int]] = []
    at = [0]
    monkeypatch.setattr(tasks, "now", lambda: datetime.fromtimestamp(at[0], UTC))
    monkeypatch.setattr(tasks, "write_backup", lambda *, at: done.append(("backup", int(at.timestamp()))) or _Written())
    monkeypatch.setattr(tasks, "forget_old", lambda *, keep: None)
    monkeypatch.setattr(tasks, "newest", lambda: _Written.path)
    monkeypatch.setattr(tasks, "drill", lambda *, path, at: done.append(("drill", int(at.timestamp()))))
    first = datetime(2026, 11, 16, 0, 7, tzinfo=UTC)
    for one in every_hour(first, first + timedelta(days=7) - HOUR):
        for task, later in ((tasks.back_up, 0), (tasks.try_restore, 1800)):
            at[0] = int(one.timestamp()) + later
            task.func(at[0])
    backups = [when for what, when in done if what == "backup"]
    drills = [when for what, when in done if what == "drill"]
    local = [datetime.fromtimestamp(when, ZoneInfo("Asia/Kolkata")) for when in backups]
    assert [f"{when:%a %H:%M}" for when in local] == [
        f"{day} 04:37" for day in ("Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon")
    ]
    assert drills == [backups[5] + 1800]


class _Written:
    """A backup that was not written."""

    class path:
        name = "tongpin-1.tar"
