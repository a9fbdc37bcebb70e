"""Groups closed by hand, opened again, taken out of their community and put back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.loop.gather.cast import community, somebody, told
from tongpin.core.places.actions import assign, know_place
from tongpin.core.places.browsing import room_of, room_to_join, rooms_of_community
from tongpin.core.places.closing import GroupUnknown, close_group, open_again, open_own_room, put_back, take_out
from tongpin.core.places.groups import BadGroup, add_group, group_of, groups_of
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.places.rooms import web_place_of

pytestmark = pytest.mark.django_db
LIN = "staff:1"


def group(noon: datetime, of: int, name: str = "青禾 1 群", platform: str = "wechat") -> int:
    return add_group(community=Community.objects.get(pk=of), platform=platform, name=name, at=noon, actor=LIN)[0]


def standing(kind: str) -> list[bool]:
    """For each fact of this kind, in order, whether it counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from entry_withdrawn w where w.seq = e.seq) from entry e where kind = %s"
            " order by seq",
            [kind],
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_group_is_closed_once_and_stands_last_with_its_members(noon: datetime) -> None:
    own = community(noon)
    one, two = group(noon, own), group(noon, own, "青禾 2 群")
    join_by_hand(person_id=somebody(noon), place_id=one, actor=LIN, at=noon)
    assert close_group(place_id=one, community_id=own, at=noon, actor=LIN)
    assert not close_group(place_id=one, community_id=own, at=noon + timedelta(days=1), actor=LIN)
    assert [(it.id, it.members, it.closed_at) for it in groups_of(community_id=own)] == [(two, 0, None), (one, 1, noon)]
    assert told("place.closed") == [("place.closed", {})]
    assert told("member.left") == []
    assert Membership.objects.filter(place=one, left_at=None).count() == 1


def test_a_slip_is_undone_as_often_as_it_happens_and_the_ledger_keeps_what_holds(noon: datetime) -> None:
    own = community(noon)
    one = group(noon, own)
    for days in range(2):
        at = noon + timedelta(days=days)
        assert close_group(place_id=one, community_id=own, at=at, actor=LIN)
        assert open_again(place_id=one, community_id=own, at=at, actor=LIN)
        assert not open_again(place_id=one, community_id=own, at=at, actor=LIN)
    assert close_group(place_id=one, community_id=own, at=noon + timedelta(days=2), actor=LIN)
    assert standing("place.closed") == [False, False, True]


def test_a_closed_group_is_not_added_again_by_its_name_but_opened(noon: datetime) -> None:
    own, other = community(noon), community(noon, "别的社群")
    one = group(noon, own)
    close_group(place_id=one, community_id=own, at=noon, actor=LIN)
    for of, reason in ((own, "closed"), (other, "elsewhere")):
        with pytest.raises(BadGroup) as refused:
            group(noon, of)
        assert refused.value.reason == reason


def test_a_closed_room_of_ours_leaves_the_list_and_can_still_be_read(noon: datetime) -> None:
    own = community(noon)
    first, second = web_place_of(community_id=own, at=noon, actor=LIN), group(noon, own, "周三读书夜", "web")
    mei, late = somebody(noon), somebody(noon)
    join_by_hand(person_id=mei, place_id=second, actor=LIN, at=noon)
    join_by_hand(person_id=late, place_id=first, actor=LIN, at=noon)
    close_group(place_id=second, community_id=own, at=noon, actor=LIN)
    assert [one.id for one in rooms_of_community(community_id=own, person_id=mei)] == [first]
    seen = room_of(place_id=second, person_id=mei)
    assert seen is not None
    assert seen.closed_at == noon
    assert room_to_join(place_id=second, person_id=late) is None


def test_the_communitys_own_room_is_opened_again_and_not_a_second_one(noon: datetime) -> None:
    own = community(noon)
    room = open_own_room(community_id=own, at=noon, actor=LIN)
    close_group(place_id=room, community_id=own, at=noon, actor=LIN)
    assert open_own_room(community_id=own, at=noon, actor=LIN) == room
    assert Place.objects.get(pk=room).closed_at is None


def test_a_group_that_is_taken_out_is_put_back_where_it_was_and_nowhere_else(noon: datetime) -> None:
    own, other = community(noon), community(noon, "别的社群")
    one = group(noon, own)
    take_out(place_id=one, community_id=own, at=noon, actor=LIN)
    assert groups_of(community_id=own) == []
    with pytest.raises(GroupUnknown):
        put_back(place_id=one, community_id=other, at=noon, actor=LIN)
    assert put_back(place_id=one, community_id=own, at=noon, actor=LIN)
    assert not put_back(place_id=one, community_id=own, at=noon, actor=LIN)
    assert [body["community"] for _, body in told("place.assigned")] == [0, own]
    take_out(place_id=one, community_id=own, at=noon, actor=LIN)
    assert put_back(place_id=one, community_id=own, at=noon, actor=LIN)  # the ledger's last word is an assignment now


def test_a_group_that_belonged_to_nobody_is_not_put_back_by_guessing_its_number(noon: datetime) -> None:
    own = community(noon)
    loose = know_place(kind=Place.Kind.GROUP, platform="wechat", name="散群", at=noon, actor=LIN)
    elsewhere = know_place(kind=Place.Kind.GROUP, platform="wechat", name="别群", at=noon, actor=LIN)
    assign(place=elsewhere, community=Community.objects.get(pk=community(noon, "别的社群")), at=noon, actor=LIN)
    for number in (loose.pk, elsewhere.pk, 999):
        with pytest.raises(GroupUnknown):
            put_back(place_id=number, community_id=own, at=noon, actor=LIN)


def test_a_room_of_ours_and_a_closed_group_are_not_taken_out(noon: datetime) -> None:
    own = community(noon)
    room, closed = web_place_of(community_id=own, at=noon, actor=LIN), group(noon, own)
    close_group(place_id=closed, community_id=own, at=noon, actor=LIN)
    for number, reason in ((room, "own_room"), (closed, "closed")):
        with pytest.raises(BadGroup) as refused:
            take_out(place_id=number, community_id=own, at=noon, actor=LIN)
        assert refused.value.reason == reason
    assert told("place.assigned") == []


def test_a_group_of_another_community_is_not_touched_and_not_shown(noon: datetime) -> None:
    own, other = community(noon), community(noon, "别的社群")
    one = group(noon, other)
    for deed in (close_group, open_again, take_out):
        with pytest.raises(GroupUnknown):
            deed(place_id=one, community_id=own, at=noon, actor=LIN)
    assert group_of(community_id=own, place_id=one) is None
    assert told("place.closed", "place.assigned") == []
