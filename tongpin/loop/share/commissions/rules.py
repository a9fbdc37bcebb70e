"""What a sale earns, and what a refund takes back of it, in whole fen."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 10_000
"""Basis points of the whole."""

MAX_RATE = 5_000
MAX_HELD_DAYS = 365
MAX_GENERATION = 2
"""Never more, whatever is set: three levels are the mark of a pyramid."""

HELD, FREE, GONE = "held", "free", "taken_back"
STATES = (HELD, FREE, GONE)
"""In the return period; can be drawn; all of it was taken back while it was held."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an introducer is promised: a rate in basis points of what stays sold, held so many days."""

    rate: int = 0
    held_days: int = 7


def wrong_with(terms: Terms) -> str | None:
    """Why nobody can be promised this, or None."""
    if not 0 <= terms.rate <= MAX_RATE:
        return "strange_rate"
    return None if 0 <= terms.held_days <= MAX_HELD_DAYS else "strange_days"


def earned(*, base_fen: int, rate: int) -> int:
    """The commission on an amount: rounded once, half a fen up."""
    return (base_fen * rate + WHOLE // 2) // WHOLE


def to_take_back(*, base_fen: int, rate: int, refunded_before: int, refunded_fen: int) -> int:
    """What one more refund takes back, so that what stays is always what stayed sold earns. Never below zero."""
    before = max(base_fen - refunded_before, 0)
    after = max(before - refunded_fen, 0)
    return earned(base_fen=before, rate=rate) - earned(base_fen=after, rate=rate)


def generation_allowed(generation: int, *, allowed: int) -> bool:
    """Is this level paid at all? `allowed` is the house's setting; it is never read as more than two."""
    return 1 <= generation <= min(allowed, MAX_GENERATION)
