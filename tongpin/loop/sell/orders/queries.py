"""What pages show of orders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from django.db import connection
from django.db.models import Q, Sum

from tongpin.base.counted import Counted, counted
from tongpin.core.money.queries import payment_seen, payments_about, refunds_of
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.team.keys import keyring
from tongpin.loop.sell.orders.models import Order, OrderLine, OrderReturn
from tongpin.loop.sell.orders.rules import ReturnState, State, number_as_typed
from tongpin.loop.sell.orders.writing import SEALED_AS, Recipient


@dataclass(frozen=True, slots=True)
class LineSeen:
    """One line of an order, as it was bought."""

    offer_id: int
    product_id: int
    title: str
    unit_fen: int
    quantity: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order without its recipient. `ready`: it may be sent. `refunding_fen` was asked back, `refunded_fen` arrived."""

    order_id: int
    number: str
    person_id: int
    shop: int
    state: State
    reason: str
    play: str
    play_id: int
    community: int
    goods_fen: int
    postage_fen: int
    payable_fen: int
    payment_id: int | None
    provider: str
    paid_fen: int
    refunding_fen: int
    refunded_fen: int
    ready: bool
    carrier: str
    parcel: str
    placed_at: datetime
    due_at: datetime
    paid_at: datetime | None
    ready_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    cancelled_at: datetime | None
    refunded_at: datetime | None
    has_recipient: bool
    lines: tuple[LineSeen, ...]


@dataclass(frozen=True, slots=True)
class Travelled:
    """How far the goods of an order have come."""

    order_id: int
    shipped_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundTrace:
    """Where a refund of an order stands: waiting, processing, done, failed (a human decides), dropped."""

    number: str
    amount_fen: int
    reason: str
    status: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """A wish for money back after the goods were sent; `answer` says why it was refused."""

    nth: int
    reason: str
    words: str
    state: ReturnState
    answer: str
    asked_at: datetime
    settled_at: datetime | None


def order_seen(*, order_id: int) -> OrderSeen | None:
    """One order; None where there is none."""
    return next(iter(_seen(Order.objects.filter(pk=order_id))), None)


def orders_seen(*, order_ids: Iterable[int]) -> tuple[OrderSeen, ...]:
    """These orders, in the order they are asked for; what there is none of is left out. Two queries."""
    wanted = list(order_ids)
    found = {one.order_id: one for one in _seen(Order.objects.filter(pk__in=wanted))}
    return tuple(found[one] for one in wanted if one in found)


def order_by_number(*, number: str) -> OrderSeen | None:
    """The order of that number, as people type it; None where there is none."""
    return next(iter(_seen(Order.objects.filter(number=number_as_typed(number)))), None)


def travelled(*, numbers: Iterable[str]) -> dict[str, Travelled]:
    """How far the goods of these orders have come, by number; numbers that are none of ours are missing. One query."""
    rows = Order.objects.filter(number__in=list(numbers)).values_list("number", "pk", "shipped_at", "received_at")
    return {number: Travelled(pk, shipped, received) for number, pk, shipped, received in rows}


def payments_of_order(order: OrderSeen) -> list[PaymentSeen]:
    """Every attempt to pay an order, of whatever play, the newest first. Two queries."""
    known = payment_seen(order.payment_id) if order.payment_id is not None else None
    return list(reversed(payments_about(known.about_kind, known.about))) if known else []


def orders_of(*, person_ids: Sequence[int], below: int | None = None, limit: int = 20) -> tuple[OrderSeen, ...]:
    """What the records of one person ordered here, newest first; `below` is the last number of the page before."""
    rows = Order.objects.filter(person_id__in=person_ids).order_by("-pk")
    return tuple(_seen((rows.filter(pk__lt=below) if below else rows)[:limit]))


def orders_in(
    *,
    states: Sequence[State] = (),
    ready: bool | None = None,
    asked_back: bool = False,
    below: int | None = None,
    limit: int = 50,
) -> tuple[OrderSeen, ...]:
    """Orders for the console, newest first; `ready` tells those that may be sent from those a play holds back.

    `asked_back`: those whose buyer wants money back and has no answer yet.
    """
    rows = Order.objects.order_by("-pk")
    if states:
        rows = rows.filter(state__in=states)
    if asked_back:
        rows = rows.filter(pk__in=OrderReturn.objects.filter(state="asked").values("order"))
    if ready is not None:
        rows = rows.filter(ready_at__isnull=not ready)
    return tuple(_seen((rows.filter(pk__lt=below) if below else rows)[:limit]))


MOST_COUNTED = 1000
_BY_STATE = """
select s.state, (select count(*) from (select from shop_order where state = s.state limit %(most)s) x)
from unnest(%(states)s::text[]) as s(state)
union all select 'to_ship', count(*) from (
    select from shop_order where state = 'paid' and ready_at is not null limit %(most)s) x
union all select 'held', count(*) from (
    select from shop_order where state = 'paid' and ready_at is null limit %(most)s) x
union all select 'asked_back', count(*) from (
    select from order_return where state = 'asked' limit %(most)s) x
"""


def orders_by_state() -> dict[str, Counted]:
    """How many orders there are in each state, counted up to MOST_COUNTED; of the paid ones `to_ship` may be sent and
    `held` are held back by a play; of those sent `asked_back` wait for an answer. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATE, {"states": list(get_args(State)), "most": MOST_COUNTED + 1})
        return {state: counted(n, most=MOST_COUNTED) for state, n in cursor.fetchall()}


def sold_of(*, offer_ids: Iterable[int]) -> dict[int, int]:
    """How many of each offer were paid for and not given back."""
    wanted = list(offer_ids)
    rows = OrderLine.objects.filter(Q(offer__in=wanted), order__state__in=("paid", "shipped", "received"))
    found = dict(rows.values_list("offer_id").annotate(n=Sum("quantity")))
    return {offer: found.get(offer, 0) for offer in wanted}


def refunds_of_order(*, order_id: int) -> tuple[RefundTrace, ...]:
    """Every refund of an order, oldest first."""
    payment = Order.objects.filter(pk=order_id).values_list("payment_id", flat=True).first()
    return tuple(
        RefundTrace(one.number, one.amount_fen, one.reason, one.status, one.asked_at, one.settled_at)
        for one in (refunds_of(payment) if payment is not None else ())
    )


def returns_of(*, order_id: int) -> tuple[ReturnSeen, ...]:
    """Every wish for money back of an order that was sent, oldest first."""
    rows = OrderReturn.objects.filter(order=order_id).order_by("nth")
    return tuple(
        ReturnSeen(one.nth, one.reason, one.words, one.state, one.answer, one.asked_at, one.settled_at)  # type: ignore[arg-type]
        for one in rows
    )


def recipient_of(*, order_id: int) -> Recipient | None:
    """Who the parcel goes to, in plain words: for the buyer and whoever packs. None where nobody was named."""
    row = Order.objects.filter(pk=order_id).values_list("recipient_sealed", flat=True).first()
    return Recipient(**json.loads(keyring().decrypt(row, context=SEALED_AS))) if row else None


def _seen(rows: Iterable[Order]) -> list[OrderSeen]:
    orders = list(rows)
    lines: dict[int, list[LineSeen]] = {one.pk: [] for one in orders}
    for line in OrderLine.objects.filter(order__in=lines).order_by("order_id", "line"):
        lines[line.order_id].append(
            LineSeen(line.offer_id, line.product_id, line.title, line.unit_fen, line.quantity, line.amount_fen)
        )
    return [
        OrderSeen(
            order_id=one.pk,
            number=one.number,
            person_id=one.person_id,
            shop=one.shop,
            state=one.state,  # type: ignore[arg-type]
            reason=one.reason,
            play=one.play,
            play_id=one.play_id,
            community=one.community,
            goods_fen=one.goods_fen,
            postage_fen=one.postage_fen,
            payable_fen=one.payable_fen,
            payment_id=one.payment_id,
            provider=one.provider,
            paid_fen=one.paid_fen,
            refunding_fen=one.refunding_fen,
            refunded_fen=one.refunded_fen,
            ready=one.ready_at is not None,
            carrier=one.carrier,
            parcel=one.parcel,
            placed_at=one.placed_at,
            due_at=one.due_at,
            paid_at=one.paid_at,
            ready_at=one.ready_at,
            shipped_at=one.shipped_at,
            received_at=one.received_at,
            cancelled_at=one.cancelled_at,
            refunded_at=one.refunded_at,
            has_recipient=one.recipient_sealed is not None,
            lines=tuple(lines[one.pk]),
        )
        for one in orders
    ]
