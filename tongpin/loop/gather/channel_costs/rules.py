"""What an applicant or a member of an entrance cost."""

from __future__ import annotations


def each_fen(cost_fen: int, people: int) -> int | None:
    """Cost per head in whole fen, a half rounded up; None where nobody came or nothing was spent.

    Every screen that says what somebody cost says it by this.
    """
    return (2 * cost_fen + people) // (2 * people) if cost_fen > 0 and people > 0 else None
