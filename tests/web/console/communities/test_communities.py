"""The list of communities, founding one, and what Today says of those that opened no door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import community, opened, prepared, somebody
from tests.web.console.gather.conftest import applied
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Community, Place
from tongpin.core.places.rooms import web_place_of
from tongpin.core.team.rules import Held
from tongpin.web.console import communities as page_module

pytestmark = pytest.mark.django_db


def test_an_empty_page_teaches_and_founds(boss: Client) -> None:
    page = boss.get(url("communities")).text
    assert ("No community yet" in page, "Rules first" in page, 'name="name"' in page) == (True, True, True)
    answer = boss.post(url("communities"), {"name": "  青禾读书社 "}, follow=True)
    made = Community.objects.get()
    assert (made.name, answer.redirect_chain[-1][0]) == ("青禾读书社", url("community", made.pk))
    assert "Nobody sees it before you open a door" in answer.text
    room = Place.objects.get(community=made)
    assert (room.platform, room.pk) == ("web", web_place_of(community_id=made.pk, at=made.founded_at, actor="x"))


@pytest.mark.parametrize(
    ("name", "told"), [("", "Fill this in."), ("\u200b", "letters"), ("青禾读书社", "of this name already")]
)
def test_a_name_that_will_not_do_is_told_beside_the_field(boss: Client, noon: datetime, name: str, told: str) -> None:
    community(noon)
    answer = boss.post(url("communities"), {"name": name})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert Community.objects.count() == 1


def test_pressing_twice_founds_one_community_and_leads_to_it(boss: Client) -> None:
    page = boss.get(url("communities")).text
    shown = re.search(r'name="shown" value="(\d+)"', page)
    assert shown is not None
    answers = [boss.post(url("communities"), {"name": "周末跑团", "shown": shown[1]}) for _ in range(2)]
    made = Community.objects.get()
    assert [answer["Location"] for answer in answers] == [url("community", made.pk)] * 2
    Community.objects.update(founded_at=made.founded_at - timedelta(minutes=1))
    assert boss.post(url("communities"), {"name": "周末跑团", "shown": shown[1]}).status_code == 422


def test_what_a_door_needs_is_not_called_optional(boss: Client, noon: datetime) -> None:
    page = boss.get(url("community_positioning", community(noon))).text
    field = page[page.index('for="id_ideal_member"') : page.index('id="id_ideal_member"')]
    assert ("optional" in field, "no door opens without it" in page) == (False, True)


def test_the_list_tells_how_each_stands(boss: Client, noon: datetime) -> None:
    bare = community(noon - timedelta(days=2), "妈妈晨跑团")
    ready = prepared(noon - timedelta(days=1), "辅食互助组")
    full = opened(noon, "青禾读书社")
    applied(full, noon)
    page = boss.get(url("communities")).text
    for told in (
        "妈妈晨跑团", "the one thing is not written down yet", "next: Write down the one thing", "being prepared",
        "每天早上读十页书", "open to everybody", "1 application waits", url("community", ready),
    ):  # fmt: skip
        assert told in page, told
    assert page.index("青禾读书社") < page.index("辅食互助组") < page.index("妈妈晨跑团")
    chinese = boss.get(url("communities"), headers={"accept-language": "zh-CN"}).text
    assert "写下大家一起做的那一件事，和理想成员" in chinese
    assert url("community", bare) in chinese


def test_who_works_in_one_community_sees_it_alone_and_founds_none(noon: datetime) -> None:
    own, other = community(noon, "自己的"), community(noon, "别人的")
    hand = at_work(Held("operator", own))
    page = hand.get(url("communities")).text
    assert ("自己的" in page, "别人的" in page, "Found a community" in page) == (True, False, False)
    assert hand.post(url("communities"), {"name": "新的"}).status_code == 403
    assert hand.get(url("community", other)).status_code == 403
    assert Community.objects.count() == 2


def test_older_ones_stand_on_the_next_page(boss: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "SHOWN", 2)
    numbers = [community(noon, f"社群 {i}") for i in range(3)]
    first = boss.get(url("communities")).text
    assert [f"社群 {i}" in first for i in range(3)] == [False, True, True]
    older = f"{url('communities')}?before={numbers[1]}"
    assert older in first
    assert "社群 0" in boss.get(older).text


def test_three_communities_cost_the_same_queries_as_one(boss: Client, noon: datetime) -> None:
    numbers = []
    for i in range(3):
        opened(noon, f"开着 {i}")
        applied(prepared_and_open(noon, i), noon, f"新人{i}")
        community(noon, f"空的 {i}")
        for address in (url("communities"), url("today")):
            boss.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert boss.get(address).status_code == 200
            numbers.append(len(asked))
    assert numbers[:2] == numbers[4:]
    assert max(numbers) <= 20


def prepared_and_open(at: datetime, i: int) -> int:
    return opened(at, f"有人等 {i}", "public")


def test_today_names_the_next_missing_item_of_each_that_opened_no_door(boss: Client, noon: datetime) -> None:
    somebody(noon)
    bare, ready = community(noon, "妈妈晨跑团"), prepared(noon, "辅食互助组")
    opened(noon, "青禾读书社")
    page = boss.get(url("today")).text
    for told in (
        "<b>妈妈晨跑团</b> has opened no door yet", "next: Write down the one thing", "5 missing", url("community", bare),
        "<b>辅食互助组</b> has opened no door yet", "everything needed stands", f"{url('community_joining', ready)}#doors",
    ):  # fmt: skip
        assert told in page, told
    assert "<b>青禾读书社</b> has opened" not in page
    assert "has opened no door yet" not in at_work(Held("viewer")).get(url("today")).text


def test_founding_is_one_of_the_first_steps(boss: Client) -> None:
    page = boss.get(url("today")).text
    assert "Found a community" in page
    assert "Found a community" not in at_work(Held("assistant")).get(url("today")).text


def test_the_rail_leads_here(boss: Client) -> None:
    page = boss.get(url("communities")).text
    assert 'href="/communities/" data-go="c" aria-current="page"' in page
