"""How the tests of tables make files and read them: every file is made by hand, nothing is copied from real exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import TypedRow

SHANGHAI = ZoneInfo("Asia/Shanghai")

Table = Sequence[Sequence[object]]
WriteCsv = Callable[..., Path]
WriteXlsx = Callable[..., Path]
ReadRows = Callable[..., list[TypedRow]]


@pytest.fixture
def zone() -> ZoneInfo:
    return SHANGHAI


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """`write_csv(table, encoding=…, delimiter=…, newline=…)` → path."""
    made = 0

    def write(table: Table, *, encoding: str = "utf-8", delimiter: str = ",", newline: str = "\r\n") -> Path:
        nonlocal made
        made += 1
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(table)
        path = tmp_path / f"table{made}.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> WriteXlsx:
    """`write_xlsx(table, …more sheets)` → path; cells keep their Python types."""
    made = 0

    def write(*tables: Table, names: Sequence[str] = ()) -> Path:
        nonlocal made
        made += 1
        path = tmp_path / f"book{made}.xlsx"
        book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False})
        moment = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        for at, table in enumerate(tables):
            sheet = book.add_worksheet(names[at] if names else None)
            for r, row in enumerate(table):
                for c, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(r, c, cell, moment)
                    elif cell is not None:
                        sheet.write(r, c, cell)
        book.close()
        return path

    return write


@pytest.fixture
def read_rows() -> ReadRows:
    """Recognise a file and take all its typed rows."""

    def read(path: Path, **wishes: object) -> list[TypedRow]:
        recognised = recognise_file(path, **wishes)  # type: ignore[arg-type]
        assert recognised.importable, (recognised.reason, recognised.missing, recognised.columns)
        return list(iterate(path, recognised, zone=SHANGHAI))

    return read
