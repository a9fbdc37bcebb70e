"""Whatever bytes come in: rows, rejected rows or a refusal with a code; never anything else."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.layouts import LAYOUTS, Layout
from tongpin.channels.sheet.reading import Unreadable
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BadRow

ZONE = ZoneInfo("Asia/Shanghai")

_strange = st.sampled_from(
    [
        "",
        "-",
        "=1+1",
        "2.6E+12",
        "****",
        "##密文",
        "138****2716",
        "\t123",
        "'007",
        '="5"',
        "1e400",
        "nan",
        "-0",
        "¥",
        "1.2万",
        "9999-12-31",
        "0000-00-00",
        "24:00",
        "10 月底",
        "合计",
        "----",
        "\u202e",
        "🌸" * 50,
        "a" * 5000,
        "1,2",
        "退款成功",
        "<img src=x onerror=1>",
        "'; DROP TABLE x;--",
        "99999999999999999999",
        "00000",
        "1" * 30,
        "２０２６－１０－２２",
        "\x0b",
        "TRUE",
    ]
)
_cells = _strange | st.text(max_size=12) | st.floats().map(str) | st.integers().map(str) | st.datetimes().map(str)


def _everything(content: bytes) -> tuple[int, int]:
    """(rows, rejected) of a file, or (0, 0) where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            found = recognise_file(path)
            if not found.importable:
                assert found.reason
                return 0, 0
            rows = list(iterate(path, found, zone=ZONE))
        except Unreadable:
            return 0, 0
    numbers = [row.row for row in rows]
    assert numbers == sorted(set(numbers))
    return len(rows), sum(isinstance(row, BadRow) for row in rows)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layout=st.sampled_from(LAYOUTS), data=st.data())
def test_strange_cells_under_every_known_header(layout: Layout, data):
    titles = list(layout.columns)
    rows = data.draw(st.lists(st.lists(_cells, max_size=len(titles) + 1), max_size=6))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([titles, *rows])
    _everything(text.getvalue().encode("utf-8", "replace"))


@settings(max_examples=examples(150), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(content):
    _everything(content)


@settings(max_examples=examples(150), deadline=None)
@given(at=st.integers(0, 10_000), what=st.binary(max_size=6), encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_table_with_bytes_overwritten_keeps_its_other_rows(at, what, encoding):
    titles = ["订单号", "昵称", "日期", "实付金额"]
    table = [titles, *([f"A{n}", "小美", "2026-10-22 12:04:05", "89.00"] for n in range(60))]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    content = bytearray(text.getvalue().encode(encoding))
    start = len("\r\n".join([",".join(titles), ""]).encode(encoding)) + at % 500
    content[start : start + len(what)] = what
    rows, rejected = _everything(bytes(content))
    if encoding == "utf-8":
        assert rows - rejected >= 55


@settings(max_examples=examples(25), deadline=None)
@given(cut=st.integers(0, 6000), at=st.integers(0, 6000), what=st.binary(min_size=1, max_size=4))
def test_a_workbook_cut_or_overwritten(cut, at, what):
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for r, row in enumerate([["订单号", "日期", "实付金额"], ["A1", "2026-10-22", 89.0], ["A2", "2026-10-23", 9.5]]):
        sheet.write_row(r, 0, row)
    book.close()
    whole = bytearray(out.getvalue())
    whole[at % len(whole) : at % len(whole) + len(what)] = what
    _everything(bytes(whole[: max(len(whole) - cut % 50, 1)]) if cut % 3 == 0 else bytes(whole))
