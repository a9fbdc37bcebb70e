"""Opening doors, and what people see before they come in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import (
    ANSWERS,
    CANVAS,
    CHARTER,
    LIN,
    QUESTIONS,
    STEPS,
    community,
    opened,
    prepared,
    somebody,
    told,
)
from tongpin.base.counted import Counted
from tongpin.core.people.merging import merge
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Place
from tongpin.core.places.rooms import web_place_of
from tongpin.core.team.rules import Communities, Everything
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.charter.models import Door
from tongpin.loop.gather.charter.queries import DoorSeen, doors_of
from tongpin.loop.gather.charter.queries import Edition as CharterSeen
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.ground import CommunityUnknown
from tongpin.loop.gather.launch.actions import LaunchIncomplete, StrangeDoor, open_door, shut_door, tick_checklist
from tongpin.loop.gather.launch.queries import (
    JoinPage,
    MyStart,
    join_page_of,
    launch_of,
    launches_ahead,
    members_in,
    members_of_each,
    my_start,
)
from tongpin.loop.gather.welcome.actions import plan_welcome

pytestmark = pytest.mark.django_db


def test_a_door_stays_shut_until_the_checklist_stands(noon: datetime) -> None:
    made = community(noon)
    with pytest.raises(LaunchIncomplete) as refused:
        open_door(community_id=made, door="public", at=noon, actor=LIN)
    assert refused.value.missing == ("positioning", "rules", "welcome", "threshold", "place")
    assert (Door.objects.count(), told("door.opened", "launch_item.done")) == (0, [])


def test_an_open_door_is_opened_once_shut_once_and_can_open_again(noon: datetime) -> None:
    made, later = prepared(noon), noon + timedelta(days=1)
    assert open_door(community_id=made, door="public", at=noon, actor=LIN) is True
    assert open_door(community_id=made, door="public", at=later, actor=LIN) is False
    assert shut_door(community_id=made, door="public", reason="full", at=later, actor=LIN) is True
    assert shut_door(community_id=made, door="public", reason="full", at=later, actor=LIN) is False
    assert doors_of(community_id=made) == (DoorSeen("public", noon, later, "full"),)
    assert open_door(community_id=made, door="public", at=later, actor=LIN) is True
    assert doors_of(community_id=made) == (DoorSeen("public", later, None, ""),)
    assert told("door.opened", "door.shut") == [
        ("door.opened", {"community": made, "door": "public"}),
        ("door.shut", {"community": made, "door": "public", "reason": "full"}),
        ("door.opened", {"community": made, "door": "public", "occurrence": 2}),
    ]
    for door, reason in (("cellar", "full"), ("public", "mood")):
        with pytest.raises(StrangeDoor):
            shut_door(community_id=made, door=door, reason=reason, at=later, actor=LIN)
    with pytest.raises(StrangeDoor):
        open_door(community_id=made, door="cellar", at=later, actor=LIN)


def test_each_item_is_told_when_it_comes_to_stand_and_again_after_it_fell(noon: datetime) -> None:
    made = prepared(noon)
    tick_checklist(community_id=made, at=noon, actor=LIN)
    tick_checklist(community_id=made, at=noon, actor=LIN)
    items = ["positioning", "rules", "welcome", "threshold", "place"]
    expected: list[dict[str, Any]] = [
        {"community": made, "item": item, "done": at, "total": 11} for at, item in enumerate(items, 1)
    ]
    assert [body for _, body in told("launch_item.done")] == expected
    plan_welcome(community_id=made, steps=())
    assert launch_of(community_id=made).missing == ("welcome",)
    tick_checklist(community_id=made, at=noon, actor=LIN)
    plan_welcome(community_id=made, steps=STEPS)
    tick_checklist(community_id=made, at=noon, actor=LIN)
    again = {"community": made, "item": "welcome", "done": 5, "total": 11, "occurrence": 2}
    assert [body for _, body in told("launch_item.done")] == [*expected, again]


def test_communities_that_never_opened_are_listed_with_what_is_missing(noon: datetime) -> None:
    first, ready, _ = community(noon), prepared(noon, "绘本营"), opened(noon, "晨跑团")
    ahead = launches_ahead(scope=Everything())
    assert [(one.community, one.missing) for one in ahead] == [
        ("青禾读书社", ("positioning", "rules", "welcome", "threshold", "place")),
        ("绘本营", ()),
    ]
    assert [one.community_id for one in launches_ahead(scope=Communities(frozenset({ready})))] == [ready]
    with CaptureQueriesContext(connection) as many:
        launches_ahead(scope=Everything())
    Community.objects.filter(pk=first).update(closed_at=noon)
    with CaptureQueriesContext(connection) as few:
        assert len(launches_ahead(scope=Everything())) == 1
    assert len(many) == len(few) == 1


def test_the_join_page_says_who_we_are_and_what_is_asked(noon: datetime) -> None:
    made, visitor, member = opened(noon), somebody(noon), somebody(noon, "林老师")
    place = web_place_of(community_id=made, at=noon, actor=LIN)
    join_by_hand(person_id=member, place_id=place, actor=LIN, at=noon)
    way = make_entrance(
        community_id=made, channel="counter", name="柜台海报", offline=True, paid=False, at=noon, actor=LIN
    )
    with CaptureQueriesContext(connection) as asked:
        page = join_page_of(community_id=made, person_id=visitor, inviter_id=member, code_id=way.code_id)
    assert len(asked) == 13
    assert page == JoinPage(
        community_id=made,
        name="青禾读书社",
        founded_at=noon,
        members=Counted(1),
        canvas=CANVAS,
        charter=CharterSeen(1, CHARTER, noon, LIN),
        questions=QUESTIONS,
        open_doors=("public",),
        why_not=None,
        inviter="林老师",
        entrance="柜台海报",
        member=False,
        mine=None,
        accepted_edition=0,
    )


def test_the_join_page_says_why_nobody_can_come_in(noon: datetime) -> None:
    made = prepared(noon)
    assert join_page_of(community_id=made).why_not == "not_open_yet"
    open_door(community_id=made, door="seeds", at=noon, actor=LIN)
    assert join_page_of(community_id=made).why_not == "seeds_only"
    open_door(community_id=made, door="members", at=noon, actor=LIN)
    outsider = somebody(noon, "路人")
    assert join_page_of(community_id=made, inviter_id=outsider).why_not == "by_invitation"
    assert join_page_of(community_id=made, inviter_id=outsider).inviter == ""
    for door in ("seeds", "members"):
        shut_door(community_id=made, door=door, reason="paused", at=noon, actor=LIN)
    assert join_page_of(community_id=made).why_not == "shut"
    Community.objects.update(closed_at=noon)
    assert join_page_of(community_id=made).why_not == "ended"
    with pytest.raises(CommunityUnknown):
        join_page_of(community_id=made + 1)
    with pytest.raises(CommunityUnknown):
        launch_of(community_id=made + 1)


def test_an_applicant_sees_their_state_on_the_same_page(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    applied = apply(
        community_id=made, person_id=person, answers=ANSWERS, charter_edition=1, at=noon, actor=f"person:{person}"
    )
    with CaptureQueriesContext(connection) as asked:
        page = join_page_of(community_id=made, person_id=person, inviter_id=person)
    assert len(asked) == 13
    assert page.mine is not None
    assert (page.mine.application_id, page.mine.state, page.accepted_edition) == (applied.application_id, "waiting", 1)
    assert my_start(person_id=person, community_id=made) == MyStart(page.mine, None)


def test_a_merged_member_of_two_groups_is_counted_once(noon: datetime) -> None:
    made, person, other = opened(noon), somebody(noon), somebody(noon, "阿美")
    second = Place.objects.create(kind="group", platform="wechat", name="2 群", opened_at=noon, community_id=made)
    join_by_hand(person_id=person, place_id=web_place_of(community_id=made, at=noon, actor=LIN), actor=LIN, at=noon)
    join_by_hand(person_id=other, place_id=second.pk, actor=LIN, at=noon)
    assert members_in(community_id=made) == Counted(2)
    merge(kept=person, gone=other, reasons=["by_hand"], actor=LIN, at=noon)
    assert members_in(community_id=made) == Counted(1)


def test_many_members_are_counted_up_to_a_limit(noon: datetime) -> None:
    made, empty = opened(noon), opened(noon, "晨跑团")
    place = web_place_of(community_id=made, at=noon, actor=LIN)
    for _ in range(3):
        join_by_hand(person_id=somebody(noon), place_id=place, actor=LIN, at=noon)
    both = [made, empty]
    assert members_of_each(community_ids=both, most=3) == {made: Counted(3), empty: Counted(0)}
    assert members_of_each(community_ids=both, most=2) == {made: Counted(2, more=True), empty: Counted(0)}
