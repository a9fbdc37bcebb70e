"""When somebody counts as brought by somebody, and what an invitation has come to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

JOINED = "joined"
IN_RETURN_PERIOD = "in_return_period"
COUNTS = "counts"
RETURNED = "returned"
STATES = (JOINED, IN_RETURN_PERIOD, COUNTS, RETURNED)
"""They came; they paid and may still return it; they paid and kept it (有效推荐); they returned it all."""


def wrong_with_binding(*, newcomer: int, inviter: int, above: Collection[int]) -> str | None:
    """Why this inviter cannot have brought this newcomer, or None. `above`: whoever brought the inviter, and so on up."""
    if newcomer == inviter:
        return "oneself"
    return "circle" if newcomer in above else None


def generation_after(inviter_generation: int | None) -> int:
    """1 for whoever was brought by somebody who came by no link; one more at each step after."""
    return (inviter_generation or 0) + 1


def state_of(
    *, qualified_at: datetime | None, counts_from: datetime | None, disqualified_at: datetime | None, now: datetime
) -> str:
    """What an invitation has come to, as a code of `STATES`."""
    if disqualified_at is not None:
        return RETURNED
    if qualified_at is None or counts_from is None:
        return JOINED
    return COUNTS if now >= counts_from else IN_RETURN_PERIOD
