"""How many there are, where nobody counts a whole table to say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """So many were counted; `more`: counting stopped there, and there are at least so many."""

    n: int = 0
    more: bool = False

    def __bool__(self) -> bool:
        return self.n > 0


def counted(number: int, *, most: int) -> Counted:
    """What was counted up to one above `most`."""
    return Counted(min(number, most), number > most)


def altogether(parts: Iterable[Counted]) -> Counted:
    """The sum of what was counted apart."""
    held = list(parts)
    return Counted(sum(one.n for one in held), any(one.more for one in held))
