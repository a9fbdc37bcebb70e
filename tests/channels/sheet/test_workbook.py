"""Workbooks: types survive, hostile ones end in a clear refusal and take nothing else down."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from tongpin.channels.sheet.reading import LIMITS, Limits, Unreadable, open_file


def _rows(path: Path, **wishes: object) -> list[list[object]]:
    with open_file(path, **wishes).rows() as rows:  # type: ignore[arg-type]
        return [list(row.cells) for row in rows]


def test_cells_keep_their_types_and_formulas_give_their_values(tmp_path):
    path = tmp_path / "types.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("订单")
    moment = book.add_format({"num_format": 'yyyy"年"m"月"d"日" h:mm'})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(2, 1, ["订单号", "金额"])
    sheet.write_number(3, 1, 2610223374120)
    sheet.write_formula(3, 2, "=40+4.5", value=44.5)
    sheet.write_datetime(3, 3, datetime(2026, 10, 22, 12, 4), moment)
    sheet.write_datetime(3, 4, date(2026, 10, 22), day)
    sheet.write_boolean(3, 5, True)
    sheet.write_formula(3, 6, "=1/0", value="#DIV/0!")
    book.close()
    assert _rows(path) == [
        [None] * 7,
        [None] * 7,
        [None, "订单号", "金额", None, None, None, None],
        [None, 2610223374120.0, 44.5, datetime(2026, 10, 22, 12, 4), datetime(2026, 10, 22), "TRUE", None],
    ]


def test_row_numbers_are_those_a_person_sees(tmp_path):
    path = tmp_path / "gap.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(4, 0, "订单号")
    sheet.write(7, 0, "A1")
    book.close()
    with open_file(path).rows() as rows:
        assert [(row.number, row.cells) for row in rows if row.cells[0]] == [(5, ["订单号"]), (8, ["A1"])]


def test_times_of_day_are_text(tmp_path):
    path = tmp_path / "clock.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, time(9, 30), book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert _rows(path) == [["09:30:00"]]


def test_hidden_sheets_are_not_offered_and_a_sheet_can_be_chosen(tmp_path):
    path = tmp_path / "sheets.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("说明").write(0, 0, "先看这里")
    book.add_worksheet("隐藏").hide()
    book.add_worksheet("订单").write(0, 0, "订单号")
    book.close()
    opened = open_file(path)
    assert (opened.sheets, opened.sheet) == (("说明", "订单"), "说明")
    assert _rows(path, sheet="订单") == [["订单号"]]
    with pytest.raises(Unreadable) as refused:
        opened.on_sheet("隐藏")
    assert refused.value.reason == "sheet_missing"


def _with_sheet(path: Path, source: Path, xml: bytes) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return path


_SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def _refusal(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(Unreadable) as refused, open_file(path, limits=limits).rows(limits=limits) as rows:
        list(rows)
    return refused.value.reason


def test_a_cell_in_the_last_corner_is_refused_and_takes_nothing_down(tmp_path, write_xlsx):
    corner = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = _with_sheet(tmp_path / "corner.xlsx", write_xlsx([["a"]]), _SHEET % corner)
    assert _refusal(path) == "workbook_too_large"


def test_a_sheet_that_unpacks_beyond_its_memory_is_refused(tmp_path, write_xlsx):
    row = b"<row>" + b'<c t="inlineStr"><is><t>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</t></is></c>' * 50 + b"</row>"
    path = _with_sheet(tmp_path / "bomb.xlsx", write_xlsx([["a"]]), _SHEET % (row * 30_000))
    assert path.stat().st_size < 1 << 20
    assert _refusal(path, Limits(workbook_memory=160 << 20)) == "workbook_too_large"


def test_a_workbook_larger_than_the_limit_is_refused_before_it_is_read(write_xlsx):
    assert _refusal(write_xlsx([["a"]]), Limits(workbook=1000)) == "workbook_too_large"


def test_broken_workbooks_say_so(tmp_path, write_xlsx):
    whole = write_xlsx([["订单号", "金额"], ["A1", 1.0]])
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole.read_bytes()[:-300])
    assert _refusal(cut) == "archive_broken"
    assert _refusal(_with_sheet(tmp_path / "xml.xlsx", whole, b"<worksheet><sheetData><row><c>")) == "workbook_broken"
    ole = tmp_path / "broken.xls"
    ole.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert _refusal(ole) == "workbook_broken"


def _compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (the old Office container) with a few streams, each padded past the small-stream limit."""
    padded = {name: data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0") for name, data in streams.items()}
    starts: dict[str, int] = {}
    fat = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0 is this table, sector 1 the directory
    body = b""
    for name, data in padded.items():
        starts[name] = len(fat)
        count = len(data) // 512
        fat += [len(fat) + at + 1 for at in range(count - 1)] + [0xFFFFFFFE]
        body += data

    def entry(name: str, kind: int, child: int, start: int, size: int, right: int = 0xFFFFFFFF) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw), kind, 1)
            + struct.pack("<III", 0xFFFFFFFF, right, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    names = list(padded)
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    for at, name in enumerate(names):
        right = at + 2 if at + 1 < len(names) else 0xFFFFFFFF
        directory += entry(name, 2, 0xFFFFFFFF, starts[name], len(padded[name]), right)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header + table + directory.ljust(512, b"\0") + body


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _old_workbook() -> bytes:
    """An Excel 97 workbook with two rows, written by hand."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    name = "Orders".encode("latin-1")
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 0) + name
    head = _record(0x0809, bof) + _record(0x0042, struct.pack("<H", 1200))
    offset = len(head) + 4 + len(bound) + 4
    bound = struct.pack("<I", offset) + bound[4:]

    def label(row: int, column: int, text: str) -> bytes:
        raw = text.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + raw)

    sheet_bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    sheet = _record(0x0809, sheet_bof) + _record(0x0200, struct.pack("<IIHHH", 0, 2, 0, 2, 0))
    sheet += label(0, 0, "订单号") + label(0, 1, "金额") + label(1, 0, "A1")
    sheet += _record(0x0203, struct.pack("<HHHd", 1, 1, 0, 89.5)) + _record(0x000A, b"")
    return head + _record(0x0085, bound) + _record(0x000A, b"") + sheet


def test_an_excel_97_workbook_is_read(tmp_path):
    path = tmp_path / "old.dat"
    path.write_bytes(_compound({"Workbook": _old_workbook()}))
    assert open_file(path).format == "xls"
    assert _rows(path) == [["订单号", "金额"], ["A1", 89.5]]


def test_a_workbook_with_a_password_says_so(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(_compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 100}))
    assert _refusal(path) == "workbook_password"


def test_progress_of_a_sheet_ends_at_the_size_of_its_file(write_xlsx):
    path = write_xlsx([["a", "b"]] + [[n, n] for n in range(3000)])
    with open_file(path).rows() as rows:
        for _ in range(1500):
            next(rows)
        half = rows.progress
        for _ in rows:
            pass
        assert rows.progress.bytes_done == rows.progress.bytes_total
    assert 0 < half.bytes_done < half.bytes_total


def test_stopping_early_ends_the_reading_process(write_xlsx):
    path = write_xlsx([["a", "b"]] + [[n, n] for n in range(3000)])
    reader = open_file(path).rows()
    next(reader)
    reader.close()
    assert list(reader) == []
