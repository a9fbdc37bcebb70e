"""Streams of a talk: what was missed comes at once, new lines a moment later, texts are shared, nobody is forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.loop.give.talks.cast import live, says
from tongpin.loop.give.talks.actions import end, redact_segment
from tongpin.loop.give.talks.models import Talk
from tongpin.web.live import app, talks
from tongpin.web.live.talks import Feed, Fetched, Talks, asked_after, talk_of
from tongpin.web.look.tickets import issue

SOON = 5.0


class Page:
    """An open live page, as the server sees it: what came, and leaving."""

    def __init__(self, query: str, *, last_event_id: str = "") -> None:
        headers = [(b"last-event-id", last_event_id.encode())] if last_event_id else []
        self.scope = {"type": "http", "path": "/live/", "query_string": query.encode(), "headers": headers}
        self.came: list[bytes] = []
        self.status = 0
        self.more = asyncio.Event()
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["body"]:
            self.came.append(message["body"])
            self.more.set()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Events with an id, in order."""
        events = b"".join(self.came).decode().split("\n\n")
        return [json.loads(one.split("\ndata: ", 1)[1]) for one in events if one.startswith("id: ")]

    async def until(self, number: int) -> list[dict[str, Any]]:
        """All lines once so many have come."""
        async with asyncio.timeout(SOON):
            while len(self.lines) < number:
                self.more.clear()
                await self.more.wait()
        return self.lines


def on_pages(walk: Callable[..., Awaitable[None]], *pages: tuple[str, str]) -> None:
    """Opens pages (query, last event id), walks, and lets all leave."""

    async def run() -> None:
        app.house = None
        opened = [Page(query, last_event_id=last) for query, last in pages]
        tasks = [asyncio.create_task(app.application(one.scope, one.receive, one.send)) for one in opened]
        try:
            await walk(*opened)
        finally:
            for one in opened:
                one.left.set()
            house = app.house
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            reading = house.tasks if house is not None else ()
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            if house is not None:
                house.talks.reader.shutdown(wait=True)  # its connection is closed when the next test clears the tables
            app.house = None

    asyncio.run(run())


def ticket(stream: str, more: str = "") -> str:
    return f"ticket={issue(stream=stream)}{more}"


async def later(action: Callable[..., Any], *arguments: Any, **more: Any) -> None:
    """The guest's phone speaks to another process."""

    def act() -> None:
        try:
            action(*arguments, **more)
        finally:
            connection.close()

    await asyncio.to_thread(act)


@pytest.mark.django_db(transaction=True)
def test_a_page_gets_what_it_missed_and_then_each_new_line_with_its_number(noon: datetime) -> None:
    talk, at = live(noon, [])
    says(talk, "大家晚上好。", at)

    async def walk(page: Page) -> None:
        assert [(one["n"], one["kind"]) for one in await page.until(2)] == [(1, "started"), (2, "segment")]
        await later(says, talk, "等那一页。", at)
        assert (await page.until(3))[-1]["words"] == "等那一页。"
        assert page.status == 200

    on_pages(walk, (ticket(f"talk:{talk}"), ""))


@pytest.mark.django_db(transaction=True)
def test_who_comes_back_goes_on_after_the_line_their_browser_remembers(noon: datetime) -> None:
    talk, at = live(noon, [])
    for n in range(3):
        says(talk, f"第 {n} 句", at)

    async def walk(back: Page, told: Page) -> None:
        assert [one["n"] for one in await back.until(1)] == [4]
        assert [one["n"] for one in await told.until(2)] == [3, 4]

    on_pages(walk, (ticket(f"talk:{talk}", "&after=1"), "3"), (ticket(f"talk:{talk}", "&after=2"), ""))


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_leaves_open_pages_and_is_never_told_to_latecomers(noon: datetime) -> None:
    talk, at = live(noon, [])
    slip = says(talk, "说错了", at)

    async def walk(page: Page) -> None:
        await page.until(2)
        await later(redact_segment, segment_id=slip, at=at, actor="guest")
        last = (await page.until(3))[-1]
        assert (last["kind"], last["segment"]) == ("redaction", slip)
        house = app.house
        assert house is not None
        again = house.talks.feeds[talk].after(0).decode()
        assert "说错了" not in again
        assert again.count("id: ") == 3

    on_pages(walk, (ticket(f"talk:{talk}"), ""))


@pytest.mark.django_db(transaction=True)
def test_pages_share_one_text_and_a_board_is_not_counted_as_somebody_there(noon: datetime) -> None:
    talk, at = live(noon, [])

    async def walk(one: Page, other: Page, board: Page) -> None:
        for page in (one, other, board):
            await page.until(1)
        await later(says, talk, "只编码一次", at)
        for page in (one, other, board):
            await page.until(2)
        assert one.came[-1] is other.came[-1] is board.came[-1]
        house = app.house
        assert house is not None
        assert (house.talks.feeds[talk].pages, house.talks.feeds[talk].followers, house.pages) == (2, 3, 3)
        assert house.talks.feeds[talk].watching == b"event: watching\ndata: 2\n\n"

    on_pages(walk, (ticket(f"talk:{talk}"), ""), (ticket(f"talk:{talk}"), ""), (ticket(f"board:{talk}"), ""))


@pytest.mark.django_db(transaction=True)
def test_the_end_is_told_and_who_leaves_takes_the_feed_along(noon: datetime) -> None:
    talk, at = live(noon, [])

    async def walk(page: Page) -> None:
        await page.until(1)
        await later(end, talk_id=talk, at=at, actor="guest")
        assert (await page.until(2))[-1]["kind"] == "ended"
        house = app.house
        assert house is not None
        page.left.set()
        async with asyncio.timeout(SOON):
            while house.talks.feeds:
                await asyncio.sleep(0.01)
        assert not house.talks.wanted.is_set()

    on_pages(walk, (ticket(f"talk:{talk}"), ""))


def test_a_false_ticket_opens_nothing() -> None:
    async def walk(page: Page) -> None:
        async with asyncio.timeout(SOON):
            while not page.status:
                await asyncio.sleep(0.01)
        assert page.status == 403

    on_pages(walk, ("ticket=talk:1|0:made-up", ""))


def test_streams_are_told_apart_by_their_names() -> None:
    assert [talk_of(one) for one in ("talk:7", "board:7", "imports:7", "ledger", "talk:x")] == [
        (7, True),
        (7, False),
        None,
        None,
        None,
    ]


def test_where_a_page_goes_on_is_read_from_the_browser_first_and_nonsense_is_the_beginning() -> None:
    def asked(header: str, after: str) -> int:
        headers = [(b"last-event-id", header.encode())] if header else []
        return asked_after({"headers": headers}, {"after": [after]} if after else {})

    assert [asked("9", "3"), asked("", "3"), asked("x", "3"), asked("", "-1"), asked("", "9" * 12), asked("", "")] == [
        9,
        3,
        3,
        0,
        0,
        0,
    ]


def test_a_feed_hands_out_one_line_uncopied_and_passes_over_lines_it_has() -> None:
    feed = Feed()
    first, second = b"id: 1\n\n", b"id: 2\n\n"
    feed.take(Fetched(False, ((1, first), (2, second))))
    feed.take(Fetched(False, ((2, b"again"),)))
    assert feed.after(1) is second
    assert (feed.after(0), feed.after(2), feed.last) == (first + second, b"", 2)


def test_nothing_is_asked_of_the_database_while_nobody_follows() -> None:
    async def run() -> None:
        talks = Talks()
        reading = asyncio.create_task(talks.read())
        await asyncio.sleep(0.05)
        assert not reading.done()
        assert not talks.wanted.is_set()
        reading.cancel()

    asyncio.run(run())


def test_a_talk_whose_lines_cannot_be_told_holds_up_no_other(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    broken, began = live(noon, [])
    sound, _ = live(noon, [], title="另一场", community_id=Talk.objects.get(pk=broken).community_id)
    says(broken, "一", began)
    says(sound, "二", began)
    whole = talks._all_after
    monkeypatch.setattr(talks, "_all_after", lambda talk, number: 1 / 0 if talk == broken else whole(talk, number))
    assert list(talks.fetch({broken: 0, sound: 0})) == [sound]
