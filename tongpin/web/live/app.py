"""The live process as an ASGI application: `/live/?ticket=…` follows a stream.

Streams only wait on memory. Words of imports and of the ledger are asked for in `words`, the lines of talks in `talks`.
"""

from __future__ import annotations

import asyncio
import os
from urllib.parse import parse_qs

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
django.setup()

from django.conf import settings  # noqa: E402

from tongpin.web.live.streams import Receive, Scope, Send  # noqa: E402
from tongpin.web.live.talks import Talks, asked_after, talk_of  # noqa: E402
from tongpin.web.live.words import Board  # noqa: E402
from tongpin.web.look.tickets import check  # noqa: E402

LIMIT = 20_000
"""Open pages at once; beyond it a page asks again by itself."""


class House:
    """What one live process holds: begun when the first page comes, inside the running loop."""

    def __init__(self) -> None:
        self.board, self.talks = Board(), Talks()
        self.tasks = (asyncio.create_task(self.board.read()), asyncio.create_task(self.talks.read()))

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return sum(self.board.followers.values()) + self.talks.pages


house: House | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI."""
    global house
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] != "http":
        return
    if house is None:
        house = House()
    if scope["path"] == "/live/health":
        await _answer(send, 200, b"ok")
        return
    asked = parse_qs(scope["query_string"].decode())
    stream = check(asked.get("ticket", [""])[0])
    if stream is None:
        await _answer(send, 403, b"this ticket is not valid: reload the page")
        return
    if house.pages >= LIMIT:
        await _answer(send, 503, b"too many open pages")
        return
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", settings.PUBLIC_URL.encode()),
    ]
    after = asked_after(scope, asked)
    del scope, asked  # a stream lives for an hour: it keeps nothing of the request
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    talk = talk_of(stream)
    if talk is None:
        await house.board.stream(stream, receive, send)
    else:
        await house.talks.stream(*talk, after, receive, send)


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})
