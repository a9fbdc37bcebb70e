"""How fast a channel may be used: so many a second, some of them at once, and not at all while it rests."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tongpin.core.sending.rules import pause_after


class Pace:
    """One channel's pace in this process. rate 0: no limit."""

    def __init__(self, *, rate: float, burst: int) -> None:
        self._gap = 1 / rate if rate > 0 else 0.0
        self._slack = self._gap * max(burst - 1, 0)
        self._full_at = 0.0

    async def turn(self) -> None:
        """Returns when it is our turn; turns are given in the order of asking."""
        if not self._gap:
            return
        at = asyncio.get_running_loop().time()
        turn_at = max(self._full_at, at)
        self._full_at = turn_at + self._gap
        if turn_at - self._slack > at:
            await asyncio.sleep(turn_at - self._slack - at)


class Rest:
    """Whether a channel rests after trouble of its own, and until when. Every success ends it."""

    def __init__(self) -> None:
        self.until: datetime | None = None
        self._failures = 0

    def is_on(self, *, at: datetime) -> bool:
        """Whether it rests now."""
        return self.until is not None and at < self.until

    def trouble(self, *, at: datetime, asked: timedelta | None) -> datetime:
        """It is down or slows us; returns until when it rests."""
        self._failures += 1
        until = at + pause_after(failures=self._failures, asked=asked)
        self.until = max(self.until or until, until)
        return self.until

    def well(self) -> None:
        """It took something."""
        self.until, self._failures = None, 0
