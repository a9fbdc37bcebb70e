"""Closing a group that talks come to: not while a guest speaks to it; what waits for it is called off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.give.talks.cast import GUEST, LATER, LIN, community, live, plain_group, planned, react, room, says, told
from tongpin.core.places.closing import open_again
from tongpin.core.places.models import Place
from tongpin.core.sending.models import Errand, Letter
from tongpin.loop.give.talks.actions import BadPlaces, StillLive, announce, close_group, end, start
from tongpin.loop.give.talks.queries import Owed, owed_to

pytestmark = pytest.mark.django_db


def test_nothing_is_announced_relayed_or_pasted_to_a_closed_group(noon: datetime) -> None:
    own = community(noon)
    plain, ours, other = (
        make(name, noon, of=own) for make, name in ((plain_group, "一群"), (room, "二群"), (room, "三群"))
    )
    talk = planned(noon, community_id=own)
    announce(talk_id=talk, place_ids=[plain, ours, other], at=noon, actor=LIN)
    assert owed_to(place_id=plain) == Owed("", ("睡前十分钟，怎么读",), 1)
    for place in (plain, ours):
        assert close_group(place_id=place, community_id=own, at=noon, actor=LIN)
        assert not close_group(place_id=place, community_id=own, at=noon, actor=LIN)
    assert list(Errand.objects.values_list("place", "state", "reason")) == [(plain, "missed", "place_gone")]
    assert [body["reason"] for _, body in told("errand.missed")] == ["place_gone"]
    start(talk_id=talk, at=noon + LATER, actor=GUEST)
    react()
    says(talk, "等那一页。", noon + LATER)
    react()
    end(talk_id=talk, at=noon + LATER + timedelta(hours=1), actor=GUEST)
    assert set(Letter.objects.filter(queued_at__gt=noon).values_list("place", flat=True)) == {other}
    assert Errand.objects.count() == 1
    with pytest.raises(BadPlaces):
        announce(talk_id=planned(noon, community_id=own), place_ids=[plain], at=noon, actor=LIN)


def test_while_a_guest_speaks_to_it_a_group_is_not_closed_and_afterwards_it_is(noon: datetime) -> None:
    own = community(noon)
    place = plain_group("一群", noon, of=own)
    talk, at = live(noon, [place], community_id=own)
    with pytest.raises(StillLive) as refused:
        close_group(place_id=place, community_id=own, at=at, actor=LIN)
    assert refused.value.title == owed_to(place_id=place).live == "睡前十分钟，怎么读"
    assert Place.objects.get(pk=place).closed_at is None
    assert told("place.closed", "errand.missed") == []
    end(talk_id=talk, at=at + timedelta(hours=1), actor=GUEST)
    assert close_group(place_id=place, community_id=own, at=at + timedelta(hours=2), actor=LIN)


def test_a_group_that_was_opened_again_hears_of_the_next_talk(noon: datetime) -> None:
    own = community(noon)
    place = plain_group("一群", noon, of=own)
    close_group(place_id=place, community_id=own, at=noon, actor=LIN)
    open_again(place_id=place, community_id=own, at=noon, actor=LIN)
    talk = planned(noon, community_id=own)
    assert announce(talk_id=talk, place_ids=[place], at=noon, actor=LIN).errands == 1
