"""A buyer asks for money back after the goods were sent (申请退款), and the house says no. Yes is a refund (`actions`)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.orders import ReturnAsked
from tongpin.core.ledger.actions import record
from tongpin.core.money.queries import payment_seen
from tongpin.loop.sell.orders.actions import NotNow, locked
from tongpin.loop.sell.orders.models import OrderLine, OrderReturn
from tongpin.loop.sell.orders.returning import answer_return
from tongpin.loop.sell.orders.rules import RETURN_REASONS, return_number, why_no_return


class ReasonMissing(ValueError):
    """A wish says why, by a code of RETURN_REASONS; a refusal says why in words."""


@transaction.atomic
def ask_return(*, order_id: int, reason: str, words: str = "", at: datetime, actor: str) -> int:
    """Notes that the buyer wants money back; returns which wish of this order it is. While one is open: that one.

    Leaves out the money: a person decides. Raises OrderUnknown, ReasonMissing, NotNow.
    """
    if reason not in RETURN_REASONS:
        raise ReasonMissing("say why: one of " + ", ".join(RETURN_REASONS))
    order = locked(order_id)
    asked = list(OrderReturn.objects.filter(order=order).order_by("nth"))
    is_open = bool(asked) and asked[-1].state == "asked"
    paid = payment_seen(order.payment_id) if order.payment_id is not None else None
    left = paid.left_fen if paid is not None else 0
    no = why_no_return(order.state, left_fen=left, is_open=is_open, asked=len(asked))  # type: ignore[arg-type]
    if no == "asked_already":
        return asked[-1].nth
    if no is not None:
        raise NotNow(no)
    wish = OrderReturn.objects.create(
        order=order, nth=len(asked) + 1, reason=reason, words=clean(words, limit=500), asked_at=at
    )
    lines = list(OrderLine.objects.filter(order=order)[:2])
    told = ReturnAsked(
        order=order.number,
        return_number=return_number(wish.nth),
        reason=reason,
        product=lines[0].product_id if len(lines) == 1 else 0,
        quantity=lines[0].quantity if len(lines) == 1 else 1,
    )
    record(told, at=at, person_id=order.person_id, place_id=order.shop, actor=actor)
    return wish.nth


@transaction.atomic
def refuse_return(*, order_id: int, answer: str, at: datetime, actor: str) -> bool:
    """The house gives nothing back and says why. False where nothing is open. Raises OrderUnknown, ReasonMissing."""
    said = clean(answer, limit=300)
    if not said:
        raise ReasonMissing("say why, in words the buyer can read")
    return answer_return(locked(order_id), "refused", said, at, actor)
