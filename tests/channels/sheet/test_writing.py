"""Rejected rows handed back: complete, mendable, harmless."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.cells import text_of
from tongpin.channels.sheet.meaning import LABELS
from tongpin.channels.sheet.meaning import Meaning as M
from tongpin.channels.sheet.reading import open_file
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BadRow, OrderRow
from tongpin.channels.sheet.writing import harmless, write_rejected

TITLES = ["订单号", "日期", "实付金额", "备注"]
BAD = BadRow(
    row=3, reason="id_damaged", column="订单号", text="2.6E+12", cells=["2.6E+12", "2026-10-22", "89.00", "=1+1"]
)


def _csv(rows, **wishes) -> list[list[str]]:
    out = io.BytesIO()
    assert write_rejected(rows, out, titles=TITLES, **wishes) == len(rows)
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def test_cells_come_back_with_the_reason_in_words():
    words = {"id_damaged": "订单号被表格软件改成了科学计数"}
    assert _csv([BAD], word=lambda row: words[row.reason]) == [
        [*TITLES, "原因"],
        ["2.6E+12", "2026-10-22", "89.00", "'=1+1", "订单号被表格软件改成了科学计数"],
    ]


def test_a_short_row_is_filled_up_so_that_the_reason_stands_in_its_column():
    assert _csv([BadRow(row=3, reason="time_missing", cells=["A1"])])[1] == ["A1", "", "", "", "time_missing"]


def test_a_workbook_keeps_numbers_and_moments(tmp_path):
    path = tmp_path / "rejected.xlsx"
    moment = datetime(2026, 10, 22, 12, 4)
    rows = [BadRow(row=3, reason="amount_missing", cells=["00012", moment, 89.5, "@SUM(A1)"])]
    assert write_rejected(rows, path, titles=TITLES, format="xlsx") == 1
    with open_file(path).rows() as reading:
        assert [list(row.cells) for row in reading] == [
            [*TITLES, "原因"],
            ["00012", moment, 89.5, "'@SUM(A1)", "amount_missing"],
        ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "-", "=HYPERLINK(1)"]
)
def test_text_that_would_run_is_tamed_and_reads_the_same(cell):
    tamed = harmless(cell)
    assert tamed[0] == "'"
    assert text_of(tamed) == text_of("'" + cell)


@pytest.mark.parametrize("cell", ["-12.50", "+3", "-1,234.50", 89.5, -3, None, "小美", "2026-10-22", "13800138000"])
def test_numbers_and_plain_text_stay_as_they_are(cell):
    assert harmless(cell) == cell


@given(st.text(max_size=20))
def test_no_written_cell_begins_a_formula(text):
    cell = harmless(text)
    assert not cell.startswith(("=", "@", "\t", "\r", "＝"))
    assert not cell.startswith(("+", "-")) or cell[1:].strip("0123456789.,") == ""


def test_mended_rows_are_read_again_and_the_reason_column_is_ignored(tmp_path, read_rows):
    path = tmp_path / "rejected.csv"
    mended = BadRow(row=3, reason="id_damaged", cells=["A1", "2026-10-22", "89.00", "老客"])
    write_rejected([mended], path, titles=TITLES)
    [order] = read_rows(path)
    assert isinstance(order, OrderRow)
    assert (order.number, order.paid_fen, order.seller_remark) == ("A1", 8900, "老客")


def test_titles_are_written_as_the_file_had_them():
    out = io.BytesIO()
    write_rejected([], out, titles=["订单号", "分销员", "分销员#2", "#4"])
    assert out.getvalue().decode("utf-8-sig") == "订单号,分销员,分销员,,原因\r\n"


def test_rows_of_a_table_without_a_header_come_back_under_names_that_are_recognised(tmp_path):
    meanings = [M.SHOP_ACCOUNT, M.IGNORE, M.PAID_AT, M.QUANTITY, M.PAID_AMOUNT]
    path = tmp_path / "rejected.csv"
    bad = BadRow(row=7, reason="amount_unreadable", cells=["00004", "0001", "19970101", "2", "29,33"])
    write_rejected([bad], path, titles=[LABELS[meaning] for meaning in meanings])
    found = recognise_file(path, as_kind="orders")
    assert [column.meaning for column in found.columns] == [*meanings, M.IGNORE]
