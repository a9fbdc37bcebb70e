"""How numbers, money, moments and mixed text are written. Pure; the tags ask here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from tongpin.base.counted import Counted

NO_BREAK = "\u00a0"
MINUS = "\u2212"

Nearness = Literal["today", "yesterday", "tomorrow", "this_year", "far"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_AFTER_HAN = re.compile(rf"([{_HAN}])([A-Za-z0-9¥$€£+#@−])")
_BEFORE_HAN = re.compile(rf"([A-Za-z0-9%‰°+])([{_HAN}])")
_ZH_UNITS = ((10**4, "万"), (10**8, "亿"))
_EN_UNITS = ((10**3, "K"), (10**6, "M"), (10**9, "B"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as people say it: how near its day is, and the digits that go with that."""

    nearness: Nearness
    digits: str


def spaced(text: str) -> str:
    """Han–Latin spacing (盘古之白): one space between Han and Latin letters, digits or their signs. Safe to repeat."""
    return _BEFORE_HAN.sub(r"\1 \2", _AFTER_HAN.sub(r"\1 \2", text))


def grouped(number: int | Decimal | Counted) -> str:
    """1,312 with thousands apart and a true minus; 1,000+ where counting stopped."""
    if isinstance(number, Counted):
        return grouped(number.n) + "+" * number.more
    return f"{number:,}".replace("-", MINUS)


def short_number(number: int | float | Decimal, *, chinese: bool) -> str:
    """万 and 亿 in Chinese, K, M and B in English, to three digits; below ten thousand the number itself."""
    value = Decimal(str(number))
    size, sign = abs(value), MINUS if value < 0 else ""
    if size < 10_000:
        return sign + _three_digits(size) if size != size.to_integral_value() else grouped(int(value))
    units = _ZH_UNITS if chinese else _EN_UNITS
    for (unit, word), larger in zip(units, [*(u for u, _ in units[1:]), None], strict=True):
        rounded = _rounded(size / unit)
        if larger is None or rounded < larger // unit:
            return f"{sign}{_three_digits(size / unit)}{NO_BREAK if chinese else ''}{word}"
    raise AssertionError("the last unit has none above it")


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1") if value < 100 else Decimal(1), ROUND_HALF_UP)


def _three_digits(value: Decimal) -> str:
    return f"{_rounded(value):,}".removesuffix(".0")


def yuan(fen: int, *, style: str = "exact", chinese: bool = True) -> str:
    """¥89.00; style "whole" drops .00, "short" writes ¥12.8 万. A minus stands before the sign of the currency."""
    sign = MINUS if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    if style == "short" and whole >= 10_000:
        return f"{sign}¥{short_number(whole, chinese=chinese)}"
    if style in {"whole", "short"} and not rest:
        return f"{sign}¥{whole:,}"
    return f"{sign}¥{whole:,}.{rest:02d}"


def moment(at: datetime, *, now: datetime) -> Moment:
    """How a moment is written beside other moments. Both must be in the merchant's zone."""
    days = (at.date() - now.date()) // timedelta(days=1)
    clock = f"{at:%H:%M}"
    if days in (-1, 0, 1):
        nearness: Nearness = "today" if not days else "yesterday" if days < 0 else "tomorrow"
        return Moment(nearness, clock)
    if at.year == now.year:
        return Moment("this_year", f"{at:%m-%d} {clock}")
    return Moment("far", f"{at:%Y-%m-%d}")


def full_moment(at: datetime) -> str:
    """The whole date with seconds and zone, for the hover."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:5]}" if offset else f"{at:%Y-%m-%d %H:%M:%S}"
