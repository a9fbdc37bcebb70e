"""The verbs of which orders and plays build their acts. Each belongs inside the caller's transaction and records its facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tongpin.base.ids import token
from tongpin.core.books.actions import post
from tongpin.core.books.rules import Account, Transfer
from tongpin.core.facts.orders import OrderCancelled, OrderItemAdded, OrderPaid, OrderPlaced
from tongpin.core.ledger.actions import record
from tongpin.core.money.actions import close_payment
from tongpin.core.money.queries import payment_seen, payments_about
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.team.keys import keyring
from tongpin.loop.sell.orders.models import Order, OrderLine
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
) -> Order:
    """A new order with its lines, not yet paid. Neither stock nor payment: these are the caller's."""
    goods = sum(line.unit_fen * line.quantity for line in lines)
    order = Order.objects.create(
        number=order_number(at, token(size=8)),
        key=key,
        person_id=person_id,
        shop=shop,
        play=origin.play,
        play_id=origin.play_id,
        community=origin.community,
        tracked_code=origin.tracked_code,
        introducer=origin.introducer,
        goods_fen=goods,
        postage_fen=postage_fen,
        payable_fen=goods + postage_fen,
        recipient_sealed=sealed(recipient),
        placed_at=at,
        due_at=due_at,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            line=number,
            offer_id=one.offer_id,
            product_id=one.product_id,
            title=one.title,
            edition=one.edition,
            unit_fen=one.unit_fen,
            quantity=one.quantity,
            amount_fen=one.unit_fen * one.quantity,
        )
        for number, one in enumerate(lines, start=1)
    )
    placed = OrderPlaced(
        order=order.number, payable_fen=order.payable_fen, goods_fen=goods, postage_fen=postage_fen,
        play=origin.play, play_id=origin.play_id, community=origin.community, tracked_code=origin.tracked_code,
    )  # fmt: skip
    record(placed, at=at, person_id=person_id, place_id=shop, actor=actor)
    for number, one in enumerate(lines, start=1):
        added = OrderItemAdded(
            order=order.number, line=str(number), product=one.product_id, quantity=one.quantity,
            unit_fen=one.unit_fen, amount_fen=one.unit_fen * one.quantity,
            cost_fen=None if one.cost_fen is None else one.cost_fen * one.quantity, offer=one.offer_id,
        )  # fmt: skip
        record(added, at=at, person_id=person_id, place_id=shop, actor=actor)
    return order


def sealed(recipient: Recipient | None) -> bytes | None:
    """A recipient as it is stored."""
    if recipient is None:
        return None
    return keyring().encrypt(json.dumps(asdict(recipient), ensure_ascii=False), context=SEALED_AS)


def note_payment(order: Order, payment: PaymentSeen) -> None:
    """Ties an order to the payment it waits for."""
    Order.objects.filter(pk=order.pk).update(payment_id=payment.id, provider=payment.provider)
    order.payment_id, order.provider = payment.id, payment.provider


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


def mark_paid(*, order: Order, payment: PaymentSeen, ready: bool, at: datetime, actor: str) -> bool:
    """The money is in and the order is taken on; sales and postage are booked. False where it was taken on already.

    The caller read `order` with its row locked: it is not read again.
    """
    changed = Order.objects.filter(pk=order.pk, state__in=("placed", "cancelled"), paid_at=None).update(
        state="paid",
        reason="",
        payment_id=payment.id,
        provider=payment.provider,
        paid_fen=payment.amount_fen,
        paid_at=at,
        ready_at=at if ready else None,
        cancelled_at=None,
    )
    if not changed:
        return False
    cash = Account(f"cash:{payment.provider}")
    parts = ((order.goods_fen, "sales"), (order.postage_fen, "postage"))
    post(
        [Transfer(fen, Account(kind), cash) for fen, kind in parts if fen],
        about_kind="order",
        about=order.pk,
        reason="paid",
        at=at,
        actor=actor,
        key=("order.paid", order.pk),
    )
    told = OrderPaid(
        order=order.number, amount_fen=payment.amount_fen, introducer=order.introducer, via=payment.provider
    )
    record(told, at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
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
