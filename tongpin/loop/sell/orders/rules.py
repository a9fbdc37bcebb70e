"""What may happen to an order in which state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["placed", "paid", "shipped", "received", "cancelled", "refunding", "refunded"]
STATES: tuple[State, ...] = ("placed", "paid", "shipped", "received", "cancelled", "refunding", "refunded")

OPEN: tuple[State, ...] = ("placed", "paid", "shipped", "received")
"""States that count towards what one person may buy."""

PAY_WITHIN = timedelta(minutes=30)
"""How long goods are set aside for an order that is not paid."""

LAPSED = ("unpaid", "lapsed", "closed_by_provider")
"""Reasons for which nobody ended an order: money that comes all the same may still have it."""

MOST_LINES = 50
MOST_OF_ONE = 999


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """An order as these rules need it. `ready`: it may be sent; a play may still hold it back."""

    state: State
    ready: bool
    paid_fen: int
    refunding_fen: int


def order_number(at: datetime, code: str) -> str:
    """T261122-7K3M-9Q2X: the day and eight characters that can be read aloud."""
    return f"T{at:%y%m%d}-{code[:4]}-{code[4:8]}".upper()


def wrong_with_lines(lines: tuple[tuple[int, int], ...]) -> str | None:
    """Why (offer, quantity) pairs make no order, as a code; None where they do."""
    if not lines:
        return "nothing_chosen"
    if len(lines) > MOST_LINES:
        return "too_many_lines"
    if len({offer for offer, _ in lines}) < len(lines):
        return "an_offer_twice"
    return None if all(0 < quantity <= MOST_OF_ONE for _, quantity in lines) else "quantity_out_of_range"


def above_limit(*, per_person: int, bought: int, wanted: int) -> bool:
    """Would a person have more than one may? 0 is no limit."""
    return bool(per_person) and bought + wanted > per_person


def why_not_shipped(order: OrderStanding) -> str | None:
    """Why an order cannot be sent, as a code; None where it can."""
    if order.state != "paid":
        return "not_paid" if order.state == "placed" else order.state
    return None if order.ready else "held_by_its_play"


def why_not_refunded(order: OrderStanding, amount_fen: int) -> str | None:
    """Why money of an order cannot go back by hand, as a code; None where it can."""
    if order.state in ("placed", "cancelled", "refunded"):
        return "refunded" if order.state == "refunded" else "not_paid"
    if order.state == "paid" and not order.ready:
        return "held_by_its_play"
    return None if 0 < amount_fen <= order.paid_fen - order.refunding_fen else "amount_out_of_range"


def state_after_refund(state: State, *, paid_fen: int, refunding_fen: int) -> State:
    """Where an order stands once so much was asked back: all of it ends the order, a part leaves it as it is."""
    return "refunding" if refunding_fen >= paid_fen else state
