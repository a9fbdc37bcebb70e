"""Streams of one word (进度): how far an import is, how far the ledger is read. Only the last word counts.

One task asks the database once a second for everything that anybody follows; streams only wait on memory.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import psycopg
from django.db import connection

from tongpin.web.live.streams import HEARTBEAT, STILL_HERE, Bell, Receive, Send, gone, say

EVERY = 1.0
AFTER_FAILURE = 2.0
_PLAIN = {"dbname", "user", "password", "host", "port"}


class Board:
    """The last word of each followed stream, and a way to wait for the next."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.followers: dict[str, int] = {}
        self.changed = Bell()

    async def follow(self, stream: str, last: str) -> str:
        """The stream's word once it differs from `last`; the same word after HEARTBEAT seconds without change."""
        loop = asyncio.get_running_loop()
        end = loop.time() + HEARTBEAT
        while self.words.get(stream, last) == last and (left := end - loop.time()) > 0:
            await self.changed.wait(left)
        return self.words.get(stream, last)

    async def read(self) -> None:
        """Asks the database for all followed streams, once a second, on one connection."""
        while True:
            try:
                parameters = {k: v for k, v in connection.get_connection_params().items() if k in _PLAIN}
                async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as database:
                    while True:
                        await self._look(database)
                        await asyncio.sleep(EVERY)
            except psycopg.OperationalError:
                await asyncio.sleep(AFTER_FAILURE)

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
            self.words.update(found)
            self.changed.ring()

    async def stream(self, stream: str, receive: Receive, send: Send) -> None:
        """Tells each new word until the browser leaves."""
        leaving = asyncio.create_task(gone(receive))
        self.followers[stream] = self.followers.get(stream, 0) + 1
        last = ""
        try:
            while not leaving.done():
                word = await self.follow(stream, last)
                await say(send, STILL_HERE if word == last else f"data: {word}\n\n".encode())
                last = word
        finally:
            leaving.cancel()
            self.followers[stream] -= 1
            if not self.followers[stream]:
                del self.followers[stream]
                self.words.pop(stream, None)
