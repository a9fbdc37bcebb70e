"""The words platforms use for the state of an order, a refund, a payment or a voucher."""

import re
from typing import Final, NamedTuple

from .rows import BillStatus, Direction, OrderStatus, RefundStatus, VoucherStatus

ORDER_STATUSES: Final[dict[str, OrderStatus]] = {
    # placed, not paid
    "等待买家付款": "placed", "待付款": "placed", "待支付": "placed", "未付款": "placed", "未支付": "placed",
    "等待付款": "placed", "已下单": "placed", "待确认": "placed", "付款确认中": "placed", "pending": "placed",
    "unpaid": "placed", "authorized": "placed", "partially_paid": "placed", "open": "placed", "买家未付款": "placed",
    # paid, not sent
    "买家已付款,等待卖家发货": "paid", "等待卖家发货": "paid", "买家已付款": "paid", "待发货": "paid", "已付款": "paid",
    "已支付": "paid", "支付成功": "paid", "付款成功": "paid", "等待出库": "paid", "等待发货": "paid", "备货中": "paid",
    "未发货": "paid", "待成团": "paid", "已成团": "paid", "拼单成功": "paid", "待接单": "paid", "待出库": "paid",
    "商家备货中": "paid", "待核销": "paid", "待使用": "paid", "待自提": "paid", "待提货": "paid", "paid": "paid",
    "processing": "paid", "部分付款": "paid", "正在出库": "paid", "已接单": "paid", "跟团成功": "paid",
    "待配送": "paid",
    # on the way
    "卖家已发货,等待买家确认": "shipped", "卖家已发货": "shipped", "已发货": "shipped", "待收货": "shipped",
    "已发货,待收货": "shipped", "等待确认收货": "shipped", "等待买家确认收货": "shipped", "等待收货": "shipped",
    "部分发货": "shipped", "卖家部分发货": "shipped", "已出库": "shipped", "配送中": "shipped", "运输中": "shipped",
    "派送中": "shipped", "待签收": "shipped", "已揽收": "shipped", "待买家收货": "shipped", "shipped": "shipped",
    "fulfilled": "shipped", "已到自提点": "shipped", "到货": "shipped",
    # done
    "交易成功": "done", "交易完成": "done", "已完成": "done", "完成": "done", "已收货": "done", "已签收": "done",
    "确认收货": "done", "买家已签收": "done", "买家已收货": "done", "订单完成": "done", "已核销": "done",
    "已使用": "done", "已提货": "done", "已自提": "done", "已评价": "done", "待评价": "done", "completed": "done",
    "complete": "done", "delivered": "done", "closed": "done", "已结束": "done", "成功": "done", "妥投": "done",
    # cancelled
    "交易关闭": "cancelled", "已取消": "cancelled", "已关闭": "cancelled", "交易取消": "cancelled",
    "交易已取消": "cancelled", "订单取消": "cancelled", "订单关闭": "cancelled", "取消": "cancelled",
    "关闭": "cancelled",     "已作废": "cancelled", "(删除)": "cancelled", "(锁定)": "placed",
    "未付款交易关闭": "cancelled",
    "超时取消": "cancelled", "拼团失败": "cancelled", "未成团": "cancelled", "用户取消": "cancelled",
    "商家取消": "cancelled", "cancelled": "cancelled", "canceled": "cancelled", "voided": "cancelled",
    # money given back
    "退款成功": "refunded", "已退款": "refunded", "全额退款": "refunded", "已全额退款": "refunded",
    "退款完成": "refunded",     "退货退款": "refunded", "已退货": "refunded", "全部退款": "refunded",
    "refunded": "refunded",
}  # fmt: skip

REFUND_STATUSES: Final[dict[str, RefundStatus]] = {
    "无售后或售后取消": "none", "无售后": "none", "没有申请退款": "none", "无退款": "none", "未退款": "none",
    "未申请": "none", "未申请退款": "none", "售后取消": "none", "无": "none", "未售后": "none", "正常": "none",
    "退款中": "asked", "售后处理中": "asked", "待商家处理": "asked", "售后中": "asked", "退款处理中": "asked",
    "退款待处理": "asked", "申请退款": "asked", "申请退款中": "asked", "待退货": "asked", "退货中": "asked",
    "买家申请退款": "asked", "退款申请等待卖家确认中": "asked", "售后待处理": "asked", "平台处理中": "asked",
    "部分退款": "partial", "部分退款成功": "partial", "已部分退款": "partial", "partially_refunded": "partial",
    "部分退款中": "asked", "退款成功": "done", "已退款": "done", "全额退款": "done", "已全额退款": "done",
    "全部退款": "done", "退款完成": "done", "退货退款成功": "done", "售后完成": "done", "售后成功": "done",
    "已全部退款": "done", "全额退款成功": "done", "refunded": "done", "退款关闭": "refused", "退款失败": "refused",
    "售后关闭": "refused", "退款取消": "none", "已撤销": "none", "拒绝退款": "refused", "商家拒绝": "refused",
    "卖家拒绝退款": "refused", "售后驳回": "refused", "已拒绝": "refused", "已取消退款": "none",
}  # fmt: skip

BILL_STATUSES: Final[dict[str, BillStatus]] = {
    "success": "paid", "支付成功": "paid", "交易成功": "paid", "已收钱": "paid", "已存入零钱": "paid",
    "朋友已收钱": "paid", "对方已收钱": "paid", "已转账": "paid", "支付完成": "paid", "还款成功": "paid",
    "提现已到账": "paid", "充值成功": "paid", "充值完成": "paid", "已到账": "paid", "收款成功": "paid",
    "等待确认收货": "paid", "refund": "refunded", "退款成功": "refunded", "已全额退款": "refunded",
    "已退款": "refunded", "对方已退还": "refunded", "revoked": "revoked", "已撤销": "revoked", "交易关闭": "closed",
    "支付失败": "closed", "已关闭": "closed", "还款失败": "closed", "等待付款": "closed", "失败": "closed",
}  # fmt: skip

VOUCHER_STATUSES: Final[dict[str, VoucherStatus]] = {
    "已核销": "redeemed", "已验证": "redeemed", "已消费": "redeemed", "已使用": "redeemed", "核销成功": "redeemed",
    "验证成功": "redeemed", "已验券": "redeemed", "履约完成": "redeemed", "redeemed": "redeemed", "used": "redeemed",
    "未核销": "unused", "未使用": "unused", "未消费": "unused", "待核销": "unused", "待使用": "unused",
    "可使用": "unused", "unused": "unused", "已退款": "refunded", "退款成功": "refunded", "已退": "refunded",
    "refunded": "refunded", "已过期": "expired", "过期": "expired", "expired": "expired", "已失效": "expired",
}  # fmt: skip

DIRECTIONS: Final[dict[str, Direction]] = {
    "收入": "in", "收": "in", "入": "in", "in": "in", "income": "in", "+": "in", "支出": "out", "支": "out",
    "出": "out", "out": "out", "expense": "out", "/": "neutral", "不计收支": "neutral", "中性交易": "neutral",
    "其他": "neutral", "": "neutral", "已收入": "in", "已支出": "out",
}  # fmt: skip

_PARTS: Final = re.compile(r"[,;/|]|\s+")


class OrderState(NamedTuple):
    """What a status cell says of the order and, where it does, of a refund."""

    status: OrderStatus | None
    refund: RefundStatus | None


_cache: dict[str, OrderState] = {}


def order_state(text: str) -> OrderState:
    """«已发货，退款成功» says two things; an unknown text says nothing."""
    state = _cache.get(text)
    if state is None:
        state = _order_state(folded(text))
        if len(_cache) < 2_000:
            _cache[text] = state
    return state


def _order_state(word: str) -> OrderState:
    whole = ORDER_STATUSES.get(word)
    if whole:
        return OrderState(whole, "done" if whole == "refunded" else None)
    status: OrderStatus | None = None
    refund: RefundStatus | None = None
    for part in _PARTS.split(word):
        said = ORDER_STATUSES.get(part)
        if said == "refunded":
            refund = "done"
        elif part in REFUND_STATUSES and part not in ORDER_STATUSES:
            refund = REFUND_STATUSES[part]
        elif said and status is None:
            status = said
    if status is None and refund == "done":
        status = "refunded"
    return OrderState(status, refund)


def refund_state(text: str) -> RefundStatus | None:
    """None where the words are not known."""
    word = folded(text)
    for part in (word, *_PARTS.split(word)):
        if part in REFUND_STATUSES:
            return REFUND_STATUSES[part]
    return None


def bill_state(text: str) -> BillStatus | None:
    """Also «已退款(￥3.00)» and «已转入零钱通»."""
    word = folded(text)
    if word in BILL_STATUSES:
        return BILL_STATUSES[word]
    if word.startswith(("已退款", "已全额退款", "退款")):
        return "refunded"
    return "paid" if word.startswith(("已转入", "已存入", "支付成功", "已收款")) else None


def folded(text: str) -> str:
    """Width and case of marks do not matter in a status."""
    return text.replace("，", ",").replace("（", "(").replace("）", ")").replace(", ", ",").strip(" 。!").lower()
