"""A till for tests: moments, charges and refunds that differ only in what a test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cashier.stores import MemoryStore
from tongpin.cashier.port import Charge, RefundOrder
from tongpin.cashier.sandbox.gateway import Sandbox, open_sandbox

NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
"""Midday in Beijing."""
SECRET = "a-secret-of-a-test-gateway"
SETTINGS = {"secret": SECRET, "till_url": "https://shop.example/till/{number}"}


def later(**gap: float) -> datetime:
    return NOON + timedelta(**gap)


def charge(number: str = "order-1", amount_fen: int = 8800, **others: Any) -> Charge:
    told = {"title": "明前龙井 250 克", "notice_url": "https://shop.example/hooks/pay/sandbox", **others}
    return Charge(number=number, amount_fen=amount_fen, **told)


def back(number: str = "back-1", amount_fen: int = 8800, **others: Any) -> RefundOrder:
    return RefundOrder(
        **{"number": number, "charge_number": "order-1", "amount_fen": amount_fen, "total_fen": 8800, **others}
    )


def sandbox(store: MemoryStore | None = None, **settings: str) -> Sandbox:
    return open_sandbox(config={**SETTINGS, **settings}, store=store or MemoryStore())


def paid(store: MemoryStore | None = None, **settings: str) -> Sandbox:
    """With order-1 over 88 yuan, paid at noon."""
    gateway = sandbox(store, **settings)
    gateway.begin(charge=charge(), now=NOON)
    gateway.decide(number="order-1", outcome="paid", now=NOON)
    return gateway
