"""Work on the database beside an event loop: one thread, one connection, one deed after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """`await desk(deed, …)` does it in the desk's own thread. Close it at the end."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    async def __call__(self, deed: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = partial(_done, partial(deed, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Waits for the deed in hand and gives the connection back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _put_down)
        self._thread.shutdown()


def _done(deed: Callable[[], T]) -> T:
    try:
        return deed()
    except (OperationalError, InterfaceError):
        # The server may be back by the next deed, on a new connection.
        connection.close()
        raise


def _put_down() -> None:
    # Looked up in the desk's own thread: each thread has its own connection.
    connection.close()
