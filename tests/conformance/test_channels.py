"""What every channel keeps to, whatever is behind it. A new one needs a line in STREETS: how it is tried without the outside."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.matrix_server import Synapse
from tongpin.channels import port
from tongpin.channels.fake.platform import FakeChannel
from tongpin.channels.port import Address, BadConfig, BadPayload, Card, Channel, Command, Content, Letter, Supplies
from tongpin.channels.registry import CHANNELS, UnknownChannel, channel_kinds, open_channel
from tongpin.testing.smtp_server import SmtpServer

PLACE, PERSON = "place-1", "xiaomei@example.org"
T = TypeVar("T")


@dataclass(frozen=True)
class Street:
    """A channel with what is behind it: `arrived` counts what came through."""

    channel: Channel
    arrived: Callable[[], int]
    place: str = PLACE
    person: str = PERSON
    message: str = "m1"


class Store:
    """Our own rooms and errands in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def _put(self, key: str, thing: Any) -> str:
        self.kept.setdefault(key, thing)
        return f"kept-{list(self.kept).index(key)}"

    async def keep(self, *, letter: Letter) -> str:
        return self._put(letter.key, letter)

    async def obey(self, *, command: Command) -> str:
        return self._put(command.key, command)

    async def give(self, *, todo: port.ToDo) -> str:
        return self._put(todo.key, todo)


@asynccontextmanager
async def web() -> AsyncIterator[Street]:
    store = Store()
    yield Street(open_channel(kind="web", config={}, supplies=Supplies(rooms=store)), lambda: len(store.kept))


@asynccontextmanager
async def errand() -> AsyncIterator[Street]:
    store = Store()
    yield Street(open_channel(kind="errand", config={}, supplies=Supplies(errands=store)), lambda: len(store.kept))


@asynccontextmanager
async def fake() -> AsyncIterator[Street]:
    channel = open_channel(kind="fake", config={}, supplies=Supplies())
    assert isinstance(channel, FakeChannel)
    yield Street(channel, lambda: len(channel.platform.said) + len(channel.platform.done))


@asynccontextmanager
async def mail() -> AsyncIterator[Street]:
    async with SmtpServer() as server:
        config = {
            "host": "127.0.0.1",
            "port": str(server.port),
            "security": "none",
            "sender": "hello@example.com",
        }
        yield Street(open_channel(kind="mail", config=config, supplies=Supplies()), lambda: len(server.taken))


@asynccontextmanager
async def matrix() -> AsyncIterator[Street]:
    """A fresh room of ours on a real homeserver, and somebody to write to."""
    server = RUNNING[0]
    person, _ = server.person(f"p{secrets.token_hex(4)}")
    channel = open_channel(kind="matrix", config=server.config, supplies=server.supplies())
    opened = await channel.do(command=Command(key=secrets.token_hex(8), verb="open_group", name="street"))
    room = Address(kind="place", value=opened.platform_id)
    first = await channel.send(letter=Letter(key="first", to=room, content=Content(text="a")))
    began = server.arrived(room.value, person)
    yield Street(
        channel,
        lambda: server.arrived(room.value, person) - began,
        place=room.value,
        person=person,
        message=first.platform_id,
    )


RUNNING: list[Synapse] = []


@pytest.fixture(autouse=True)
def _homeserver(request: pytest.FixtureRequest) -> None:
    """Only what is tried on Matrix needs a homeserver."""
    found = getattr(request.node, "callspec", None)
    if found is not None and found.params.get("kind") == "matrix":
        RUNNING[:] = [request.getfixturevalue("homeserver")]


STREETS: dict[str, Callable[[], AbstractAsyncContextManager[Street]]] = {
    "web": web,
    "errand": errand,
    "fake": fake,
    "mail": mail,
    "matrix": matrix,
}
ELSEWHERE: dict[str, str] = {}
"""Channels that need a server of their own: kind → the test that holds them to the same."""

SETTINGS: dict[str, dict[str, str]] = {
    "mail": {"host": "smtp.example.com", "sender": "a@example.com"},
    "matrix": {
        "homeserver": "https://matrix.example.com",
        "server_name": "example.com",
        "as_token": "a-secret-of-the-house",
        "hs_token": "a-secret-of-the-server",
        "localpart": "tongpin",
    },
}
"""Of channels whose payloads are read without the server that is behind them."""

ON_REAL = {"matrix": [pytest.mark.whole, pytest.mark.xdist_group("homeserver")]}
every_channel = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=ON_REAL.get(kind, ())) for kind in sorted(STREETS)]
)


def walk(kind: str, deed: Callable[[Street], Awaitable[T]]) -> T:
    async def _walk() -> T:
        async with STREETS[kind]() as street:
            try:
                return await deed(street)
            finally:
                await street.channel.close()

    return asyncio.run(_walk())


def letters_for(street: Street) -> list[Letter]:
    """A letter of each part to each kind of address the channel says it takes."""
    contents = {
        "text": Content(text="大家好"),
        "pictures": Content(pictures=(port.Picture(media="p1"),)),
        "voice": Content(voice=port.Voice(media="v1", seconds=3)),
        "card": Content(card=Card(title="开讲", url="https://example.com/t/1")),
    }
    can = street.channel.capabilities
    return [
        Letter(
            key=f"{to}-{part}",
            to=Address(kind=to, value=street.place if to == "place" else street.person),
            content=content,
        )
        for to in sorted(can.to)
        for part, content in contents.items()
        if part in can.parts
    ]


def test_every_channel_is_held_to_this() -> None:
    assert sorted({*STREETS, *ELSEWHERE}) == sorted(CHANNELS)
    assert set(channel_kinds()) >= set(CHANNELS)


def test_a_channel_nobody_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownChannel, match="web"):
        open_channel(kind="pigeon", config={}, supplies=Supplies())


@every_channel
def test_it_is_what_it_is_called_and_says_what_it_can(kind: str) -> None:
    async def deed(street: Street) -> None:
        can = street.channel.capabilities
        assert street.channel.kind == kind
        assert can.to
        assert can.parts
        assert can.at_once >= 1
        assert can.burst >= 1
        assert 0 < can.answers_within <= 120
        assert (await street.channel.check()).ok

    walk(kind, deed)


@every_channel
def test_what_it_offers_it_takes_with_a_receipt(kind: str) -> None:
    async def deed(street: Street) -> None:
        wanted = letters_for(street)
        receipts = [await street.channel.send(letter=one) for one in wanted]
        assert wanted
        assert street.arrived() == len(wanted)
        assert all(0 < len(one.platform_id) <= 300 and one.at.tzinfo is not None for one in receipts)
        assert len({one.platform_id for one in receipts}) == len(wanted)
        assert {one.by_human for one in receipts} == {street.channel.capabilities.needs_human}

    walk(kind, deed)


@every_channel
def test_the_same_key_gives_the_same_receipt_and_says_it_once_where_that_is_promised(kind: str) -> None:
    async def deed(street: Street) -> None:
        letter = letters_for(street)[0]
        first, again = await street.channel.send(letter=letter), await street.channel.send(letter=letter)
        assert first.platform_id == again.platform_id
        assert street.arrived() == (1 if street.channel.capabilities.idempotent else 2)

    walk(kind, deed)


@every_channel
def test_what_it_does_not_offer_is_refused_for_good_before_anything_leaves(kind: str) -> None:
    async def deed(street: Street) -> None:
        can = street.channel.capabilities
        to = Address(kind=sorted(can.to)[0], value=PERSON)
        over: list[Awaitable[Any]] = [
            street.channel.send(letter=Letter(key="x1", to=to, content=Content(text="长" * (can.text_limit + 1))))
        ]
        if "place" not in can.to:
            place = Address(kind="place", value=PLACE)
            over.append(street.channel.send(letter=Letter(key="x2", to=place, content=Content(text="a"))))
        if "voice" not in can.parts:
            voice = Content(text="a", voice=port.Voice(media="v"))
            over.append(street.channel.send(letter=Letter(key="x3", to=to, content=voice)))
        for verb in sorted(set(port.NEEDS) - can.verbs):
            given_ = {"place": PLACE, "person": PERSON, "message": "m1", "name": "n"}
            over.append(street.channel.do(command=Command(key=f"c-{verb}", verb=verb, **given_)))
        for deed_ in over:
            with pytest.raises(port.TransportError) as told:
                await deed_
            assert told.value.permanent
            assert told.value.reason in {"not_offered", "too_long", "needs_human"}
            assert PERSON not in str(told.value)
        assert street.arrived() == 0

    walk(kind, deed)


@every_channel
def test_commands_it_knows_are_done_with_a_receipt(kind: str) -> None:
    async def deed(street: Street) -> None:
        for verb in sorted(street.channel.capabilities.verbs):
            command = Command(
                key=f"c-{verb}", verb=verb, place=street.place, person=street.person, message=street.message, name="n"
            )
            receipt = await street.channel.do(command=command)
            assert receipt.platform_id or verb in {"invite", "kick", "mute", "tag", "redact"}
        assert street.arrived() == len(street.channel.capabilities.verbs)

    walk(kind, deed)


@every_channel
@given(
    payload=st.binary(max_size=200)
    | st.text(max_size=100).map(str.encode)
    | st.sampled_from([b"{}", b"[]", b"[" * 9000])
)
@settings(max_examples=examples(60), deadline=None)
def test_whatever_comes_is_read_or_refused(kind: str, payload: bytes) -> None:
    async def deed(street: Street) -> None:
        try:
            heard = street.channel.parse(payload=payload)
        except BadPayload as error:
            reason = error.reason
        else:
            assert street.channel.capabilities.hears
            assert all(isinstance(one, port.Arrival) for one in heard)
            return
        assert reason in {"unreadable", "signature", "stale", "not_offered"}

    if kind in SETTINGS:
        channel = open_channel(kind=kind, config=SETTINGS[kind], supplies=Supplies())
        asyncio.run(deed(Street(channel, lambda: 0)))
        return
    walk(kind, deed)


@every_channel
def test_a_misspelt_setting_is_named(kind: str) -> None:
    async def deed(_: Street) -> None:
        store = Store()
        with pytest.raises(BadConfig) as told:
            open_channel(
                kind=kind,
                config={"hosst": "value that is not repeated"},
                supplies=Supplies(rooms=store, errands=store),
            )
        assert re.search("hosst", str(told.value))
        assert "not repeated" not in str(told.value)

    walk(kind, deed)


@every_channel
def test_it_can_be_closed_twice(kind: str) -> None:
    async def deed(street: Street) -> None:
        await street.channel.close()
        await street.channel.close()

    walk(kind, deed)


def test_what_will_never_arrive_is_not_tried_again() -> None:
    with pytest.raises(ValueError, match="not tried again"):
        port.TransportError(reason="refused", permanent=True, wide=True)


@pytest.mark.parametrize("key", ["", "a" * 33, "a b", "林"])
def test_a_key_every_platform_takes(key: str) -> None:
    with pytest.raises(ValueError, match="0-9 A-Z"):
        Letter(key=key, to=Address(kind="place", value="x"), content=Content(text="a"))


def test_a_letter_says_something_and_goes_somewhere() -> None:
    with pytest.raises(ValueError, match="says something"):
        Content(speaker="林老师")
    with pytest.raises(ValueError, match="where"):
        Address(kind="place", value="")
    with pytest.raises(ValueError, match="needs a person"):
        Command(key="a", verb="kick", place="x")
