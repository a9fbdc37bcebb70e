"""Two people side by side, and suggestions within a scope."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.core.people.cast import Meet, read_all
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import record
from tongpin.core.people.comparing import Side, Waiting, how_many_wait, sides, waiting, waiting_one
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import note_life_fact, put_tag
from tongpin.core.people.merging import merge, refuse
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground
from tongpin.core.people.scoping import among
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.team.rules import Communities, Everything

ACTOR = "staff:1"
WHY = (Ground("name_near", weight=3.0),)


def group_of(name: str, at: datetime) -> tuple[Communities, Place]:
    community = Community.objects.create(name=name, founded_at=at)
    place = Place.objects.create(kind="group", platform="wechat", name=name, community=community, opened_at=at)
    return Communities(frozenset({community.pk})), place


def suggest(a: int, b: int, at: datetime, score: float = 0.95) -> int:
    return next(iter(keep_suggestions(doubts=[Doubt(a, b, score, WHY)], at=at).values()))


def test_a_side_holds_what_all_records_of_a_person_hold_masked(meet: Meet, noon: datetime) -> None:
    person, gone = meet("小美", "13812345678", name="林小美"), meet("安安妈", "lin@example.com")
    _, place = group_of("绘本", noon)
    Membership.objects.create(person_id=gone, place=place, first_seen_at=noon)
    put_tag(person_id=gone, name="晨跑", actor=ACTOR, at=noon)
    note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor=ACTOR, at=noon)
    with transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=gone, place_id=7)
    merge(kept=person, gone=gone, reasons=["by_hand"], actor=ACTOR, at=noon)
    read_all()
    assert sides(roots=[person], scope=Everything()) == {
        person: Side(
            person_id=person,
            records=2,
            display_name="小美",
            name_masked="林**",
            signs=(("phone", "138****5678"), ("mail", "l***@example.com")),
            traits=(),
            life=(("birthday", "05-**"),),
            tags=("晨跑",),
            places=("绘本",),
            identified=True,
            via="hand",
            since=noon,
            orders=1,
            net_fen=8900,
            currency="CNY",
            last_day=noon.date(),
        )
    }


def test_a_side_names_places_of_communities_in_scope_and_of_the_house_only(meet: Meet, noon: datetime) -> None:
    person = meet("小美")
    own, here = group_of("绘本", noon)
    _, there = group_of("晨跑", noon)
    shop = Place.objects.create(kind="shop", platform="youzan", name="小店", opened_at=noon)
    for place in (here, there, shop):
        Membership.objects.create(person_id=person, place=place, first_seen_at=noon)
    assert set(sides(roots=[person], scope=own)[person].places) == {"绘本", "小店"}
    assert set(sides(roots=[person], scope=Everything())[person].places) == {"绘本", "晨跑", "小店"}


def test_sides_take_the_same_queries_for_two_and_six_and_leave_the_erased_out(meet: Meet, noon: datetime) -> None:
    people = [meet(f"人{i}", f"1381234567{i}") for i in range(6)]
    erase(person_id=people[5], with_words=False, actor=ACTOR, at=noon)
    with CaptureQueriesContext(connection) as two:
        sides(roots=people[:2], scope=Everything())
    with CaptureQueriesContext(connection) as six:
        assert sorted(sides(roots=people, scope=Everything())) == people[:5]
    assert len(two) == len(six) == 9


def test_suggestions_are_read_by_their_roots_the_likeliest_first(meet: Meet, noon: datetime) -> None:
    a, b, c, d, root = meet("a"), meet("b"), meet("c"), meet("d"), meet("root")
    low, high = suggest(a, b, noon, 0.91), suggest(c, d, noon, 0.99)
    merge(kept=root, gone=a, reasons=["by_hand"], actor=ACTOR, at=noon)
    everywhere = Everything()
    assert waiting(scope=everywhere) == [Waiting(high, 0.99, c, d, WHY), Waiting(low, 0.91, root, b, WHY)]
    assert waiting(scope=everywhere, after=(0.99, high)) == [Waiting(low, 0.91, root, b, WHY)]
    assert waiting(scope=everywhere, leave_out=[high], limit=1) == [Waiting(low, 0.91, root, b, WHY)]
    assert how_many_wait(scope=everywhere) == 2
    assert how_many_wait(scope=everywhere, most=1) == 1
    refuse(suggestion_id=high, actor=ACTOR, at=noon)
    assert waiting_one(suggestion_id=high, scope=everywhere) is None
    assert waiting_one(suggestion_id=low, scope=everywhere) == Waiting(low, 0.91, root, b, WHY)


def test_a_suggestion_is_within_a_scope_only_with_both_people(meet: Meet, noon: datetime) -> None:
    scope, place = group_of("绘本", noon)
    inside, merged, beside, outside = meet("a"), meet("b"), meet("c"), meet("d")
    for person in (inside, merged):
        Membership.objects.create(person_id=person, place=place, first_seen_at=noon)
    merge(kept=beside, gone=merged, reasons=["by_hand"], actor=ACTOR, at=noon)
    both, half = suggest(inside, beside, noon), suggest(inside, outside, noon, 0.99)
    assert [one.id for one in waiting(scope=scope)] == [both]
    assert how_many_wait(scope=scope) == 1
    assert waiting_one(suggestion_id=half, scope=scope) is None
    assert waiting(scope=Communities()) == []
    assert among(person_ids=[inside, merged, beside, outside], scope=scope) == {inside, merged, beside}
    assert among(person_ids=[inside, outside], scope=Everything()) == {inside, outside}
    assert among(person_ids=[inside], scope=Communities()) == frozenset()
