"""What is worth quoting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.give.digests.rules import Said, choose, is_greeting, is_thanks, says_enough, wrong_window

EIGHT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG = "先约好几点回来，再谈跑不跑；跑不成的那天，快走二十分钟也算数，断的从来不是体力"
OTHER = "我是和楼下邻居换班，她跑周一三五，我跑二四六，孩子一起玩，两家都省心"


def said(number: int, person: int | None, words: str, *, minute: float = 0.0, **more: Any) -> Said:
    return Said("message", number, person, EIGHT + timedelta(minutes=minute or number), words, place_id=1, **more)


@pytest.mark.parametrize(
    ("words", "enough"),
    [
        (LONG, True),
        ("好的好的", False),
        ("谢谢老板", False),
        ("so we agreed on when I come back", True),
        ("ok then", False),
        ("加我领优惠 https://example.com/x 今天截止马上抢购", False),
    ],
)
def test_a_contribution_says_enough_and_sells_nothing(words: str, enough: bool) -> None:
    assert says_enough(words) is enough


def test_thanks_are_short_and_a_story_about_thanks_is_none() -> None:
    assert [
        is_thanks(words) for words in ("学到了👍", "谢谢阿强", "我要谢谢大家上周帮我带孩子的三个小时，没有你们我跑不成")
    ] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("words", "greets"),
    [
        ("来了来了，林老师好", True),
        ("我到了，大家好，报到报到", True),
        ("老师辛苦了，大家晚安", True),
        ("hello everyone, good morning", True),
        ("早上先喝水再跑半小时最好", False),
        ("来了一个新办法：先数到十", False),
        ("大家晚上好，我是新来的小美妈妈", False),
        ("这样读效果好，我家也好", False),
        (LONG, False),
    ],
)
def test_a_greeting_says_nothing_else(words: str, greets: bool) -> None:
    assert is_greeting(words) is greets


def test_a_greeting_that_was_answered_counts_for_its_giver_and_is_offered_to_no_editor() -> None:
    found = choose(said=[said(1, 1, "来了来了，林老师好"), said(2, 2, LONG), said(3, 1, "嗯嗯")])
    assert ([one.number for one in found.quotes], dict(found.givers)) == ([2], {1: 1, 2: 1})


def test_what_was_answered_and_thanked_for_is_quoted_first() -> None:
    heard = [
        said(1, 1, LONG),
        said(2, 2, "这个办法好，我家也是说不清几点回来才吵的", reply_to=1),
        said(3, 3, "学到了", reply_to=1),
        said(4, 4, OTHER, minute=60),
        said(5, 5, "嗯嗯", minute=120),
    ]
    found = choose(said=heard, most=1)
    assert [(one.number, one.person_id, one.answers, one.thanks) for one in found.quotes] == [(1, 1, 1, 1)]
    assert found.givers.keys() == {1}, "the other story was long, and nobody answered it"


def test_in_a_chat_without_replies_the_next_word_of_another_answers() -> None:
    heard = [said(1, 1, LONG, minute=0.1), said(2, 2, OTHER, minute=5), said(3, 3, "谢谢", minute=6)]
    found = {one.number: (one.answers, one.thanks) for one in choose(said=heard).quotes}
    assert found == {1: (1, 0), 2: (0, 1)}
    late = [said(1, 1, LONG, minute=0.1), said(2, 2, OTHER, minute=30)]
    assert {one.number: one.answers for one in choose(said=late).quotes} == {1: 0, 2: 0}


def test_nobody_answers_or_thanks_themselves() -> None:
    heard = [
        said(1, 1, LONG),
        said(2, 1, "我再补一句：说清楚几点回来，比讲道理管用", reply_to=1),
        said(3, 1, "谢谢", reply_to=1),
    ]
    assert {one.number: (one.answers, one.thanks) for one in choose(said=heard).quotes} == {1: (0, 0), 2: (0, 0)}


def test_the_same_words_again_and_words_of_nobody_are_not_quoted() -> None:
    heard = [said(1, 1, LONG), said(2, 2, LONG + "！"), said(3, None, OTHER)]
    assert [one.number for one in choose(said=heard).quotes] == [1]


def test_what_a_host_kept_is_worth_all_and_many_voices_are_heard() -> None:
    words = [f"第{n}种办法是{one * 9}，我们家试过，管用" for n, one in enumerate("散快慢走跳爬坐", 1)]
    heard = [said(n, 1, text) for n, text in enumerate(words, 1)] + [said(20, 2, "每天早上六点起来先跑", kept=True)]
    found = choose(said=heard)
    assert sum(one.person_id == 1 for one in found.quotes) == 3
    assert [one.score for one in found.quotes if one.person_id == 2] == [1.0]


def test_teammates_are_quoted_and_not_thanked_as_givers() -> None:
    found = choose(said=[said(1, 1, LONG, staff=True), said(2, 2, OTHER)])
    assert ([one.person_id for one in found.quotes], dict(found.givers)) == ([1, 2], {})
    assert dict(choose(said=[said(1, 1, LONG, staff=True), said(2, 2, OTHER, kept=True)]).givers) == {2: 1}


@pytest.mark.parametrize(("hours", "wrong"), [(0, "ends_before"), (-1, "ends_before"), (2, ""), (32 * 24, "too_long")])
def test_a_stretch_is_at_most_a_month(hours: int, wrong: str) -> None:
    assert wrong_window(first=EIGHT, last=EIGHT + timedelta(hours=hours)) == wrong


SAID = st.builds(
    Said,
    source=st.just("message"),
    number=st.integers(1, 60),
    person_id=st.one_of(st.none(), st.integers(1, 6)),
    at=st.integers(0, 600).map(lambda minute: EIGHT + timedelta(minutes=minute)),
    words=st.one_of(st.sampled_from([LONG, OTHER, "谢谢", "", "好"]), st.text(max_size=40)),
    reply_to=st.integers(0, 60),
    kept=st.booleans(),
    place_id=st.integers(1, 2),
)


@given(st.lists(SAID, max_size=40, unique_by=lambda one: one.number))
def test_quotes_are_always_real_few_in_order_and_of_somebody(heard: list[Said]) -> None:
    found = choose(said=heard)
    by_number = {one.number: one for one in heard}
    quoted = [by_number[one.number] for one in found.quotes]
    assert len(quoted) <= 12
    assert quoted == sorted(quoted, key=lambda one: (one.at, one.number))
    assert all(
        one.person_id == quote.person_id and says_enough(one.words)
        for one, quote in zip(quoted, found.quotes, strict=True)
    )
    assert all(sum(one.person_id == who for one in quoted) <= 3 for who in range(1, 7))
    assert all(0.3 <= one.score <= 1 for one in found.quotes)
    assert {one.person_id for one in found.quotes if one.score >= 0.4} <= found.givers.keys()
