"""Leading a newcomer through the steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.gather.cast import LIN, STEPS, community, somebody, told
from tongpin.core.people.merging import merge
from tongpin.loop.gather.welcome.actions import (
    BadWelcome,
    NotBegun,
    NotYet,
    begin_welcome,
    do_step,
    forget,
    leave_off_welcome,
    plan_welcome,
)
from tongpin.loop.gather.welcome.models import Welcome
from tongpin.loop.gather.welcome.queries import StepSeen, WelcomeSeen, welcome_of, welcome_steps_of
from tongpin.loop.gather.welcome.rules import Step

pytestmark = pytest.mark.django_db
KINDS = ("welcome.begun", "welcome.step_done", "welcome.finished")


def ready(noon: datetime) -> tuple[int, int]:
    made, person = community(noon), somebody(noon)
    plan_welcome(community_id=made, steps=STEPS)
    return made, person


def test_only_the_next_step_can_be_done_and_the_last_finishes(noon: datetime) -> None:
    made, person = ready(noon)
    mine = {"community_id": made, "person_id": person, "at": noon, "actor": LIN}
    assert begin_welcome(**mine) is True
    assert begin_welcome(**mine) is False
    with pytest.raises(NotYet) as refused:
        do_step(step="introduced", **mine)
    assert refused.value.next == "welcomed"
    assert do_step(step="welcomed", **mine) == "rules_read"
    assert do_step(step="welcomed", **mine) == "rules_read"
    assert welcome_of(person_id=person, community_id=made) == WelcomeSeen(
        (
            StepSeen("welcomed", "欢迎你", noon),
            StepSeen("rules_read", "", None),
            StepSeen("introduced", "说说你自己", None),
        ),
        "rules_read",
        noon,
        None,
    )
    assert do_step(step="rules_read", **mine) == "introduced"
    assert do_step(step="introduced", message_id=7, **mine) is None
    assert do_step(step="introduced", **mine) is None
    with pytest.raises(NotYet) as refused:
        do_step(step="first_act", **mine)
    assert refused.value.next is None
    seen = welcome_of(person_id=person, community_id=made)
    assert seen is not None
    assert (seen.complete, seen.next, seen.finished_at) == (True, None, noon)
    assert told(*KINDS) == [
        ("welcome.begun", {"community": made, "steps": 3}),
        ("welcome.step_done", {"community": made, "ritual_step": "welcomed"}),
        ("welcome.step_done", {"community": made, "ritual_step": "rules_read"}),
        ("welcome.step_done", {"community": made, "ritual_step": "introduced", "message": 7}),
        ("welcome.finished", {"community": made, "complete": True}),
    ]


def test_who_comes_back_is_welcomed_again(noon: datetime) -> None:
    made, person = ready(noon)
    mine = {"community_id": made, "person_id": person, "at": noon, "actor": LIN}
    begin_welcome(**mine)
    do_step(step="welcomed", **mine)
    assert leave_off_welcome(**mine) is True
    assert leave_off_welcome(**mine) is False
    assert begin_welcome(**(mine | {"at": noon + timedelta(days=1)})) is True
    assert do_step(step="welcomed", **mine) == "rules_read"
    assert told("welcome.finished", "welcome.begun") == [
        ("welcome.begun", {"community": made, "steps": 3}),
        ("welcome.finished", {"community": made, "complete": False}),
        ("welcome.begun", {"community": made, "steps": 3, "occurrence": 2}),
    ]


def test_a_new_plan_is_for_those_who_come_later(noon: datetime) -> None:
    made, person = ready(noon)
    begin_welcome(community_id=made, person_id=person, at=noon, actor=LIN)
    plan_welcome(community_id=made, steps=[Step("first_act", "打一次卡")])
    seen = welcome_of(person_id=person, community_id=made)
    assert seen is not None
    assert [(step.code, step.words) for step in seen.steps] == [
        ("welcomed", ""),
        ("rules_read", ""),
        ("introduced", ""),
    ]
    assert welcome_steps_of(community_id=made) == (Step("first_act", "打一次卡"),)
    with pytest.raises(BadWelcome) as refused:
        plan_welcome(community_id=made, steps=[Step("dance")])
    assert refused.value.reason == "strange_step"


def test_a_merged_person_goes_on_where_they_were(noon: datetime) -> None:
    made, person = ready(noon)
    kept = somebody(noon, "阿美")
    begin_welcome(community_id=made, person_id=person, at=noon, actor=LIN)
    merge(kept=kept, gone=person, reasons=["by_hand"], actor=LIN, at=noon)
    assert begin_welcome(community_id=made, person_id=kept, at=noon, actor=LIN) is False
    assert do_step(community_id=made, person_id=kept, step="welcomed", at=noon, actor=LIN) == "rules_read"
    forget([person])
    assert Welcome.objects.count() == 0


def test_without_steps_or_a_beginning_there_is_no_welcome(noon: datetime) -> None:
    made, person = community(noon), somebody(noon)
    assert begin_welcome(community_id=made, person_id=person, at=noon, actor=LIN) is False
    assert welcome_of(person_id=person, community_id=made) is None
    with pytest.raises(NotBegun):
        do_step(community_id=made, person_id=person, step="welcomed", at=noon, actor=LIN)
    assert told(*KINDS) == []
