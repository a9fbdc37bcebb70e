"""Questions, answers, doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tongpin.core.facts.sentences.codes import CODES
from tongpin.loop.gather.admission.rules import (
    REFUSALS,
    Question,
    faults,
    may_apply,
    waiting_too_long,
    wrong_with,
)

NAME = Question(text="怎么称呼你")
WISH = Question(kind="choice", text="想得到什么", choices=("陪伴", "方法"), required=False)


@pytest.mark.parametrize(
    ("questions", "reason"),
    [
        ((), None),
        ((NAME, WISH), None),
        (tuple(Question(text=str(n)) for n in range(6)), "too_many"),
        ((Question(text=""),), "no_text"),
        ((NAME, NAME), "asked_twice"),
        ((Question(kind="dance", text="x"),), "strange_kind"),
        ((Question(kind="choice", text="x", choices=("a",)),), "too_few_choices"),
        ((Question(kind="choice", text="x", choices=tuple("abcdefghi")),), "too_many_choices"),
    ],
)
def test_at_most_five_questions_each_of_a_known_kind(questions: tuple[Question, ...], reason: str | None) -> None:
    assert wrong_with(questions) == reason


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (("小美", "陪伴"), {}),
        (("小美", ""), {}),
        (("", "钱"), {0: "missing", 1: "not_a_choice"}),
        (("x" * 1001, ""), {0: "too_long"}),
        (("小美",), {-1: "not_these_questions"}),
    ],
)
def test_answers_fit_their_questions(answers: tuple[str, ...], found: dict[int, str]) -> None:
    assert faults((NAME, WISH), answers) == found


@pytest.mark.parametrize(
    ("doors", "seed", "vouched", "reason"),
    [
        ((), False, True, "not_open_yet"),
        (("public",), False, False, None),
        (("members",), False, True, None),
        (("members",), True, False, "by_invitation"),
        (("seeds",), True, False, None),
        (("seeds",), False, True, "seeds_only"),
        (("seeds", "members"), True, False, None),
        (("seeds", "members"), False, True, None),
        (("seeds", "members"), False, False, "by_invitation"),
    ],
)
def test_each_door_lets_its_own_people_ask(
    doors: tuple[str, ...], seed: bool, vouched: bool, reason: str | None
) -> None:
    assert may_apply(open_doors=doors, once_open=bool(doors), by_seed_entrance=seed, vouched=vouched) == reason


@pytest.mark.parametrize(
    ("doors", "vouched", "reason"),
    [
        (("public",), False, "way_closed"),
        (("seeds",), False, "way_closed"),
        (("members",), False, "way_closed"),
        (("members", "public"), True, None),
        (("public",), True, "way_closed"),
        ((), False, "shut"),
    ],
)
def test_a_way_in_that_was_given_up_lets_nobody_in_whom_no_member_brings(
    doors: tuple[str, ...], vouched: bool, reason: str | None
) -> None:
    asked = may_apply(open_doors=doors, once_open=True, by_seed_entrance=True, vouched=vouched, by_closed_entrance=True)
    assert asked == reason


def test_doors_that_were_open_once_are_shut_now() -> None:
    assert may_apply(open_doors=(), once_open=True, by_seed_entrance=True, vouched=True) == "shut"


def test_a_day_is_promised_and_not_more() -> None:
    noon = datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert waiting_too_long(applied_at=noon, now=noon + timedelta(hours=24)) is False
    assert waiting_too_long(applied_at=noon, now=noon + timedelta(hours=24, seconds=1)) is True


def test_every_refusal_has_its_words() -> None:
    assert set(REFUSALS) == set(CODES["refusal"])
