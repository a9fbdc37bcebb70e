"""Signs (标识): what tells one person from another, cleaned so that the same sign is always written the same way."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from tongpin.base.text import clean, mask_mail, mask_phone
from tongpin.core.people.models import Strength

STRENGTH: dict[str, Strength] = {
    "phone": Strength.STRONG,
    "mail": Strength.STRONG,
    "unionid": Strength.STRONG,
    "openid": Strength.STRONG,
    "external_userid": Strength.STRONG,
    "shop_account": Strength.STRONG,
    "matrix": Strength.STRONG,
    "chat_account": Strength.STRONG,
    "custom": Strength.STRONG,
    "pay_account": Strength.STRONG,
    "device": Strength.WEAK,
    "claimed_user": Strength.WEAK,
    "order": Strength.WEAK,
    "sheet_row": Strength.WEAK,
    "chat_name": Strength.WEAK,
}
"""Every kind of identity, and how far it is one person's own."""

SEALED = frozenset({"phone", "mail"})
"""Kinds whose value is contact data: kept sealed, shown masked."""

NAMESPACED = frozenset(STRENGTH) - {"phone", "mail", "unionid", "matrix"}
"""Kinds that mean something only within a shop, an app, a group platform or a key."""

_CN_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class BadSign(ValueError):
    """What was given cannot be such an identity; the text says what would be."""


class Sign(NamedTuple):
    """One identity as it arrives: kind, namespace, cleaned value."""

    kind: str
    namespace: str
    value: str

    @property
    def strength(self) -> Strength:
        return STRENGTH[self.kind]


@lru_cache(maxsize=65536)
def phone_number(raw: str) -> str | None:
    """E.164 of a phone number (Chinese where no country is given), or None where it is none or is masked."""
    digits = re.sub(r"[\s\-()（）]", "", raw)
    plain = _CN_MOBILE.fullmatch(digits)
    if plain:
        return "+86" + plain[1]
    if "*" in digits or not re.fullmatch(r"\+?\d{6,16}", digits):
        return None
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mail_address(raw: str) -> str | None:
    """A mail address, folded, or None where it is none."""
    value = clean(raw, limit=254).lower()
    return value if _MAIL.fullmatch(value) else None


def sign(kind: str, value: str, *, namespace: str = "") -> Sign:
    """A cleaned sign. Raises BadSign with what to give instead."""
    if kind not in STRENGTH:
        raise BadSign(f"no such kind of identity: {kind}")
    if kind == "phone":
        number = phone_number(value)
        if number is None:
            raise BadSign("give the whole phone number, such as 13812345678 or +85251234567")
        return Sign("phone", "", number)
    if kind == "mail":
        address = mail_address(value)
        if address is None:
            raise BadSign("give a mail address such as lin@example.com")
        return Sign("mail", "", address)
    cleaned = clean(value, limit=200)
    if not cleaned:
        raise BadSign("an identity cannot be empty")
    return Sign(kind, namespace if kind in NAMESPACED else "", cleaned)


def shown(one: Sign) -> str:
    """What a screen may show to everybody: contact data masked, also where it serves as an outside user id."""
    if one.kind == "phone" or (one.value.isdecimal() and phone_number(one.value)):
        return mask_phone(one.value)
    if one.kind == "mail" or _MAIL.fullmatch(one.value):
        return mask_mail(one.value)
    return one.value


def must_be_sealed(one: Sign) -> bool:
    """True where the value itself is contact data."""
    return one.kind in SEALED or shown(one) != one.value
