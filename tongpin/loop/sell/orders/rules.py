"""What may happen to an order in which state."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

State = Literal["placed", "paid", "shipped", "received", "cancelled", "refunding", "refunded"]
STATES: tuple[State, ...] = ("placed", "paid", "shipped", "received", "cancelled", "refunding", "refunded")

OPEN: tuple[State, ...] = ("placed", "paid", "shipped", "received")
"""States that count towards what one person may buy."""

PAY_WITHIN = timedelta(minutes=30)
"""How long goods are set aside for an order that is not paid."""

LAPSED = ("unpaid", "lapsed", "closed_by_provider")
"""Reasons for which nobody ended an order: money that comes all the same may still have it."""

ReturnState = Literal["asked", "refunded", "refused"]
RETURN_REASONS = ("quality", "damaged", "wrong_goods", "late", "not_as_told", "unwanted")
"""Why a buyer may want money back, in the codes of the catalogue."""

MOST_RETURNS = 3
"""So often one may ask for one order: whoever was refused twice and asks again talks to a person."""

MOST_LINES = 50
MOST_OF_ONE = 999


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """An order as these rules need it. `ready`: it may be sent; a play may still hold it back."""

    state: State
    ready: bool
    paid_fen: int
    refunding_fen: int


def order_number(at: datetime, code: str, *, zone: tzinfo) -> str:
    """T261122-7K3M-9Q2X: the merchant's day and eight characters that can be read aloud."""
    return f"T{at.astimezone(zone):%y%m%d}-{code[:4]}-{code[4:8]}".upper()


_NUMBER = re.compile(r"T(\d{6})([0-9A-Z]{4})([0-9A-Z]{4})")
_ALIKE = str.maketrans("OILU", "011V")
"""Letters that no code holds, and what was meant."""


def number_as_typed(typed: str) -> str:
    """An order's number from how it was typed or written on a transfer: small, wide, without its lines, o for 0."""
    bare = "".join(one for one in unicodedata.normalize("NFKC", typed).upper() if one.isascii() and one.isalnum())
    found = _NUMBER.fullmatch(bare[:1] + bare[1:].translate(_ALIKE))
    return f"T{found[1]}-{found[2]}-{found[3]}" if found else typed.strip().upper()


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


def why_no_return(state: State, *, left_fen: int, is_open: bool, asked: int) -> str | None:
    """Why a buyer cannot ask for money back of what was sent, as a code; None where they can."""
    if state not in ("shipped", "received"):
        return state
    if is_open:
        return "asked_already"
    if asked >= MOST_RETURNS:
        return "asked_often"
    return None if left_fen > 0 else "nothing_left"


def return_number(nth: int) -> str:
    """What the facts call a wish for money back, within its order."""
    return f"R{nth}"


def state_after_refund(state: State, *, paid_fen: int, refunding_fen: int) -> State:
    """Where an order stands once so much was asked back: all of it ends the order, a part leaves it as it is."""
    return "refunding" if refunding_fen >= paid_fen else state
