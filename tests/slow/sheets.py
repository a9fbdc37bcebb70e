"""A shop's export of many rows, as dirty as they come, made here."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

HEAD = (
    "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,"
    "订单创建时间,订单付款时间,宝贝标题,宝贝总数量,退款金额"
)
FIRST = datetime(2026, 9, 1, 8, 0)


def orders(rows: int, *, seed: int, first: int = 2610220000000) -> str:
    """Orders of about a third as many buyers; some closed, refunded, unreadable, told twice, of nobody."""
    dice = random.Random(seed)
    lines: list[str] = [HEAD]
    while len(lines) <= rows:
        n = len(lines)
        buyer = dice.randrange(rows // 3)
        phone = f"138{buyer:08d}"
        account, name = f"buyer{buyer}", f"林{chr(0x4E00 + buyer % 900)}"
        kind = dice.random()
        if kind < 0.08:
            account, phone, name = "", f"138****{buyer % 10000:04d}", "林*"
        paid = dice.randrange(100, 90000) / 100
        at = FIRST + timedelta(minutes=3 * n)
        status, amount, refund, paid_at = "交易成功", f"{paid:.2f}", "0.00", f"{at + timedelta(minutes=2)}"
        if kind > 0.97:
            amount = "八九"
        elif kind > 0.93:
            status, amount, paid_at = "交易关闭", "0.00", ""
        elif kind > 0.89:
            refund = f"{paid / 2:.2f}"
        lines.append(
            f"{first + n},{account},{paid:.2f},{paid:.2f},{amount},{status},{name},浙江省 杭州市 城南路 {buyer} 号,"
            f"{phone},{at},{paid_at},绘本月读盒 {buyer % 12},1,{refund}"
        )
        if kind < 0.02:
            lines.append(lines[-1])
    return "\n".join(lines[: rows + 1]) + "\n"
