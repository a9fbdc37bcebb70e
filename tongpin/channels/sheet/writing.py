"""Rejected rows back to the person who sent them: their own cells and the reason, ready to be mended and sent again.

Opens in spreadsheet programs, so no text of a customer may become a formula there.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal

import xlsxwriter

from .delimited import Cell
from .rows import BadRow
from .titles import as_written

WrittenAs = Literal["csv", "xlsx"]

_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CELL: Final = 32_000  # a spreadsheet cell holds 32,767 characters


def write_rejected(
    rows: Iterable[BadRow],
    target: str | Path | BinaryIO,
    *,
    titles: Sequence[str],
    format: WrittenAs = "csv",
    reason_title: str = "原因",
    word: Callable[[BadRow], str] = lambda row: row.reason,
) -> int:
    """Write header, cells, then the reason in a last column; returns how many rows. `word` puts a reason into words.

    `titles` are those of the recognised columns; of a table without a header pass meaning.LABELS, which are recognised.
    Importing the file again ignores the reason column, for no layout knows it. Numbers and dates of workbooks stay
    what they were; text that a spreadsheet would run as a formula gets an apostrophe, which `cells.text_of` removes.
    """
    if isinstance(target, str | Path):
        with Path(target).open("wb") as file:
            return write_rejected(rows, file, titles=titles, format=format, reason_title=reason_title, word=word)
    write = _write_xlsx if format == "xlsx" else _write_csv
    return write(rows, target, (*map(as_written, titles), reason_title), word)


def harmless(cell: Cell) -> Cell:
    """The same cell, unable to act as a formula."""
    if not isinstance(cell, str):
        return cell
    text = "".join(c for c in cell if c in "\t\n\r" or ord(c) >= 32)[:_CELL]
    return "'" + text if text.startswith(_LIVE) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    """«-12.50» is a sum and no formula."""
    return text[:1] in "+-" and text[1:].replace(".", "", 1).replace(",", "").isdigit() and text.isascii()


def _padded(row: BadRow, width: int) -> list[Cell]:
    cells = [harmless(cell) for cell in row.cells]
    return cells + [None] * (width - len(cells))


def _write_csv(rows: Iterable[BadRow], target: BinaryIO, titles: Sequence[str], word: Callable[[BadRow], str]) -> int:
    # With a byte-order mark, or Excel takes UTF-8 for the system's code page.
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", errors="replace", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(title) for title in titles])
    count = 0
    for row in rows:
        count += 1
        cells = [_as_text(cell) for cell in _padded(row, len(titles) - 1)]
        writer.writerow([*cells, harmless(word(row))])
    text.flush()
    text.detach()
    return count


def _as_text(cell: Cell) -> object:
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else cell


def _write_xlsx(rows: Iterable[BadRow], target: BinaryIO, titles: Sequence[str], word: Callable[[BadRow], str]) -> int:
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet()
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, title in enumerate(titles):
        sheet.write_string(0, column, str(harmless(title)))
    count = 0
    for count, row in enumerate(rows, 1):
        for column, cell in enumerate([*_padded(row, len(titles) - 1), harmless(word(row))]):
            if isinstance(cell, datetime):
                sheet.write_datetime(count, column, cell, moment)
            elif isinstance(cell, int | float):
                sheet.write_number(count, column, cell)
            elif cell is not None:
                sheet.write_string(count, column, cell)
    book.close()
    return count
