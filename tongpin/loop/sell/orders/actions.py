"""Placing a plain order, and what becomes of any order after it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.orders import OrderReceived, OrderShipped
from tongpin.core.ledger.actions import record, together
from tongpin.core.money.actions import ask_payment
from tongpin.core.money.queries import payments_about, refund_seen
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.core.money.subjects import subject_of
from tongpin.core.people.roots import members_of, present
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.rules import Standing, why_not_on_sale
from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.models import Order, OrderRefund
from tongpin.loop.sell.orders.returning import ask_part_back, give_back_all
from tongpin.loop.sell.orders.rules import (
    PAY_WITHIN,
    OrderStanding,
    above_limit,
    why_not_refunded,
    why_not_shipped,
    wrong_with_lines,
)
from tongpin.loop.sell.orders.stocking import bought, give_back_stock, take_stock
from tongpin.loop.sell.orders.writing import (
    Origin,
    Recipient,
    Wanted,
    close_payments,
    known_payment,
    note_payment,
    sealed,
    write_order,
)

__all__ = ["Placed", "Recipient", "SoldOut"]
ORDER = "order"


class OrderUnknown(LookupError):
    """There is no such order; look the number up again."""


class NotForSale(Exception):
    """Something of it cannot be bought now; `reason` says why (withdrawn, not_begun, over, person_limit, …)."""

    def __init__(self, reason: str, offer_id: int = 0) -> None:
        super().__init__(f"this cannot be bought now: {reason}")
        self.reason, self.offer_id = reason, offer_id


class NotNow(Exception):
    """The order's state does not allow it; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the order does not allow this now: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Placed:
    """An order and the payment it waits for."""

    order_id: int
    number: str
    payment: PaymentSeen


@transaction.atomic
def place_order(
    *,
    key: str,
    person_id: int,
    lines: Sequence[tuple[int, int]],
    provider: str,
    recipient: Recipient | None = None,
    community: int = 0,
    tracked_code: int = 0,
    introducer: int | None = None,
    at: datetime,
    actor: str,
) -> Placed:
    """Orders (offer, quantity) pairs at the prices of now, sets the goods aside and asks for the money.

    The postage is the highest of the offers'. The same key of the same person: the same order. Raises NotForSale,
    SoldOut, PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    members = members_of(root=person.pk)
    known = Order.objects.filter(person_id__in=members, key=key, play="").first()
    if known is not None and known.payment_id is not None:
        return Placed(known.pk, known.number, known_payment(known))
    if reason := wrong_with_lines(tuple(lines)):
        raise NotForSale(reason)
    offers = {one.pk: one for one in Offer.objects.filter(pk__in=[offer for offer, _ in lines])}
    for offer_id, quantity in lines:
        _check(offers.get(offer_id), offer_id, quantity, members, at)
    with together():
        order = write_order(
            key=key,
            person_id=person_id,
            shop=offers[lines[0][0]].shop,
            lines=[_wanted(offers[offer_id], quantity) for offer_id, quantity in lines],
            postage_fen=max(offer.postage_fen for offer in offers.values()),
            origin=Origin(community=community, tracked_code=tracked_code, introducer=introducer),
            recipient=recipient,
            due_at=at + PAY_WITHIN,
            at=at,
            actor=actor,
        )
        payment = ask_payment(
            about_kind=ORDER,
            about=order.id,
            person_id=person_id,
            amount_fen=order.payable_fen,
            provider=provider,
            title=offers[lines[0][0]].title,
            due=order.due_at,
            at=at,
            actor=actor,
        )
    note_payment(order.id, payment)
    # Last: many want the same few rows, and wait until this transaction ends.
    take_stock(order_id=order.id, reason="ordered", at=at, actor=actor)
    return Placed(order.id, order.number, payment)


def _check(offer: Offer | None, offer_id: int, quantity: int, members: list[int], at: datetime) -> None:
    if offer is None:
        raise NotForSale("unknown", offer_id)
    standing = Standing(offer.starts, offer.ends, offer.closed_at is not None, offer.stock_left)
    if reason := why_not_on_sale(standing, at):
        if reason == "sold_out":
            raise SoldOut("nothing is left")
        raise NotForSale(reason, offer_id)
    had = bought(offer_id=offer_id, person_ids=members, at=at) if offer.per_person else 0
    if above_limit(per_person=offer.per_person, bought=had, wanted=quantity):
        raise NotForSale("person_limit", offer_id)


def _wanted(offer: Offer, quantity: int) -> Wanted:
    return Wanted(offer.pk, offer.product_id, offer.title, offer.edition, offer.price_fen, quantity, offer.cost_fen)


@transaction.atomic
def address_order(*, order_id: int, recipient: Recipient) -> None:
    """Says, or says anew, who gets the parcel, until it is sent. Raises OrderUnknown, NotNow."""
    order = locked(order_id)
    if order.state not in ("placed", "paid"):
        raise NotNow(order.state)
    Order.objects.filter(pk=order_id).update(recipient_sealed=sealed(recipient))


@transaction.atomic
def pay_otherwise(*, order_id: int, provider: str, at: datetime, actor: str) -> PaymentSeen:
    """Another way to pay an order, of whatever play, in the time that is left; the one asked for already is returned.

    Raises OrderUnknown, NotNow.
    """
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderUnknown(f"there is no order {order_id}")
    known = known_payment(order)
    # The rows are taken as money takes them, whatever play the order is of: so nobody stands across.
    if (locks := subject_of(known.about_kind).locks) is not None:
        locks(known.about)
    order.refresh_from_db()
    if order.state != "placed" or order.due_at <= at:
        raise NotNow("lapsed" if order.state == "placed" else order.state)
    known = known_payment(order)
    if known.provider == provider and known.status == "pending":
        return known
    last = payments_about(known.about_kind, known.about)[-1]
    payment = ask_payment(
        about_kind=known.about_kind,
        about=known.about,
        person_id=order.person_id,
        amount_fen=order.payable_fen,
        provider=provider,
        title=known.title,
        due=order.due_at,
        at=at,
        actor=actor,
        attempt=last.attempt + 1,
    )
    note_payment(order.pk, payment)
    return payment


@transaction.atomic
def cancel(*, order_id: int, reason: str = "by_buyer", at: datetime, actor: str) -> bool:
    """Ends an order before it is sent: an unpaid one is closed, a paid one's money goes back. False where it had ended.

    An order that its play holds is left by the play. Raises OrderUnknown, NotNow.
    """
    order = locked(order_id)
    if order.play and order.ready_at is None and order.state in ("placed", "paid"):
        raise NotNow("held_by_its_play")
    if order.state == "placed":
        close_payments(order, reason=reason, at=at, actor=actor)
        return True
    if order.state in ("shipped", "received"):
        raise NotNow(order.state)
    if not give_back_all(order_id=order_id, reason=reason, at=at, actor=actor):
        return False
    give_back_stock(order_id=order_id, reason="cancelled", at=at, actor=actor)
    return True


@transaction.atomic
def ship(*, order_id: int, carrier: str = "", parcel: str = "", at: datetime, actor: str) -> bool:
    """The goods left the house. False where they had. Raises OrderUnknown, NotNow."""
    order = locked(order_id)
    if order.state in ("shipped", "received"):
        return False
    if reason := why_not_shipped(_standing(order)):
        raise NotNow(reason)
    Order.objects.filter(pk=order_id).update(
        state="shipped", shipped_at=at, carrier=carrier.strip()[:40], parcel=parcel.strip()[:60]
    )
    record(OrderShipped(order=order.number), at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
    return True


@transaction.atomic
def receive(*, order_id: int, at: datetime, actor: str) -> bool:
    """The buyer has the goods. False where that was said before. Raises OrderUnknown, NotNow."""
    order = locked(order_id)
    if order.state == "received":
        return False
    if order.state != "shipped":
        raise NotNow(order.state)
    Order.objects.filter(pk=order_id).update(state="received", received_at=at)
    record(OrderReceived(order=order.number), at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
    return True


@transaction.atomic
def refund(*, order_id: int, amount_fen: int, reason: str, key: str, at: datetime, actor: str) -> RefundSeen:
    """Gives back a part or all of what was paid; the goods stay where they are. The same key: the same refund.

    Raises OrderUnknown, NotNow.
    """
    order = locked(order_id)
    known = OrderRefund.objects.filter(order=order_id, key=key).values_list("refund_id", flat=True).first()
    if known is not None:
        found = refund_seen(known)
        assert found is not None
        return found
    if order.payment_id is not None:
        # What was asked back may have been given up by hand: the till knows what is still to be had.
        order.refunding_fen = known_payment(order).refunding_fen
    if wrong := why_not_refunded(_standing(order), amount_fen):
        raise NotNow(wrong)
    return ask_part_back(order=order, amount_fen=amount_fen, reason=reason, key=key, at=at, actor=actor)


def lapse_due(*, at: datetime, limit: int = 500) -> int:
    """Closes orders that were not paid in time, for the clock; returns how many were looked at."""
    due = list(Order.objects.filter(state="placed", play="", due_at__lte=at).order_by("due_at")[:limit])
    for order in due:
        with transaction.atomic():
            close_payments(order, reason="unpaid", at=at, actor="system")
    return len(due)


def locked(order_id: int) -> Order:
    """The order's row, locked until the transaction ends. Raises OrderUnknown."""
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderUnknown(f"there is no order {order_id}")
    return order


def _standing(order: Order) -> OrderStanding:
    return OrderStanding(order.state, order.ready_at is not None, order.paid_fen, order.refunding_fen)  # type: ignore[arg-type]
