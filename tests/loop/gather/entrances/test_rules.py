"""Which ways in there can be."""

from __future__ import annotations

import pytest

from tongpin.core.facts.sentences.codes import CODES
from tongpin.loop.gather.entrances.rules import CHANNELS, REASONS, wrong_with


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"channel": "counter", "name": "柜台海报", "door": "public"}, None),
        ({"channel": "counter", "name": "", "door": "public"}, "no_name"),
        ({"channel": "telepathy", "name": "x", "door": "public"}, "strange_channel"),
        ({"channel": "counter", "name": "x", "door": "cellar"}, "strange_door"),
    ],
)
def test_an_entrance_has_a_name_a_channel_and_a_door(told: dict[str, str], reason: str | None) -> None:
    assert wrong_with(**told) == reason


def test_every_channel_and_reason_has_its_words() -> None:
    assert set(CHANNELS) <= set(CODES["entrance_channel"])
    assert set(REASONS) <= set(CODES["entrance_reason"])
