"""What a sale earns, and what a refund takes back of it, in whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WHOLE = 10_000
"""Basis points of the whole."""

MAX_RATE = 5_000
MAX_HELD_DAYS = 365
MAX_CAP_FEN = 100_000_000
MAX_GENERATION = 2
"""Never more, whatever is set: three levels are the mark of a pyramid."""

ARRIVES_WITHIN = timedelta(days=15)
"""What was sent and never confirmed counts as received by then."""

HELD, FREE, PAID, GONE = "held", "free", "paid", "taken_back"
STATES = (HELD, FREE, PAID, GONE)
"""In the return period; can be paid out; paid out; all of it was taken back while it was held."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an introducer is promised: a rate in basis points of what stays sold, held so many days.

    `most_fen` is the most that one order earns; 0 is no limit.
    """

    rate: int = 0
    held_days: int = 7
    most_fen: int = 0


def wrong_with(terms: Terms) -> str | None:
    """Why nobody can be promised this, or None."""
    if not 0 <= terms.rate <= MAX_RATE:
        return "strange_rate"
    if not 0 <= terms.held_days <= MAX_HELD_DAYS:
        return "strange_days"
    return None if 0 <= terms.most_fen <= MAX_CAP_FEN else "strange_cap"


def earned(*, base_fen: int, rate: int, most_fen: int = 0) -> int:
    """The commission on an amount: rounded once, half a fen up, and never above `most_fen` where that is set."""
    whole = (base_fen * rate + WHOLE // 2) // WHOLE
    return min(whole, most_fen) if most_fen else whole


def to_take_back(*, base_fen: int, rate: int, refunded_before: int, refunded_fen: int, most_fen: int = 0) -> int:
    """What one more refund takes back, so that what stays is always what stayed sold earns. Never below zero."""
    before = max(base_fen - refunded_before, 0)
    after = max(before - refunded_fen, 0)
    return earned(base_fen=before, rate=rate, most_fen=most_fen) - earned(base_fen=after, rate=rate, most_fen=most_fen)


def kept_until(
    *, shipped_at: datetime | None, received_at: datetime | None, held_days: int, now: datetime
) -> datetime | None:
    """Until when a sale may still come back: `held_days` after the buyer has the goods. None where that is over.

    While the goods are not known to have arrived the days have not begun: it is asked again when they would be over.
    """
    arrived = _arrived(shipped_at, received_at, now)
    over = (arrived or now) + timedelta(days=held_days)
    return over if over > now else None


def free_from(
    *,
    held_until: datetime,
    held_days: int,
    shipped_at: datetime | None,
    received_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """From when a held sale is free; None while nobody can say, because the days begin when the goods arrive.

    `held_until` alone is no day to promise: before the arrival it is only when the order is looked at again.
    """
    if not held_days:
        return held_until
    arrived = _arrived(shipped_at, received_at, now)
    return max(held_until, arrived + timedelta(days=held_days)) if arrived is not None else None


def _arrived(shipped_at: datetime | None, received_at: datetime | None, now: datetime) -> datetime | None:
    if received_at is None and shipped_at is not None and shipped_at + ARRIVES_WITHIN <= now:
        return shipped_at + ARRIVES_WITHIN
    return received_at


def generation_allowed(generation: int, *, allowed: int) -> bool:
    """Is this level paid at all? `allowed` is the house's setting; it is never read as more than two."""
    return 1 <= generation <= min(allowed, MAX_GENERATION)
