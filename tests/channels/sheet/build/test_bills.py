"""Rows of payment bills."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BillRow, Buyer

PAID = datetime(2026, 10, 22, 4, 4, 5, tzinfo=UTC)
WECHAT_PAY = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)


def _bare(row):
    return msgspec.structs.replace(row, cells=[])


def _shanghai():
    return ZoneInfo("Asia/Shanghai")


def test_a_merchant_bill_of_wechat_pay(tmp_path, read_rows):
    lines = [
        WECHAT_PAY,
        "`2026-10-22 12:04:05,`wx1,`1900000001,`0,`,`4200001,`A1,`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`SUCCESS,"
        "`OTHERS,`CNY,`89.00,`0.00,"
        "`0,`0,`0.00,`0.00,`,`,`绘本,三册,`,`0.53000,`0.60%,`89.00,`0.00,`",
        "`2026-10-23 09:00:00,`wx1,`1900000001,`0,`,`4200001,`A1,`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`REFUND,"
        "`OTHERS,`CNY,`0.00,`0.00,"
        "`5000001,`R1,`89.00,`0.00,`ORIGINAL,`SUCCESS,`绘本,三册,`,`-0.53000,`0.60%,`0.00,`89.00,`",
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
        "`2,`89.00,`89.00,`0.00,`0.00,`89.00,`89.00",
        "",
    ]
    path = tmp_path / "bill.csv"
    path.write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    found = recognise_file(path)
    with iterate(path, found, zone=_shanghai()) as reading:
        paid, refunded = list(reading)
    assert reading.skipped == {"footer": 2}
    assert _bare(paid) == BillRow(
        row=2,
        key=paid.key,
        at=PAID,
        amount_fen=8900,
        settle_fen=8900,
        direction="in",
        status="paid",
        status_text="SUCCESS",
        refund_fen=0,
        fee_fen=53,
        transaction_number="4200001",
        merchant_order_number="A1",
        buyer=Buyer(openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
        title="绘本,三册",
        trade_kind="JSAPI",
        currency="CNY",
    )
    assert (refunded.direction, refunded.amount_fen, refunded.status, refunded.refund_number) == (
        "out",
        8900,
        "refunded",
        "5000001",
    )
    assert paid.key != refunded.key


def test_a_personal_bill_with_its_preamble_and_footer(tmp_path):
    lines = [
        "------------------------------------------------------------------------------------",
        "导出信息：",
        "姓名：王小美",
        "共2笔记录",
        "------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------",
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,",
        "2026-10-22 12:04:05,转账红包,阿强,abc***@qq.com,绘本,收入,89.00,余额,交易成功,2026102200001\t,\t,,",
        "2026-10-22 13:04:05,充值提现,余额宝,/,转入,不计收支,5.00,余额,交易成功,2026102200002\t,M1\t,,",
        "------------------------------------------------------------------------------------",
        "导出时间：2026-10-23",
    ]
    path = tmp_path / "alipay.csv"
    path.write_bytes("\r\n".join(lines).encode("gbk"))
    found = recognise_file(path)
    assert (found.layout, found.header_row) == ("alipay.bill", 6)
    with iterate(path, found, zone=_shanghai()) as reading:
        got = list(reading)
    assert [(b.direction, b.amount_fen, b.transaction_number, b.merchant_order_number, b.buyer) for b in got] == [
        ("in", 8900, "2026102200001", None, Buyer(nickname="阿强")),
        ("neutral", 500, "2026102200002", "M1", None),
    ]
    assert reading.skipped == {"footer": 2}
