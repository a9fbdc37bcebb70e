"""Counting equal things of a file of any length in little memory: 8 bytes each, 12 to 32 with the slack of the table."""

from __future__ import annotations

from array import array

_START = 1 << 14
_MOST = 1 << 28


class TooMany(OverflowError):
    """A file with more rows than can be counted (about 170 million): split it."""


class Tally:
    """How often each 64-bit mark came: 1 the first time."""

    __slots__ = ("_more", "_slots", "_taken")

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _START))
        self._taken = 0
        self._more: dict[int, int] = {}

    def count(self, mark: int) -> int:
        """The number of this one among its equals so far. `mark` is a hash of 64 bits."""
        mark = mark or 1
        slots = self._slots
        mask = len(slots) - 1
        at = mark & mask
        while (found := slots[at]) != mark:
            if not found:
                slots[at] = mark
                self._taken += 1
                if self._taken * 3 > mask * 2:
                    self._grow()
                return 1
            at = (at + 1) & mask
        times = self._more.get(mark, 1) + 1
        self._more[mark] = times
        return times

    def __contains__(self, mark: int) -> bool:
        """Whether it was counted."""
        mark = mark or 1
        slots = self._slots
        mask = len(slots) - 1
        at = mark & mask
        while found := slots[at]:
            if found == mark:
                return True
            at = (at + 1) & mask
        return False

    def _grow(self) -> None:
        size = len(self._slots) * 4
        if size > _MOST:
            raise TooMany
        slots, mask = array("Q", bytes(8 * size)), size - 1
        for mark in self._slots:
            if mark:
                at = mark & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = mark
        self._slots = slots
