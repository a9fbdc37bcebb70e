"""Open a file a person uploaded, whatever it is called, and give its rows or its lines one after the other.

`open_file` looks at the bytes: packing, kind, encoding, dialect. What it finds is a value (`Opened`) that can be stored
and shown; nothing stays open. Rows, lines and bytes are then read in bounded memory as often as wanted.
"""

from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Literal, Self

import msgspec

from . import charset, delimited, lines, packing, workbook
from .delimited import Cell, Dialect, RawRow
from .lines import Flaw
from .packing import LIMITS, Limits, Packing, Source
from .refusal import Refusal, Unreadable

__all__ = [
    "LIMITS", "Cell", "Dialect", "Flaw", "Format", "Limits", "Line", "Opened", "Progress", "RawRow", "Reader",
    "Refusal", "Source", "Unreadable", "open_file",
]  # fmt: skip

Format = Literal["csv", "xlsx", "xls", "txt", "json", "jsonl"]

_HEAD: Final = 64 << 10
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: Final = (
    (b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"SQLite format 3", "database"), (b"PAR1", "parquet"), (b"{\\rtf", "rtf"),
    (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "program"), (b"MZ\x90", "program"),
)  # fmt: skip


class Progress(msgspec.Struct, frozen=True):
    """How far a reader is: bytes of the file on disk, or rows of a sheet scaled to them."""

    bytes_done: int
    bytes_total: int


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of text without its line end; numbers count from 1."""

    number: int
    text: str
    flaw: Flaw | None = None


class Opened(msgspec.Struct, frozen=True):
    """What the bytes of a file say it is. `sheets` and `sheet` are empty for text files."""

    path: str
    format: Format
    size: int
    encoding: str = ""
    dialect: Dialect = Dialect("text")
    packing: Packing = ""
    member: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def is_workbook(self) -> bool:
        return self.format in ("xlsx", "xls")

    @property
    def book(self) -> workbook.Book:
        """The workbook for its reader."""
        kind: Literal["xlsx", "xls"] = "xls" if self.format == "xls" else "xlsx"
        return workbook.Book(Path(self.path), kind, self.packing, self.member)

    def on_sheet(self, name: str) -> "Opened":
        """The same workbook, another sheet. Raises Unreadable."""
        if name not in self.sheets:
            raise Unreadable("sheet_missing", sheets=len(self.sheets))
        return msgspec.structs.replace(self, sheet=name)

    def at(self, path: str | Path) -> "Opened":
        """The same findings about the same bytes at another place."""
        return msgspec.structs.replace(self, path=str(path))

    def source(self, *, limits: Limits = LIMITS) -> Source:
        """The unpacked bytes, guarded. Close it."""
        return Source(Path(self.path), self.packing, member=self.member, limits=limits)

    def rows(self, *, limit: int = 0, limits: Limits = LIMITS) -> "Reader":
        """Rows of the table; `limit` 0 means all."""
        return Reader(self, limit=limit, limits=limits)

    def lines(self, *, limits: Limits = LIMITS) -> Iterator[Line]:
        """Lines of a text file (csv, txt, json, jsonl). Raises Unreadable for a workbook."""
        if self.is_workbook:
            raise Unreadable("not_a_table", format=self.format)
        number = 0
        with self.source(limits=limits) as source:
            for texts, flaws in lines.blocks(source, self.encoding, longest=limits.line):
                for at, text in enumerate(texts):
                    number += 1
                    yield Line(number, text.rstrip("\r\n"), flaws.get(at))


class Reader:
    """Iterates over the rows of one file once; says how far it is. Close it when you stop early."""

    def __init__(self, opened: Opened, *, limit: int = 0, limits: Limits = LIMITS) -> None:
        self._opened = opened
        self._limit = limit
        self._limits = limits
        self._source: Source | None = None
        self._sheet: workbook.SheetRows | None = None
        self._rows = self._iterate()

    def __iter__(self) -> Iterator[RawRow]:
        return self._rows

    def __next__(self) -> RawRow:
        return next(self._rows)

    @property
    def progress(self) -> Progress:
        total = self._opened.size
        if self._sheet is not None and self._sheet.height:
            return Progress(min(total, total * self._sheet.seen // self._sheet.height), total)
        return Progress(self._source.done if self._source else 0, total)

    def close(self) -> None:
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _iterate(self) -> Generator[RawRow, None, None]:
        opened = self._opened
        if opened.format in ("json", "jsonl"):
            raise Unreadable("not_a_table", format=opened.format)
        if opened.is_workbook:
            index = opened.sheets.index(opened.sheet)
            self._sheet = workbook.SheetRows(opened.book, sheet=index, rows=self._limit, limits=self._limits)
            yield from self._sheet
            return
        with opened.source(limits=self._limits) as source:
            self._source = source
            blocks = lines.blocks(source, opened.encoding, longest=self._limits.line)
            rows = delimited.rows_of(blocks, opened.dialect)
            yield from islice(rows, self._limit) if self._limit else rows


def open_file(
    path: str | Path,
    *,
    encoding: str = "",
    sheet: str = "",
    dialect: Dialect | None = None,
    limits: Limits = LIMITS,
) -> Opened:
    """Find out what a file is. What is passed in is believed instead of judged. Raises Unreadable, OSError."""
    path = Path(path)
    size = path.stat().st_size
    wrapping = packing.wrapping_of(path)
    if wrapping.office not in ("", "xlsx"):
        raise Unreadable("format_unknown", looks_like=wrapping.office)
    opened = Opened(str(path), "txt", size, packing=wrapping.packing, member=wrapping.member)
    if wrapping.office:
        return _as_workbook(opened, "xlsx", sheet, limits)
    with opened.source(limits=limits) as source:
        head = source.read(_HEAD)
    kind = _kind_of(opened, head)
    if kind:
        return _as_workbook(opened, kind, sheet, limits)
    return _as_text(opened, encoding, dialect, limits)


def _kind_of(opened: Opened, head: bytes) -> Literal["", "xlsx", "xls"]:
    """The workbook format, or empty for text. Raises Unreadable for what is neither."""
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("empty_file")
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in head or b"[Content_Types].xml" in head else _nested()
    if head.startswith(b"\x1f\x8b"):
        return _nested()
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable("format_unknown", looks_like=name)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")):
        # Many shop systems name a web page .xls; the reader is told to save it as a real workbook.
        raise Unreadable("format_unknown", looks_like="html")
    return ""


def _nested() -> Literal[""]:
    raise Unreadable("archive_nested")


def _as_workbook(opened: Opened, kind: Literal["xlsx", "xls"], sheet: str, limits: Limits) -> Opened:
    opened = msgspec.structs.replace(opened, format=kind)
    names = workbook.sheet_names(opened.book, limits=limits)
    if not names:
        raise Unreadable("workbook_empty")
    found = msgspec.structs.replace(opened, sheets=names, sheet=names[0])
    return found.on_sheet(sheet) if sheet else found


def _as_text(opened: Opened, encoding: str, dialect: Dialect | None, limits: Limits) -> Opened:
    if not encoding:
        with opened.source(limits=limits) as source:
            encoding = charset.encoding_of(source)
    opened = msgspec.structs.replace(opened, encoding=encoding)
    first = _first_lines(opened, limits)
    json_kind = _json_kind(first)
    if json_kind:
        return msgspec.structs.replace(opened, format=json_kind)
    dialect = dialect or delimited.dialect_of(first)
    return msgspec.structs.replace(opened, format="txt" if dialect.kind == "text" else "csv", dialect=dialect)


def _first_lines(opened: Opened, limits: Limits) -> list[str]:
    """Some hundred lines, a megabyte at most: lines may be long."""
    first: list[str] = []
    seen = 0
    for line in islice(opened.lines(limits=limits), 300):
        first.append(line.text)
        seen += len(line.text)
        if seen > 1 << 20:
            break
    return first


def _json_kind(first: list[str]) -> Literal["", "json", "jsonl"]:
    texts = [text.strip() for text in first if text.strip()]
    if not texts or texts[0][0] not in "{[" or (texts[0][0] == "[" and not _opens_json_list(texts)):
        return ""
    try:
        objects = [msgspec.json.decode(text) for text in texts[:2]]
    except msgspec.DecodeError:
        return "json"
    return "jsonl" if isinstance(objects[0], dict) and len(objects) == 2 else "json"


def _opens_json_list(texts: list[str]) -> bool:
    """«[2026-01-02 09:00] hello» is a chat line and no JSON."""
    start = "".join(texts[:3])[1:].lstrip()
    return start[:1] in ("{", "[", '"', "]")
