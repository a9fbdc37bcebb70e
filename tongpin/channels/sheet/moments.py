"""Dates and moments in a cell → UTC, read in the merchant's time zone."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, Literal

from .cells import CellProblem, value_of
from .delimited import Cell

DateOrder = Literal["", "mdy", "dmy"]
"""How a column writes 03/04/2026; empty where it does not, or where nobody can tell."""

_TIME: Final = (
    r"(?:[T ]*(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})[:：时点](\d{1,2})分?(?:[:：]?(\d{1,2})(?:[.,]\d+)?秒?)?)?"
)
_TAIL: Final = r"\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_WEEKDAY: Final = r"(?:\s*(?:星期|周|礼拜)[一二三四五六日天])?"
_YEAR_FIRST: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _WEEKDAY + _TIME + _TAIL, re.ASCII
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _TIME + _TAIL, re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?", re.ASCII)
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_DAY: Final = re.compile(r"(?:(\d{4})[-/.年]?)?(\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?", re.ASCII)
_LATE: Final = ("下午", "晚上", "中午")

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_NEVER_YEARS: Final = frozenset({0, 1, 1753, 1899, 1900, 9999})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SERIAL_ZERO: Final = datetime(1899, 12, 30)
_SERIALS: Final = (20_000, 80_000)  # days: 1954 to 2119
_CACHED: Final = 20_000


class Moments:
    """Reads the time cells of one column, remembering what it read: exports repeat themselves."""

    def __init__(self, zone: tzinfo, *, order: DateOrder = "", latest: datetime | None = None) -> None:
        self._zone = zone
        self._order = order
        self._latest = latest + timedelta(days=2) if latest else None
        self._seen: dict[Cell, datetime | None] = {}

    def of(self, cell: Cell) -> datetime | None:
        """None for blank and for the dates that mean never (0000-00-00, year 1, 1970-01-01, 9999).

        Raises CellProblem: time_unreadable, time_ambiguous, time_far_off.
        """
        try:
            return self._seen[cell]
        except KeyError:
            pass
        moment = self._read(cell)
        if len(self._seen) >= _CACHED:
            self._seen.clear()
        self._seen[cell] = moment
        return moment

    def _read(self, cell: Cell) -> datetime | None:
        if isinstance(cell, datetime):
            return self._local(cell, value_of(cell) or "")
        if isinstance(cell, str) and len(cell) == 19 and cell[4] == "-" and cell[10] == " " and cell[11:13] < "24":
            try:
                return self._local(datetime.fromisoformat(cell), cell)
            except ValueError:
                pass
        text = value_of(cell)
        if text is None:
            return None
        if isinstance(cell, float | int) or _DIGITS.fullmatch(text):
            return self._from_number(text)
        return self._from_text(text)

    def _from_text(self, text: str) -> datetime | None:
        found = _YEAR_FIRST.fullmatch(text)
        if found:
            year, month, day, *rest = found.groups()
        else:
            found = _YEAR_LAST.fullmatch(text)
            if not found:
                raise CellProblem("time_unreadable", text=text)
            first, _, second, year, *rest = found.groups()
            month, day = self._month_and_day(first, second, text)
            year = year if len(year) == 4 else f"20{year}"
        if int(year) in _NEVER_YEARS:
            return None
        return self._build((year, month, day), rest, text)

    def _month_and_day(self, first: str, second: str, text: str) -> tuple[str, str]:
        if self._order == "mdy" or (not self._order and int(second) > 12):
            return first, second
        if self._order == "dmy" or int(first) > 12:
            return second, first
        raise CellProblem("time_ambiguous", text=text)

    def _build(self, day: tuple[str, str, str], rest: list[str | None], text: str) -> datetime | None:
        part_of_day, hour_text, minute, second, half, offset = rest
        hour = int(hour_text or 0)
        if half or part_of_day:
            late = (half or "").lower().startswith("p") or part_of_day in _LATE
            early = (half or "").lower().startswith("a") or part_of_day in ("上午", "凌晨", "早上")
            hour = hour + 12 if late and hour < 12 and not (part_of_day == "中午" and hour >= 11) else hour
            hour = 0 if early and hour == 12 else hour
        year, month, date = (int(part) for part in day)
        try:
            moment = datetime(year, month, date, hour, int(minute or 0), int(second or 0))
        except ValueError:
            raise CellProblem("time_unreadable", text=text) from None
        if offset:
            return self._checked(moment.replace(tzinfo=_zone_of(offset)).astimezone(UTC), text)
        return self._local(moment, text)

    def _from_number(self, text: str) -> datetime | None:
        """20260102, 20260102093000, seconds or milliseconds since 1970, or a spreadsheet's day number."""
        compact = _COMPACT.fullmatch(text) if len(text) in (8, 12, 14) else None
        if compact and int(compact[1]) in _NEVER_YEARS:
            return None
        if compact:
            year, month, day, hour, minute, second = compact.groups()
            return self._build((year, month, day), [None, hour, minute, second, None, None], text)
        number = float(text)
        if number == 0:
            return None
        if 10**9 <= number < 10**10:
            return self._checked(_EPOCH + timedelta(seconds=int(number)), text)
        if 10**12 <= number < 10**13:
            return self._checked(_EPOCH + timedelta(milliseconds=int(number)), text)
        if _SERIALS[0] <= number <= _SERIALS[1]:
            return self._local(_SERIAL_ZERO + timedelta(seconds=round(number * 86_400)), text)
        raise CellProblem("time_unreadable", text=text)

    def _local(self, moment: datetime, text: str) -> datetime | None:
        if moment.year in _NEVER_YEARS or moment.year == 1970:
            return None
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise CellProblem("time_far_off", text=text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return self._checked(moment.astimezone(UTC), text)

    def _checked(self, moment: datetime, text: str) -> datetime | None:
        if moment.year <= 1970:
            return None
        late = self._latest is not None and moment > self._latest
        if late or not _FIRST_YEAR - 1 <= moment.year <= _LAST_YEAR:
            raise CellProblem("time_far_off", text=text)
        return moment


def day_of(cell: Cell) -> str | None:
    """A birthday: «1990-05-12», or «--05-12» without a year. Raises CellProblem("time_unreadable")."""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    text = value_of(cell)
    if text is None:
        return None
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII)
    found = compact or _DAY.fullmatch(text)
    if not found:
        return _day_of_serial(text)
    year, month, day = found.groups()
    if year in ("0000", "0001"):
        return None
    try:
        datetime(int(year or 2000), int(month), int(day))
    except ValueError:
        raise CellProblem("time_unreadable", text=text) from None
    return f"{year or '-'}-{int(month):02}-{int(day):02}"


def _day_of_serial(text: str) -> str:
    if _DIGITS.fullmatch(text) and 3_000 <= float(text) <= _SERIALS[1]:
        return (_SERIAL_ZERO + timedelta(days=int(float(text)))).strftime("%Y-%m-%d")
    raise CellProblem("time_unreadable", text=text)


def date_order_of(texts: list[str]) -> tuple[DateOrder, bool]:
    """The order a column's sample proves, and whether it has dates that need one."""
    found = [match for text in texts if (match := _YEAR_LAST.fullmatch(text))]
    if any(int(match[1]) > 12 for match in found):
        return "dmy", True
    if any(int(match[3]) > 12 for match in found):
        return "mdy", True
    return "", bool(found)


def _zone_of(offset: str) -> tzinfo:
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)
