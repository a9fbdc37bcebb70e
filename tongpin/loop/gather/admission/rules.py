"""Questions and answers, who may ask to be let in, and how long a decision can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_QUESTIONS = 5
MOST_CHOICES = 8
LONGEST_ANSWER = 1000

KINDS = ("words", "choice")
"""A question is answered in one's own words, or by one of its choices."""

REFUSALS = (
    "advertiser",
    "off_positioning",
    "answers_thin",
    "full",
    "no_endorsement",
    "not_real",
    "banned",
    "fee_unpaid",
)
"""Why somebody is not let in (未通过)."""

ANSWERED_WITHIN = timedelta(hours=24)
"""What we promise to applicants; Today shows who waits longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the application form. `hint` stands below the field."""

    kind: str = "words"
    text: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True


def wrong_with(questions: Sequence[Question]) -> str | None:
    """Why these questions cannot be asked: too_many, no_text, asked_twice, strange_kind, too_few_choices,
    too_many_choices. None where they can; no question at all is a decision too."""
    if len(questions) > MOST_QUESTIONS:
        return "too_many"
    if not all(question.text for question in questions):
        return "no_text"
    if len({question.text for question in questions}) < len(questions):
        return "asked_twice"
    if not {question.kind for question in questions} <= set(KINDS):
        return "strange_kind"
    for question in questions:
        if question.kind == "choice" and not 2 <= len(question.choices) <= MOST_CHOICES:
            return "too_few_choices" if len(question.choices) < 2 else "too_many_choices"
    return None


def faults(questions: Sequence[Question], answers: Sequence[str]) -> dict[int, str]:
    """What is wrong with the answers, by the position of the question from 0: missing, too_long, not_a_choice.

    `answers` stand in the order of the questions; -1: not_these_questions, where their number differs.
    """
    if len(answers) != len(questions):
        return {-1: "not_these_questions"}
    found: dict[int, str] = {}
    for at, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        if not answer:
            if question.required:
                found[at] = "missing"
        elif question.kind == "choice" and answer not in question.choices:
            found[at] = "not_a_choice"
        elif len(answer) > LONGEST_ANSWER:
            found[at] = "too_long"
    return found


def may_apply(
    *,
    open_doors: Collection[str],
    once_open: bool,
    by_seed_entrance: bool,
    vouched: bool,
    by_closed_entrance: bool = False,
) -> str | None:
    """Why somebody may not ask to be let in: not_open_yet, shut, way_closed, by_invitation, seeds_only. None where they may.

    `vouched`: a member brings them; `by_seed_entrance`: they come by an entrance made for seed users;
    `by_closed_entrance`: by one that was given up, which lets nobody in whom no member brings.
    """
    if "members" in open_doors and vouched:
        return None
    if open_doors and by_closed_entrance:
        return "way_closed"
    if "public" in open_doors:
        return None
    if "seeds" in open_doors and by_seed_entrance:
        return None
    if "members" in open_doors:
        return "by_invitation"
    if "seeds" in open_doors:
        return "seeds_only"
    return "shut" if once_open else "not_open_yet"


def waiting_too_long(*, applied_at: datetime, now: datetime) -> bool:
    """Whether the promise to the applicant is broken."""
    return now > applied_at + ANSWERED_WITHIN
