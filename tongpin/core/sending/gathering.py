"""What is on its way, and what came of it a little at a time, so that much is written down in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tongpin.core.sending.settling import Outcome


class UnderWay:
    """Sends whose outcome was not taken yet. together: seconds that an outcome may wait for others; most: how many wait."""

    def __init__(self, *, together: float, most: int) -> None:
        self._together, self._most = together, most
        self._tasks: set[asyncio.Task[Outcome]] = set()
        self._ended: list[asyncio.Task[Outcome]] = []
        self._some, self._enough = asyncio.Event(), asyncio.Event()

    def __len__(self) -> int:
        return len(self._tasks) + len(self._ended)

    def add(self, deed: Coroutine[Any, Any, Outcome]) -> None:
        """One more."""
        task = asyncio.create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._note)

    async def ended(self) -> list[Outcome]:
        """At least one outcome. None waits for others when all are there, or something stands behind it in its queue."""
        await self._some.wait()
        if self._together and not self._enough.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self._together)
        ended, self._ended = self._ended, []
        self._some.clear()
        self._enough.clear()
        return [one.result() for one in ended]

    def cut_off(self) -> None:
        """What has no outcome yet gets none."""
        for one in self._tasks:
            one.cancel()

    def _note(self, task: asyncio.Task[Outcome]) -> None:
        self._tasks.discard(task)
        self._ended.append(task)
        self._some.set()
        enough = not self._tasks or len(self._ended) >= self._most
        if enough or task.cancelled() or task.exception() is not None or task.result().lets_others_go:
            self._enough.set()
