"""No code of people stands on a page without words."""

from __future__ import annotations

from typing import get_args

import pytest
from django.utils.translation import override

from tongpin.core.people.likeness import CODES, STRONG, SUGGEST
from tongpin.core.people.listing import Sort
from tongpin.core.people.meeting import SAID_BY_HAND
from tongpin.core.people.merging import TOGETHER
from tongpin.core.people.rules import CHANNELS, DECLARED, LIFE_KINDS, OWN_WORD, PURPOSES, REFUSED, TOUCHPOINTS, Ground
from tongpin.core.people.signs import STRENGTH
from tongpin.web.console import people_words as words
from tongpin.web.console.likeness_words import REASONS, band, why


def test_every_code_has_words() -> None:
    assert set(REASONS) == {*CODES, TOGETHER, SAID_BY_HAND, "by_hand"}
    assert list(words.TOUCHPOINT_WORDS) == list(TOUCHPOINTS)
    assert set(words.SIGN_WORDS) == set(STRENGTH)
    assert set(words.LIFE_WORDS) == set(words.LIFE_EXAMPLES) == LIFE_KINDS
    assert set(words.PURPOSE_WORDS) == PURPOSES
    assert set(words.CHANNEL_WORDS) == CHANNELS
    assert set(words.BASIS_WORDS) == OWN_WORD | DECLARED | {REFUSED}
    assert set(words.BASES_BY_HAND) <= set(words.BASIS_WORDS)
    assert set(words.SORT_WORDS) == set(get_args(Sort))


@pytest.mark.parametrize(
    ("ground", "english", "chinese"),
    [
        (
            Ground("phone_mask_fits", detail=("head_3", "tail_4")),
            "masked phone fits (first 3 digits, last 4 digits)",
            "遮住的手机对得上（前 3 位、后 4 位）",
        ),
        (
            Ground("told_together", detail=("phone", "openid")),
            "told together (Phone, WeChat open id)",
            "同时报出（手机、微信 openid）",
        ),
        (Ground("name_near", detail=("spacing",)), "similar names", "姓名相近"),
        (Ground("birth_differs", agrees=False), "different birthdays", "生日不同"),
        (Ground("of_tomorrow"), "of tomorrow", "of tomorrow"),
    ],
)  # fmt: skip
def test_a_reason_is_worded_with_what_its_detail_adds(ground: Ground, english: str, chinese: str) -> None:
    with override("en"):
        assert why(ground).text == english
    with override("zh-hans"):
        assert why(ground).text == chinese
    assert why(ground).agrees is ground.agrees


def test_bands_follow_the_thresholds_of_likeness() -> None:
    with override("en"):
        assert [band(score).chip for score in (STRONG, SUGGEST, SUGGEST - 0.01)] == ["good", "wait", ""]


def test_sums_carry_their_currency() -> None:
    assert words.sum_words(8900, "CNY") == "¥89.00"
    assert words.sum_words(-1250, "GBP") == "\u2212GBP\u00a012.50"


def test_a_way_in_names_its_number() -> None:
    with override("en"):
        assert [words.via_word(via) for via in ("hand", "import:12", "elsewhere")] == [
            "added by hand",
            "import #12",
            "elsewhere",
        ]
