"""Counting how often somebody asks within a second, in this process. Cheap, forgetful, and enough against floods."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable


class Meter:
    """So many times a second and key; the next second begins anew."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock = most, clock
        self._second, self._made = 0, dict[Hashable, int]()

    def is_over(self, key: Hashable) -> bool:
        """Counts once; True where it was once too often."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._made = second, {}
        self._made[key] = made = self._made.get(key, 0) + 1
        return made > self.most

    def forget(self) -> None:
        """Begins anew at once."""
        self._made = {}
