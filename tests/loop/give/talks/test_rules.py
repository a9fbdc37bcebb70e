"""Where a segment goes, what sounds like a question, who heard how much: decided on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.give.talks.rules import (
    EVERY,
    PlaceHeld,
    ends_about,
    ends_by_itself,
    heard_more,
    is_question,
    middle,
    relay_to,
    wants,
    way_of,
    wrong_with_plan,
    wrong_with_segment,
)

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
FILE = "a" * 40

PLACES = st.builds(
    PlaceHeld,
    place_id=st.integers(1, 30),
    platform=st.sampled_from(["web", "matrix", "wechat", "wecom", "qq"]),
    way=st.sampled_from(["every", "cards"]),
    state=st.sampled_from(["invited", "attached"]),
    closed=st.booleans(),
)


@given(places=st.lists(PLACES, max_size=40))
def test_a_segment_goes_once_to_each_place_that_takes_all_and_nowhere_else(places: list[PlaceHeld]) -> None:
    chosen = relay_to(places=places, redacted=False)
    numbers = [one.place_id for one in chosen]
    assert numbers == sorted(set(numbers))
    assert set(chosen) <= set(places)
    wanted = {
        one.place_id
        for one in places
        if one.way == "every" and one.platform in EVERY and one.state == "invited" and not one.closed
    }
    assert set(numbers) == wanted


@given(places=st.lists(PLACES, max_size=10))
def test_what_was_taken_back_goes_nowhere(places: list[PlaceHeld]) -> None:
    assert relay_to(places=places, redacted=True) == ()


@given(places=st.lists(PLACES, max_size=20))
def test_relaying_does_not_depend_on_the_order_of_places(places: list[PlaceHeld]) -> None:
    by_number = list({one.place_id: one for one in places}.values())
    turned = relay_to(places=reversed(by_number), redacted=False)
    assert turned == relay_to(places=by_number, redacted=False)


def test_only_web_and_matrix_take_every_segment() -> None:
    assert [way_of(one) for one in ("web", "matrix", "wechat", "wecom", "official_account")] == [
        "every",
        "every",
        "cards",
        "cards",
        "cards",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "两岁半只肯看车，要不要换别的书？",
        "爸爸读和妈妈读，孩子反应不一样怎么办",
        "@林老师 请问每天读几本合适",
        "孩子坐不住可以先玩一会儿吗",
        "这本书多少钱",
        "回放会放多久?",
        "How long should we read each day",
        "can you recommend a book",
    ],
)
def test_these_are_questions(words: str) -> None:
    assert is_question(words)


@pytest.mark.parametrize(
    "words",
    ["？？？", "谢谢老师！", "讲得真好", "没什么", "收到", "?", "", "https://example.com/a?b=c", "我家也是这么读的。"],
)
def test_these_are_not(words: str) -> None:
    assert not is_question(words)


@given(words=st.text(max_size=600))
def test_any_words_are_a_question_or_not(words: str) -> None:
    assert is_question(words) in (True, False)


@given(claimed=st.integers(-1000, 100_000), passed=st.integers(-1000, 100_000))
def test_nobody_hears_more_than_the_time_that_passed(claimed: int, passed: int) -> None:
    counted = heard_more(claimed=claimed, since=NOON, at=NOON + timedelta(seconds=passed))
    assert 0 <= counted <= max(0, min(claimed, passed, 120))


def test_a_segment_is_what_it_says() -> None:
    assert wrong_with_segment(form="text", words="好", files=(), client_key="k") is None
    assert wrong_with_segment(form="picture", words="", files=(FILE,), client_key="k") is None
    assert wrong_with_segment(form="voice", words="", files=(FILE,), client_key="k") is None
    assert wrong_with_segment(form="video", words="", files=(FILE,), client_key="k") == "strange_form"
    assert wrong_with_segment(form="text", words="", files=(), client_key="k") == "empty"
    assert wrong_with_segment(form="text", words="好", files=(FILE,), client_key="k") == "too_many_files"
    assert wrong_with_segment(form="voice", words="", files=(FILE, FILE), client_key="k") == "too_many_files"
    assert wrong_with_segment(form="picture", words="", files=(), client_key="k") == "no_file"
    assert wrong_with_segment(form="picture", words="", files=("../etc",), client_key="k") == "strange_file"
    assert wrong_with_segment(form="text", words="好", files=(), client_key="") == "no_key"
    assert wrong_with_segment(form="text", words="好" * 4001, files=(), client_key="k") == "too_long"


def test_a_plan_needs_a_title_and_a_guest_and_ends_after_it_begins() -> None:
    good = {"title": "读", "about": "", "guest_name": "林老师", "starts_at": NOON, "ends_hint": None}
    assert wrong_with_plan(**good) is None  # type: ignore[arg-type]
    assert wrong_with_plan(**(good | {"title": ""})) == "no_title"  # type: ignore[arg-type]
    assert wrong_with_plan(**(good | {"guest_name": ""})) == "no_guest"  # type: ignore[arg-type]
    assert wrong_with_plan(**(good | {"ends_hint": NOON})) == "ends_before"  # type: ignore[arg-type]
    assert wrong_with_plan(**(good | {"about": "长" * 2001})) == "too_long"  # type: ignore[arg-type]


def test_what_a_talk_wants_of_a_human_and_since_when() -> None:
    def needed(state: str, minutes: int, *, on_stage: bool = True, began: bool = False) -> tuple[str, int] | None:
        found = wants(
            state=state,
            on_stage=on_stage,
            starts_at=NOON,
            ends_hint=NOON + timedelta(minutes=40),
            started_at=NOON if began else None,
            at=NOON + timedelta(minutes=minutes),
        )
        return None if found is None else (found[0], int((found[1] - NOON).total_seconds() // 60))

    assert needed("draft", -31) is None
    assert needed("draft", -30) == ("not_announced", -30)
    assert needed("announced", -30) is None
    assert needed("announced", -30, on_stage=False) == ("no_stage_link", -30)
    assert needed("announced", 5) == ("not_started", 0)
    assert needed("live", 69, began=True) is None
    assert needed("live", 70, began=True) == ("not_ended", 40)
    assert needed("ended", 500, began=True) is None
    assert needed("cancelled", 0) is None


def test_a_forgotten_talk_ends_two_hours_after_the_last_word() -> None:
    over = ends_about(starts_at=NOON, ends_hint=None, started_at=NOON)
    assert over == NOON + timedelta(hours=1)
    last = NOON + timedelta(minutes=50)
    assert not ends_by_itself(over=over, last_word=last, at=last + timedelta(minutes=119))
    assert ends_by_itself(over=over, last_word=last, at=last + timedelta(minutes=120))


def test_the_middle_of_lags() -> None:
    seconds = [timedelta(seconds=one) for one in (9, 1, 5)]
    assert middle(seconds) == timedelta(seconds=5)
    assert middle(seconds[:2]) == timedelta(seconds=5)
    assert middle([]) is None
