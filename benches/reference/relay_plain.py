"""Rival of the relay bench: httpx, a semaphore, a list of rooms. Keeps nothing, knows no order, tries nothing again."""

from __future__ import annotations

import asyncio
from types import TracebackType
from urllib.parse import quote

import httpx


class Plain:
    """Sends one text to all its rooms at once. device: what makes the homeserver remember keys when it starts again."""

    def __init__(
        self, *, url: str, token: str, rooms: list[str], at_once: int, device: dict[str, str] | None = None
    ) -> None:
        self._rooms, self._turns = rooms, asyncio.Semaphore(at_once)
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        self._client = httpx.AsyncClient(
            base_url=f"{url}/_matrix/client/v3",
            headers={"Authorization": f"Bearer {token}"},
            limits=limits,
            params=device,
            timeout=60,
            trust_env=False,
        )

    async def __aenter__(self) -> Plain:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def relay(self, words: str, *, key: str) -> None:
        await asyncio.gather(*(self._send(room, words, key) for room in self._rooms))

    async def _send(self, room: str, words: str, key: str) -> None:
        async with self._turns:
            answer = await self._client.put(
                f"/rooms/{quote(room, safe='')}/send/m.room.message/{key}",
                json={"msgtype": "m.text", "body": f"林老师：{words}"},
            )
            answer.raise_for_status()
