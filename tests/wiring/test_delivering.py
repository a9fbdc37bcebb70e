"""Delivering in the worker: accounts come and go, processes die, the database goes away, and each letter arrives once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.core.sending.cast import group, said, somebody
from tongpin.channels.fake.platform import FakeChannel, Platform
from tongpin.channels.port import Health, Supplies
from tongpin.channels.registry import CHANNELS
from tongpin.core.sending import accounts
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import InboxLetter, Letter
from tongpin.core.sending.queueing import queue_letter, queue_letters
from tongpin.core.sending.rooms import posts_of
from tongpin.wiring import delivering
from tongpin.wiring.delivering import Delivering

pytestmark = pytest.mark.django_db(transaction=True)

city = Platform()
"""The platform that the registry opens a way to in these tests."""

health = Health(ok=True, named="同频的测试号")


class CityChannel(FakeChannel):
    """A way to the city that says what it is told of its account."""

    async def check(self) -> Health:
        return health


def open_city(*, config: Mapping[str, str], supplies: Supplies) -> FakeChannel:
    return CityChannel(platform=city)


@pytest.fixture(autouse=True)
def _city(monkeypatch: pytest.MonkeyPatch) -> None:
    global city, health
    city, health = Platform(), Health(ok=True, named="同频的测试号")
    monkeypatch.setitem(CHANNELS, "fake", f"{__name__}:open_city")
    monkeypatch.setattr(delivering, "ACCOUNTS_LOOKED", 0.05)
    monkeypatch.setattr(delivering, "LOOKED", 0.02)
    monkeypatch.setattr("tongpin.core.sending.delivering.AGAIN", 0.05)


def connect(noon: datetime) -> None:
    accounts.connect(kind="fake", config={"where": "here"}, at=noon, actor="staff:1")


def work(steps: Callable[[Desk], Any]) -> None:
    """Delivers while the steps are walked, and ends."""

    async def walk() -> None:
        stop, desk = asyncio.Event(), Desk()
        running = asyncio.create_task(Delivering().run(stop=stop))
        try:
            async with asyncio.timeout(60):
                await steps(desk)
        finally:
            stop.set()
            await running
            await desk.close()

    asyncio.run(walk())


async def until(desk: Desk, is_so: Callable[[], bool]) -> None:
    while not await desk(is_so):
        await asyncio.sleep(0.02)


def all_sent() -> bool:
    return not Letter.objects.exclude(state="sent").exists()


def test_a_new_account_is_noticed_and_what_waited_arrives_in_order(noon: datetime) -> None:
    place = group("g", noon)
    queue_letters(letters=[said(f"第{n}句", place_id=place) for n in range(5)], at=noon)

    async def steps(desk: Desk) -> None:
        await until(desk, lambda: Letter.objects.filter(state="queued").count() == 5)
        await desk(connect, noon)
        await until(desk, all_sent)

    work(steps)
    assert city.said_in("g") == [f"第{n}句" for n in range(5)]


def test_what_the_platform_says_of_the_account_is_kept(noon: datetime) -> None:
    connect(noon)

    async def steps(desk: Desk) -> None:
        await until(desk, lambda: accounts.accounts()[0].checked_at is not None)

    work(steps)
    (seen,) = accounts.accounts()
    assert (seen.name, seen.broken_at, seen.reason) == ("同频的测试号", None, "")


def test_a_removed_account_sends_nothing_more_and_a_new_one_goes_on(noon: datetime) -> None:
    place = group("g", noon)
    connect(noon)

    async def steps(desk: Desk) -> None:
        await desk(queue_letter, letter=said("one", place_id=place), at=noon)
        await until(desk, all_sent)
        await desk(accounts.disconnect, kind="fake", at=noon, actor="staff:1")
        await asyncio.sleep(0.3)
        await desk(queue_letter, letter=said("two", place_id=place), at=noon)
        await asyncio.sleep(0.3)
        assert city.said_in("g") == ["one"]
        await desk(connect, noon)
        await until(desk, all_sent)

    work(steps)
    assert city.said_in("g") == ["one", "two"]


def test_our_own_rooms_and_inboxes_need_no_account(noon: datetime) -> None:
    place, person = group("g", noon), somebody(noon)
    queue_letter(letter=said("群里", channel="web", place_id=place), at=noon)
    queue_letter(letter=said("给你", channel="web", person_id=person), at=noon)

    async def steps(desk: Desk) -> None:
        await until(desk, all_sent)

    work(steps)
    assert [one.content.text for one in posts_of(place_id=place) if one.content] == ["群里"]
    assert [row.content for row in InboxLetter.objects.all()] == [{"text": "给你"}]


def test_a_channel_that_does_not_open_is_told_of_and_the_others_go_on(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(noon)
    monkeypatch.setitem(CHANNELS, "fake", "tongpin.channels.mail.post:open_mail")
    place = group("g", noon)

    async def steps(desk: Desk) -> None:
        await until(desk, lambda: accounts.accounts()[0].broken_at is not None)
        await desk(queue_letter, letter=said("群里", channel="web", place_id=place), at=noon)
        await until(desk, all_sent)

    work(steps)
    assert accounts.accounts()[0].reason == "bad_config"


def cut_all_connections(but: int) -> None:
    """Every connection, as when the server was restarted, but the one that asks and the test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            # Autovacuum's are not ours to end.
            " and backend_type = 'client backend'"
            " and pid not in (pg_backend_pid(), %s)",
            [but],
        )


def own_connection() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.whole
def test_a_database_that_goes_away_again_and_again_costs_no_letter_and_doubles_none(noon: datetime) -> None:
    names = [f"g{n}" for n in range(4)]
    numbers = {name: group(name, noon) for name in names}
    for n in range(20):
        queue_letters(letters=[said(f"{name}/{n}", place_id=number) for name, number in numbers.items()], at=noon)
    city.idempotent = False  # a platform that says twice what is sent twice

    async def before(_: Any) -> None:
        await asyncio.sleep(0.005)

    city.before = before
    connect(noon)
    cuts, own = 0, own_connection()

    async def steps(desk: Desk) -> None:
        nonlocal cuts
        while not await desk(all_sent):
            if cuts < 12:
                await desk(cut_all_connections, own)
                cuts += 1
            await asyncio.sleep(0.1)

    work(steps)
    assert {name: city.said_in(name) for name in names} == {name: [f"{name}/{n}" for n in range(20)] for name in names}
    assert cuts > 3


CHILD = """
import asyncio, os, sys
import django
django.setup()
from pathlib import Path
from tongpin.channels import registry
from tongpin.channels.fake.platform import FakeChannel, Platform

said = Path(sys.argv[1])

async def after(thing):
    # The platform has it; it is slow to say so.
    with said.open("a") as file:
        file.write(f"{thing.key} {thing.content.text}\\n")
    await asyncio.sleep(float(sys.argv[2]))

platform = Platform(idempotent=False, after=after)

import types
street = types.ModuleType("street_of_the_test")
street.open_street = lambda *, config, supplies: FakeChannel(platform=platform)
sys.modules["street_of_the_test"] = street
registry.CHANNELS["fake"] = "street_of_the_test:open_street"

from tongpin.wiring.delivering import Delivering
asyncio.run(Delivering().run(stop=asyncio.Event()))
"""


def a_worker(said_here: Path, *, slow: float = 0.03) -> subprocess.Popen[bytes]:
    told = connection.settings_dict
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    address = f"{base.rsplit('/', 1)[0]}/{told['NAME']}" + (f"?{query}" if query else "")
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(said_here), str(slow)],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tongpin.wiring.settings"},
    )


@pytest.mark.whole
def test_a_worker_killed_again_and_again_loses_nothing_and_keeps_order(noon: datetime, tmp_path: Path) -> None:
    names = [f"g{n}" for n in range(3)]
    numbers = {name: group(name, noon) for name in names}
    for n in range(12):
        queue_letters(letters=[said(f"{name}/{n}", place_id=number) for name, number in numbers.items()], at=noon)
    connect(noon)
    heard = tmp_path / "said"
    heard.touch()
    lines, deaths = 0, 0
    deadline = time.monotonic() + 120
    while deaths < 3:
        process = a_worker(heard)
        while len(heard.read_text().splitlines()) < lines + 6 and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines, deaths = len(heard.read_text().splitlines()), deaths + 1
    process = a_worker(heard)
    try:
        while not all_sent() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait()
    assert all_sent()
    told: dict[str, str] = {}
    for line in heard.read_text().splitlines():
        key, text = line.split(" ", 1)
        assert told.setdefault(key, text) == text
    # Whatever was said twice was said with its own key; by first hearing all is there, in order.
    for name in names:
        assert [text for text in told.values() if text.startswith(name)] == [f"{name}/{n}" for n in range(12)]


@pytest.mark.whole
def test_what_a_living_worker_is_sending_is_left_to_it_and_taken_up_when_it_dies(
    noon: datetime, tmp_path: Path
) -> None:
    place = group("g", noon)
    queue_letters(letters=[said("one", place_id=place), said("two", place_id=place)], at=noon)
    connect(noon)
    heard = tmp_path / "said"
    heard.touch()
    first = a_worker(heard, slow=25)

    async def steps(desk: Desk) -> None:
        # Dozens of looks at who is alive.
        await asyncio.sleep(2)
        assert (city.said_in("g"), first.poll()) == ([], None)
        assert await desk(lambda: Letter.objects.get(state="claimed").claimed_by) == claimed
        first.send_signal(signal.SIGKILL)
        await desk(first.wait)
        await until(desk, all_sent)

    try:
        deadline = time.monotonic() + 60
        while not heard.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)
        claimed = Letter.objects.get(state="claimed").claimed_by
        work(steps)
    finally:
        first.kill()
        first.wait()
    assert city.said_in("g") == ["one", "two"]


def test_a_worker_that_ends_leaves_nothing_waiting_for_a_lease(noon: datetime) -> None:
    place = group("g", noon)
    queue_letter(letter=said("one", place_id=place), at=noon)
    connect(noon)
    hangs, asked = True, asyncio.Event()

    async def before(_: Any) -> None:
        asked.set()
        if hangs:
            await asyncio.sleep(60)

    city.before = before

    async def ends(desk: Desk) -> None:
        await asked.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "END_WITHIN", 0.05)
        work(ends)
    assert Letter.objects.get().state == "claimed"
    hangs = False

    async def goes_on(desk: Desk) -> None:
        await until(desk, all_sent)

    work(goes_on)
    assert city.said_in("g") == ["one"]
