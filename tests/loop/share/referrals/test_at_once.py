"""Two bonds made at the same moment."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.at_once import at_once
from tests.loop.share.cast import COMMUNITY, people, told
from tongpin.loop.share.referrals.actions import NotBound, bind
from tongpin.loop.share.referrals.models import Referral
from tongpin.loop.share.referrals.queries import ReferralSeen

pytestmark = pytest.mark.django_db(transaction=True)


def end_of(found: object) -> str:
    """How a bond ended that was to be made: bound, or why not."""
    if isinstance(found, NotBound):
        return found.reason
    return "bound" if isinstance(found, ReferralSeen) else repr(found)


def test_three_who_bring_each_other_at_once_close_no_circle(noon: datetime) -> None:
    a, b, c = people(3, noon)
    pairs = [(a, b), (b, c), (c, a)]
    found = at_once(
        *(
            lambda n=n, i=i: bind(newcomer=n, inviter=i, code_id=0, community_id=COMMUNITY, at=noon)  # type: ignore[misc]
            for n, i in pairs
        )
    )
    assert sorted(map(end_of, found)) == ["bound", "bound", "circle"]
    assert Referral.objects.count() == 2


def test_a_newcomer_claimed_by_six_at_once_is_brought_by_one(noon: datetime) -> None:
    newcomer, *inviters = people(7, noon)
    found = at_once(
        *(
            lambda i=i: bind(newcomer=newcomer, inviter=i, code_id=0, community_id=COMMUNITY, at=noon)  # type: ignore[misc]
            for i in inviters
        )
    )
    assert sorted(map(end_of, found)) == ["bound"] + ["brought_before"] * 5
    assert len(told("referral.bound")) == 1
