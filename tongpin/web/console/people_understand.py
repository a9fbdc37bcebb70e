"""What somebody typed into the one field for adding people: a phone, a mail, a WeChat id, or what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tongpin.base.text import clean
from tongpin.core.people.signs import Sign, mail_address, phone_number

_WECHAT_ID = re.compile(r"(?:微信号?|wechat(?: ?id)?|wx)\s*[:：]\s*([A-Za-z][\w\-]{5,19})|(wxid_\w{6,30})", re.I)
_NUMBER = re.compile(r"\+?[\d\s\-()（）*]{6,}")

Fault = Literal["", "empty", "phone", "mail"]


@dataclass(frozen=True, slots=True)
class Understood:
    """A sign by which they are known again, or else what they are called; or what is wrong with it."""

    sign: Sign | None = None
    called: str = ""
    fault: Fault = ""


def understand(text: str) -> Understood:
    """A name in Latin letters is a name: only `wxid_…` and `微信号：…` are taken as a WeChat id."""
    typed = clean(text, limit=200)
    if not typed:
        return Understood(fault="empty")
    phone = phone_number(typed)
    if phone:
        return Understood(sign=Sign("phone", "", phone))
    if mail := mail_address(typed):
        return Understood(sign=Sign("mail", "", mail))
    if found := _WECHAT_ID.fullmatch(typed):
        return Understood(sign=Sign("chat_account", "wechat", found[1] or found[2]))
    if _NUMBER.fullmatch(typed) and sum(c.isdigit() for c in typed) >= 5:
        return Understood(fault="phone")
    if "@" in typed.strip("@") and " " not in typed and "." in typed.rpartition("@")[2]:
        return Understood(fault="mail")
    return Understood(called=clean(typed, limit=120))


def joined_names(first: str, second: str) -> str:
    """A WeChat name and how they are called, as one nickname by which both are found."""
    if not first or not second or first == second:
        return first or second
    return clean(f"{first}（{second}）", limit=120)
