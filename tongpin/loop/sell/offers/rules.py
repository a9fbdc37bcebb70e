"""What holds of an offer at a moment: may it be bought, and which price was really asked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

REFERENCE_WINDOW = timedelta(days=30)
"""A struck-out price is the lowest asked in this time before the price of now (规范促销行为暂行规定 wants seven days)."""

MOST_SEATS = 500
LONGEST_GROUP_HOURS = 24 * 14
MOST_FEN = 100_000_000
MOST_STOCK = 10_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What an offer asks and gives. Prices in fen; `limit` 0 is no limit of stock, `per_person` 0 none per person.

    A group buy is offered where `group_price_fen` and `group_seats` are set; a group then runs `group_hours`.
    """

    price_fen: int
    group_price_fen: int | None = None
    group_seats: int | None = None
    group_hours: int = 24
    postage_fen: int = 0
    limit: int = 0
    per_person: int = 0
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an offer stands; `left` is None where stock has no limit."""

    starts: datetime | None
    ends: datetime | None
    closed: bool
    left: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A price from a moment on."""

    at: datetime
    price_fen: int


def wrong_with(terms: Terms) -> str | None:
    """Why these terms cannot be offered, as a code; None where they can."""
    if not 0 < terms.price_fen <= MOST_FEN:
        return "price_out_of_range"
    if not 0 <= terms.postage_fen <= MOST_FEN:
        return "postage_out_of_range"
    if not 0 <= terms.limit <= MOST_STOCK or not 0 <= terms.per_person <= MOST_STOCK:
        return "limit_out_of_range"
    if terms.starts and terms.ends and terms.ends <= terms.starts:
        return "ends_before_it_starts"
    return _wrong_with_group(terms)


def _wrong_with_group(terms: Terms) -> str | None:
    if (terms.group_price_fen is None) != (terms.group_seats is None):
        return "group_half_told"
    if terms.group_price_fen is None or terms.group_seats is None:
        return None
    if not 0 < terms.group_price_fen < terms.price_fen:
        return "group_not_cheaper"
    if not 2 <= terms.group_seats <= MOST_SEATS:
        return "seats_out_of_range"
    if terms.limit and terms.group_seats > terms.limit:
        return "seats_above_stock"
    return None if 1 <= terms.group_hours <= LONGEST_GROUP_HOURS else "hours_out_of_range"


def why_not_on_sale(offer: Standing, now: datetime) -> str | None:
    """Why an offer cannot be bought now, as a code; None where it can."""
    if offer.closed:
        return "withdrawn"
    if offer.starts is not None and now < offer.starts:
        return "not_begun"
    if offer.ends is not None and now >= offer.ends:
        return "over"
    return "sold_out" if offer.left == 0 else None


def reference_fen(asked: Sequence[Asked], now: datetime) -> int | None:
    """The price an offer may be compared with: the lowest asked in the window before the price of now began.

    `asked` in the order of time. None where the price of now is not lower, or is the first.
    """
    until_now = [one for one in asked if one.at <= now]
    # Another group price or cost is a new edition at the same price: that price began with the first of them.
    so_far = [one for n, one in enumerate(until_now) if not n or one.price_fen != until_now[n - 1].price_fen]
    if len(so_far) < 2:
        return None
    current = so_far[-1]
    since = current.at - REFERENCE_WINDOW
    before = [one.price_fen for one, following in pairwise(so_far) if following.at > since]
    lowest = min(before)
    return lowest if lowest > current.price_fen else None
