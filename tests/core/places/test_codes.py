"""Tracked links: they lead somewhere and are counted."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.core.places.actions import Unnamed, found_community
from tongpin.core.places.codes import CodeUnknown, code_of, find_code, make_code, open_code
from tongpin.core.places.models import CodeOpening, Place, TrackedCode
from tongpin.core.places.rooms import own_shop, web_place_of

pytestmark = pytest.mark.django_db


def somebody(noon: datetime) -> int:
    return add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=noon).person_id


def kinds() -> list[tuple[str, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, person_id from entry where kind like 'tracked_code%%' or kind like 'place%%' order by seq"
        )
        return list(cursor.fetchall())


def test_a_code_leads_to_its_target_and_every_opening_is_counted(noon: datetime) -> None:
    person = somebody(noon)
    made = make_code(code_kind="entrance", target_kind="entrance", target=7, actor="staff:1", at=noon, staff=1)
    stranger = open_code(code=made.code, person_id=None, at=noon)
    known = open_code(code=f" {made.code.upper()} ", person_id=person, at=noon)
    assert (stranger.code, known.code) == (made, made)
    assert stranger.opening != known.opening
    assert (find_code(code=made.code), code_of(code_id=made.id)) == (made, made)
    assert kinds() == [("tracked_code.made", None), ("tracked_code.opened", None), ("tracked_code.opened", person)]


def test_two_codes_of_one_target_are_two(noon: datetime) -> None:
    codes = {
        make_code(code_kind="poster", target_kind="offer", target=1, actor="staff:1", at=noon).code for _ in range(50)
    }
    assert len(codes) == 50
    assert {len(code) for code in codes} == {10}


@pytest.mark.parametrize("code", ["", "nothere", "x" * 400, "'; drop table person; --"])
def test_an_unknown_code_says_so_and_counts_nothing(code: str, noon: datetime) -> None:
    with pytest.raises(CodeUnknown):
        open_code(code=code, person_id=None, at=noon)
    assert not CodeOpening.objects.exists()
    assert (find_code(code=code), code_of(code_id=99)) == (None, None)


def test_erasing_somebody_leaves_the_count_without_them(noon: datetime) -> None:
    person = somebody(noon)
    made = make_code(code_kind="entrance", target_kind="entrance", target=7, actor="staff:1", at=noon)
    open_code(code=made.code, person_id=person, at=noon)
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert list(CodeOpening.objects.values_list("person_id", flat=True)) == [None]
    assert TrackedCode.objects.count() == 1


def test_a_community_has_one_room_on_the_web_and_the_house_one_shop(noon: datetime) -> None:
    community = found_community(name="青禾读跑社", actor="staff:1", at=noon)
    rooms = {web_place_of(community_id=community.pk, at=noon, actor="staff:1") for _ in range(2)}
    shops = {own_shop(at=noon, actor="staff:1") for _ in range(2)}
    assert [(one.kind, one.platform, one.name, one.community_id) for one in Place.objects.order_by("pk")] == [
        ("group", "web", "青禾读跑社", community.pk),
        ("shop", "tongpin", "自营店", None),
    ]
    assert (len(rooms), len(shops)) == (1, 1)
    assert [kind for kind, _ in kinds()] == ["place.opened", "place.opened"]
    with pytest.raises(Unnamed):
        web_place_of(community_id=community.pk + 1, at=noon, actor="staff:1")
