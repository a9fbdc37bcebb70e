"""Rows out of text lines: which character parts the cells, and records that may span lines.

The csv module reads the records. What it does not do is added here: a quotation mark that is never closed costs
its own row and not the rest of the file; damaged lines keep their flaw; the file never has to fit in memory.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, cast

import msgspec

from .lines import Block, Flaw

Cell = str | int | float | datetime | None

DialectKind = Literal["csv", "columns", "backtick", "text"]

_RECORD_LINES: Final = 500
_SNIFFED: Final = 200


class RawRow(msgspec.Struct, frozen=True, gc=False):
    """One row as it stands in the file. `number` counts from 1 as a spreadsheet shows it, blank rows included."""

    number: int
    cells: list[Cell]
    flaw: Flaw | None = None


class Dialect(msgspec.Struct, frozen=True):
    """csv: cells parted by `delimiter`, quotes allowed. columns: parted by spaces. backtick: WeChat Pay's bills,
    every cell begins with ` and may hold commas. text: every line is one cell."""

    kind: DialectKind
    delimiter: str = ","


def dialect_of(lines: Sequence[str]) -> Dialect:
    """Judge by the first lines which dialect gives the most rows of one and the same width."""
    lines = [line for line in lines[:_SNIFFED] if line.strip()]
    if not lines:
        return Dialect("text")
    if sum(line.startswith("`") and ",`" in line for line in lines) * 2 >= len(lines) - 1 > 0:
        return Dialect("backtick")
    scores = {delimiter: _regularity(lines, delimiter) for delimiter in ",\t;|"}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    regular, width = scores[best]
    if width > 1 and regular * 2 >= len(lines):
        return Dialect("csv", best)
    if _is_columns(lines):
        return Dialect("columns")
    # A header and one short row, or preambles as long as the table, are still a table.
    if width > 2 and regular >= 2:
        return Dialect("csv", best)
    return Dialect("text")


def _regularity(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    """(how many rows have the most frequent width, that width)."""
    # Line by line as well: one stray quote must not hide all the lines after it.
    alone = [cells for line in lines for cells in _parsed([line], delimiter)]
    return max(_most_frequent(_parsed(lines, delimiter)), _most_frequent(alone))


def _parsed(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _most_frequent(rows: list[list[str]]) -> tuple[int, int]:
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)


def _is_columns(lines: Sequence[str]) -> bool:
    widths = Counter(len(line.split()) for line in lines)
    width, rows = widths.most_common(1)[0]
    if width < 3 or rows < len(lines) * 0.9:
        return False
    words = [word for line in lines for word in line.split()]
    return sum(word[0].isdigit() for word in words) * 2 >= len(words)


def rows_of(blocks: Iterator[Block], dialect: Dialect) -> Iterator[RawRow]:
    """All rows, flawed ones included."""
    if dialect.kind == "csv":
        return _csv_rows(_Feed(blocks), dialect.delimiter)
    return _line_rows(blocks, dialect.kind)


def _line_rows(blocks: Iterator[Block], kind: DialectKind) -> Iterator[RawRow]:
    number = 0
    for lines, flaws in blocks:
        for at, line in enumerate(lines):
            number += 1
            yield RawRow(number, _line_cells(line, kind), flaws.get(at))


def _line_cells(line: str, kind: DialectKind) -> list[Cell]:
    if kind == "columns":
        return list(line.split())
    line = line.rstrip("\r\n")
    if kind == "text":
        return [line] if line.strip() else []
    if line.startswith("`"):
        return list(line[1:].split(",`"))
    return list(next(csv.reader([line]), []))


class _Overrun(Exception):
    """One record spans more lines than any honest cell does."""


class _Feed:
    """Lines for csv.reader, kept from the start of the current record so that they can be read again."""

    __slots__ = ("_blocks", "at", "careful", "flaws", "lines", "start")

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self.lines: list[str] = []
        self.flaws: dict[int, Flaw] = {}
        self.start = 0
        self.at = 0
        self.careful = False  # a flaw is near, or the file ended inside the record

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        at = self.at
        if at - self.start > _RECORD_LINES:
            raise _Overrun
        while at == len(self.lines):
            self._refill()
            at = self.at
        self.at = at + 1
        return self.lines[at]

    def _refill(self) -> None:
        try:
            lines, flaws = next(self._blocks)
        except StopIteration:
            self.careful = True
            raise
        kept = self.lines[self.start :]
        self.flaws = {at - self.start: flaw for at, flaw in self.flaws.items() if at >= self.start}
        self.flaws.update((len(kept) + at, flaw) for at, flaw in flaws.items())
        self.careful = bool(self.flaws)
        self.lines = kept + lines
        self.at -= self.start
        self.start = 0


def _csv_rows(feed: _Feed, delimiter: str) -> Iterator[RawRow]:
    reader = cast(Iterator[list[Cell]], csv.reader(feed, delimiter=delimiter))
    number = 0
    while True:
        feed.start = feed.at
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_Overrun, csv.Error):
            single = feed.at - feed.start == 1
            flaw: Flaw = feed.flaws.get(feed.start) or ("cell_too_long" if single else "quote_unbalanced")
            yield RawRow(number, _first_line_alone(feed, delimiter), flaw)
            continue
        if feed.at - feed.start == 1 and not feed.careful:
            yield RawRow(number, cells)
            continue
        yield _settled(feed, number, cells, delimiter)


def _settled(feed: _Feed, number: int, cells: list[Cell], delimiter: str) -> RawRow:
    """A record that spans lines, or one among flawed lines."""
    flaws = [feed.flaws[at] for at in range(feed.start, feed.at) if at in feed.flaws]
    if _has_quote(feed) and not _strictly_one_record(feed.lines[feed.start : feed.at], delimiter):
        flaw: Flaw = feed.flaws.get(feed.start) or "quote_unbalanced"
        return RawRow(number, _first_line_alone(feed, delimiter), flaw)
    return RawRow(number, cells, flaws[0] if flaws else None)


def _has_quote(feed: _Feed) -> bool:
    return feed.at - feed.start > 1 or '"' in feed.lines[feed.start]


def _strictly_one_record(lines: list[str], delimiter: str) -> bool:
    """False when the quotes do not pair as a writer pairs them: then lines were swallowed by a stray quote."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _first_line_alone(feed: _Feed, delimiter: str) -> list[Cell]:
    line = feed.lines[feed.start][:2000].rstrip("\r\n")
    feed.at = feed.start + 1
    return list(line.split(delimiter))
