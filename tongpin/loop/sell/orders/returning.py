"""Money that goes back (退款): asked of the till inside the caller's transaction, booked when the buyer has it.

Money given back by hand answers what the buyer asked for, where they did.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from tongpin.core.books.actions import post
from tongpin.core.books.rules import Account, Transfer
from tongpin.core.facts.orders import OrderRefunded, ReturnSettled
from tongpin.core.ledger.actions import record
from tongpin.core.money.actions import ask_refund
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.loop.sell.orders.models import Order, OrderRefund, OrderReturn
from tongpin.loop.sell.orders.rules import return_number, state_after_refund
from tongpin.loop.sell.orders.writing import tell_cancelled


def give_back_all(*, order_id: int, reason: str, at: datetime, actor: str) -> bool:
    """Ends a paid order that was not sent: everything is asked back. False where it was done already."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state != "paid" or order.payment_id is None:
        return False
    left = order.paid_fen - order.refunding_fen
    Order.objects.filter(pk=order_id).update(
        state="refunding", reason=reason[:60], refunding_fen=order.paid_fen, cancelled_at=at
    )
    ask_refund(
        payment_id=order.payment_id,
        amount_fen=left,
        reason=reason,
        key=("order", order_id, "rest", order.refunding_fen),
        at=at,
        actor=actor,
    )
    tell_cancelled(order, reason, at, actor)
    return True


def give_back_late(*, order_id: int, payment: PaymentSeen, reason: str, at: datetime, actor: str) -> None:
    """Money came for an order that cannot be had any more: booked as owed to the buyer and asked back at once.

    Of an order that was paid before (paid twice), only this payment goes back and the order stays as it is.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    cash, owed = Account(f"cash:{payment.provider}"), Account("receivable", "order", order_id)
    post(
        [Transfer(payment.amount_fen, owed, cash)], about_kind="order", about=order_id, reason="came_late", at=at,
        actor=actor, key=("order.came_late", payment.id),
    )  # fmt: skip
    if order.state in ("placed", "cancelled"):
        Order.objects.filter(pk=order_id).update(
            state="refunding",
            reason=reason[:60],
            payment_id=payment.id,
            provider=payment.provider,
            paid_fen=payment.amount_fen,
            refunding_fen=payment.amount_fen,
            cancelled_at=order.cancelled_at or at,
        )
        if order.state == "placed":
            tell_cancelled(order, reason, at, actor)
    ask_refund(
        payment_id=payment.id,
        amount_fen=payment.amount_fen,
        reason=reason,
        key=("order.late", payment.id),
        at=at,
        actor=actor,
    )


def refund_arrived(*, order_id: int, payment: PaymentSeen, refund: RefundSeen, at: datetime) -> None:
    """The buyer has money back; called once per refund."""
    order = Order.objects.select_for_update().get(pk=order_id)
    own = order.payment_id == payment.id
    counted = own and order.paid_at is not None
    back = Account("refunds") if counted else Account("receivable", "order", order_id)
    cash = Account(f"cash:{payment.provider}")
    post(
        [Transfer(refund.amount_fen, cash, back)], about_kind="order", about=order_id, reason="refunded", at=at,
        actor="system", key=("order.refunded", refund.id),
    )  # fmt: skip
    if not own:
        return
    Order.objects.filter(pk=order_id).update(refunded_fen=F("refunded_fen") + refund.amount_fen)
    if order.refunded_fen + refund.amount_fen >= order.paid_fen:
        Order.objects.filter(pk=order_id).update(state="refunded", refunded_at=at)
    if counted:
        told = OrderRefunded(
            order=order.number, refund=refund.number, amount_fen=refund.amount_fen, reason=refund.reason
        )
        record(told, at=at, person_id=order.person_id, place_id=order.shop, actor="system")


def ask_part_back(*, order: Order, amount_fen: int, reason: str, key: str, at: datetime, actor: str) -> RefundSeen:
    """Asks for a part (or all) of a paid order's money back. The caller holds the order's row and asked the rules."""
    assert order.payment_id is not None
    refund = ask_refund(
        payment_id=order.payment_id, amount_fen=amount_fen, reason=reason, key=("order", order.pk, "by_hand", key), at=at,
        actor=actor,
    )  # fmt: skip
    OrderRefund.objects.create(order=order, key=key, refund_id=refund.id)
    answer_return(order, "refunded", "", at, actor)
    asked = order.refunding_fen + amount_fen
    state = state_after_refund(order.state, paid_fen=order.paid_fen, refunding_fen=asked)  # type: ignore[arg-type]
    Order.objects.filter(pk=order.pk).update(refunding_fen=asked, state=state, reason=reason[:60])
    return refund


def answer_return(order: Order, outcome: str, answer: str, at: datetime, actor: str) -> bool:
    """Ends the open wish for money back of an order; False where there is none. The caller holds the order's row."""
    wish = OrderReturn.objects.filter(order=order, state="asked").first()
    if wish is None:
        return False
    wish.state, wish.answer, wish.settled_at = outcome, answer, at
    wish.save(update_fields=["state", "answer", "settled_at"])
    told = ReturnSettled(order=order.number, return_number=return_number(wish.nth), outcome=outcome)
    record(told, at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
    return True
