"""The platform in memory does what it is told, and no more."""

from __future__ import annotations

import asyncio

import pytest

from tongpin.channels.fake.platform import FakeChannel, Platform, open_fake
from tongpin.channels.port import Address, BadConfig, BadPayload, Command, Content, Letter, Supplies, TransportError


def letter(key: str, text: str = "hello", to: str = "room") -> Letter:
    return Letter(key=key, to=Address(kind="place", value=to), content=Content(text=text))


def test_what_was_taken_is_not_taken_again_under_its_key() -> None:
    channel = FakeChannel()

    async def walk() -> list[str]:
        first = await channel.send(letter=letter("a", "one"))
        again = await channel.send(letter=letter("a", "one"))
        second = await channel.send(letter=letter("b", "two"))
        return [first.platform_id, again.platform_id, second.platform_id]

    assert asyncio.run(walk()) == ["fake-1", "fake-1", "fake-2"]
    assert channel.platform.said_in("room") == ["one", "two"]
    assert channel.platform.tries == ["a", "a", "b"]


def test_a_platform_without_keys_says_it_twice() -> None:
    channel = FakeChannel(platform=Platform(idempotent=False))

    async def walk() -> None:
        await channel.send(letter=letter("a", "one"))
        await channel.send(letter=letter("a", "one"))

    asyncio.run(walk())
    assert channel.platform.said_in("room") == ["one", "one"]
    assert not channel.capabilities.idempotent


def test_trouble_on_the_way_back_comes_after_the_letter_was_taken() -> None:
    async def slow(_: object) -> None:
        raise TransportError(reason="no_answer", permanent=False)

    channel = FakeChannel(platform=Platform(after=slow))
    with pytest.raises(TransportError, match="no_answer"):
        asyncio.run(channel.send(letter=letter("a")))
    assert channel.platform.said_in("room") == ["hello"]


def test_commands_are_kept_apart_from_letters() -> None:
    channel = FakeChannel()
    asyncio.run(channel.do(command=Command(key="c", verb="kick", place="room", person="u1")))
    assert channel.platform.said == []
    assert [one.verb for one in channel.platform.done] == ["kick"]


def test_what_was_heard_is_read_in_order() -> None:
    payload = (
        b'[{"key": "1", "place": "room", "sender": "u1", "text": "a"}, {"key": "2", "place": "room", "sender": "u2"}]'
    )
    heard = FakeChannel().parse(payload=payload)
    assert [(one.key, one.sender, one.text) for one in heard] == [("1", "u1", "a"), ("2", "u2", "")]
    with pytest.raises(BadPayload, match="unreadable"):
        FakeChannel().parse(payload=b"[{]")


def test_it_has_no_settings() -> None:
    with pytest.raises(BadConfig, match="left out"):
        open_fake(config={"host": "x"}, supplies=Supplies())
