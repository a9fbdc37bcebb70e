"""Trees of who brought whom, and invitations as their inviter sees them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.loop.share.cast import COMMUNITY, found_to_be_one, people
from tongpin.loop.share.referrals.actions import bind, qualify
from tongpin.loop.share.referrals.models import Referral
from tongpin.loop.share.referrals.queries import (
    Branch,
    above,
    generations,
    invitation_counts,
    link_of,
    my_invitations,
    tree_below,
)

pytestmark = pytest.mark.django_db


def bond(newcomer: int, inviter: int, at: datetime, community: int = COMMUNITY) -> None:
    bind(newcomer=newcomer, inviter=inviter, code_id=0, community_id=community, at=at)


def test_the_tree_below_a_person_goes_through_merged_records(noon: datetime) -> None:
    lin, mei, mei_again, qiang, niu = people(5, noon)
    later = noon + timedelta(hours=1)
    bond(mei, lin, noon)
    bond(qiang, lin, later)
    found_to_be_one(mei_again, mei, noon)
    bond(niu, mei_again, later, community=8)
    whole = [
        Branch(mei_again, lin, 1, 1, noon),
        Branch(qiang, lin, 1, 1, later),
        Branch(niu, mei_again, 2, 2, later),
    ]
    assert tree_below(person_id=lin) == whole
    assert tree_below(person_id=lin, levels=1) == whole[:2]
    assert tree_below(person_id=lin, size=1) == whole[:1]
    assert tree_below(person_id=niu) == []
    assert above(person_id=niu) == [mei_again, lin]
    assert above(person_id=lin) == []
    assert generations() == {1: 2, 2: 1}
    assert generations(community_id=COMMUNITY) == {1: 2}


def test_a_circle_closed_by_a_merge_does_not_hold_a_walk_up(noon: datetime) -> None:
    lin, mei, qiang = people(3, noon)
    bond(mei, lin, noon)
    bond(qiang, mei, noon)
    found_to_be_one(lin, qiang, noon)
    assert above(person_id=lin) == [mei]
    assert [one.person_id for one in tree_below(person_id=lin, levels=50)] == [mei]


def test_invitations_come_newest_first_in_pages_with_their_state(noon: datetime) -> None:
    lin, *others = people(4, noon)
    for one in others:
        bond(one, lin, noon)
    qualify(newcomer=others[1], order="A1", return_days=7, at=noon)
    week = noon + timedelta(days=7)
    page = my_invitations(person_id=lin, now=week, size=2)
    assert [(one.newcomer, one.state, one.order) for one in page] == [
        (others[2], "joined", ""),
        (others[1], "counts", "A1"),
    ]
    rest = my_invitations(person_id=lin, now=week, older_than=page[-1].id)
    assert [(one.newcomer, one.state) for one in rest] == [(others[0], "joined")]
    assert link_of(person_id=lin, target_kind="community", target=COMMUNITY) is None


def test_three_invitations_take_as_many_queries_as_one(noon: datetime) -> None:
    lin, *others = people(4, noon)
    taken = []
    for one in others:
        bond(one, lin, noon)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            my_invitations(person_id=lin, now=noon)
            invitation_counts(person_id=lin, now=noon)
            tree_below(person_id=lin)
        taken.append(len(seen))
    assert taken == [taken[0]] * 3
    assert Referral.objects.count() == 3
