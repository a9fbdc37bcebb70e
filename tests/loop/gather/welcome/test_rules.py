"""Steps in the right order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.gather.welcome.rules import STEPS, Step, next_step, wrong_with


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (STEPS, None),
        ((), None),
        (("welcomed", "first_act"), None),
        (("welcomed", "dance"), "strange_step"),
        (("welcomed", "welcomed"), "step_twice"),
        (("introduced", "welcomed"), "wrong_order"),
    ],
)
def test_a_community_may_leave_steps_out_but_not_turn_them_round(codes: tuple[str, ...], reason: str | None) -> None:
    assert wrong_with([Step(code) for code in codes]) == reason


@given(st.lists(st.sampled_from(STEPS), unique=True))
def test_doing_each_next_step_comes_to_an_end(steps: list[str]) -> None:
    done = 0
    while (coming := next_step(steps, done)) is not None:
        assert coming == steps[done]
        done += 1
    assert done == len(steps)
