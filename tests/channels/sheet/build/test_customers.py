"""Rows of customers and of vouchers."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tongpin.channels.sheet.rows import Buyer, CustomerRow, VoucherRow

PAID = datetime(2026, 10, 22, 4, 4, 5, tzinfo=UTC)


def _bare(row):
    return msgspec.structs.replace(row, cells=[])


def test_customers_and_vouchers(write_csv, read_rows):
    titles = [
        "客户姓名",
        "客户昵称",
        "客户手机号",
        "客户生日",
        "客户性别",
        "标签",
        "是否会员",
        "客户积分",
        "客户储值余额",
        "消费次数",
        "消费金额",
        "成为客户时间",
    ]
    rows = [
        [
            "王小美",
            "小美",
            "13800138000",
            "1990-05-12",
            "女",
            "老客,宝妈,老客",
            "是",
            "120",
            "50.00",
            "7",
            "890.00",
            "2020-01-01 08:00:00",
        ],
        ["", "", "138****8000", "五月", "", "", "", "", "", "", "", ""],
        ["", "", "****", "", "", "", "", "", "", "", "", ""],
    ]
    whole, masked, nobody = read_rows(write_csv([titles, *rows]))
    assert _bare(whole) == CustomerRow(
        row=2,
        key=whole.key,
        buyer=Buyer(name="王小美", nickname="小美", phone="+8613800138000"),
        tags=("老客", "宝妈"),
        gender="female",
        birthday="1990-05-12",
        is_member=True,
        points=120,
        balance_fen=5000,
        order_count=7,
        total_spent_fen=89000,
        became_customer_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert (masked.buyer, masked.notes) == (Buyer(masked_phone="138****8000"), ("birthday_unreadable",))
    assert (nobody.reason, nobody.row) == ("contact_missing", 4)

    vouchers = [
        ["券号", "门店", "套餐", "验券时间", "售价", "结算价", "手机号", "状态"],
        ["017097773783", "一店", "双人餐", "2026-10-22 12:04:05", "95.00", "87.40", "138****2716", "已核销"],
        ["", "一店", "双人餐", "", "95.00", "", "", ""],
    ]
    voucher, missing = read_rows(write_csv(vouchers))
    assert _bare(voucher) == VoucherRow(
        row=2,
        key="17097773783",
        code="017097773783",
        status="redeemed",
        status_text="已核销",
        redeemed_at=PAID,
        title="双人餐",
        store="一店",
        price_fen=9500,
        settle_fen=8740,
        buyer=Buyer(masked_phone="138****2716"),
    )
    assert (missing.reason, missing.column) == ("voucher_missing", "券号")
