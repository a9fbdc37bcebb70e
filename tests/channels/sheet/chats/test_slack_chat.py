"""Real conversations: three years of a public channel, ordered by conversation and not by time."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.keys import Occurrences
from tongpin.channels.sheet.chats.recognition import recognise_opened
from tongpin.channels.sheet.chats.values import BadRow, Chat, Item, Member, Said
from tongpin.channels.sheet.reading import open_file

UTC = ZoneInfo("UTC")


def _items(folder: Path, year: int) -> list[Item]:
    opened = open_file(folder / "slack_chat" / f"racket-{year}.jsonl.gz")
    return list(iterate(opened, recognise_opened(opened), zone=UTC))


@pytest.mark.parametrize(
    ("year", "messages", "people", "threads"), [(2017, 6757, 85, 565), (2018, 9709, 144, 1088), (2019, 5706, 106, 711)]
)
def test_every_message_person_and_thread_is_there(
    real_data: Path, year: int, messages: int, people: int, threads: int
) -> None:
    items = _items(real_data, year)
    said = [item for item in items if isinstance(item, Said)]
    counted = Occurrences()
    assert [item for item in items if isinstance(item, Chat)] == [
        Chat("unknown", "general", "racket/general", "group", None, "plain_jsonl")
    ]  # fmt: skip
    assert (len(said), len({item.thread for item in said})) == (messages, threads)
    assert len({item.external_id for item in items if isinstance(item, Member)}) == people
    assert len({counted.key(item) for item in said}) == messages
    assert not [item for item in items if isinstance(item, BadRow)]
    assert {item.at.year for item in said} <= {year - 1, year}


def test_a_later_overlapping_part_adds_no_second_key(real_data: Path) -> None:
    said = sorted((item for item in _items(real_data, 2017) if isinstance(item, Said)), key=lambda item: item.at)
    whole, early, late = Occurrences(), Occurrences(), Occurrences()
    keys = {whole.key(item) for item in said}
    assert {early.key(item) for item in said[:4000]} | {late.key(item) for item in said[2500:]} == keys
