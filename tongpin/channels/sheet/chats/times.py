"""Times as chat exports write them: unix seconds to nanoseconds, ISO 8601, local text.

Unlike the times of a sheet's cells they keep parts of a second, which order what was said, and never lack a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ..cells import CellProblem
from ..moments import Moments

_EARLIEST, _LATEST = 631_152_000, 4_102_444_800  # 1990-01-01, 2100-01-01
_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_CLOCK = re.compile(r"\d[:：时点]\s*\d")
_SERIAL = re.compile(r"\d{5}\.\d+")


class Times:
    """Reads the times of one file. Text without an offset is `zone`'s local time."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._cells = Moments(zone)

    def of(self, value: object) -> datetime | None:
        """The aware UTC time a cell means, None where it means none."""
        if isinstance(value, str):
            return self._of_text(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _of_number(value)
        return None

    def _of_text(self, text: str) -> datetime | None:
        if len(text) >= 16 and text[4] == "-":
            try:
                at = datetime.fromisoformat(text)
                at = (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
                return at if 1990 <= at.year < 2100 else None
            except (ValueError, OverflowError):
                pass
        if _NUMBER.fullmatch(text):
            return _of_number(float(text) if "." in text else int(text))
        if len(text) > 64 or not (_CLOCK.search(text) or _SERIAL.fullmatch(text)):
            return None
        try:
            return self._cells.of(text)
        except (CellProblem, ValueError, OverflowError):
            return None


def _of_number(value: int | float) -> datetime | None:
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if _EARLIEST * unit <= value < _LATEST * unit:
            return datetime.fromtimestamp(value / unit, UTC)
    return None


def has_seconds(value: str) -> bool:
    """False for «2024/3/1 20:05»: a spreadsheet program has dropped the seconds."""
    return value.count(":") + value.count("：") != 1
