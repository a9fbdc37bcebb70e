"""What keeps the doors shut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tongpin.loop.gather.launch.phrases import TO_DO
from tongpin.loop.gather.launch.rules import ITEMS, Item, Standing, checklist, missing, suggested_door

EMPTY = Standing(positioning_lacks=("thing_done_together", "ideal_member"))
ENOUGH = Standing(positioning_lacks=(), rules=1, welcome_steps=1, questions=0, places=1)


def test_of_an_empty_community_everything_needed_is_missing() -> None:
    assert missing(checklist(EMPTY)) == ("positioning", "rules", "welcome", "threshold", "place")
    assert [item.code for item in checklist(EMPTY)] == list(ITEMS)
    assert not any(item.stands for item in checklist(EMPTY))


def test_the_least_that_opens_a_door_and_asking_nothing_is_a_decision() -> None:
    assert missing(checklist(ENOUGH)) == ()
    standing = [item for item in checklist(ENOUGH) if item.stands]
    assert standing == [
        Item("positioning", True, True),
        Item("rules", True, True, 1),
        Item("welcome", True, True, 1),
        Item("threshold", True, True, 0),
        Item("place", True, True, 1),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"positioning_lacks": ("ideal_member",)}, "positioning"),
        ({"rules": 0}, "rules"),
        ({"welcome_steps": 0}, "welcome"),
        ({"questions": None}, "threshold"),
        ({"places": 0}, "place"),
    ],
)
def test_each_needed_item_alone_keeps_the_door_shut(change: dict[str, int], code: str) -> None:
    assert missing(checklist(replace(ENOUGH, **change))) == (code,)


def test_what_is_only_advised_is_ticked_and_never_holds_a_door() -> None:
    full = replace(ENOUGH, roles=8, rituals=1, content_sources=2, goal=True, plan=True, entrances=3)
    assert all(item.stands for item in checklist(full))


def test_seeds_are_suggested_first_then_members_then_everybody() -> None:
    assert [suggested_door(doors) for doors in ((), ("seeds",), ("members",), ("public",))] == [
        "seeds",
        "members",
        "public",
        None,
    ]


def test_every_code_has_its_words() -> None:
    assert set(TO_DO) == set(ITEMS)
