"""The platforms' words for states."""

from __future__ import annotations

import pytest

from tongpin.channels.sheet.statuses import bill_state, order_state, refund_state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("等待买家付款", ("placed", None)),
        ("买家已付款，等待卖家发货", ("paid", None)),
        ("卖家已发货，等待买家确认", ("shipped", None)),
        ("交易成功", ("done", None)),
        ("交易关闭", ("cancelled", None)),
        ("已取消", ("cancelled", None)),
        ("待发货", ("paid", None)),
        ("已发货，待收货", ("shipped", None)),
        ("已收货", ("done", None)),
        ("退款成功", ("refunded", "done")),
        ("已发货，退款成功", ("shipped", "done")),
        ("未发货，退款成功", ("paid", "done")),
        ("已取消，退款成功", ("cancelled", "done")),
        ("partially_refunded", (None, "partial")),
        ("PAID", ("paid", None)),
        ("等待出库", ("paid", None)),
        ("量子态", (None, None)),
    ],
)
def test_states_of_orders(text, state):
    assert order_state(text) == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("无售后或售后取消", "none"),
        ("退款成功", "done"),
        ("部分退款", "partial"),
        ("售后处理中", "asked"),
        ("退款关闭", "refused"),
        ("-", None),
        ("说不清", None),
    ],
)
def test_states_of_refunds(text, state):
    assert refund_state(text) == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("SUCCESS", "paid"),
        ("REFUND", "refunded"),
        ("REVOKED", "revoked"),
        ("支付成功", "paid"),
        ("已退款(￥3.00)", "refunded"),
        ("已存入零钱", "paid"),
        ("交易关闭", "closed"),
        ("未知", None),
    ],
)
def test_states_of_bills(text, state):
    assert bill_state(text) == state
