"""Goods set aside for orders, put back, and what one person has of an offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tongpin.loop.sell.offers.stock import move_stock
from tongpin.loop.sell.orders.models import Order, OrderLine


def take_stock(*, order_id: int, reason: str, at: datetime, actor: str) -> None:
    """Sets the goods of an order aside, once. Raises SoldOut."""
    if Order.objects.filter(pk=order_id, stock_held=False).update(stock_held=True):
        _move(order_id, -1, reason, at, actor)


def give_back_stock(*, order_id: int, reason: str, at: datetime, actor: str) -> None:
    """Puts the goods of an order back, once. Of a play's order the play holds them: nothing happens."""
    if Order.objects.filter(pk=order_id, stock_held=True).update(stock_held=False):
        _move(order_id, 1, reason, at, actor)


def _move(order_id: int, sign: int, reason: str, at: datetime, actor: str) -> None:
    # In the order of offers' numbers: many want the same few rows.
    lines = OrderLine.objects.filter(order=order_id).order_by("offer_id").values_list("offer_id", "quantity")
    for offer, quantity in lines:
        move_stock(
            offer_id=offer,
            change=sign * quantity,
            reason=reason,
            about_kind="order",
            about=order_id,
            at=at,
            actor=actor,
        )


def bought(*, offer_id: int, person_ids: Sequence[int], at: datetime) -> int:
    """How many of an offer these records of one person have ordered and not given back; unpaid ones while they may be paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(l.quantity), 0) from shop_order o join order_line l on l.order_id = o.id"
            " where o.person_id = any(%s) and l.offer_id = %s"
            " and (o.state in ('paid', 'shipped', 'received') or o.state = 'placed' and o.due_at > %s)",
            [list(person_ids), offer_id, at],
        )
        return int(cursor.fetchone()[0])
