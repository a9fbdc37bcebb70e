"""The steps of an entry ritual, and which one comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEPS = ("welcomed", "rules_read", "how_it_works", "introduced", "first_act")
"""Steps in the order that serves a newcomer (MISSION G11). A community may leave some out."""

BY_THE_HOUSE = frozenset({"welcomed"})
"""Steps that somebody does for the newcomer; the others they do themselves."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step and what the community says at it."""

    code: str
    words: str = ""


def wrong_with(steps: Sequence[Step]) -> str | None:
    """Why these steps make no welcome: strange_step, step_twice, wrong_order. None where they do; none at all is fine."""
    codes = [step.code for step in steps]
    if not set(codes) <= set(STEPS):
        return "strange_step"
    if len(set(codes)) < len(codes):
        return "step_twice"
    if codes != sorted(codes, key=STEPS.index):
        return "wrong_order"
    return None


def next_step(steps: Sequence[str], done: int) -> str | None:
    """The step that comes now; None where all are done."""
    return steps[done] if done < len(steps) else None
