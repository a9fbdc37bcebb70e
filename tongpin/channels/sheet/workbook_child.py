"""Runs as a process of its own (see workbook.py): reads one workbook and writes its rows to standard output.

Apart, because a workbook of a few hundred bytes can name a cell in the last corner of the sheet; the reader then asks
for half a terabyte and aborts the whole process. Here only this process ends, and its memory is limited beforehand.
Imports nothing of the project, so that it starts fast and can run isolated.

Frames on standard output: four bytes of length (big-endian), then MessagePack; first a dict, then lists of rows.
"""

import resource
import sys
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MOMENT = 1  # MessagePack extension: a date or a moment in ISO form
_ROWS_A_FRAME = 500
_SECONDS = 300
_FRAME = 1 << 20
_WIDEST = 2_000  # columns
_LONGEST = 32_767  # characters; more is no honest cell


def main(file: str, kind: str, sheet: str, rows: str, memory: str) -> int:
    """`sheet` is an index or empty for the list of sheets only; `rows` limits how many are sent, 0 for all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    out = sys.stdout.buffer
    try:
        _send_workbook(out, _opened(file, kind), sheet, int(rows))
    except PasswordError:
        _frame(out, {"refused": "workbook_password"})
    except (CalamineError, OSError, ValueError):
        _frame(out, {"refused": "workbook_broken"})
    except MemoryError:
        _frame(out, {"refused": "workbook_too_large"})
    return 0


def _opened(file: str, kind: str) -> CalamineWorkbook:
    # Only a name with an ending makes the reader tell «needs a password» from «broken». A workbook with a password
    # is an old container around a new one, whatever it was called.
    with tempfile.TemporaryDirectory() as folder:
        name = Path(folder) / f"book.{kind}"
        name.symlink_to(file)
        try:
            return CalamineWorkbook.from_path(name)
        except PasswordError:
            raise
        except CalamineError:
            if kind != "xls":
                raise
            return CalamineWorkbook.from_path(name.rename(name.with_suffix(".xlsx")))


def _send_workbook(out: BinaryIO, book: CalamineWorkbook, sheet: str, rows: int) -> None:
    shown = [
        index
        for index, meta in enumerate(book.sheets_metadata)
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
    ]
    names = [book.sheet_names[index] for index in shown]
    if not sheet:
        _frame(out, {"sheets": names})
        return
    page = book.get_sheet_by_index(shown[int(sheet)])
    indent = page.start[1] if page.start else 0
    _frame(out, {"sheets": names, "height": page.total_height})
    batch: list[list[Any]] = []
    size = 0
    for count, cells in enumerate(page.iter_rows(), 1):
        row = [None] * indent + [_plain(cell) for cell in cells[:_WIDEST]]
        batch.append(row)
        size += sum(len(cell) if isinstance(cell, str) else 8 for cell in row)
        if len(batch) == _ROWS_A_FRAME or size > _FRAME:
            _frame(out, batch)
            batch, size = [], 0
        if count == rows:
            break
    _frame(out, batch)


def _plain(cell: object) -> object:
    if cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, str):
        return cell[:_LONGEST]
    if isinstance(cell, float | int):
        return cell
    if isinstance(cell, datetime | date):
        return msgspec.msgpack.Ext(MOMENT, cell.isoformat().encode())
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _frame(out: BinaryIO, content: object) -> None:
    body = msgspec.msgpack.encode(content)
    out.write(len(body).to_bytes(4, "big"))
    out.write(body)
    out.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
