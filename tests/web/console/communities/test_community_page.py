"""A community's page: positioning, charter, their editions, the checklist."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import CANVAS, CHARTER, LIN, community, opened, prepared
from tests.web.console.gather.conftest import applied
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held
from tongpin.loop.gather.charter.actions import adopt_charter
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.charter.rules import Charter
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.positioning.rules import Canvas

pytestmark = pytest.mark.django_db

TOLD = {
    "thing_done_together": "每天早上读十页书",
    "ideal_member": "想读书的妈妈",
    "kinds": ["learning", "values"],
    "tie": "use",
    "motive1": "knowledge",
    "motive2": "fun",
    "motive3": "",
    "vision": "一起读满一千本\n互相讲给对方听",
}
RULES = {"rules": "不发广告\r\n\r\n 22:00 后不闲聊 \n", "roles": ["creator", "volunteer"], "goal": "一千本"}


def test_a_new_community_is_told_what_to_write_first(boss: Client, noon: datetime) -> None:
    number = community(noon)
    page = boss.get(url("community", number)).text
    for told in (
        "What do you do together?", "No charter yet", "0 / 11", "no door opens before the needed ones stand",
        url("community_positioning", number), "Open one on the web", "being prepared",
    ):  # fmt: skip
        assert told in page, told


def test_the_canvas_is_kept_whole_and_leads_the_page(boss: Client, noon: datetime) -> None:
    number = community(noon)
    answer = boss.post(url("community_positioning", number), TOLD, follow=True)
    kept = positioning_of(community_id=number)
    assert kept is not None
    assert kept.canvas == Canvas(
        thing_done_together="每天早上读十页书",
        ideal_member="想读书的妈妈",
        kinds=("learning", "values"),
        tie="use",
        motives=("knowledge", "fun"),
        vision="一起读满一千本\n互相讲给对方听",
    )
    page = answer.text
    for told in (
        "“每天早上读十页书”",
        "learning together",
        "knowledge → fun",
        "using the same things",
        "edition 1",
        "晴姐",
    ):
        assert told in page, told
    chinese = boss.get(url("community", number), headers={"accept-language": "zh-CN"}).text
    assert "「每天早上读十页书」" in chinese
    assert "Nothing changed" in boss.post(url("community_positioning", number), TOLD, follow=True).text


def test_what_is_wrong_with_a_canvas_stands_beside_it_and_nothing_typed_is_lost(boss: Client, noon: datetime) -> None:
    number = community(noon)
    wrong = TOLD | {"thing_done_together": "", "motive2": "knowledge", "values": "不比进度"}
    answer = boss.post(url("community_positioning", number), wrong)
    assert answer.status_code == 422
    for told in ("id_thing_done_together_error", "This one stands before already", "不比进度", "想读书的妈妈"):
        assert told in answer.text, told
    assert boss.post(url("community_positioning", number), TOLD | {"kinds": ["sect"]}).status_code == 422
    assert boss.post(url("community_positioning", number), {}).status_code == 422
    assert positioning_of(community_id=number) is None


def test_a_charter_is_adopted_line_by_line(boss: Client, noon: datetime) -> None:
    number = community(noon)
    page = boss.post(url("community_charter", number), RULES, follow=True).text
    kept = charter_of(community_id=number)
    assert kept is not None
    assert kept.charter == Charter(rules=("不发广告", "22:00 后不闲聊"), roles=("creator", "volunteer"), goal="一千本")
    assert ("22:00 后不闲聊" in page, "volunteer" in page) == (True, True)


def test_before_a_new_edition_one_reads_who_has_to_agree_again(boss: Client, noon: datetime) -> None:
    number = opened(noon)
    applied(number, noon)
    page = boss.get(url("community_charter", number)).text
    assert "1 person who agreed to edition 1 has not agreed to the new one" in page
    boss.post(url("community_charter", number), RULES)
    kept = charter_of(community_id=number)
    assert kept is not None
    assert kept.edition == 2
    assert "the 0 people who agreed to edition 2" in boss.get(url("community_charter", number)).text


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rules", " \n", "required"),
        ("rules", "一" * 301, "more than 300 characters"),
        ("rules", "\n".join(f"规则 {i}" for i in range(41)), "41 lines; keep to 40"),
        ("rituals", "\n".join(f"仪式 {i}" for i in range(21)), "21 lines; keep to 20"),
        ("roles", "king", "king"),
    ],
)
def test_what_cannot_be_adopted_is_said_and_kept_in_the_form(
    boss: Client, noon: datetime, name: str, text: str, told: str
) -> None:
    number = community(noon)
    answer = boss.post(url("community_charter", number), RULES | {name: text, "plan": "每周一本"})
    assert (answer.status_code, told in answer.text, "每周一本" in answer.text) == (422, True, True)
    assert charter_of(community_id=number) is None


def test_earlier_editions_can_be_read_again(boss: Client, noon: datetime) -> None:
    number = prepared(noon)
    boss.post(url("community_positioning", number), TOLD)
    adopt_charter(community_id=number, charter=Charter(rules=("只读不聊",)), at=noon, actor=LIN)
    page = boss.get(url("community_editions", number)).text
    for told in (CANVAS.ideal_member, "想读书的妈妈", CHARTER.rules[0], "只读不聊", "in force", "holds"):
        assert told in page, told


def test_who_only_looks_is_offered_nothing_to_change(noon: datetime) -> None:
    number = prepared(noon)
    viewer = at_work(Held("viewer"))
    page = viewer.get(url("community", number)).text
    assert ("每天早上读十页书" in page, "Edit" in page, "Go there" in page) == (True, False, False)
    for name in ("community_positioning", "community_charter", "community_questions", "community_welcome"):
        assert viewer.get(url(name, number)).status_code == 403
    assert viewer.post(url("community_door_open", number, "public")).status_code == 403


def test_an_unknown_community_is_not_found_and_in_an_ended_one_nothing_begins(boss: Client, noon: datetime) -> None:
    for name in ("community", "community_joining", "entrances", "community_positioning", "community_editions"):
        assert boss.get(url(name, 999_999)).status_code == 404
        assert boss.get(url(name, 1 << 70)).status_code == 404
    number = community(noon)
    Community.objects.update(closed_at=noon)
    answer = boss.post(url("community_positioning", number), TOLD, follow=True)
    assert "This community has ended. Nothing was changed." in answer.text
    assert "Edit" not in answer.text


def test_much_in_a_community_costs_no_more_queries(boss: Client, noon: datetime) -> None:
    number = opened(noon)
    names = ("community", "community_joining", "community_editions", "community_charter", "community_questions")
    numbers = []
    for i in range(3):
        applied(number, noon, f"新人{i}")
        make_entrance(
            community_id=number, channel="expo", name=f"展会 {i}", offline=True, paid=True, at=noon, actor=LIN
        )
        adopt_charter(community_id=number, charter=Charter(rules=(f"规则 {i}",)), at=noon, actor=f"staff:{i + 1}")
        adopt_charter(community_id=number, charter=Charter(rules=CHARTER.rules), at=noon, actor=LIN)
        for name in names:
            boss.get(url(name, number))
            with CaptureQueriesContext(connection) as asked:
                assert boss.get(url(name, number)).status_code == 200
            numbers.append(len(asked))
    assert numbers[: len(names)] == numbers[2 * len(names) :]
    assert max(numbers) <= 20
