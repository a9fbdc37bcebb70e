"""A community's second tab: questions, welcome, doors, the room on the web."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.loop.gather.cast import QUESTIONS, STEPS, community, opened, prepared
from tests.web.console.shop_files import url
from tongpin.core.places.models import Place
from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.charter.models import Door
from tongpin.loop.gather.welcome.queries import welcome_steps_of
from tongpin.loop.gather.welcome.rules import Step

pytestmark = pytest.mark.django_db


def asked(*questions: dict[str, str]) -> dict[str, str]:
    """Five slots as the browser sends them."""
    slots = [*questions, *[{} for _ in range(5 - len(questions))]]
    sent: dict[str, str] = {}
    for at, one in enumerate(slots, 1):
        sent |= {f"q{at}-{name}": value for name, value in ({"kind": "words"} | one).items()}
    return sent


def test_the_tab_shows_what_is_asked_how_one_is_welcomed_and_the_doors(boss: Client, noon: datetime) -> None:
    number = opened(noon)
    page = boss.get(url("community_joining", number)).text
    for told in (
        *(one.text for one in QUESTIONS), "有人一起, 学到方法", "欢迎你", "说说你自己", "3 steps, in this order",
        "Everybody who finds the page may ask to join", "open since", "never opened", f"/c/{number}/",
    ):  # fmt: skip
        assert told in page, told


def test_questions_are_kept_in_order_without_the_empty_slots(boss: Client, noon: datetime) -> None:
    number = community(noon)
    sent = asked(
        {"text": "怎么称呼你", "required": "on"},
        {},
        {"text": "想得到什么", "kind": "choice", "choices": "有人一起\n学到方法\n", "hint": "选一个"},
    )
    boss.post(url("community_questions", number), sent)
    assert questions_of(community_id=number) == (
        Question(text="怎么称呼你"),
        Question(kind="choice", text="想得到什么", hint="选一个", choices=("有人一起", "学到方法"), required=False),
    )


def test_asking_nothing_is_a_decision(boss: Client, noon: datetime) -> None:
    number = community(noon)
    assert "Not decided yet" in boss.get(url("community_joining", number)).text
    answer = boss.post(url("community_questions", number), asked(), follow=True)
    assert questions_of(community_id=number) == ()
    assert "Applicants are asked nothing" in answer.text


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        (({"text": "哪个", "kind": "choice", "choices": "只有一个"},), "Give two to 8 choices"),
        (({"text": "哪个", "kind": "choice", "choices": "\n".join(map(str, range(9)))},), "Give two to 8 choices"),
        (({"text": "同一句"}, {"text": " 同一句 "}), "This is asked above already"),
        (({"hint": "没有问题的提示"},), "Write the question that goes with this"),
        (({"text": "问" * 301},), "300"),
        (({"text": "问", "kind": "song"},), "song"),
    ],
)
def test_questions_that_cannot_be_asked_are_told_beside_them(
    boss: Client, noon: datetime, questions: tuple[dict[str, str], ...], told: str
) -> None:
    number = community(noon)
    answer = boss.post(url("community_questions", number), asked(*questions, {"text": "留着的一句"}))
    assert (answer.status_code, told in answer.text, "留着的一句" in answer.text) == (422, True, True)
    assert questions_of(community_id=number) is None


def test_the_welcome_is_kept_in_its_order_with_our_words(boss: Client, noon: datetime) -> None:
    number = prepared(noon)
    sent: dict[str, Any] = {"introduced-on": "on", "introduced-words": "说说你自己", "welcomed-on": "on"}
    sent |= {"welcomed-words": "欢迎", "rules_read-words": "没有勾选的话不留"}
    boss.post(url("community_welcome", number), sent)
    assert welcome_steps_of(community_id=number) == (Step("welcomed", "欢迎"), Step("introduced", "说说你自己"))


def test_a_welcome_that_is_too_long_keeps_what_was_typed(boss: Client, noon: datetime) -> None:
    number = prepared(noon)
    answer = boss.post(url("community_welcome", number), {"welcomed-on": "on", "welcomed-words": "长" * 2001})
    assert (answer.status_code, "长" * 2001 in answer.text) == (422, True)
    assert welcome_steps_of(community_id=number) == STEPS


def test_no_door_opens_before_the_checklist_stands(boss: Client, noon: datetime) -> None:
    number = community(noon)
    answer = boss.post(url("community_door_open", number, "seeds"), follow=True)
    assert "No door opens yet. Still missing: Positioning, Rules, The welcome" in answer.text
    assert not Door.objects.exists()


def test_opening_and_shutting_a_door_undo_each_other(boss: Client, noon: datetime) -> None:
    number = prepared(noon)
    answer = boss.post(url("community_door_open", number, "seeds"), follow=True)
    shut = url("community_door_shut", number, "seeds", "paused")
    assert ("The door is open: Seed users" in answer.text, f'action="{shut}"' in answer.text) == (True, True)
    answer = boss.post(url("community_door_shut", number, "seeds", "full"), follow=True)
    assert ("shut: full" in answer.text, "Who waits keeps waiting" in answer.text) == (True, True)
    boss.post(url("community_door_open", number, "seeds"))
    assert Door.objects.get().shut_at is None
    strange = [url("community_door_open", number, "back"), url("community_door_shut", number, "seeds", "rain")]
    assert [boss.post(address).status_code for address in strange] == [404, 404]


def test_the_room_on_the_web_is_opened_once(boss: Client, noon: datetime) -> None:
    number = community(noon)
    for _ in range(2):
        boss.post(url("community_room", number))
    assert Place.objects.filter(community=number).count() == 1
    assert boss.post(url("community_room", 999_999)).status_code == 404
