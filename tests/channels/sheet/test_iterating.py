"""From files to typed rows: what becomes of rows that cannot be taken, and what is no row at all."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BadRow, Buyer, OrderRow

PAID = datetime(2026, 10, 22, 4, 4, 5, tzinfo=UTC)


def _columns(text: str) -> list[str]:
    return text.split(",")


TAOBAO = _columns(
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系电话 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,订单备注"
)
RETAIL = _columns("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country")


def _shanghai():
    return ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("change", "reason", "column", "text"),
    [
        ({"订单编号": "2.61022E+12"}, "id_damaged", "订单编号", "2.61022E+12"),
        ({"订单编号": ""}, "id_missing", "订单编号", ""),
        ({"买家实际支付金额": "八九"}, "amount_unreadable", "买家实际支付金额", "八九"),
        ({"买家实际支付金额": "1.2万"}, "amount_unreadable", "买家实际支付金额", "1.2万"),
        ({"买家实际支付金额": "33.333"}, "amount_too_fine", "买家实际支付金额", "33.333"),
        ({"订单付款时间": "10 月底"}, "time_unreadable", "订单付款时间", "10 月底"),
        ({"订单付款时间": "2026-10-22 24:00"}, "time_unreadable", "订单付款时间", "2026-10-22 24:00"),
        ({"订单付款时间": "2300-01-01 00:00:00"}, "time_far_off", "订单付款时间", "2300-01-01 00:00:00"),
        ({"订单付款时间": "", "订单创建时间": "0001-01-01 00:00:00"}, "time_missing", "订单付款时间", ""),
        ({"宝贝总数量": "两件"}, "quantity_unreadable", "宝贝总数量", "两件"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_where(change, reason, column, text, write_csv, read_rows):
    good = dict(
        zip(
            [t.strip() for t in TAOBAO],
            [
                "A1",
                "mei",
                "89",
                "89",
                "交易成功",
                "",
                "",
                "",
                "",
                "2026-10-22 12:00:05",
                "2026-10-22 12:04:05",
                "绘本",
                "1",
                "",
            ],
            strict=True,
        )
    )
    bad = list((good | change).values())
    rows = read_rows(write_csv([TAOBAO, list(good.values()), bad]))
    assert isinstance(rows[0], OrderRow)
    assert rows[1] == BadRow(row=3, reason=reason, column=column, text=text, cells=bad)


def test_flawed_lines_are_rejected_in_their_place(tmp_path, read_rows):
    lines = [
        ",".join(RETAIL).encode(),
        "1,S,绘本,1,2010-12-01 08:26:00,2.55,7,UK".encode(),
        b"2,S,\xff\xfe,1,2010-12-01 08:26:00,2.55,7,UK",
        b"3,S,\0,1,2010-12-01 08:26:00,2.55,7,UK",
        b"4,S,T,1,2010-12-01 08:26:00,2.55,7,UK,extra",
        b"5,S," + b"x" * (3 << 20),
        b"6,S",
    ]
    path = tmp_path / "flawed.csv"
    path.write_bytes(b"\n".join(lines))
    rows = read_rows(path)
    assert [row.reason if isinstance(row, BadRow) else row.order_number for row in rows] == [
        "1",
        "bad_bytes",
        "bad_bytes",
        "cells_shifted",
        "line_too_long",
        "no_price",
    ]
    assert "\0" not in str(rows[2].cells)
    assert rows[5].row == 7


def test_blank_rows_headers_again_totals_and_remarks_are_no_rows(write_csv):
    def row(number):
        return [number, "S", "T", "1", "2010-12-01 08:26:00", "2.55", "7", "UK"]

    table = [
        RETAIL,
        row("1"),
        [""] * 8,
        RETAIL,
        row("2"),
        ["合计", "", "", "2", "", "5.10", "", ""],
        ["", "", "总计", "2", "", "5.10", "", ""],
        ["以上数据仅供参考，导出时间：2026-10-22"],
        row("3"),
    ]
    path = write_csv(table)
    with iterate(path, recognise_file(path), zone=_shanghai()) as reading:
        rows = list(reading)
    assert [row.order_number for row in rows] == ["1", "2", "3"]
    assert reading.skipped == {"blank": 1, "header": 1, "total": 2, "remark": 1}


def test_an_order_that_only_sounds_like_a_total_is_kept(write_csv, read_rows):
    titles = ["商品", "订单号", "日期", "实付金额"]
    rows = read_rows(write_csv([titles, ["总统套房", "A1", "2026-10-22", "89"], ["合计算器", "A2", "2026-10-22", "9"]]))
    assert [row.number for row in rows] == ["A1", "A2"]


def test_markup_and_commands_in_cells_stay_text(write_csv, read_rows):
    evil = ["A1", "<script>alert(1)</script>", "'; DROP TABLE person; --", "2026-10-22", "89"]
    [order] = read_rows(write_csv([["订单号", "昵称", "商品", "日期", "实付金额"], evil]))
    assert order.buyer == Buyer(nickname="<script>alert(1)</script>")
    assert order.lines[0].title == "; DROP TABLE person; --"
    assert order.cells == evil


def test_reading_goes_on_after_the_row_where_it_stopped(write_csv):
    path = write_csv([RETAIL, *([str(n), "S", "T", "1", "2010-12-01 08:26:00", "2.55", "7", "UK"] for n in range(10))])
    found = recognise_file(path)
    whole = list(iterate(path, found, zone=_shanghai()))
    rest = list(iterate(path, found, zone=_shanghai(), after_row=6))
    assert rest == whole[5:]
    assert rest[0].row == 7


def test_orders_later_than_now_are_refused_when_now_is_known(write_csv):
    path = write_csv([["订单号", "日期", "实付金额"], ["A1", "2026-10-22", "89"], ["A2", "2062-10-22", "89"]])
    rows = list(iterate(path, recognise_file(path), zone=_shanghai(), latest=PAID))
    assert isinstance(rows[0], OrderRow)
    assert (rows[1].reason, rows[1].column) == ("time_far_off", "日期")


def test_a_table_that_was_refused_is_not_read(write_csv):
    path = write_csv([["商品名称", "库存"], ["绘本", "3"]])
    with pytest.raises(ValueError, match="products"):
        iterate(path, recognise_file(path), zone=_shanghai())
