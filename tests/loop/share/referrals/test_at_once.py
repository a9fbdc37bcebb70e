"""Two bonds made at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from tests.loop.share.cast import COMMUNITY, people, told
from tongpin.loop.share.referrals.actions import NotBound, bind
from tongpin.loop.share.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deeds: list[Callable[[], object]]) -> list[str]:
    """How each of them ended when all begin together."""
    gate = threading.Barrier(len(deeds))
    ends = [""] * len(deeds)

    def work(place: int, deed: Callable[[], object]) -> None:
        gate.wait(20)
        try:
            deed()
            ends[place] = "bound"
        except NotBound as refused:
            ends[place] = refused.reason
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place, deed)) for place, deed in enumerate(deeds)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return ends


def test_three_who_bring_each_other_at_once_close_no_circle(noon: datetime) -> None:
    a, b, c = people(3, noon)
    pairs = [(a, b), (b, c), (c, a)]
    ends = at_once(
        [
            lambda n=n, i=i: bind(newcomer=n, inviter=i, code_id=0, community_id=COMMUNITY, at=noon)  # type: ignore[misc]
            for n, i in pairs
        ]
    )
    assert sorted(ends) == ["bound", "bound", "circle"]
    assert Referral.objects.count() == 2


def test_a_newcomer_claimed_by_six_at_once_is_brought_by_one(noon: datetime) -> None:
    newcomer, *inviters = people(7, noon)
    ends = at_once(
        [
            lambda i=i: bind(newcomer=newcomer, inviter=i, code_id=0, community_id=COMMUNITY, at=noon)  # type: ignore[misc]
            for i in inviters
        ]
    )
    assert sorted(ends) == ["bound"] + ["brought_before"] * 5
    assert len(told("referral.bound")) == 1
