"""Rows of orders: the habits of the platforms."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import Buyer, Line, OrderRow

PAID = datetime(2026, 10, 22, 4, 4, 5, tzinfo=UTC)


def _columns(text: str) -> list[str]:
    return text.split(",")


TAOBAO = _columns(
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系电话 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,订单备注"
)
PINDUODUO = _columns(
    "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),用户实付金额(元),商家实收金额(元),"
    "商品数量(件),订单成交时间,商品id,商品规格,样式ID,售后状态"
)
KUAITUANTUAN = _columns(
    "跟团号,下单人,团员备注,支付时间,团长备注,商品,订单金额,退款金额,订单状态,自提点,收货人,联系电话,详细地址"
)
YOUZAN = _columns(
    "订单号,订单状态,订单创建时间,买家付款时间,商品金额合计,运费,应收订单金额,订单实付金额,"
    "全部商品名称,收货人/提货人,收货人手机号/提货人手机号,买家昵称,买家手机号,分销员,订单退款状态,"
    "订单已退款金额,分销员"
)


def _bare(row):
    return msgspec.structs.replace(row, cells=[])


def _bare_line(line):
    return msgspec.structs.replace(line, key="")


def _shanghai():
    return ZoneInfo("Asia/Shanghai")


def test_a_taobao_order_whole(write_csv, read_rows):
    row = [
        '="2610223374120001"',
        "mei_1",
        "89.00",
        "59.00",
        "交易成功",
        "王小美",
        "浙江省 杭州市 西湖区 文一路1号(310000)",
        "\t",
        "'13800138000",
        "2026-10-22 12:00:05",
        "2026-10-22 12:04:05",
        "绘本，贴纸",
        "3",
        "常客",
    ]
    [order] = read_rows(write_csv([TAOBAO, row], encoding="gb18030"))
    assert order.cells == row
    assert _bare(order) == OrderRow(
        row=2,
        key="2610223374120001",
        number="2610223374120001",
        buyer=Buyer(
            shop_account="mei_1",
            name="王小美",
            phone="+8613800138000",
            province="浙江",
            address="浙江省 杭州市 西湖区 文一路1号(310000)",
        ),
        province="浙江",
        status="done",
        status_text="交易成功",
        is_paid=True,
        created_at=datetime(2026, 10, 22, 4, 0, 5, tzinfo=UTC),
        paid_at=PAID,
        payable_fen=8900,
        paid_fen=5900,
        received_fen=5900,
        currency="CNY",
        lines=(Line(key=order.lines[0].key, title="绘本，贴纸", quantity=3),),
        seller_remark="常客",
    )


def test_what_taobao_shows_as_paid_is_what_is_left_after_refunds(write_csv, read_rows):
    titles = ["订单编号", "总金额", "买家实际支付金额", "收货地址 ", "订单创建时间", "订单付款时间 ", "退款金额"]
    rows = [
        ["1", "178.8", "0.0", "上海", "2020-02-21 00:00:00", "", "0.0"],
        ["2", "64.8", "0.0", "上海", "2020-02-21 00:00:00", "2020-02-21 00:00:02", "64.8"],
        ["3", "102.0", "64.0", "上海", "2020-02-21 00:00:00", "2020-02-21 00:00:02", "38.0"],
    ]
    orders = read_rows(write_csv([titles, *rows]))
    assert [(o.is_paid, o.payable_fen, o.paid_fen, o.received_fen, o.refund_fen, o.refund_status) for o in orders] == [
        (False, 17880, 0, 0, 0, None),
        (True, 6480, 6480, 0, 6480, "done"),
        (True, 10200, 10200, 6400, 3800, "partial"),
    ]
    assert [(o.buyer, o.province) for o in orders] == [(None, "上海")] * 3


def test_a_paid_order_that_was_closed_gave_its_money_back(write_csv, read_rows):
    row = [
        "A1",
        "m**1",
        "89.00",
        "0.00",
        "交易关闭",
        "",
        "",
        "",
        "",
        "2026-10-22 12:00:05",
        "2026-10-22 12:04:05",
        "绘本",
        "1",
        "",
    ]
    [order] = read_rows(write_csv([TAOBAO, row]))
    assert (order.is_paid, order.paid_fen, order.refund_fen, order.notes) == (True, 8900, 8900, ("refund_inferred",))
    assert order.buyer == Buyer(nickname="m**1")


def test_a_masked_phone_never_becomes_a_phone_and_alone_it_is_still_a_trait(write_csv, read_rows):
    def row(number, account, name, phone):
        return [
            number,
            account,
            "89.00",
            "89.00",
            "交易成功",
            name,
            "",
            "",
            phone,
            "2026-10-22 12:00:05",
            "2026-10-22 12:04:05",
            "绘本",
            "1",
            "",
        ]

    orders = read_rows(
        write_csv(
            [
                TAOBAO,
                row("A1", "", "郑*心", "136****3308"),
                row("A2", "", "****", "******"),
                row("A3", "", "##密文", "$$密文"),
            ]
        )
    )
    assert [(o.buyer, o.notes) for o in orders] == [
        (Buyer(name="郑*心", masked_phone="136****3308"), ()),
        (None, ("phone_hidden",)),
        (None, ("phone_hidden",)),
    ]


def test_pinduoduo_gives_the_day_out_of_the_number_and_two_truths_in_one_row(write_csv, read_rows):
    rows = [
        [
            "绘本",
            "261022-000000000000001",
            "已收货",
            "89.00",
            "0.00",
            "5.00",
            "80.00",
            "84.00",
            "2",
            "",
            "77",
            "蓝",
            "88",
            "无售后或售后取消",
        ],
        [
            "绘本",
            "261022-000000000000002",
            "已取消",
            "89.00",
            "0",
            "0",
            "89.00",
            "89.00",
            "1",
            "2026-10-22 12:04:05",
            "77",
            "蓝",
            "88",
            "退款成功",
        ],
        ["合计", "", "", "178.00", "", "", "169.00", "173.00", "3", "", "", "", "", ""],
    ]
    path = write_csv([PINDUODUO, *rows])
    found = recognise_file(path)
    with iterate(path, found, zone=_shanghai()) as reading:
        first, second = list(reading)
    assert reading.skipped == {"total": 1}
    assert (first.created_at, first.paid_at, first.is_paid, first.status, first.notes) == (
        datetime(2026, 10, 21, 16, 0, tzinfo=UTC),
        None,
        True,
        "done",
        ("date_from_number",),
    )
    assert (first.goods_fen, first.discount_fen, first.paid_fen, first.received_fen, first.refund_status) == (
        8900,
        500,
        8000,
        8400,
        "none",
    )
    assert _bare_line(first.lines[0]) == Line(
        key="", title="绘本", product_id="77", sku="88", variant="蓝", quantity=2, amount_fen=8900
    )
    assert (second.status, second.refund_status, second.is_paid, second.paid_at) == ("cancelled", "done", True, PAID)


def test_a_group_buy_row_has_a_key_of_its_content(write_csv, read_rows):
    def row(group, who, when, goods, status="已发货", refund="0"):
        return [
            group,
            who,
            "",
            when,
            "",
            goods,
            "89.00",
            refund,
            status,
            "一号楼",
            "王小美",
            "13800138000",
            "文一路1号",
        ]

    made = [
        row("1", "小美", "2026-10-22 12:04:05", "绘本x1；贴纸x2"),
        row("1", "小美", "2026-10-22 12:04:05", "发卡x1"),
        row("1", "阿强", "2026-10-22 12:04:05", "绘本x1；贴纸x2"),
    ]
    orders = read_rows(write_csv([KUAITUANTUAN, *made]))
    assert len({order.key for order in orders}) == 3
    assert [order.number for order in orders] == [None] * 3
    assert orders[0].lines[0].title == "绘本x1；贴纸x2"
    assert (orders[0].store, orders[0].buyer.nickname, orders[0].paid_fen) == ("一号楼", "小美", 8900)
    # The state of an order may change, and seconds get lost when a table is saved again: still the same order.
    later = read_rows(
        write_csv([KUAITUANTUAN, row("1", "小美", "2026/10/22 12:04", "绘本x1；贴纸x2", "已完成", "89.00")])
    )
    assert later[0].key == orders[0].key


def test_a_present_goes_to_somebody_else(write_csv, read_rows):
    def row(number, buyer_phone, receiver_phone):
        return [
            number,
            "交易完成",
            "2026-10-22 12:00:05",
            "2026-10-22 12:04:05",
            "89",
            "0",
            "89",
            "89",
            "绘本",
            "李大华",
            receiver_phone,
            "小美",
            buyer_phone,
            "",
            "",
            "0",
            "阿强",
        ]

    own, gift, hidden = read_rows(
        write_csv(
            [
                YOUZAN,
                row("E1", "13800138000", "13800138000"),
                row("E2", "13800138000", "13900139000"),
                row("E3", "138****8000", "13900139000"),
            ]
        )
    )
    assert own.buyer == Buyer(nickname="小美", name="李大华", phone="+8613800138000")
    assert gift.buyer == Buyer(nickname="小美", phone="+8613800138000")
    assert hidden.buyer == Buyer(nickname="小美", name="李大华", masked_phone="138****8000")
    assert own.salesperson == "阿强"


def test_what_is_not_needed_is_passed_over_with_a_note(write_csv, read_rows):
    titles = [*PINDUODUO, "确认收货时间"]
    row = [
        "绘本",
        "261022-000000000000001",
        "说不清",
        "89",
        "包邮",
        "0",
        "89",
        "89",
        "1",
        "2026-10-22 12:04:05",
        "2.6E+18",
        "",
        "8",
        "",
        "10 月底",
    ]
    [order] = read_rows(write_csv([titles, row]))
    assert order.notes == ("completed_at_unreadable", "postage_unreadable", "status_unknown", "product_id_unreadable")
    assert (order.status, order.status_text, order.completed_at) == (None, "说不清", None)


def test_a_hand_made_list_without_numbers_is_orders(write_csv, read_rows):
    titles = ["日期", "姓名", "电话", "商品", "数量", "金额"]
    one, two, again = read_rows(
        write_csv(
            [
                titles,
                ["10/22/2026", "小美", "13800138000", "绘本", "2", "89"],
                ["10/22/2026", "阿强", "", "绘本", "1", "44.5"],
                ["2026年10月22日", "小美", "13800138000", "绘本", "2.0", "¥89.00"],
            ]
        )
    )
    assert one.key == again.key != two.key
    assert (one.is_paid, one.paid_fen, one.buyer.phone, one.number) == (True, 8900, "+8613800138000", None)
