"""Groups made known by hand: new ones, one that an import knew already, one of another community."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.gather.cast import community, somebody, told
from tongpin.core.places.actions import assign, know_place
from tongpin.core.places.browsing import RoomLine, room_to_join, rooms_of_community
from tongpin.core.places.groups import BadGroup, GroupLine, add_group, groups_of
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Place
from tongpin.core.places.rooms import web_place_of

pytestmark = pytest.mark.django_db
LIN, ROOM = "staff:1", "!tea:house.test"


def own(at: datetime, name: str = "青禾读书社") -> Community:
    return Community.objects.get(pk=community(at, name))


def test_a_group_is_made_once_and_stands_behind_our_own_room(noon: datetime) -> None:
    held = own(noon)
    made, is_new = add_group(community=held, platform="wechat", name=" 青禾  1 群 ", at=noon, actor=LIN)
    assert is_new
    assert add_group(community=held, platform="wechat", name="青禾 1 群", at=noon, actor=LIN) == (made, False)
    there, _ = add_group(
        community=held, platform="matrix", name="青禾 Matrix", external_id=f" {ROOM} ", at=noon, actor=LIN
    )
    web = web_place_of(community_id=held.pk, at=noon, actor=LIN)
    join_by_hand(person_id=somebody(noon), place_id=made, actor=LIN, at=noon)
    assert groups_of(community_id=held.pk) == [
        GroupLine(web, "web", "青禾读书社", f"community:{held.pk}", 0),
        GroupLine(made, "wechat", "青禾 1 群", "", 1),
        GroupLine(there, "matrix", "青禾 Matrix", ROOM, 0),
    ]
    assert [body["community"] for _, body in told("place.opened")] == [held.pk] * 3


def test_a_community_has_as_many_rooms_on_our_own_pages_as_somebody_opens_each_name_once(noon: datetime) -> None:
    held, other = own(noon), own(noon, "别的社群")
    first = web_place_of(community_id=held.pk, at=noon, actor=LIN)
    second, is_new = add_group(community=held, platform="web", name=" 周三  读书夜 ", at=noon, actor=LIN)
    assert is_new
    assert add_group(community=held, platform="web", name="周三 读书夜", at=noon, actor=LIN) == (second, False)
    assert add_group(community=other, platform="web", name="周三 读书夜", at=noon, actor=LIN)[1]
    assert add_group(community=held, platform="web", name="青禾读书社", at=noon, actor=LIN) == (first, False)
    assert web_place_of(community_id=held.pk, at=noon, actor=LIN) == first
    person, outsider = somebody(noon), somebody(noon)
    join_by_hand(person_id=person, place_id=first, actor=LIN, at=noon)
    assert rooms_of_community(community_id=held.pk, person_id=person) == [
        RoomLine(first, "青禾读书社", True, True),
        RoomLine(second, "周三 读书夜", False, False),
    ]
    assert [room_to_join(place_id=second, person_id=who) is not None for who in (person, outsider)] == [True, False]
    assert told("place.opened")[-2:] == [
        ("place.opened", {"place_kind": "group", "community": one.pk}) for one in (held, other)
    ]


def test_a_group_that_an_import_brought_is_given_to_the_community_and_the_ledger_knows(noon: datetime) -> None:
    held = own(noon)
    known = know_place(
        kind=Place.Kind.GROUP, platform="wechat", name="青禾 1 群", external_id="8@chatroom", at=noon, actor=LIN
    )
    assert add_group(community=held, platform="wechat", name="青禾 1 群", at=noon, actor=LIN) == (known.pk, True)
    assert told("place.assigned") == [("place.assigned", {"community": held.pk, "occurrence": 1})]


def test_a_place_that_is_taken_out_and_put_back_is_told_of_each_time(noon: datetime) -> None:
    held, other = own(noon), own(noon, "别的社群")
    place = know_place(kind=Place.Kind.GROUP, platform="qq", name="青禾 Q 群", at=noon, actor=LIN)
    moves = [(held, True), (held, False), (None, True), (None, False), (held, True), (other, True)]
    for community_, changes in moves:
        assert assign(place=place, community=community_, at=noon, actor=LIN) is changes
    assert [body for _, body in told("place.assigned")] == [
        {"community": held.pk, "occurrence": 1},
        {"community": 0, "occurrence": 2},
        {"community": held.pk, "occurrence": 3},
        {"community": other.pk, "occurrence": 4},
    ]
    assert Place.objects.get(pk=place.pk).community_id == other.pk


def test_a_place_that_is_known_again_with_a_community_is_assigned_in_the_ledger_too(noon: datetime) -> None:
    held, later = own(noon), noon + timedelta(hours=1)
    for of, at in ((None, noon), (held, later), (held, later)):
        know_place(kind=Place.Kind.GROUP, platform="qq", name="青禾 Q 群", community=of, at=at, actor=LIN)
    assert told("place.assigned") == [("place.assigned", {"community": held.pk, "occurrence": 1})]


@pytest.mark.parametrize(
    ("platform", "name", "room", "reason"),
    [
        ("slack", "群", "", "strange_platform"),
        ("web", " ", "", "no_name"),
        ("wechat", " \u200b", "", "no_name"),
        ("matrix", "群", "", "strange_id"),
        ("matrix", "群", "#tea:house.test", "strange_id"),
        ("wechat", "别人的群", "", "elsewhere"),
        ("wechat", "散了的群", "", "closed"),
    ],
)
def test_a_group_that_cannot_be_is_refused_with_its_reason(
    noon: datetime, platform: str, name: str, room: str, reason: str
) -> None:
    held, other = own(noon), own(noon, "别的社群")
    add_group(community=other, platform="wechat", name="别人的群", at=noon, actor=LIN)
    closed, _ = add_group(community=held, platform="wechat", name="散了的群", at=noon, actor=LIN)
    Place.objects.filter(pk=closed).update(closed_at=noon)
    with pytest.raises(BadGroup) as refused:
        add_group(community=held, platform=platform, name=name, external_id=room, at=noon, actor=LIN)
    assert refused.value.reason == reason
