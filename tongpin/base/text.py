"""Chinese-aware text: search grams, sort keys, masks."""

from __future__ import annotations

import re
import unicodedata

from tongpin.base.pinyin import reading

_HIDDEN = re.compile("[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe0f]")
_SPACE = re.compile(r"\s+")
_GRAM_BREAK = re.compile(r"[^\w]+")


def clean(value: str, *, limit: int = 200) -> str:
    """A name as people may see it: no control or direction marks, single spaces, at most `limit` characters."""
    return _SPACE.sub(" ", _HIDDEN.sub("", value)).strip()[:limit]


def fold(value: str) -> str:
    """The form in which names are compared: NFKC, case-folded, without spaces and marks."""
    return _GRAM_BREAK.sub("", unicodedata.normalize("NFKC", value).casefold())


def grams(value: str) -> list[str]:
    """Search grams of a name: every single character and every pair, folded, without doubles.

    One character alone finds 林; two and more are found by their pairs.
    """
    text = fold(value)[:64]
    return sorted({*text, *(text[i : i + 2] for i in range(len(text) - 1))})


def query_grams(value: str) -> list[str]:
    """The grams a name must contain to match what was typed."""
    text = fold(value)[:64]
    return [text] if len(text) == 1 else [text[i : i + 2] for i in range(len(text) - 1)]


def sort_key(value: str) -> str:
    """Pinyin order (拼音) for names: Latin letters and Han readings interleave; digits first; at most 120 characters."""
    parts = [reading(c) + " " if "\u3400" <= c <= "\u9fff" else c for c in fold(value)[:40]]
    return "".join(parts)[:120]


def mask_phone(phone: str) -> str:
    """138****2716; short numbers keep their last two digits."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "*" * max(len(digits) - 2, 0) + digits[-2:]


def mask_mail(mail: str) -> str:
    """l***@example.com"""
    user, _, domain = mail.partition("@")
    return f"{user[:1]}***@{domain}"


def mask_name(name: str) -> str:
    """林** keeps the surname's first character."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_address(address: str) -> str:
    """The first six characters; the rest is counted, not shown."""
    return address[:6] + "…" if len(address) > 6 else address[:2] + "…"
