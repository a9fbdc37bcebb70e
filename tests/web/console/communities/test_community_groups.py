"""A community's groups: the list, adding one by hand, what is refused, who may."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import community, somebody
from tests.loop.give.talks.cast import live, plain_group, planned, room
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Place
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


def test_the_known_members_of_a_group_open_as_a_list_of_people(boss: Client, noon: datetime) -> None:
    number = community(noon)
    group = plain_group("青禾 1 群", noon, of=number)
    join_by_hand(person_id=somebody(noon), place_id=group, actor="t", at=noon)
    href = f"{url('people')}?place={group}"
    assert f'<a href="{href}">1</a>' in boss.get(url("community_groups", number)).text


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


def test_a_group_is_closed_after_saying_what_that_means_and_a_slip_is_undone(boss: Client, noon: datetime) -> None:
    number = community(noon)
    place = plain_group("青禾 1 群", noon, of=number)
    announce(talk_id=planned(noon, community_id=number), place_ids=[place], at=noon, actor="t")
    page = url("community_group", number, place)
    assert f'href="{page}"' in boss.get(url("community_groups", number)).text
    seen = boss.get(page).text
    for words in ("睡前十分钟，怎么读", "1 card that waits", "Stay members", "open it again", "Take it out"):
        assert words in seen, words
    closed = boss.post(url("community_group_close", number, place), follow=True).text
    assert ("«青禾 1 群» is closed" in closed, url("community_group_open", number, place) in closed) == (True, True)
    assert ("No group is in use" in closed, "1 closed" in closed, page in closed) == (True, True, True)
    assert "Open it again" in boss.get(page).text
    again = boss.post(url("community_group_open", number, place), follow=True).text
    assert ("is in use again" in again, "Close the group" in again) == (True, True)
    assert Place.objects.get(pk=place).closed_at is None


def test_while_a_talk_goes_to_it_a_group_has_no_button_to_close_it_and_is_not_closed(
    boss: Client, noon: datetime
) -> None:
    number = community(noon)
    place = room("绘本 1 群", noon, of=number)
    live(noon, [place], community_id=number)
    close = url("community_group_close", number, place)
    assert f'action="{close}"' not in boss.get(url("community_group", number, place)).text
    refused = boss.post(close, follow=True).text
    assert "goes to this group right now" in refused
    assert Place.objects.get(pk=place).closed_at is None


def test_a_group_is_taken_out_and_put_back_but_no_room_of_ours(boss: Client, noon: datetime) -> None:
    number = community(noon)
    place, ours = plain_group("青禾 1 群", noon, of=number), room("青禾网页群", noon, of=number)
    out = boss.post(url("community_group_take_out", number, place), follow=True).text
    back = url("community_group_put_back", number, place)
    assert ("belongs to this community no more" in out, back in out) == (True, True)
    assert boss.get(url("community_group", number, place)).status_code == 404
    assert boss.post(back)["Location"] == url("community_group", number, place)
    assert Place.objects.get(pk=place).community_id == number
    assert "Take it out" not in boss.get(url("community_group", number, ours)).text
    assert "Close it instead" in boss.post(url("community_group_take_out", number, ours), follow=True).text
    assert Place.objects.get(pk=ours).community_id == number


def test_a_group_is_only_changed_in_its_own_community_by_who_may_change_it(noon: datetime) -> None:
    number, other = community(noon), community(noon, "别的社群")
    place = plain_group("青禾 1 群", noon, of=number)
    deeds = ("community_group_close", "community_group_open", "community_group_take_out", "community_group_put_back")
    looker, elsewhere = at_work(Held("analyst")), at_work(Held("operator", other), login="else")
    seen = looker.get(url("community_group", number, place)).text
    assert ("It is in use" in seen, "Take it out" in seen) == (True, False)
    for deed in deeds:
        assert looker.post(url(deed, number, place)).status_code == 403
        assert elsewhere.post(url(deed, number, place)).status_code == 403
        assert elsewhere.post(url(deed, other, place)).status_code == 404
    assert elsewhere.get(url("community_group", other, place)).status_code == 404
    held = Place.objects.get(pk=place)
    assert (held.closed_at, held.community_id) == (None, number)


def test_nothing_is_closed_in_a_community_that_has_ended(boss: Client, noon: datetime) -> None:
    number = community(noon)
    place = plain_group("青禾 1 群", noon, of=number)
    Community.objects.filter(pk=number).update(closed_at=noon)
    assert "Close the group" not in boss.get(url("community_group", number, place)).text
    assert "has ended" in boss.post(url("community_group_close", number, place), follow=True).text
    assert Place.objects.get(pk=place).closed_at is None


def test_more_groups_ask_the_database_no_more_often(boss: Client, noon: datetime) -> None:
    page, counts = url("community_groups", community(noon)), []
    for begin in (0, 1):
        for one in range(begin, begin * 20 + 1):
            boss.post(page, {"platform": "wechat", "name": f"青禾 {one} 群"})
        with CaptureQueriesContext(connection) as seen:
            boss.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20
