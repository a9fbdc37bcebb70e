"""From a format's raw fields to values: names and texts made safe, members met once, kinds and notices told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tongpin.base.text import clean

from .kinds import is_markup, markup_reply, markup_words, placeholder_kind
from .notices import notice
from .times import Times
from .values import MAX_NAME, MAX_TEXT, SELF, BadRow, Kind, Member, Notice, Party, Said, bad

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WRAPPED = re.compile(r"^[\s'\"`=]+|[\s'\"`]+$")
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+\d{2}")
_ABSENT = frozenset(("", "0", "-1", "-", "null", "none", "nan", "undefined", "nil"))
_MOST_MEMBERS = 200_000
_MAX_ID = 255


def name_of(value: object) -> str:
    """A name without control, direction and zero-width marks, at most 100 characters; "" for what is no text."""
    if isinstance(value, str):
        return _name(value)
    return "" if value is None or isinstance(value, bool | dict | list | float) else str(value)


@lru_cache(maxsize=8192)
def _name(value: str) -> str:
    return clean(_whole(value), limit=MAX_NAME)


def _whole(value: str) -> str:
    """Without halves of surrogate pairs, which no database takes."""
    return value.encode("utf-8", "replace").decode()


def id_of(value: object) -> str | None:
    """An id as text: whole numbers lose a «.0», spreadsheet quotes fall away, 0 and null are none."""
    if isinstance(value, str):
        return _id(value)
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float):
        return _id(str(int(value)) if value.is_integer() else str(value))
    return _id(str(value))


@lru_cache(maxsize=8192)
def _id(value: str) -> str | None:
    plain = value.isalnum() and value.isascii() and len(value) <= _MAX_ID
    bare = value if plain else clean(_whole(_WRAPPED.sub("", value)), limit=_MAX_ID)
    return None if bare.lower() in _ABSENT else bare


def rounded(ids: Iterable[str]) -> bool:
    """Whether a spreadsheet program has shortened long ids: 7.59486E+18, or fifteen digits and zeros."""
    long = [cell for cell in map(str.strip, ids) if len(cell) >= 7 and cell[0].isdigit()]
    if any(map(_ROUNDED.fullmatch, long)):
        return True
    wide = [cell for cell in long if len(cell) >= 17 and cell.isdecimal()]
    return bool(wide) and all(cell.endswith("0" * (len(cell) - 15)) for cell in wide)


def text_of(value: str) -> tuple[str, str]:
    """A message's words and a note: line ends made plain, control characters out, cut at 20,000 characters."""
    text = value.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        text = _CONTROL.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)
    if len(text) > MAX_TEXT:
        return text[:MAX_TEXT].rstrip(), "text_cut"
    return text, "undecodable" if "\ufffd" in text else ""


class Builder:
    """Builds the values of one file. It remembers who has been met, at most 200,000 people."""

    def __init__(self, *, zone: ZoneInfo) -> None:
        self.times = Times(zone)
        self.place: str | None = None
        self._met: dict[tuple[str | None, str], tuple[str, str | None, str | None]] = {}

    def meet(
        self, external_id: str | None, name: str, *, nickname: str | None = None,
        aliases: tuple[str, ...] = (), role: str | None = None,
    ) -> Member | None:  # fmt: skip
        """A Member the first time and whenever the names change; None for nobody, SELF and old acquaintances."""
        who = external_id or name
        if not who or external_id == SELF:
            return None
        key, names = (self.place, who), (name, nickname, role)
        known = self._met.get(key)
        if known == names or (known is None and len(self._met) >= _MOST_MEMBERS):
            return None
        if known is not None:
            names = (name or known[0], nickname or known[1], role or known[2])
            if names == known:
                return None
        self._met[key] = names
        return Member(external_id, names[0] or who, names[1], aliases, names[2], self.place)

    def say(
        self, row: int, *, time: object, text: object, kind: Kind, sender_id: str | None = None, sender_name: str = "",
        message_id: object = None, reply_to: object = None, thread: object = None, time_column: str = "time",
    ) -> Said | Notice | BadRow:  # fmt: skip
        """The message or notice of a row, or why it is none. `time` may be a datetime already."""
        at = time if isinstance(time, datetime) else self.times.of(time)
        if at is None:
            return bad(row, "time_missing" if time in (None, "") else "time_unreadable", time_column, time)
        if text is None:
            text = ""
        elif not isinstance(text, str):
            if isinstance(text, dict | list | bool):
                return bad(row, "text_unreadable", "text", type(text).__name__)
            text = str(text)
        words, note = text_of(text)
        external_id = id_of(message_id)
        if external_id and _ROUNDED.fullmatch(external_id):
            return bad(row, "id_rounded", "message_id", external_id)
        reply = id_of(reply_to)
        if words[:1] == "<" and is_markup(words):
            reply = reply or markup_reply(words)
            words = markup_words(words)
        if kind == "text":
            kind = placeholder_kind(words) or kind
        if kind == "system":
            who = Party(sender_name, sender_id) if sender_name or sender_id else None
            return notice(words, row=row, at=at, who=who, external_id=external_id, place=self.place)
        return Said(row, external_id, sender_id, sender_name, at, kind, words, reply, id_of(thread), self.place, note)
