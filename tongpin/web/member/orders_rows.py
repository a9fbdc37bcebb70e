"""My orders and group buys as rows: on the page of orders, and what of them is on now for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongpin.core.people.roots import members_of
from tongpin.loop.sell.orders.queries import OrderSeen, orders_of
from tongpin.loop.sell.plays.group_buy.queries import SeatSeen, seats_of
from tongpin.loop.sell.plays.group_buy.rules import PLAY
from tongpin.web.member import shop_words
from tongpin.web.member.shop_words import Told
from tongpin.web.member.till_paying import home_of

ON_NOW = ("placed", "paid", "shipped", "refunding")
SHOWN_ON_HOME = 3


@dataclass(frozen=True, slots=True)
class Row:
    """An order in a list. `href` is where its buyer looks: the group while that is running, else the order."""

    order: OrderSeen
    told: Told
    title: str
    more: int
    href: str
    at: datetime
    is_group: bool


def rows_of(*, person: int, now: datetime, below: int | None = None, limit: int = 20) -> list[Row]:
    """A person's orders, newest first."""
    mine = members_of(root=person)
    orders = orders_of(person_ids=mine, below=below, limit=limit)
    seats: Sequence[SeatSeen] = ()
    if any(one.play == PLAY for one in orders):
        seats = seats_of(person_ids=mine, now=now, limit=200)
    by_order = {one.order_id: one for one in seats}
    return [_row(one, by_order.get(one.order_id)) for one in orders]


def on_now(*, person: int, now: datetime) -> list[Row]:
    """Those something still happens with."""
    rows = rows_of(person=person, now=now)
    open_rows = [one for one in rows if one.order.state in ON_NOW and not _lapsed(one.order, now)]
    return open_rows[:SHOWN_ON_HOME]


def _lapsed(order: OrderSeen, now: datetime) -> bool:
    return order.state == "placed" and order.due_at <= now


def _row(order: OrderSeen, seat: SeatSeen | None) -> Row:
    title = order.lines[0].title if order.lines else order.number
    waits = order.play == PLAY and order.state in ("placed", "paid") and not order.ready
    href = home_of(order) if waits else f"/me/orders/{order.number}/"
    return Row(
        order=order,
        told=shop_words.order_told(order, seat),
        title=title,
        more=len(order.lines) - 1,
        href=href,
        at=order.placed_at,
        is_group=order.play == PLAY,
    )
