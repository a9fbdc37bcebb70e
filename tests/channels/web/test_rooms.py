"""Our own rooms: sending is storing."""

from __future__ import annotations

import asyncio

import pytest

from tongpin.channels.port import Address, BadConfig, Command, Content, Letter, Supplies, Voice
from tongpin.channels.web.rooms import open_web


class Kept:
    """Rooms in memory."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.commands: list[Command] = []

    async def keep(self, *, letter: Letter) -> str:
        self.letters.append(letter)
        return f"message-{len(self.letters)}"

    async def obey(self, *, command: Command) -> str:
        self.commands.append(command)
        return command.message


def test_a_letter_is_handed_over_whole_and_its_id_comes_back() -> None:
    kept = Kept()
    letter = Letter(
        key="a",
        to=Address(kind="place", value="community:1"),
        content=Content(text="林老师来了", voice=Voice(media="v1")),
    )
    receipt = asyncio.run(open_web(config={}, supplies=Supplies(rooms=kept)).send(letter=letter))
    assert (kept.letters, receipt.platform_id, receipt.by_human) == ([letter], "message-1", False)


def test_a_redaction_is_obeyed() -> None:
    kept = Kept()
    command = Command(key="c", verb="redact", place="community:1", message="message-1")
    receipt = asyncio.run(open_web(config={}, supplies=Supplies(rooms=kept)).do(command=command))
    assert (kept.commands, receipt.platform_id) == ([command], "message-1")


def test_without_rooms_it_does_not_open() -> None:
    with pytest.raises(BadConfig, match="rooms"):
        open_web(config={}, supplies=Supplies())
