"""Rows that are lines of orders."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tongpin.channels.sheet.rows import BadRow, Buyer, ItemRow, Line

PAID = datetime(2026, 10, 22, 4, 4, 5, tzinfo=UTC)


def _columns(text: str) -> list[str]:
    return text.split(",")


SHOPIFY = _columns(
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Refunded Amount"
)
RETAIL = _columns("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country")


def _bare_line(line):
    return msgspec.structs.replace(line, key="")


def test_youzan_numbers_hold_the_moment(write_csv, read_rows):
    titles = [
        "订单号",
        "订单商品状态",
        "交易成功时间",
        "商品名称",
        "商品单价",
        "商品数量",
        "商品实际成交金额",
        "商品规格",
        "收货人/提货人",
    ]
    row = ["E20220331142238091806171", "已发货", "-", "绘本", "44.50", "2", "80.00", "-", "王小美"]
    [item] = read_rows(write_csv([titles, row]))
    assert (item.at, item.notes, item.is_paid) == (
        datetime(2022, 3, 31, 6, 22, 38, tzinfo=UTC),
        ("date_from_number",),
        True,
    )
    assert _bare_line(item.line) == Line(key="", title="绘本", quantity=2, unit_fen=4450, amount_fen=8000)


def test_a_shopify_order_gives_its_columns_to_the_rows_below(write_csv, read_rows):
    first = [
        "#1001",
        "mei@example.com",
        "paid",
        "2026-10-22 12:04:05 +0800",
        "USD",
        "30.00",
        "5.00",
        "35.00",
        "0.00",
        "2026-10-22 12:00:05 +0800",
        "2",
        "book",
        "10.00",
        "B1",
        "Mei Wang",
        "0.00",
    ]
    second = ["#1001", *[""] * 9, "1", "sticker", "10.00", "S1", "", ""]
    one, two = read_rows(write_csv([SHOPIFY, first, second]))
    buyer = Buyer(mail="mei@example.com", name="Mei Wang")
    assert [(i.order_number, i.buyer, i.paid_at, i.is_paid, i.currency) for i in (one, two)] == [
        ("#1001", buyer, PAID, True, "USD"),
        ("#1001", buyer, PAID, True, "USD"),
    ]
    assert [(i.line.title, i.line.quantity, i.line.amount_fen) for i in (one, two)] == [
        ("book", 2, 2000),
        ("sticker", 1, 1000),
    ]
    assert [(i.order.payable_fen, i.order.paid_fen, i.order.postage_fen) for i in (one, two)] == [(3500, 3500, 500)] * 2
    assert two.cells == second


def test_sales_returns_and_adjustments_of_a_retail_list(write_csv, read_rows):
    rows = [
        ["536365", "85123A", "HOLDER", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"],
        ["C536379", "D", "Discount", "-1", "2010-12-01 09:41:00", "27.50", "14527.0", "United Kingdom"],
        ["536414", "22139", "", "56", "2010-12-01 11:52:00", "0.0", "", "United Kingdom"],
        ["536589", "21777", "", "-10", "2010-12-01 16:50:00", "0.0", "", "United Kingdom"],
        ["A563185", "B", "Adjust bad debt", "1", "2011-08-12 14:50:00", "11062.06", "", "United Kingdom"],
        ["550193", "PADS", "PADS", "1", "2011-04-15 09:27:00", "0.001", "13952.0", "United Kingdom"],
        ["550194", "PADS", "PADS", "5", "2011-04-15 09:27:00", "0.001", "", "United Kingdom"],
    ]
    got = read_rows(write_csv([RETAIL, *rows]))
    assert [
        row.reason if isinstance(row, BadRow) else (row.order_key, row.is_return, row.line.amount_fen) for row in got
    ] == [
        ("536365", False, 1530),
        ("C536379", True, -2750),
        "no_price",
        "stock_adjustment",
        "book_adjustment",
        ("550193", False, 0),
        ("550194", False, 1),
    ]
    assert got[0].buyer == Buyer(shop_account="17850")
    assert (str(got[5].line.unit_exact), got[5].line.unit_fen) == ("0.100", 0)
    assert got[6].buyer is None


def test_equal_lines_have_equal_keys_and_are_left_to_be_counted(write_csv, read_rows):
    row = ["536365", "85123A", "HOLDER", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"]
    one, two = read_rows(write_csv([RETAIL, row, row]))
    assert one.line_key == two.line_key


def test_fractions_of_a_thing_keep_their_amount(write_csv, read_rows):
    titles = ["订单号", "商品", "数量", "单价"]
    [item] = read_rows(write_csv([titles, ["A1", "苹果", "1.5", "9.99"]]))
    assert (item.line.quantity, item.line.amount_fen, item.notes) == (None, 1499, ("quantity_fractional",))
    assert isinstance(item, ItemRow)


JD = _columns(
    "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,应付金额,订单状态,下单帐号,客户姓名,联系电话,运费金额,付款确认时间"
)
DOUYIN = _columns(
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商品金额,订单应付金额,收件人,收件人手机号,详细地址,订单提交时间,"
    "支付完成时间,订单状态,售后状态,达人昵称"
)


def test_jd_writes_the_sums_of_an_order_on_each_of_its_lines(write_csv, read_rows):
    def row(product, title, count, price):
        return [
            "77", product, title, count, "2026-10-22 12:00:05", price, "109.00", "114.00", "等待出库", "jd_mei",
            "王小美", "138****8000", "5.00", "2026-10-22 12:04:05",
        ]  # fmt: skip

    book, sticker = read_rows(write_csv([JD, row("1", "绘本", "1", "89.00"), row("2", "贴纸", "2", "10.00")]))
    assert [(i.line.title, i.line.quantity, i.line.amount_fen) for i in (book, sticker)] == [
        ("绘本", 1, 8900),
        ("贴纸", 2, 2000),
    ]
    assert book.order_key == sticker.order_key == "77"
    for item in (book, sticker):
        assert (item.order.goods_fen, item.order.payable_fen, item.order.paid_fen, item.order.postage_fen) == (
            10900,
            11400,
            11400,
            500,
        )
        assert (item.status, item.is_paid, item.paid_at) == ("paid", True, PAID)
        assert item.buyer == Buyer(shop_account="jd_mei", name="王小美", masked_phone="138****8000")


def test_douyin_hides_the_receiver_and_joins_lines(write_csv, read_rows):
    def row(number, sub, title, product, count, total, state, after):
        return [
            f"\t{number}", f"\t{sub}", title, "1袋", count, product, total, total, "##密文", "$$密文", "##密文",
            "2026-10-22 12:00:05", "2026-10-22 12:04:05", state, after, "阿强",
        ]  # fmt: skip

    one, joined, refunded = read_rows(
        write_csv(
            [
                DOUYIN,
                row("6917", "6917", "绘本", "1", "1", "89.00", "已发货", "-"),
                row("6918", "6918a;6918b", "绘本;贴纸", "1;2", "5", "58.90", "已完成", "-"),
                row("6919", "6919", "绘本", "1", "1", "29.90", "已关闭", "退款成功"),
            ]
        )
    )
    assert (one.order_number, one.line.number, one.buyer, one.notes) == ("6917", "6917", None, ("phone_hidden",))
    assert (joined.line.title, joined.line.quantity, joined.line.amount_fen) == ("绘本;贴纸", 5, 5890)
    assert (refunded.status, refunded.refund_status, refunded.is_paid) == ("cancelled", "done", True)


def test_names_in_two_columns_are_one_name(write_csv, read_rows):
    titles = ["First Name", "Last Name", "Email"]
    [customer] = read_rows(write_csv([titles, ["Mei", "Wang", "mei@example.com"]]))
    assert customer.buyer == Buyer(name="Mei Wang", mail="mei@example.com")
