"""The live process as an ASGI application: `/live/?ticket=…` follows a stream.

One task asks the database once a second for everything that anybody follows; streams only wait on memory.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from tongpin.web.look.tickets import check  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0
LIMIT = 20_000


class Board:
    """The last word of each followed stream, and a way to wait for the next."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.followers: dict[str, int] = {}
        self.changed = asyncio.Condition()
        self.task: asyncio.Task[None] | None = None

    async def follow(self, stream: str, last: str) -> str:
        """The stream's word once it differs from `last`; the same word after HEARTBEAT seconds without change."""
        try:
            async with asyncio.timeout(HEARTBEAT), self.changed:
                await self.changed.wait_for(lambda: self.words.get(stream, last) != last)
        except TimeoutError:
            return last
        return self.words[stream]

    async def read(self) -> None:
        """Asks the database for all followed streams, once a second, on one connection."""
        while True:
            try:
                parameters = {k: v for k, v in connection.get_connection_params().items() if k in _PLAIN}
                async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as database:
                    while True:
                        await self._look(database)
                        await asyncio.sleep(1.0)
            except psycopg.OperationalError:
                await asyncio.sleep(2.0)

    async def _look(self, database: psycopg.AsyncConnection[Any]) -> None:
        if not self.followers:
            return
        found: dict[str, str] = {}
        batches = [int(s.partition(":")[2]) for s in self.followers if s.startswith("imports:")]
        async with database.cursor() as cursor:
            if batches:
                await cursor.execute(
                    "select id, state, progress, counts, problem from import_batch where id = any(%s)", [batches]
                )
                for number, state, progress, counts, problem in await cursor.fetchall():
                    word = {"state": state, "progress": round(progress, 3), "counts": counts, "problem": problem}
                    found[f"imports:{number}"] = json.dumps(word, ensure_ascii=False)
            if "ledger" in self.followers:
                await cursor.execute(
                    "select coalesce((select max(pos) from feed), 0), min(pos), min(read_to) from reader"
                )
                row = await cursor.fetchone()
                if row:
                    word = {"end": row[0], "read": row[1], "at": row[2].isoformat() if row[2] else None}
                    found["ledger"] = json.dumps(word)
        if any(self.words.get(stream) != word for stream, word in found.items()):
            async with self.changed:
                self.words.update(found)
                self.changed.notify_all()


_PLAIN = {"dbname", "user", "password", "host", "port"}
board: Board | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI."""
    global board
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] != "http":
        return
    if board is None:
        board = Board()
        board.task = asyncio.create_task(board.read())
    if scope["path"] == "/live/health":
        await _answer(send, 200, b"ok")
        return
    stream = check(parse_qs(scope["query_string"].decode()).get("ticket", [""])[0])
    if stream is None:
        await _answer(send, 403, b"this ticket is not valid: reload the page")
        return
    if sum(board.followers.values()) >= LIMIT:
        await _answer(send, 503, b"too many open pages")
        return
    await _stream(board, stream, receive, send)


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


async def _stream(board: Board, stream: str, receive: Receive, send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", settings.PUBLIC_URL.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_gone(receive))
    board.followers[stream] = board.followers.get(stream, 0) + 1
    last = ""
    try:
        while not gone.done():
            word = await board.follow(stream, last)
            piece = ": still here\n\n" if word == last else f"data: {word}\n\n"
            last = word
            await send({"type": "http.response.body", "body": piece.encode(), "more_body": True})
    finally:
        gone.cancel()
        board.followers[stream] -= 1
        if not board.followers[stream]:
            del board.followers[stream]
            board.words.pop(stream, None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
