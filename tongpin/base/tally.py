"""Counting equal things of any number in little memory: 8 bytes each, 12 to 32 with the slack of the table."""

from __future__ import annotations

from array import array


class TooMany(OverflowError):
    """More different things than the table may hold: two thirds of its most slots."""


class Tally:
    """How often each 64-bit mark came: 1 the first time.

    An open hash table that grows `growth` times when two thirds are taken. `start` and `most` are slots, powers of two.
    """

    __slots__ = ("_growth", "_more", "_most", "_slots", "_taken")

    def __init__(self, *, start: int = 1 << 14, growth: int = 4, most: int = 1 << 28) -> None:
        self._slots = array("Q", bytes(8 * start))
        self._growth, self._most = growth, most
        self._taken = 0
        self._more: dict[int, int] = {}

    @property
    def size(self) -> int:
        """Bytes the table takes."""
        return len(self._slots) * self._slots.itemsize

    def count(self, mark: int) -> int:
        """The number of this one among its equals so far. `mark` is a hash of 64 bits. Raises TooMany."""
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
        size = len(self._slots) * self._growth
        if size > self._most:
            raise TooMany
        slots, mask = array("Q", bytes(8 * size)), size - 1
        for mark in self._slots:
            if mark:
                at = mark & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = mark
        self._slots = slots
