"""Phones, mail addresses, names and places as exports print them, and what the platforms hid of them."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from .cells import value_of
from .delimited import Cell

_SEPARATORS: Final = re.compile(r"[\s\-().（）·]")
_MOBILE: Final = re.compile(r"(?:\+?0{0,2}86)?(1[3-9]\d{9})", re.ASCII)
_ABROAD: Final = re.compile(r"(?:\+|00)([1-9]\d{6,14})", re.ASCII)
_LANDLINE: Final = re.compile(r"0\d{9,11}|[2-9]\d{6,7}|400\d{7}", re.ASCII)
_RELAY: Final = re.compile(r"(1\d{10})\s*(?:转|-|,|，|#|_|分机)\s*\d{2,8}", re.ASCII)
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_OPEN_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,64}", re.ASCII)
_HIDDEN_MARKS: Final = "*＊●•xX"

PROVINCES: Final = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西",
    "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古",
    "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip


class PhoneReading(NamedTuple):
    """At most one of the two; `note` says what was hidden or unusable."""

    phone: str | None = None
    masked: str | None = None
    note: str = ""


_NOTHING: Final = PhoneReading()


def phone_of(cell: Cell) -> PhoneReading:
    """E.164 for Chinese mobiles and numbers with a country code; bare digits for landlines.

    A masked phone (138****2716) is never a phone. Nor is a relay number (13800138000-1234): the platform makes a new
    one for every order.
    """
    text = value_of(cell)
    if text is None:
        return _NOTHING
    if is_hidden(text):
        shown = "".join(character for character in text if character.isdigit())
        return PhoneReading(masked=text) if len(shown) >= 4 else PhoneReading(note="phone_hidden")
    if text.endswith(".0"):
        text = text[:-2]
    if _RELAY.fullmatch(text):
        return PhoneReading(note="phone_relay")
    digits = _SEPARATORS.sub("", text)
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return PhoneReading(phone="+86" + mobile[1])
    abroad = _ABROAD.fullmatch(digits)
    if abroad:
        return PhoneReading(phone="+" + abroad[1])
    if _LANDLINE.fullmatch(digits):
        return PhoneReading(phone=digits)
    return PhoneReading(note="phone_unreadable")


def mail_of(cell: Cell) -> str | None:
    """Lower case; None for what is no address or is hidden."""
    text = value_of(cell)
    return text.lower() if text and _MAIL.fullmatch(text) else None


def name_of(cell: Cell) -> str | None:
    """A name or nickname, hidden in part («郑*心») or not; None where all of it is hidden («****», «##密文»)."""
    text = value_of(cell)
    if text is None or text.startswith(("##", "$$")) or not text.strip(_HIDDEN_MARKS[:4] + " "):
        return None
    return text[:200]


def open_id_of(text: str | None) -> str | None:
    return text if text and _OPEN_ID.fullmatch(text) else None


def is_hidden(text: str) -> bool:
    """Whether the platform put marks in place of characters («186******05», «##密文», «$$密文»)."""
    return "*" in text or "＊" in text or text.startswith(("##", "$$")) or "●" in text or "密文" in text


@lru_cache(maxsize=4096)
def province_of(text: str | None) -> str | None:
    """The short name («内蒙古») of the province an address or a province cell begins with."""
    if not text:
        return None
    start = text.removeprefix("中国").lstrip(" ,，")[:6]
    return next((name for name in PROVINCES if start.startswith(name)), None)
