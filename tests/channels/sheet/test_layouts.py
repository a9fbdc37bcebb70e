"""Every header we know: recognised as what it is, and made rows become typed rows with nothing rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.layouts import BY_ID, LAYOUTS
from tongpin.channels.sheet.meaning import LABELS, READS, Meaning
from tongpin.channels.sheet.recognise import NEEDS, recognise_file
from tongpin.channels.sheet.rows import BadRow, BillRow, CustomerRow, ItemRow, OrderRow
from tongpin.channels.sheet.titles import fold_title

M = Meaning

HEADERS = {
    "taobao.orders": (
        "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
        "买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,"
        "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,"
        "宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,"
        "分阶段订单信息,特权订金订单id,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,"
        "集分宝抵扣,是否是O2O交易"
    ),
    "taobao.items": (
        "子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,"
        "商家编码,支付单号,买家应付货款,买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间"
    ),
    "jd.orders": (
        "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,"
        "应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,"
        "发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,货号,"
        "订单完成时间,订单来源,订单渠道"
    ),
    "pinduoduo.orders": (
        "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),"
        "多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),支付时间,发货时间,"
        "确认收货时间,商品id,商品规格,样式ID,商家编码-SKU维度,商家编码-商品维度,商家备注,售后状态,"
        "快递单号,快递公司,省,市,区"
    ),
    "douyin.orders": (
        "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品金额,订单应付金额,运费,"
        "收件人,收件人手机号,详细地址,订单提交时间,支付方式,商家备注,订单完成时间,订单状态,售后状态,"
        "取消原因,发货时间,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,达人ID,"
        "达人昵称,流量来源"
    ),
    "youzan.orders": (
        "订单号,销售渠道,归属店铺,订单类型,订单状态,推广方式,订单来源,订单创建时间,买家付款时间,"
        "交易成功时间,付款方式,支付流水号,商品金额合计,运费,店铺优惠合计,应收订单金额,订单实付金额,"
        "支付优惠合计,订单实收金额,订单抵用积分数,店铺优惠方式,支付优惠方式,全部商品名称,商品种类数,"
        "订单配送方式,同城送达时间/提货时间,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,"
        "收货人/提货人,收货人手机号/提货人手机号,买家备注,订单星级,买家昵称,买家是否会员,买家手机号,"
        "下单网点,收银员,分销员,销售导购,专属导购,订单退款状态,订单已退款金额,商家订单备注,桌号,"
        "挂账主体,挂账手机号,团长订单,订单风险标签,分销员,分销员手机号,分销员所属店铺/团队/分组,"
        "分销员等级,订单佣金类型,订单佣金金额,订单下级卖货提成类型,订单下级卖货提成金额"
    ),
    "youzan.items": (
        "订单号,外部订单号,订单商品状态,交易成功时间,商品名称,商品类型,商品目录,商品规格,规格编码,"
        "商品编码,商品单价,商品优惠方式,商品优惠后价格,商品数量,商品金额小计,店铺优惠（分摊）,"
        "商品实际成交金额,商品抵用积分数,商品留言,商品退款状态,商品已退款金额,商家订单备注,周期购信息"
    ),
    "youzan.customers": (
        "客户姓名,客户昵称,客户手机号,客户生日,客户性别,标签,是否会员,成长值,免费等级,付费等级,"
        "权益卡,客户积分,客户储值余额,消费次数,消费金额,累计退款金额,累计退款订单数,笔单价,"
        "上次消费时间,分销员,导购员,企微好友,来源渠道,来源方式,成为客户时间,成为会员时间,"
        "成为会员店铺,公众号,公众号关注时间,最近浏览时间,微信地域,所属区域,指定时间消费次数,"
        "指定时间消费金额,"
    ),
    "kuaituantuan.orders": (
        "跟团号,下单人,团员备注,支付时间,团长备注,商品,订单金额,退款金额,订单状态,自提点,收货人,联系电话,详细地址"
    ),
    "weidian.items": (
        "订单编号,订单状态,商品型号,商品件数,收货人/提货人姓名,收货人/提货人手机号,收货/提货详细地址,"
        "下单模板信息,买家留言,卖家备注"
    ),
    "wechat.bill": "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注",
    "alipay.bill": (
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,"
    ),
    "shopify.orders": (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
        "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
        "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
        "Lineitem sku,Billing Name,Shipping Name,Shipping Phone,Notes"
    ),
    "online_retail.items": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
}

REFERENCE = {
    "kuaituantuan_order_13": "kuaituantuan.orders",
    "pdd_order_23": "pinduoduo.orders",
    "youzan_order_item_37": "youzan.items",
    "taobao_order_37": "taobao.orders",
    "taobao_item_10": "taobao.items",
    "wechatpay_tradebill_27": "wechat_pay.bill",
    "wechat_personal_bill_11": "wechat.bill",
    "alipay_personal_bill_12": "alipay.bill",
}

_BY_READS = {
    "text": "文字",
    "id": "A10000{n}",
    "money": "89.00",
    "price": "44.50",
    "fee": "0.53400",
    "count": "2",
    "time": "2026-10-2{n} 12:04:05",
    "day": "1990-05-12",
    "phone": "1390000000{n}",
    "mail": "mei{n}@example.com",
    "status": "交易成功",
    "tags": "老客,宝妈",
    "yes": "是",
}
_BY_MEANING = {
    M.DIRECTION: "收入",
    M.CONTACT: "mei{n}@example.com",
    M.REFUND_AMOUNT: "0.00",
    M.REFUND_STATUS: "",
    M.CURRENCY: "CNY",
    M.PROVINCE: "浙江省",
    M.GENDER: "女",
    M.OPENID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6{n}",
    M.LINE_AMOUNT: "89.00",
    M.ORDER_NUMBER: "26102200000{n}",
}


def made_row(titles: list[str], layout_id: str, n: int) -> list[str]:
    """A row with a plausible cell under each title the layout reads."""
    layout = BY_ID[layout_id]
    row = []
    for title in titles:
        meaning = layout.folded.get(fold_title(title), M.IGNORE)
        pattern = "" if meaning is M.IGNORE else _BY_MEANING.get(meaning, _BY_READS[READS[meaning]])
        row.append(pattern.format(n=n))
    return row


def _whole(path: Path, layout_id: str, write_csv, zone) -> list:  # type: ignore[no-untyped-def]
    found = recognise_file(path)
    assert (found.layout, found.importable, found.reason, found.missing) == (layout_id, True, "", ())
    assert found.confidence >= 0.9
    rows = list(iterate(path, found, zone=zone))
    assert [row for row in rows if isinstance(row, BadRow)] == []
    return rows


@pytest.mark.parametrize("layout_id", HEADERS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_header_is_recognised_and_every_made_row_is_taken(layout_id, encoding, write_csv, zone):
    titles = HEADERS[layout_id].split(",")
    table = [titles, *(made_row(titles, layout_id, n) for n in range(1, 6))]
    rows = _whole(write_csv(table, encoding=encoding), layout_id, write_csv, zone)
    assert [row.row for row in rows] == [2, 3, 4, 5, 6]
    assert len({getattr(row, "key", None) or row.line_key for row in rows}) == 5


@pytest.mark.parametrize("layout_id", HEADERS)
def test_the_same_table_as_a_workbook_gives_the_same_rows(layout_id, write_csv, write_xlsx, zone):
    titles = HEADERS[layout_id].split(",")
    table = [titles, *(made_row(titles, layout_id, n) for n in range(1, 4))]
    as_text = _whole(write_csv(table), layout_id, write_csv, zone)
    as_book = _whole(write_xlsx(table), layout_id, write_csv, zone)
    assert [_without_cells(row) for row in as_text] == [_without_cells(row) for row in as_book]


def _without_cells(row):
    import msgspec

    bare = msgspec.structs.replace(row, cells=[])
    if isinstance(bare, ItemRow) and bare.order is not None:
        bare = msgspec.structs.replace(bare, order=msgspec.structs.replace(bare.order, cells=[]))
    return bare


@pytest.mark.parametrize("name", REFERENCE)
def test_every_layout_of_the_reference_headers_is_recognised_with_made_rows(name, real_data, write_csv, zone):
    headers = json.loads((real_data / "export_headers" / "headers.json").read_text(encoding="utf-8"))
    titles = headers[name]["header"]
    table = [titles, *(made_row(titles, REFERENCE[name], n) for n in range(1, 5))]
    rows = _whole(write_csv(table, encoding="gb18030"), REFERENCE[name], write_csv, zone)
    assert len(rows) == 4


def test_the_reference_headers_hold_nothing_that_these_tests_and_the_chats_forget(real_data):
    headers = json.loads((real_data / "export_headers" / "headers.json").read_text(encoding="utf-8"))
    assert set(headers) - set(REFERENCE) == {"chatlog_csv_6", "memotrace_csv_12", "qq_txt"}


def test_every_layout_has_a_header_here_and_its_own_id():
    assert {layout.id for layout in LAYOUTS} - set(HEADERS) == {"wechat_pay.bill"}
    assert len(BY_ID) == len(LAYOUTS)


def test_every_layout_can_meet_the_needs_of_its_kind():
    for layout in LAYOUTS:
        meanings = set(layout.columns.values())
        for group in NEEDS[layout.kind]:
            assert meanings & set(group), (layout.id, group)


def test_every_meaning_has_a_reading_and_a_chinese_label():
    assert set(READS) == set(Meaning) == set(LABELS)


def test_kinds_give_their_own_rows(write_csv, zone):
    expected = {"orders": OrderRow, "items": ItemRow, "customers": CustomerRow, "bills": BillRow}
    for layout_id, header in HEADERS.items():
        titles = header.split(",")
        path = write_csv([titles, made_row(titles, layout_id, 1)])
        rows = _whole(path, layout_id, write_csv, zone)
        assert {type(row) for row in rows} == {expected[BY_ID[layout_id].kind]}
