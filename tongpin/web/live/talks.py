"""Streams of talks (直播页): each line of a talk as an event whose id is the line's number.

The text of a line is made once and shared by all pages of its talk. One task asks the database every quarter of a
second for the talks that somebody follows, and for nothing while nobody does. A page that comes late or comes back
says after which line; what it missed is sent at once.
"""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from django.db import Error, close_old_connections, connection

from tongpin.core.files.queries import files_of
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.give.talks.queries import lines_after
from tongpin.loop.give.talks.seen import LineSeen
from tongpin.web.live.lines import event_of
from tongpin.web.live.streams import HEARTBEAT, Bell, Receive, Scope, Send, gone, say

EVERY = 0.25
AFTER_FAILURE = 2.0
AT_ONCE = 500
"""Lines asked for in one go."""

STREAMS = ("talk:", "board:")
"""`talk:7` is a live page and counts as somebody there; `board:7` looks on from the console or the stage."""

FILES_OF = "talk"
"""Files of segments belong to their talk."""

RETRY = b"retry: 2000\n\n"

logger = logging.getLogger(__name__)


def talk_of(stream: str) -> tuple[int, bool] | None:
    """The talk that a stream is about and whether its page is counted, or None for other streams."""
    for kind in STREAMS:
        number = stream.removeprefix(kind)
        if number != stream and number.isdecimal():
            return int(number), kind == STREAMS[0]
    return None


def asked_after(scope: Scope, asked: Mapping[str, Sequence[str]]) -> int:
    """After which line a page wants to go on: what the browser remembers, else what the page says."""
    told = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"last-event-id"), "")
    for given in (told, *asked.get("after", ())):
        if given.isascii() and given.isdecimal() and len(given) < 10:
            return int(given)
    return 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """Lines of a talk as (number, event). All of them anew where something was taken back: latecomers are not told."""

    all_anew: bool
    lines: tuple[tuple[int, bytes], ...]


class Feed:
    """The lines of one talk and who waits for the next."""

    __slots__ = ("changed", "followers", "numbers", "pages", "pieces")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.pieces: list[bytes] = []
        self.followers = self.pages = 0
        self.changed = Bell()

    @property
    def last(self) -> int:
        """The number of the newest line; 0 before the first."""
        return self.numbers[-1] if self.numbers else 0

    def after(self, number: int) -> bytes:
        """All later lines. One line is handed out as it is, not copied."""
        missing = self.pieces[bisect_right(self.numbers, number) :]
        return missing[0] if len(missing) == 1 else b"".join(missing)

    def take(self, found: Fetched) -> None:
        """Adds new lines, or replaces all of them, and wakes who waits."""
        if found.all_anew:
            self.numbers, self.pieces = [], []
        for number, piece in found.lines:
            if number > self.last:
                self.numbers.append(number)
                self.pieces.append(piece)
        self.changed.ring()

    @property
    def watching(self) -> bytes:
        """How many live pages are open, said where a heartbeat is due. It has no id: nothing is missed with it."""
        return f"event: watching\ndata: {self.pages}\n\n".encode()


def fetch(ends: Mapping[int, int]) -> dict[int, Fetched]:
    """What came to talks after the lines given. One query, and two for each talk that went on."""
    found: dict[int, Fetched] = {}
    for talk, last in Talk.objects.filter(pk__in=list(ends)).values_list("pk", "last_line"):
        if last <= ends[talk]:
            continue
        try:
            found[talk] = _fetched(talk, ends[talk])
        except Error:
            raise
        except Exception as error:
            # One task serves every talk: what one of them stumbles over stops no other. Words stay out of the log.
            logger.error("the lines of talk %s cannot be told: %s", talk, type(error).__name__)
    return found


def _fetched(talk: int, last: int) -> Fetched:
    fresh = _all_after(talk, last)
    anew = last > 0 and any(one.kind == "redaction" for one in fresh)
    lines = _all_after(talk, 0) if anew else fresh
    has_files = any(one.files for one in lines)
    files = {one.name: one for one in files_of(about_kind=FILES_OF, about=talk)} if has_files else {}
    return Fetched(anew, tuple((one.number, event_of(one, files)) for one in lines))


def _all_after(talk: int, number: int) -> list[LineSeen]:
    lines: list[LineSeen] = []
    while True:
        some = lines_after(talk_id=talk, number=lines[-1].number if lines else number, limit=AT_ONCE)
        lines.extend(some)
        if len(some) < AT_ONCE:
            return lines


class Talks:
    """All talks that are followed now."""

    def __init__(self) -> None:
        self.feeds: dict[int, Feed] = {}
        self.wanted = asyncio.Event()
        self.reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="talks")

    @property
    def pages(self) -> int:
        """How many pages are open, counted or not."""
        return sum(one.followers for one in self.feeds.values())

    async def read(self) -> None:
        """Asks the database for what is followed, on one connection, in a thread of its own."""
        try:
            while True:
                await self.wanted.wait()
                await asyncio.sleep(EVERY if await self._look() else AFTER_FAILURE)
        finally:
            self.reader.submit(_put_down)
            self.reader.shutdown(wait=False)

    async def _look(self) -> bool:
        """Fetches what came, once. False where the database does not answer."""
        loop = asyncio.get_running_loop()
        ends = {talk: feed.last for talk, feed in self.feeds.items()}
        try:
            found = await loop.run_in_executor(self.reader, fetch, ends)
        except Error:
            logger.warning("the database does not answer; talks go on when it does")
            await loop.run_in_executor(self.reader, close_old_connections)
            return False
        for talk, fetched in found.items():
            if talk in self.feeds:
                self.feeds[talk].take(fetched)
        return True

    async def stream(self, talk: int, counted: bool, after: int, receive: Receive, send: Send) -> None:
        """Tells the lines after `after`, then each new one, until the browser leaves."""
        leaving = asyncio.create_task(gone(receive))
        own = asyncio.current_task()
        leave = partial(_end, own)
        leaving.add_done_callback(leave)  # who left is not counted until the next heartbeat
        feed = self.feeds.setdefault(talk, Feed())
        feed.followers += 1
        feed.pages += counted
        self.wanted.set()
        try:
            await say(send, RETRY + feed.watching)
            while True:
                if feed.last > after:
                    piece, after = feed.after(after), feed.last
                    await say(send, piece)
                elif not await feed.changed.wait(HEARTBEAT):
                    await say(send, feed.watching)
        except asyncio.CancelledError:
            if not leaving.done():
                raise
        finally:
            leaving.remove_done_callback(leave)
            leaving.cancel()
            feed.followers -= 1
            feed.pages -= counted
            if not feed.followers:
                self.feeds.pop(talk, None)
            if not self.feeds:
                self.wanted.clear()


def _put_down() -> None:
    # Looked up in the reader's own thread: each thread has its own connection.
    connection.close()


def _end(stream: asyncio.Task[None] | None, _left: asyncio.Task[None]) -> None:
    if stream is not None:
        stream.cancel()
