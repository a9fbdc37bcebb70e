"""What counts as given (予), in chats that tell what answers what and in those that do not."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.insight.making import World, clocks, make_lake
from tongpin.core.facts.digests import DigestQuoted
from tongpin.core.facts.places import MessageHeard, MessageRecalled, PlaceOpened
from tongpin.core.facts.value import ValueJudged
from tongpin.insight.contributions import contributions
from tongpin.insight.days import seconds
from tongpin.insight.lake import Lake

MINUTE = 1 / 1440
MEI, QIANG, YUN, STAFF = 1, 2, 3, 9
Given = list[tuple[int, int, bool]]


def given_in(folder: Path, world: World, community: int = 0) -> tuple[Given, str]:
    """(person, minutes before noon, by a teammate) of every contribution, and how they were found."""
    with Lake(make_lake(folder, world)) as lake:
        told, method = contributions(lake=lake, clocks=clocks(), community=community)
        noon = int(clocks().as_of.timestamp())
        rows = lake.rows(told.select("person", "staff", second=seconds(told["at"])))
    found = [(int(str(r["person"])), round((noon - int(str(r["second"]))) / 60), bool(r["staff"])) for r in rows]
    return sorted(found), method


def said(world: World, number: int, person: int | None, before: float, *, place: int = 7, **more: Any) -> None:
    """Somebody says something so many minutes before noon; unless told, a sentence that says enough."""
    told: dict[str, Any] = {"length": 30, "han": 28, **more}
    world.tell(
        MessageHeard(message=number, message_key=str(number), **told),
        days=before * MINUTE,
        person=person,
        place=place,
    )


def test_in_a_chat_that_tells_no_replies_the_next_word_of_another_answers(tmp_path: Path) -> None:
    world = World(internal={STAFF})
    said(world, 1, MEI, 300)
    said(world, 2, QIANG, 295)
    said(world, 3, QIANG, 294, length=70)
    said(world, 4, MEI, 200)
    said(world, 5, STAFF, 199)
    said(world, 6, MEI, 195, length=5, han=5)
    assert given_in(tmp_path, world) == ([(MEI, 200, False), (MEI, 300, False), (STAFF, 199, True)], "proxy")


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, True),
        ({"length": 7, "han": 7}, False),
        ({"length": 8, "han": 8}, True),
        ({"length": 20, "han": 0}, True),
        ({"links": 1}, False),
        ({"message_kind": "image"}, False),
    ],
)
def test_what_says_too_little_or_sells_is_no_gift_however_fast_somebody_goes_on(
    tmp_path: Path, more: dict[str, Any], counts: bool
) -> None:
    world = World()
    said(world, 1, MEI, 60, **more)
    said(world, 2, QIANG, 59, length=3, han=3)
    assert given_in(tmp_path, world)[0] == ([(MEI, 60, False)] if counts else [])


def test_a_place_that_tells_replies_is_read_by_them_and_topics_by_themselves(tmp_path: Path) -> None:
    world = World()
    said(world, 1, MEI, 300)
    said(world, 2, QIANG, 299)
    said(world, 3, YUN, 298, reply_to=1)
    for number, person, before, thread in ((4, MEI, 250, 1), (5, QIANG, 249, 2), (6, YUN, 100, 1)):
        said(world, number, person, before, place=8, thread=thread)
    assert given_in(tmp_path, world)[0] == [(MEI, 250, False), (MEI, 300, False)]


def test_words_a_published_digest_quotes_are_a_gift_when_they_were_said(tmp_path: Path) -> None:
    world = World()
    world.tell(PlaceOpened(place_kind="group", community=3), days=1, place=7)
    for number, person in ((1, MEI), (2, QIANG), (3, YUN), (4, None)):
        said(world, number, person, 900 - 60 * number)
        world.tell(DigestQuoted(digest=5, message=number, community=3), person=person)
    world.tell(DigestQuoted(digest=6, message=1, community=3), person=MEI)
    world.tell(MessageRecalled(message=3, by="host"), place=7)
    quoted = [(MEI, 840, False), (QIANG, 780, False)]
    assert given_in(tmp_path / "proxy", world) == (quoted, "proxy")
    assert given_in(tmp_path / "there", world, 3)[0] == quoted
    assert given_in(tmp_path / "elsewhere", world, 4)[0] == []
    judged: dict[str, Any] = {"about_kind": "message", "formula": 1, "community": 3}
    world.tell(ValueJudged(about=1, quality=0.9, **judged), person=MEI)
    world.tell(ValueJudged(about=2, quality=0.1, **judged), person=QIANG)
    assert given_in(tmp_path / "judged", world) == (quoted, "judged"), "what an editor kept is worth all"


@pytest.mark.parametrize("seed", range(4))
def test_flat_chats_count_as_a_plain_telling_of_them_does(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = World(internal={STAFF})
    chat = []
    for number in range(1, 120):
        person, before = rng.choice([MEI, MEI, QIANG, YUN, STAFF, None]), rng.randrange(0, 900)
        length, links, place = rng.choice([3, 9, 25, 80]), rng.choice([0, 0, 0, 1]), rng.choice([7, 8])
        kind = rng.choice(["text"] * 6 + ["image", "system"])
        more = {"length": length, "han": length // 2, "links": links, "message_kind": kind}
        said(world, number, person, before, place=place, **more)
        if kind == "text":
            chat.append((place, -before, number, person, length, links))
    expected = [
        (one[3], -one[1], one[3] == STAFF)
        for one, next_ in pairwise(sorted(chat, key=lambda one: one[:3]))
        if one[0] == next_[0] and one[3] and next_[3] and one[3] != next_[3] and next_[1] - one[1] <= 10
        if (one[4] // 2 >= 8 or one[4] >= 20) and not one[5]
    ]
    assert given_in(tmp_path, world)[0] == sorted(expected)
