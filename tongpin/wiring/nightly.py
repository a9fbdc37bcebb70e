"""The hour of the nightly backup, on the merchant's clock. Pure.

procrastinate reads its schedules in UTC, so the tasks of the night are called every hour and ask here whether it is theirs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


def struck(*, at: datetime, hour: int, zone: ZoneInfo) -> date | None:
    """The merchant's day whose `hour` struck within the hour that ends at `at`: once for every day, also where a change
    of the clock leaves the hour out or has it twice."""
    for day in sorted({at.astimezone(zone).date(), (at - _HOUR).astimezone(zone).date()}):
        if at - _HOUR < datetime.combine(day, time(hour), zone).astimezone(UTC) <= at:
            return day
    return None


def said(*, hour: int, zone: str) -> str:
    """When the backup is written, for a person."""
    return f"every night after {hour:02}:00 ({zone})"


__all__ = ["said", "struck"]
