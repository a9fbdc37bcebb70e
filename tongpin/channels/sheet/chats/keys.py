"""The key of a message: the same again in every later, longer or overlapping export of the same conversation.

A key holds within its place. It does not depend on encoding, line ends, spaces or the place's own name. Two exports
that overlap give the keys of the whole, wherever they are cut; only where both cuts fall among equal messages of one
second (same person, same words, no platform id) can nobody tell: then some are taken for known, none is doubled.
"""

from __future__ import annotations

import hashlib
import unicodedata

from tongpin.base.tally import Tally

from .values import Notice, Said

_START = 1 << 12
_MOST = 1 << 25
"""Slots: about 20 million messages without a platform id."""


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _settled(text: str) -> str:
    """Text without what re-encoding and re-saving change: composed, every run of white space one space."""
    plain = " ".join(text.split())
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def _content(said: Said | Notice) -> bytes:
    # No part holds \x1f: names and ids are cleaned of it, and in texts it counts as white space.
    second = int(said.at.timestamp())
    if isinstance(said, Said):
        who = said.sender_external_id or said.sender_name
        return _digest(f"said\x1f{who}\x1f{second}\x1f{said.kind}\x1f{_settled(said.text)}")
    return _digest(f"notice\x1f{second}\x1f{_settled(said.text)}")


def _numbered(content: bytes, occurrence: int) -> bytes:
    return content if occurrence == 1 else hashlib.blake2b(content, digest_size=16, salt=b"%d" % occurrence).digest()


def message_key(said: Said | Notice, occurrence: int) -> bytes:
    """16 bytes: the platform's id where there is one, else (sender, second, kind, text) and the number among equals."""
    if said.external_id:
        return _digest(f"id\x1f{said.external_id}")
    return _numbered(_content(said), occurrence)


class Occurrences:
    """Numbers equal messages of one file, 1, 2, 3…, in any order of the file, also by conversation as slack_chat.

    Equals can stand far apart in a file that is not ordered by time, so every message without a platform id leaves
    8 bytes in an open hash table: 12 to 24 bytes a message with its slack, half as much again while the table grows.
    """

    __slots__ = ("_place", "_place_mark", "_tally")

    def __init__(self) -> None:
        self._tally = Tally(start=_START, growth=2, most=_MOST)
        self._place = ""
        self._place_mark = 0

    @property
    def size(self) -> int:
        """Bytes its table takes."""
        return self._tally.size

    def key(self, said: Said | Notice) -> bytes:
        """`message_key` with the number of this one among its equals so far, in its place."""
        if said.external_id:
            return message_key(said, 1)
        content = _content(said)
        mark = int.from_bytes(content[:8], "big")
        if said.place:
            mark ^= self._of_place(said.place)
        return _numbered(content, self._tally.count(mark))

    def _of_place(self, place: str) -> int:
        if place != self._place:
            self._place, self._place_mark = place, int.from_bytes(_digest(place)[:8], "big")
        return self._place_mark
