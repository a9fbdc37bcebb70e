"""Text lines of a file in bounded memory. A line that cannot be trusted keeps its place and says what is wrong."""

import codecs
import io
from collections.abc import Iterator
from typing import Final, Literal

from .packing import Source

Flaw = Literal[
    "bad_bytes",  # bytes that are not of the file's encoding, or NUL
    "line_too_long",
    "quote_unbalanced",  # a quotation mark that is opened and never closed
    "cell_too_long",
]

_BLOCK: Final = 128 << 10
_SHOWN: Final = 200  # characters kept of a line that is too long

Block = tuple[list[str], dict[int, Flaw]]
"""Lines with their line ends, and the flaws by index into the list."""


def blocks(source: Source, encoding: str, *, longest: int) -> Iterator[Block]:
    """The file in blocks of whole lines; never holds more than `longest` plus two blocks of bytes."""
    if encoding.startswith("utf-16"):
        return _wide_blocks(source, encoding, longest=longest)
    return _byte_blocks(source, encoding, longest=longest)


def _byte_blocks(source: Source, encoding: str, *, longest: int) -> Iterator[Block]:
    # In UTF-8, GB18030, Big5 and the Western code pages a line-feed byte is never part of another character.
    carry, skipping, first = b"", False, True
    while chunk := source.read(_BLOCK):
        if first:
            first, chunk = False, chunk.removeprefix(codecs.BOM_UTF8)
        if skipping:
            start = _line_end(chunk)
            if not start:
                continue
            skipping, chunk = False, chunk[start:]
        chunk = carry + chunk
        cut = _last_line_end(chunk)
        if cut:
            yield _decoded(chunk[:cut], encoding)
        carry = chunk[cut:]
        if len(carry) > longest:
            shown = carry[: _SHOWN * 4].decode(encoding, "replace")[:_SHOWN].replace('"', "'")
            yield [shown + "\n"], {0: "line_too_long"}
            carry, skipping = b"", True
    if carry:
        yield _decoded(carry, encoding)


def _line_end(chunk: bytes) -> int:
    found = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
    return min(found) + 1 if found else 0


def _last_line_end(chunk: bytes) -> int:
    """Where the last whole line ends. Lone carriage returns (old Mac files) count where there is no line feed."""
    cut = chunk.rfind(b"\n") + 1
    return cut or chunk.rfind(b"\r", 0, len(chunk) - 1) + 1


def _decoded(chunk: bytes, encoding: str) -> Block:
    try:
        text = chunk.decode(encoding)
    except UnicodeDecodeError:
        return _salvaged(chunk, encoding)
    # Not str.splitlines: that also breaks at form feeds and U+2028, which occur inside cells.
    lines = list(io.StringIO(text, newline=""))
    if "\0" not in text:
        return lines, {}
    return lines, {at: "bad_bytes" for at, line in enumerate(lines) if "\0" in line}


def _salvaged(chunk: bytes, encoding: str) -> Block:
    lines: list[str] = []
    flaws: dict[int, Flaw] = {}
    for at, raw in enumerate(chunk.splitlines(keepends=True)):
        try:
            line = raw.decode(encoding)
        except UnicodeDecodeError:
            line = raw.decode(encoding, "replace")
            flaws[at] = "bad_bytes"
        if "\0" in line:
            flaws[at] = "bad_bytes"
        lines.append(line)
    return lines, flaws


def _wide_blocks(source: Source, encoding: str, *, longest: int) -> Iterator[Block]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    carry, skipping, first, final = "", False, True, False
    while not final:
        chunk = source.read(_BLOCK)
        final = not chunk
        text = decoder.decode(chunk, final)
        if first:
            first, text = False, text.removeprefix("\ufeff")
        if skipping:
            start = text.find("\n") + 1
            if not start:
                continue
            skipping, text = False, text[start:]
        text = carry + text
        cut = len(text) if final else text.rfind("\n") + 1
        carry = text[cut:]
        if cut:
            lines = list(io.StringIO(text[:cut], newline=""))
            yield lines, {at: "bad_bytes" for at, line in enumerate(lines) if "\ufffd" in line or "\0" in line}
        if len(carry) > longest:
            yield [carry[:_SHOWN].replace('"', "'") + "\n"], {0: "line_too_long"}
            carry, skipping = "", True
