"""Joining a group by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.people.cast import kinds_of
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.merging import merge
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Membership, Place

pytestmark = pytest.mark.django_db
ACTOR = "staff:1"


def group(at: datetime) -> int:
    return int(Place.objects.create(kind="group", platform="wechat", name="绘本 2 群", opened_at=at).pk)


def somebody(at: datetime, name: str = "小美") -> int:
    return add_by_hand(nickname=name, actor=ACTOR, at=at).person_id


def test_somebody_joins_once_and_again_after_leaving(noon: datetime) -> None:
    person, place, later = somebody(noon), group(noon), noon + timedelta(days=1)
    assert join_by_hand(person_id=person, place_id=place, called="美美", actor=ACTOR, at=noon) is True
    assert join_by_hand(person_id=person, place_id=place, actor=ACTOR, at=later) is False
    Membership.objects.update(left_at=later)
    assert join_by_hand(person_id=person, place_id=place, actor=ACTOR, at=later) is True
    member = Membership.objects.get()
    assert (member.called, member.joined_at, member.left_at, member.occurrence) == ("美美", later, None, 2)
    assert kinds_of(person) == ["person.met", "member.joined", "member.joined"]


def test_who_is_in_with_a_merged_record_is_in(noon: datetime) -> None:
    person, gone, place = somebody(noon), somebody(noon, "阿美"), group(noon)
    join_by_hand(person_id=gone, place_id=place, actor=ACTOR, at=noon)
    merge(kept=person, gone=gone, reasons=["by_hand"], actor=ACTOR, at=noon)
    assert join_by_hand(person_id=person, place_id=place, actor=ACTOR, at=noon) is False
    assert Membership.objects.get().person_id == gone


def test_who_was_erased_joins_nothing(noon: datetime) -> None:
    person, place = somebody(noon), group(noon)
    erase(person_id=person, with_words=False, actor=ACTOR, at=noon)
    with pytest.raises(PersonIsErased):
        join_by_hand(person_id=person, place_id=place, actor=ACTOR, at=noon)
    assert Membership.objects.count() == 0
