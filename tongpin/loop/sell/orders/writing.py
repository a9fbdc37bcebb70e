"""The verbs of which orders and plays build their acts. Each belongs inside the caller's transaction and records its facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.timezone import get_default_timezone

from tongpin.base.ids import token
from tongpin.core.books.actions import post
from tongpin.core.books.rules import Account, Transfer
from tongpin.core.facts.orders import OrderCancelled, OrderItemAdded, OrderPaid, OrderPlaced
from tongpin.core.ledger.actions import record, tell
from tongpin.core.money.actions import close_payment
from tongpin.core.money.queries import payment_seen, payments_about
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.team.keys import keyring
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.rules import order_number

SEALED_AS = "shop_order.recipient_sealed"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who the parcel goes to (收货人)."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line to be written: an offer at a price."""

    offer_id: int
    product_id: int
    title: str
    edition: int
    unit_fen: int
    quantity: int
    cost_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """By which play, from where an order came."""

    play: str = ""
    play_id: int = 0
    community: int = 0
    tracked_code: int = 0
    introducer: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An order as it was written."""

    id: int
    number: str
    person_id: int
    payable_fen: int
    due_at: datetime


_WRITE = """
with written as (
    insert into shop_order (number, key, person_id, shop, state, reason, play, play_id, community, tracked_code,
        introducer_person, goods_fen, postage_fen, payable_fen, provider, paid_fen, refunding_fen, refunded_fen, stock_held,
        cancel_told, recipient_sealed, carrier, parcel, placed_at, due_at)
    values (%(number)s, %(key)s, %(person)s, %(shop)s, 'placed', '', %(play)s, %(play_id)s, %(community)s,
        %(tracked_code)s, %(introducer)s, %(goods)s, %(postage)s, %(goods)s + %(postage)s, '', 0, 0, 0, false,
        false, %(recipient)s, '', '', %(at)s, %(due_at)s)
    returning id
), listed as (
    insert into order_line (order_id, line, offer_id, product_id, title, edition, unit_fen, quantity, amount_fen)
    select written.id, line, offer_id, product_id, title, edition, unit_fen, quantity, unit_fen * quantity
    from written, unnest(%(offers)s::bigint[], %(products)s::bigint[], %(titles)s::text[], %(editions)s::int[],
        %(units)s::bigint[], %(quantities)s::int[]) with ordinality
        as t(offer_id, product_id, title, edition, unit_fen, quantity, line)
)
select id from written
"""


def write_order(
    *,
    key: str,
    person_id: int,
    shop: int,
    lines: Sequence[Wanted],
    postage_fen: int,
    origin: Origin,
    recipient: Recipient | None,
    due_at: datetime,
    at: datetime,
    actor: str,
) -> Written:
    """A new order with its lines, not yet paid. Neither stock nor payment: these are the caller's."""
    number = order_number(at, token(size=8), zone=get_default_timezone())
    goods = sum(line.unit_fen * line.quantity for line in lines)
    values: dict[str, Any] = {
        "number": number,
        "key": key,
        "person": person_id,
        "shop": shop,
        "play": origin.play,
        "play_id": origin.play_id,
        "community": origin.community,
        "tracked_code": origin.tracked_code,
        "introducer": origin.introducer,
        "goods": goods,
        "postage": postage_fen,
        "recipient": sealed(recipient),
        "at": at,
        "due_at": due_at,
        "offers": [one.offer_id for one in lines],
        "products": [one.product_id for one in lines],
        "titles": [one.title for one in lines],
        "editions": [one.edition for one in lines],
        "units": [one.unit_fen for one in lines],
        "quantities": [one.quantity for one in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        order = Written(int(cursor.fetchone()[0]), number, person_id, goods + postage_fen, due_at)
    _tell_placed(order, lines, goods, shop=shop, origin=origin, at=at, actor=actor)
    return order


def _tell_placed(
    order: Written, lines: Sequence[Wanted], goods: int, *, shop: int, origin: Origin, at: datetime, actor: str
) -> None:
    placed = OrderPlaced(
        order=order.number, payable_fen=order.payable_fen, goods_fen=goods, postage_fen=order.payable_fen - goods,
        play=origin.play, play_id=origin.play_id, community=origin.community, tracked_code=origin.tracked_code,
    )  # fmt: skip
    tell(placed, at=at, person_id=order.person_id, place_id=shop, actor=actor)
    for number, one in enumerate(lines, start=1):
        added = OrderItemAdded(
            order=order.number, line=str(number), product=one.product_id, quantity=one.quantity,
            unit_fen=one.unit_fen, amount_fen=one.unit_fen * one.quantity,
            cost_fen=None if one.cost_fen is None else one.cost_fen * one.quantity, offer=one.offer_id,
        )  # fmt: skip
        tell(added, at=at, person_id=order.person_id, place_id=shop, actor=actor)


def sealed(recipient: Recipient | None) -> bytes | None:
    """A recipient as it is stored."""
    if recipient is None:
        return None
    return keyring().encrypt(json.dumps(asdict(recipient), ensure_ascii=False), context=SEALED_AS)


def note_payment(order_id: int, payment: PaymentSeen) -> None:
    """Ties an order to the payment it waits for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update shop_order set payment_id = %s, provider = %s where id = %s",
            [payment.id, payment.provider, order_id],
        )


def known_payment(order: Order) -> PaymentSeen:
    """The payment an order is tied to."""
    payment = payment_seen(order.payment_id) if order.payment_id is not None else None
    assert payment is not None, "an order is written together with its payment"
    return payment


def close_payments(order: Order, *, reason: str, at: datetime, actor: str) -> None:
    """Closes every way to pay an order that is still open; the subject's `closed` then ends the order."""
    known = known_payment(order)
    for one in payments_about(known.about_kind, known.about):
        if one.status == "pending":
            close_payment(payment_id=one.id, reason=reason, at=at, actor=actor)


@dataclass(frozen=True, slots=True)
class Due:
    """What taking the money for an order needs to know of it; read with the order's row locked."""

    id: int
    number: str
    person_id: int
    shop: int
    goods_fen: int
    postage_fen: int
    introducer: int | None


def due_of(order: Order) -> Due:
    """A row as `mark_paid` wants it."""
    return Due(
        order.pk, order.number, order.person_id, order.shop, order.goods_fen, order.postage_fen, order.introducer
    )


_PAID = """
update shop_order set state = 'paid', reason = '', payment_id = %s, provider = %s, paid_fen = %s, paid_at = %s,
    ready_at = %s, cancelled_at = null
where id = %s and state in ('placed', 'cancelled') and paid_at is null
"""


def mark_paid(*, order: Due, payment: PaymentSeen, ready: bool, at: datetime, actor: str) -> bool:
    """The money is in and the order is taken on; sales and postage are booked. False where it was taken on already."""
    with connection.cursor() as cursor:
        cursor.execute(_PAID, (payment.id, payment.provider, payment.amount_fen, at, at if ready else None, order.id))
        if not cursor.rowcount:
            return False
    cash = Account(f"cash:{payment.provider}")
    parts = ((order.goods_fen, "sales"), (order.postage_fen, "postage"))
    post(
        [Transfer(fen, Account(kind), cash) for fen, kind in parts if fen],
        about_kind="order",
        about=order.id,
        reason="paid",
        at=at,
        actor=actor,
        key=("order.paid", order.id),
    )
    told = OrderPaid(
        order=order.number, amount_fen=payment.amount_fen, introducer=order.introducer, via=payment.provider
    )
    tell(told, at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
    return True


def mark_cancelled(*, order_id: int, reason: str, at: datetime, actor: str) -> Order | None:
    """An order that was not paid ends. None where it had ended or was paid."""
    changed = Order.objects.filter(pk=order_id, state="placed").update(
        state="cancelled", reason=reason[:60], cancelled_at=at
    )
    if not changed:
        return None
    order = Order.objects.get(pk=order_id)
    tell_cancelled(order, reason, at, actor)
    return order


def release(*, play: str, play_id: int, at: datetime) -> int:
    """Orders of a play that came about may be sent now, and hold their goods themselves; returns how many."""
    return Order.objects.filter(play=play, play_id=play_id, state="paid", ready_at=None).update(
        ready_at=at, stock_held=True
    )


def tell_cancelled(order: Order, reason: str, at: datetime, actor: str) -> None:
    """Tells once that an order was closed without delivery."""
    if not Order.objects.filter(pk=order.pk, cancel_told=False).update(cancel_told=True):
        return
    told = OrderCancelled(order=order.number, reason=reason)
    record(told, at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
