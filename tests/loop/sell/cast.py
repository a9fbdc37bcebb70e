"""What tests of sell share: an offer on the shelf, people, money that comes and goes back, looks into the ledger."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.cashier.port import ChargeState, RefundState
from tongpin.core.goods.actions import name_product
from tongpin.core.money.models import Payment, Refund
from tongpin.core.money.refunding import take_refund_state
from tongpin.core.money.settling import Outcome, settle
from tongpin.core.people.models import Person
from tongpin.loop.sell.offers.actions import open_offer, own_shop
from tongpin.loop.sell.offers.rules import Terms

TOWEL = Terms(price_fen=6900, group_price_fen=5500, group_seats=3, group_hours=24, limit=30)


def on_shelf(noon: datetime, terms: Terms = TOWEL, *, key: str = "towel") -> int:
    """An offer of a gauze towel."""
    shop = own_shop(at=noon, actor="staff:1")
    product = name_product(place_id=shop, name="纱布浴巾", key=key, actor="staff:1", at=noon)
    return open_offer(key=key, product_id=product, title="纱布浴巾 六层", terms=terms, at=noon, actor="staff:1")


def people(count: int, noon: datetime) -> list[int]:
    """So many who are known."""
    return [Person.objects.create(via="test", created_at=noon, identified=True).pk for _ in range(count)]


def pay(payment_id: int, at: datetime, *, fen: int | None = None, paid_at: datetime | None = None) -> Outcome:
    """The provider says that the money is in."""
    amount = fen if fen is not None else Payment.objects.get(pk=payment_id).amount_fen
    state = ChargeState(status="paid", provider_number="P1", paid_at=paid_at or at, amount_fen=amount, fee_fen=0)
    return settle(payment_id=payment_id, state=state, at=at)


def refunds_arrive(at: datetime) -> int:
    """Every refund that was asked for arrives; how many did."""
    waiting = list(Refund.objects.filter(status="waiting").order_by("pk"))
    for one in waiting:
        take_refund_state(refund_id=one.pk, state=RefundState(status="done", amount_fen=one.amount_fen), at=at)
    return len(waiting)


def told(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Facts of these kinds, in the order of writing: kind and body."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, body from entry where kind = any(%s) order by seq", [list(kinds)])
        return [(kind, json.loads(body) if isinstance(body, str) else body) for kind, body in cursor.fetchall()]


def kinds_told(*prefixes: str) -> list[str]:
    """The kinds of facts that begin so, in the order of writing."""
    with connection.cursor() as cursor:
        cursor.execute("select kind from entry order by seq")
        return [kind for (kind,) in cursor.fetchall() if kind.startswith(prefixes)]
