"""A JSON document of any size, read one array element at a time.

Nothing is held but the piece being read and one element of at most a megabyte: msgspec decodes the elements, this
module only finds where each ends. Values nobody asked for are passed over without being kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from .values import MAX_DEPTH, MAX_LINE

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING = re.compile(rb'["\\]')
_SCALAR_END = re.compile(rb"[,\]} \t\r\n]")
_TRIES = 3

T = TypeVar("T")


class Broken(ValueError):
    """The document is cut short or not JSON; what was read before stands. `reason`: file_truncated | json_broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unread(msgspec.Struct, frozen=True):
    """An element that was passed over: json_broken, line_too_long, nested_too_deep; with its first bytes."""

    reason: str
    start: bytes


def decode(raw: bytes | str, decoder: msgspec.json.Decoder[T]) -> T | Unread:
    """One element. Text with broken escapes (half an emoji) is repaired, anything else broken is Unread."""
    try:
        return decoder.decode(raw)
    except RecursionError:
        return Unread("nested_too_deep", _start(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return decoder.decode(_repaired(raw))
    except RecursionError:
        return Unread("nested_too_deep", _start(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Unread("json_broken", _start(raw))


_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_CONTROL = re.compile(r"[\x00-\x1f]")


def _repaired(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", _HALF.sub(r"\\ufffd", text))


def _start(raw: bytes | str) -> bytes:
    return raw[:200].encode("utf-8", "replace") if isinstance(raw, str) else raw[:200]


class Document:
    """Walks an object's members: `for key in document.members()`, then `elements`, `value` or `skip` for each."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = b""
        self._at = 0
        self._kept: list[bytes] | None = None
        self._length = 0
        self._limit = 0
        self._why_skipped = ""

    def members(self) -> Iterator[str]:
        """The keys of the top-level object, in order; the value of each must be consumed before the next."""
        self._expect(b"{")
        if self._peek() == b"}":
            return
        while True:
            raw = self._value_bytes(limit=4096)
            if raw is None or raw[:1] != b'"':
                raise Broken("json_broken")
            try:
                key = msgspec.json.decode(raw, type=str)
            except (msgspec.DecodeError, UnicodeDecodeError):
                key = ""
            self._expect(b":")
            yield key
            if not self._more(b"}"):
                return

    def starts(self) -> bytes:
        """The first byte of the coming value."""
        return self._peek()

    def value(self) -> bytes | None:
        """The coming value's bytes, None if it was above a megabyte or too deep and has been passed over."""
        return self._value_bytes(limit=MAX_LINE)

    def skip(self) -> None:
        """Pass over the coming value, whatever its size."""
        self._value_bytes(limit=0)

    def elements(self, decoder: msgspec.json.Decoder[T]) -> Iterator[T | Unread]:
        """The decoded elements of the coming array."""
        self._expect(b"[")
        if self._peek() == b"]":
            self._at += 1
            return
        while True:
            element = self._element(decoder)
            yield element
            if not self._more(b"]"):
                return

    def _element(self, decoder: msgspec.json.Decoder[T]) -> T | Unread:
        self._peek()
        buffer, begin = self._buffer, self._at
        if buffer[begin : begin + 1] == b"{":
            # A JSON object ends at the first brace where it decodes; flat ones nearly always do at the first try.
            end = begin
            for _ in range(_TRIES):
                end = buffer.find(b"}", end + 1, begin + MAX_LINE) + 1
                if not end:
                    break
                try:
                    element = decoder.decode(buffer[begin:end])
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue
                self._at = end
                return element
        raw = self._value_bytes(limit=MAX_LINE)
        if raw is None:
            return Unread(self._why_skipped, b"")
        return decode(raw, decoder)

    def _fill(self) -> bool:
        """One more piece behind the unread rest; False at the end of the document."""
        piece = next((p for p in self._pieces if p), None)
        if piece is None:
            return False
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        return True

    def _peek(self) -> bytes:
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            byte = self._buffer[self._at : self._at + 1]
            if byte:
                return byte
            if not self._fill():
                raise Broken("file_truncated")

    def _expect(self, byte: bytes) -> None:
        if self._peek() != byte:
            raise Broken("json_broken")
        self._at += 1

    def _more(self, end: bytes) -> bool:
        byte = self._peek()
        if byte not in (b",", end):
            raise Broken("json_broken")
        self._at += 1
        return byte == b","

    def _value_bytes(self, *, limit: int) -> bytes | None:
        """The coming value whole, or None when it is longer than `limit` bytes or deeper than MAX_DEPTH."""
        first = self._peek()
        if first in (b"{", b"["):
            return self._nested(limit)
        if first == b'"':
            self._begin(limit)
            self._keep_to(self._at + 1)
            self._string()
            return self._taken()
        return self._scalar(limit)

    def _scalar(self, limit: int) -> bytes | None:
        self._begin(limit)
        while True:
            found = _SCALAR_END.search(self._buffer, self._at)
            self._keep_to(found.start() if found else len(self._buffer))
            if found or not self._fill():
                return self._taken()

    def _nested(self, limit: int) -> bytes | None:
        self._begin(limit)
        depth = 0
        while True:
            found = _STRUCTURE.search(self._buffer, self._at)
            if found is None:
                self._keep_to(len(self._buffer))
                if not self._fill():
                    raise Broken("file_truncated")
                continue
            self._keep_to(found.end())
            byte = found[0]
            if byte == b'"':
                self._string()
            elif byte in b"{[":
                depth += 1
                if depth > MAX_DEPTH and self._kept is not None:
                    self._kept = None
                    self._why_skipped = "nested_too_deep"
            else:
                depth -= 1
                if depth <= 0:
                    return self._taken()

    def _string(self) -> None:
        """To the closing quote; the opening one has been passed."""
        while True:
            found = _STRING.search(self._buffer, self._at)
            if found is None:
                self._keep_to(len(self._buffer))
                if not self._fill():
                    raise Broken("file_truncated")
                continue
            self._keep_to(found.end())
            if found[0] == b'"':
                return
            if self._at >= len(self._buffer) and not self._fill():
                raise Broken("file_truncated")
            self._keep_to(self._at + 1)

    def _begin(self, limit: int) -> None:
        self._kept = []
        self._length = 0
        self._limit = limit
        self._why_skipped = "line_too_long"

    def _keep_to(self, end: int) -> None:
        if self._kept is not None:
            self._length += end - self._at
            if self._length > self._limit:
                self._kept = None
            else:
                self._kept.append(self._buffer[self._at : end])
        self._at = end

    def _taken(self) -> bytes | None:
        return None if self._kept is None else b"".join(self._kept)


_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def shallow(head: bytes) -> dict[str, bytes]:
    """The members of an object that may be cut short: key → raw value, the last one perhaps cut too."""
    found: dict[str, bytes] = {}
    document = Document(iter([head]))
    try:
        for key in document.members():
            begin, buffer = document._at, document._buffer
            found[key] = buffer[begin:]
            document.skip()
            found[key] = found[key][: document._at - begin]
    except Broken:
        pass
    return found


def plain(raw: bytes) -> Any:
    """A small value decoded, None if it is broken."""
    value = decode(raw, _ANY)
    return None if isinstance(value, Unread) else value
