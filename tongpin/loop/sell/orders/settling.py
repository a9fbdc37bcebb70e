"""What a payment for a plain order does when it settles, closes or goes back: registered with money by the wiring."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.core.money.subjects import Subject, register_subject
from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.models import Order, OrderLine
from tongpin.loop.sell.orders.returning import give_back_late, refund_arrived
from tongpin.loop.sell.orders.rules import LAPSED
from tongpin.loop.sell.orders.stocking import give_back_stock, take_stock
from tongpin.loop.sell.orders.writing import due_of, mark_cancelled, mark_paid

ORDER = "order"


def register() -> None:
    """Makes plain orders payable; called by the wiring at start."""
    register_subject(ORDER, Subject(title=title, settled=settled, refunded=refunded, closed=closed, locks=locks))


def title(about: int) -> str:
    """What the order is called on a bill: its first line."""
    return OrderLine.objects.filter(order=about).order_by("line").values_list("title", flat=True).first() or ORDER


def locks(about: int) -> None:
    """The order's row, before its payment's."""
    Order.objects.select_for_update().filter(pk=about).values_list("pk", flat=True).first()


def settled(payment: PaymentSeen, *, late: bool, at: datetime) -> None:
    """The order is paid. One that had lapsed is taken on all the same while there are goods; else the money goes back."""
    order = Order.objects.get(pk=payment.about)
    if order.state not in ("placed", "cancelled") or (order.state == "cancelled" and order.reason not in LAPSED):
        _refuse(payment, at)
        return
    if not order.stock_held:
        try:
            with transaction.atomic():
                take_stock(order_id=order.pk, reason="paid_late", at=at, actor="system")
        except SoldOut:
            _refuse(payment, at)
            return
    mark_paid(order=due_of(order), payment=payment, ready=True, at=at, actor="system")


def _refuse(payment: PaymentSeen, at: datetime) -> None:
    give_back_late(order_id=payment.about, payment=payment, reason="came_too_late", at=at, actor="system")


def closed(payment: PaymentSeen, *, reason: str, at: datetime) -> None:
    """The order was not paid: it ends, and its goods are free again."""
    if mark_cancelled(order_id=payment.about, reason=reason, at=at, actor="system") is not None:
        give_back_stock(order_id=payment.about, reason=reason, at=at, actor="system")


def refunded(payment: PaymentSeen, refund: RefundSeen, *, at: datetime) -> None:
    """The buyer has the money back."""
    refund_arrived(order_id=payment.about, payment=payment, refund=refund, at=at)
