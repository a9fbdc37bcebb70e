"""Letters and commands as a human is asked to do them."""

from __future__ import annotations

import asyncio

import pytest

from tongpin.channels.errand.todo import as_deed, as_todo, open_errand
from tongpin.channels.port import (
    Address,
    BadConfig,
    Card,
    Command,
    Content,
    Letter,
    Picture,
    Supplies,
    ToDo,
    TransportError,
    Voice,
)

GROUP = Address(kind="place", value="妈妈一群")


class Given:
    """Errands in memory."""

    def __init__(self) -> None:
        self.todos: dict[str, ToDo] = {}

    async def give(self, *, todo: ToDo) -> str:
        self.todos.setdefault(todo.key, todo)
        return str(list(self.todos).index(todo.key) + 1)


def test_a_card_becomes_text_with_the_link_on_a_line_of_its_own() -> None:
    content = Content(
        text="今晚八点，林老师开讲。",
        pictures=(Picture(media="p1"),),
        card=Card(title="辅食怎么加", text="直播间", url="https://example.com/t/1", picture="p2"),
    )
    assert as_todo(Letter(key="a", to=GROUP, content=content)) == ToDo(
        key="a",
        kind="paste",
        to=GROUP,
        text="今晚八点，林老师开讲。\n\n辅食怎么加\n直播间\nhttps://example.com/t/1",
        pictures=("p1", "p2"),
        url="https://example.com/t/1",
    )


def test_a_command_says_whom_and_what() -> None:
    assert as_deed(Command(key="c", verb="redact", place="妈妈一群", message="7")) == ToDo(
        key="c", kind="redact", to=GROUP, text="", message="7"
    )
    assert as_deed(Command(key="d", verb="open_group", name="妈妈二群")) == ToDo(
        key="d", kind="open_group", to=None, text="妈妈二群"
    )


def test_the_receipt_says_that_a_human_has_it() -> None:
    given = Given()
    channel = open_errand(config={}, supplies=Supplies(errands=given))
    letter = Letter(key="a", to=GROUP, content=Content(text="hello"))
    first, again = asyncio.run(channel.send(letter=letter)), asyncio.run(channel.send(letter=letter))
    assert (first.platform_id, first.by_human, again.platform_id, len(given.todos)) == ("1", True, "1", 1)


def test_nobody_is_asked_to_paste_a_voice() -> None:
    channel = open_errand(config={}, supplies=Supplies(errands=Given()))
    with pytest.raises(TransportError, match="not_offered") as told:
        asyncio.run(channel.send(letter=Letter(key="a", to=GROUP, content=Content(voice=Voice(media="v")))))
    assert told.value.permanent


def test_without_a_list_of_errands_it_does_not_open() -> None:
    with pytest.raises(BadConfig, match="errands"):
        open_errand(config={}, supplies=Supplies())
