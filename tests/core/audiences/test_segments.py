"""Segments: defined once, changed by editions, true whenever they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tongpin.core.audiences import actions
from tongpin.core.audiences.queries import count_of, editions_of, people_fitting, segment_seen, segments
from tongpin.core.audiences.rules import Rule
from tongpin.core.people import counting
from tongpin.core.people.counting import Counted, how_many
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Activity, Person, Spending, Tag
from tongpin.core.people.tagging import put_on
from tongpin.core.team.rules import Communities, Everything

pytestmark = pytest.mark.django_db
HERE = "staff:1"


def people(count: int, noon: datetime) -> list[int]:
    made = [Person.objects.create(nickname=f"妈妈{n}", via="hand", created_at=noon).pk for n in range(count)]
    Activity.objects.bulk_create(
        Activity(person_id=one, first_at=noon, last_day=noon.date(), acted=True) for one in made
    )
    return made


def tag(name: str, on: Sequence[int], noon: datetime) -> int:
    made = Tag.objects.create(name=name, made_at=noon)
    put_on(people=list(on), tag_id=made.pk, by="hand", how="hand", actor=HERE, at=noon)
    return int(made.pk)


def facts() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, body->>'segment', body->>'edition' from entry where kind = 'segment.defined' order by seq"
        )
        return list(cursor.fetchall())


def test_a_segment_is_defined_once_and_changed_by_editions(noon: datetime) -> None:
    first = actions.define_segment(name=" 买过的 ", rule=Rule(has_orders=True), at=noon, actor=HERE)
    again = actions.define_segment(name="买过的", rule=Rule(has_orders=True), at=noon, actor=HERE)
    assert (again, first.name, first.edition) == (first, "买过的", 1)
    later = noon + timedelta(hours=1)
    for _ in range(2):
        changed = actions.redefine_segment(
            segment_id=first.id, rule=Rule(has_orders=True, via="import"), at=later, actor="staff:2"
        )
    assert (changed.edition, changed.rule, changed.defined_by) == (2, Rule(has_orders=True, via="import"), "staff:2")
    assert editions_of(segment_id=first.id) == [
        (2, Rule(has_orders=True, via="import"), later, "staff:2"),
        (1, Rule(has_orders=True), noon, HERE),
    ]
    assert facts() == [("segment.defined", str(first.id), "1"), ("segment.defined", str(first.id), "2")]


def test_what_can_be_no_segment_says_why_and_nothing_is_kept(noon: datetime) -> None:
    kept = actions.define_segment(name="买过的", rule=Rule(has_orders=True), at=noon, actor=HERE)
    with pytest.raises(actions.NoName):
        actions.define_segment(name=" \u200b ", rule=Rule(tag=1), at=noon, actor=HERE)
    with pytest.raises(actions.FitsEverybody):
        actions.define_segment(name="全部", rule=Rule(), at=noon, actor=HERE)
    with pytest.raises(actions.FitsEverybody):
        actions.redefine_segment(segment_id=kept.id, rule=Rule(), at=noon, actor=HERE)
    with pytest.raises(actions.NameTaken) as taken:
        actions.define_segment(name="买过的", rule=Rule(tag=1), at=noon, actor=HERE)
    with pytest.raises(actions.SegmentUnknown):
        actions.redefine_segment(segment_id=kept.id + 1, rule=Rule(tag=1), at=noon, actor=HERE)
    assert (taken.value.segment_id, segments(), len(facts())) == (kept.id, [kept], 1)


def test_a_dropped_segment_can_come_back_unless_its_name_is_taken(noon: datetime) -> None:
    one = actions.define_segment(name="买过的", rule=Rule(has_orders=True), at=noon, actor=HERE)
    assert [actions.drop_segment(segment_id=one.id, at=noon) for _ in range(2)] == [True, False]
    assert segments() == []
    dropped = segment_seen(segment_id=one.id)
    assert dropped is not None
    assert dropped.dropped
    assert [actions.bring_segment_back(segment_id=one.id) for _ in range(2)] == [True, False]
    actions.drop_segment(segment_id=one.id, at=noon)
    actions.define_segment(name="买过的", rule=Rule(tag=1), at=noon, actor=HERE)
    with pytest.raises(actions.NameTaken):
        actions.bring_segment_back(segment_id=one.id)
    for act in (lambda: actions.drop_segment(segment_id=0, at=noon), lambda: actions.bring_segment_back(segment_id=0)):
        with pytest.raises(actions.SegmentUnknown):
            act()


def test_who_fits_is_asked_anew_and_merged_records_count_once(
    noon: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second, third, fourth = people(4, noon)
    loyal = tag("铁粉", [first, second, third], noon)
    Spending.objects.create(person_id=first, orders=2, net_fen=100, currency="CNY")
    rule, everywhere = Rule(tag=loyal), Everything()
    assert count_of(rule=rule, scope=everywhere) == Counted(3)
    merge(kept=second, gone=third, reasons=["by_hand"], actor=HERE, at=noon)
    with django_assert_num_queries(5):  # a savepoint around the two
        assert count_of(rule=rule, scope=everywhere) == Counted(2)
    assert {row.person_id for row in people_fitting(rule=rule, scope=everywhere).rows} == {first, second}
    assert count_of(rule=Rule(tag=loyal, has_orders=True), scope=everywhere) == Counted(1)
    assert count_of(rule=Rule(tag=loyal, has_orders=False), scope=everywhere) == Counted(1)
    assert count_of(rule=Rule(has_orders=False), scope=everywhere) == Counted(2)
    assert count_of(rule=rule, scope=Communities()) == Counted(0)
    Person.objects.filter(pk=fourth).update(erased_at=noon)
    assert how_many(scope=everywhere, most=1) == Counted(1, more=True)
    assert how_many(scope=everywhere) == Counted(2)


def test_a_count_that_would_take_long_is_left_open(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PATIENCE_MS", 1)
    monkeypatch.setattr(counting, "_ALIVE", "select id from (select pg_sleep(1), 1::bigint as id) s")
    assert how_many(scope=Everything(), via="hand") == Counted(None)
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_list_is_changed_by_those_who_work_in_all_its_communities(noon: datetime) -> None:
    here, both = Communities(frozenset({1})), Communities(frozenset({1, 2}))
    house = actions.define_segment(name="全部买过的", rule=Rule(has_orders=True), at=noon, actor=HERE)
    shared = actions.define_segment(name="两社", rule=Rule(tag=1), at=noon, actor=HERE, communities=[2, 1])
    assert (house.communities, shared.communities) == (frozenset(), frozenset({1, 2}))
    for one, scope in ((house, both), (house, Communities()), (shared, here), (shared, Communities())):
        with pytest.raises(actions.NotYours):
            actions.redefine_segment(segment_id=one.id, rule=Rule(tag=9), at=noon, actor=HERE, scope=scope)
        with pytest.raises(actions.NotYours):
            actions.drop_segment(segment_id=one.id, at=noon, scope=scope)
        with pytest.raises(actions.NotYours):
            actions.bring_segment_back(segment_id=one.id, scope=scope)
    assert [one.rule for one in segments()] == [Rule(tag=1), Rule(has_orders=True)]
    wider = actions.redefine_segment(
        segment_id=shared.id, rule=Rule(tag=2), at=noon, actor=HERE, scope=both, communities=[2]
    )
    assert (wider.rule, wider.communities) == (Rule(tag=2), frozenset({1, 2}))
    assert actions.drop_segment(segment_id=shared.id, at=noon, scope=both)
    assert actions.bring_segment_back(segment_id=shared.id, scope=both)
    still = actions.redefine_segment(segment_id=house.id, rule=Rule(tag=3), at=noon, actor=HERE, communities=[2])
    assert still.communities == frozenset()
