"""A spreadsheet program saved the file again: numbers lost their zeros, dates their seconds, bytes their encoding.

The keys of the rows are the same, or nothing could be imported twice without doubling.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BadRow, ItemRow, TypedRow

ZONE = ZoneInfo("Asia/Shanghai")

_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def _as_typed(cell: str) -> object:
    """What a spreadsheet program makes of a cell it opens from text."""
    if _NUMBER.fullmatch(cell):
        return float(cell)
    if _MOMENT.fullmatch(cell):
        return datetime.fromisoformat(cell)
    return cell


def _as_saved_text(cell: str) -> str:
    """What it writes when it saves that cell as text again."""
    typed = _as_typed(cell)
    if isinstance(typed, float):
        return (
            str(int(typed))
            if typed.is_integer() and abs(typed) < 1e11
            else repr(typed)
            if not typed.is_integer()
            else cell
        )
    if isinstance(typed, datetime):
        return f"{typed.year}/{typed.month}/{typed.day} {typed.hour}:{typed.minute:02}"
    return cell


def _csv(table: list[list[str]], *, encoding: str, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode(encoding)


def _xlsx(table: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet()
    moment = book.add_format({"num_format": "yyyy/m/d h:mm"})
    for r, row in enumerate(table):
        for c, cell in enumerate(row):
            typed = _as_typed(cell)
            if isinstance(typed, datetime):
                sheet.write_datetime(r, c, typed, moment)
            elif isinstance(typed, float):
                sheet.write_number(r, c, typed)
            elif typed:
                sheet.write_string(r, c, str(typed))
    book.close()
    return out.getvalue()


def _keys(content: bytes) -> list[object]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        found = recognise_file(path)
        assert found.importable, (found.reason, found.columns)
        return [_key(row) for row in iterate(path, found, zone=ZONE)]


def _key(row: TypedRow) -> object:
    assert not isinstance(row, BadRow), row
    if isinstance(row, ItemRow):
        return (row.order_key, row.line_key)
    return row.key


_moments = st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2026, 11, 1)).map(
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}"
)
_sums = st.integers(0, 10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02}")
_numbers = st.integers(1, 10**12).map(str) | st.integers(1, 99_999).map(lambda n: f"{n:06}")
_goods = st.sampled_from(["绘本", "0012", "1.50", "贴纸 x2", "TRUE", "12E4", "两行\n商品", "7", "a, b", '12" 盘'])
_names = st.sampled_from(["小美", "阿强", "007", "林老师", "true"])
_counts = st.integers(1, 99).map(str)

_KUAITUANTUAN = ["跟团号", "下单人", "支付时间", "商品", "订单金额", "订单状态", "联系电话", "详细地址"]
_ITEMS = ["订单编号", "标题", "价格", "购买数量", "外部系统编号", "规格名称", "订单状态", "商家编码"]
_BY_HAND = ["日期", "姓名", "手机号", "商品", "数量", "金额"]
_CUSTOMERS = ["客户姓名", "客户昵称", "客户手机号", "客户积分", "消费金额", "成为客户时间"]

_TABLES = {
    "orders of a group-buy": (
        _KUAITUANTUAN,
        st.tuples(
            _counts, _names, _moments, _goods, _sums, st.just("已发货"), st.just("13800138000"), st.just("文一路1号")
        ),
    ),
    "lines of orders": (
        _ITEMS,
        st.tuples(_numbers, _goods, _sums, _counts, _goods, _goods, st.just("交易成功"), _numbers),
    ),
    "a list made by hand": (
        _BY_HAND,
        st.tuples(_moments, _names, st.just("13800138000"), _goods, _counts, _sums),
    ),
    "customers": (
        _CUSTOMERS,
        st.tuples(_names, _names, st.integers(13000000000, 13999999999).map(str), _counts, _sums, _moments),
    ),
}


@pytest.mark.parametrize("name", _TABLES)
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.whole
def test_keys_survive_a_spreadsheet_program(name, data):
    header, rows = _TABLES[name]
    table = [header, *(list(row) for row in data.draw(st.lists(rows, min_size=1, max_size=6)))]
    before = _keys(_csv(table, encoding="utf-8"))
    saved = [[_as_saved_text(cell) for cell in row] for row in table]
    assert _keys(_csv(table, encoding="gb18030")) == before
    assert _keys(_csv(saved, encoding="utf-8-sig")) == before
    assert _keys(_csv(saved, encoding="utf-16", delimiter="\t")) == before
    assert _keys(_xlsx(table)) == before


def test_zeros_in_front_are_kept_in_the_id_and_do_not_count_in_the_key(write_csv, read_rows):
    titles = ["订单号", "会员号", "日期", "实付金额"]
    [before] = read_rows(write_csv([titles, ["000123", "00004", "2026-10-22", "89.00"]]))
    [after] = read_rows(write_csv([titles, ["123", "4", "2026/10/22", "89"]]))
    assert (before.number, before.buyer.shop_account) == ("000123", "00004")
    assert before.key == after.key == "123"
