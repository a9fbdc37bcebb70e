"""Time: UTC inside, the merchant's zone outside. Doors and the rhythm ask the clock; everything else is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime, *, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """The merchant's calendar day of a moment, as YYYY-MM-DD."""
    return at.astimezone(zone).date().isoformat()
