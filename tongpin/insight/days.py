"""Days and ISO weeks of the merchant's zone, by an explicit shift: engines disagree about zones, not about seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

DAY = 86_400
EPOCH = date(1970, 1, 1)
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)


def day_of(at: datetime, zone: ZoneInfo) -> int:
    """The local day of a moment, counted from 1970."""
    return (at.astimezone(zone).date() - EPOCH).days


def week_of_day(day: int) -> int:
    """The ISO week of a day, counted from the one of 1970-01-01 (a Thursday)."""
    return (day + 3) // 7


def monday(week: int) -> date:
    """The day on which an ISO week begins."""
    return EPOCH + timedelta(days=week * 7 - 3)


def seconds(at: ir.TimestampColumn) -> ir.IntegerColumn:
    """Seconds since 1970, whole."""
    return at.epoch_seconds().cast("float64").floor().cast("int64")


def local_day(at: ir.TimestampColumn, zone: ZoneInfo, *, until: datetime) -> ir.IntegerColumn:
    """The local day of each moment up to `until`, counted from 1970."""
    told = seconds(at)
    shifts = _shifts(zone.key, day_of(until, zone) + 2)
    shift: ir.IntegerValue = ibis.literal(shifts[0][1], "int64")
    for begins, offset in shifts[1:]:
        shift = ibis.ifelse(told >= begins, ibis.literal(offset, "int64"), shift)
    return ((told + shift) // DAY).cast("int64")


def local_week(day: ir.IntegerColumn) -> ir.IntegerColumn:
    """The ISO week of each local day."""
    return ((day + 3) // 7).cast("int64")


@cache
def _shifts(key: str, until: int) -> tuple[tuple[int, int], ...]:
    """(from when in seconds since 1970, offset in seconds) of a zone; the first holds for all time before too."""
    zone = ZoneInfo(key)
    found: list[tuple[int, int]] = []
    low = int(_FIRST.timestamp())
    end = until * DAY
    held = _offset(low, zone)
    found.append((low, held))
    while low < end:
        high = low + DAY * 7
        offset = _offset(high, zone)
        if offset != held:
            before, after = low, high
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if _offset(middle, zone) == held else (before, middle)
            held = _offset(after, zone)
            found.append((after, held))
            low = after
            continue
        low = high
    return tuple(found)


def _offset(second: int, zone: ZoneInfo) -> int:
    shift = datetime.fromtimestamp(second, zone).utcoffset()
    return int(shift.total_seconds()) if shift else 0
