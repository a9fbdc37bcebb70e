"""The part of a stream that does not depend on what it tells: waiting without a timer for nothing, leaving on time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0
"""Seconds after which a stream says that it is still there; proxies cut what is silent for a minute."""
STILL_HERE = b": still here\n\n"


class Bell:
    """Wakes everybody who waits now; who comes later waits for the next ring."""

    __slots__ = ("_rung",)

    def __init__(self) -> None:
        self._rung: asyncio.Event | None = None

    def ring(self) -> None:
        """Wakes all."""
        rung, self._rung = self._rung, None
        if rung is not None:
            rung.set()

    async def wait(self, seconds: float) -> bool:
        """True once it rang, False after so many seconds of silence."""
        if self._rung is None:
            self._rung = asyncio.Event()
        rung = self._rung
        try:
            async with asyncio.timeout(seconds):
                await rung.wait()
        except TimeoutError:
            return False
        return True


async def gone(receive: Receive) -> None:
    """Returns when the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def say(send: Send, piece: bytes) -> None:
    """One piece of an endless answer."""
    await send({"type": "http.response.body", "body": piece, "more_body": True})
