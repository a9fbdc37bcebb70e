"""Lines, table rows and byte pieces of whatever holds an export, never more than a megabyte or two at once.

Opened files, encodings and quotes are the sheet reader's (`..reading`, `..lines`, `..delimited`); bare binary files and
lines already decoded are read the same way.
"""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOBase
from itertools import islice
from typing import Any, cast

from .. import charset, delimited
from .. import lines as text_lines
from ..delimited import Dialect
from ..lines import Block
from ..packing import Source as Unpacked
from ..reading import Opened
from .values import MAX_LINE, BadRow, Recognised, Source, bad

_PIECE = 1 << 20
_NOT_TEXT = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"SQLite format 3",
    b"\xd0\xcf\x11\xe0",
)
_LINES = 512


def is_binary(source: Source) -> bool:
    """A file of bytes rather than lines already decoded."""
    return hasattr(source, "read") and not isinstance(source, TextIOBase)


def decode_head(head: bytes) -> tuple[str, str]:
    """(encoding, the head as text); a character cut at its end is replaced."""
    encoding = charset.encoding_of(cast(Unpacked, BytesIO(head)))
    return encoding, head.decode(encoding, "replace").removeprefix("\ufeff")


def is_text(head: bytes) -> bool:
    """False for archives, pictures, databases: by their first bytes, or by zeros where UTF-16 has none."""
    if head.startswith(_NOT_TEXT):
        return False
    return b"\x00" not in head[:4096] or charset.encoding_of(cast(Unpacked, BytesIO(head))).startswith("utf-16")


@contextmanager
def _opened(source: Source) -> Generator[Source, None, None]:
    """An Opened file gives its unpacked bytes for as long as they are read."""
    if isinstance(source, Opened):
        with source.source() as unpacked:
            yield cast(Source, unpacked)
    else:
        yield source


def _blocks(source: Source, encoding: str) -> Iterator[Block]:
    if is_binary(source):
        return text_lines.blocks(cast(Unpacked, source), encoding, longest=MAX_LINE)
    return _blocks_of_lines(cast(Iterable[str], source))


def _blocks_of_lines(source: Iterable[str]) -> Iterator[Block]:
    iterator = iter(source)
    first = True
    while taken := list(islice(iterator, _LINES)):
        if first:
            first, taken[0] = False, taken[0].removeprefix("\ufeff")
        long = {at for at, line in enumerate(taken) if len(line) > MAX_LINE}
        texts = [line[:200] if at in long else line for at, line in enumerate(taken)]
        yield [t if t.endswith(("\n", "\r")) else t + "\n" for t in texts], dict.fromkeys(long, "line_too_long")


def lines(source: Source, recognised: Recognised) -> Iterator[tuple[int, str | None]]:
    """(number, line without its end); None in place of a line above 1 MB."""
    number = 0
    with _opened(source) as content:
        for texts, flaws in _blocks(content, recognised.encoding):
            for at, text in enumerate(texts):
                number += 1
                yield number, None if flaws.get(at) == "line_too_long" else text.rstrip("\r\n")


def records(source: Source, recognised: Recognised) -> Iterator[tuple[int, list[str]] | BadRow]:
    """(row number as a spreadsheet shows it, cells as text). Rows too long, or with a quote never closed, are bad."""
    if isinstance(source, Opened) and source.is_workbook:
        with source.rows() as rows:
            yield from _settled(rows)
        return
    with _opened(source) as content:
        blocks = _blocks(content, recognised.encoding)
        yield from _settled(delimited.rows_of(blocks, Dialect("csv", recognised.delimiter)))


def _settled(rows: Iterable[delimited.RawRow]) -> Iterator[tuple[int, list[str]] | BadRow]:
    for row in rows:
        cells = as_text(row.cells)
        if row.flaw and row.flaw != "bad_bytes":
            yield bad(row.number, row.flaw, "", ",".join(cells), cells)
        elif any(cells):
            yield row.number, cells


def as_text(cells: Iterable[Any]) -> list[str]:
    """Cells as text: whole numbers of a spreadsheet without «.0», moments as ISO."""
    return [c if isinstance(c, str) else _cell_text(c) for c in cells]


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def pieces(source: Source, recognised: Recognised) -> Iterator[bytes]:
    """The source as UTF-8 bytes in pieces of about a megabyte, without a byte order mark."""
    with _opened(source) as content:
        if not is_binary(content):
            for texts, _ in _blocks_of_whole(cast(Iterable[str], content)):
                yield "".join(texts).encode("utf-8", "replace")
            return
        yield from _byte_pieces(cast(Unpacked, content), recognised.encoding)


def _blocks_of_whole(source: Iterable[str]) -> Iterator[tuple[list[str], None]]:
    """Lines of a JSON document may be as long as they like."""
    iterator, first = iter(source), True
    while taken := list(islice(iterator, _LINES)):
        if first:
            first, taken[0] = False, taken[0].removeprefix("\ufeff")
        yield [line if line.endswith("\n") else line + "\n" for line in taken], None


def _byte_pieces(file: Unpacked, encoding: str) -> Iterator[bytes]:
    decoder = None if encoding.startswith("utf-8") else codecs.getincrementaldecoder(encoding)("replace")
    first = True
    while piece := file.read(_PIECE):
        if decoder:
            piece = decoder.decode(piece).encode()
        yield piece.removeprefix(codecs.BOM_UTF8) if first else piece
        first = False
