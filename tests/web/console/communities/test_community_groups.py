"""A community's groups: the list, adding one by hand, what is refused, who may."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import community
from tests.loop.give.talks.cast import planned
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Place
from tongpin.core.places.rooms import web_place_of
from tongpin.core.sending.models import Letter
from tongpin.core.team.rules import Held
from tongpin.loop.give.talks.actions import announce

pytestmark = pytest.mark.django_db
ROOM = "!tea:house.test"


def test_groups_are_added_and_stand_with_how_a_talk_reaches_them(boss: Client, noon: datetime) -> None:
    number = community(noon)
    web_place_of(community_id=number, at=noon, actor="t")
    page = url("community_groups", number)
    for sent in (
        {"platform": "wechat", "name": "青禾 1 群"},
        {"platform": "matrix", "name": "青禾 Matrix", "external_id": ROOM},
    ):
        assert boss.post(page, sent)["Location"] == page
    seen = boss.get(page).text
    for told in ("青禾 1 群", "WeChat", "two cards, by hand", "青禾 Matrix", "Matrix", ROOM, "every piece, by itself"):
        assert told in seen, told
    again = boss.post(page, {"platform": "wechat", "name": "青禾 1 群"}, follow=True)
    assert "It was here already" in again.text
    assert Place.objects.filter(community=number).count() == 3


def test_a_second_room_on_our_own_pages_is_opened_and_a_talk_is_announced_to_both(boss: Client, noon: datetime) -> None:
    number = community(noon)
    first = web_place_of(community_id=number, at=noon, actor="t")
    page = url("community_groups", number)
    assert boss.post(page, {"platform": "web", "name": "周三读书夜"})["Location"] == page
    assert boss.get(page).text.count("our own pages</td>") == 2
    second = Place.objects.get(name="周三读书夜")
    talk = planned(noon, community_id=number)
    assert "周三读书夜" in boss.get(url("give_talk", talk)).text
    assert announce(talk_id=talk, place_ids=[first, second.pk], at=noon, actor="t").letters == 2
    assert list(Letter.objects.order_by("pk").values_list("place_id", "channel")) == [
        (first, "web"),
        (second.pk, "web"),
    ]


def test_a_matrix_room_wants_its_id_and_a_refusal_keeps_what_was_typed(boss: Client, noon: datetime) -> None:
    page = url("community_groups", community(noon))
    refused = boss.post(page, {"platform": "matrix", "name": "青禾 Matrix", "external_id": "#tea"})
    assert (refused.status_code, "internal id" in refused.text, "青禾 Matrix" in refused.text) == (422, True, True)


def test_who_only_looks_sees_no_form_and_adds_nothing(noon: datetime) -> None:
    page = url("community_groups", community(noon))
    looker = at_work(Held("analyst"))
    assert "Add a group" not in looker.get(page).text
    assert looker.post(page, {"platform": "wechat", "name": "青禾 1 群"}).status_code == 403
    assert not Place.objects.exists()


def test_more_groups_ask_the_database_no_more_often(boss: Client, noon: datetime) -> None:
    page, counts = url("community_groups", community(noon)), []
    for begin in (0, 1):
        for one in range(begin, begin * 20 + 1):
            boss.post(page, {"platform": "wechat", "name": f"青禾 {one} 群"})
        with CaptureQueriesContext(connection) as seen:
            boss.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20
