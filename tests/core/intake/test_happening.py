"""What just happened: what tells of somebody or something; nameless visitors are counted."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tongpin.core.facts.people import PersonMet
from tongpin.core.intake import happening
from tongpin.core.intake.happening import latest_told
from tongpin.core.ledger.actions import record
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Person
from tongpin.core.people.signs import sign

pytestmark = pytest.mark.django_db


def visitor(noon: datetime) -> None:
    with transaction.atomic():
        person = Person.objects.create(via="track:1", created_at=noon)
        record(PersonMet(via="tracking"), at=noon, person_id=person.pk, actor="track:1")


def named(noon: datetime, number: int) -> int:
    return add_by_hand(signs=[sign("phone", f"1391111{number:04}")], actor="staff:1", at=noon).person_id


def test_nameless_visitors_are_counted_and_left_out(noon: datetime) -> None:
    first = named(noon, 1)
    for _ in range(30):
        visitor(noon)
    second = add_by_hand(nickname="小美", actor="staff:1", at=noon).person_id
    told = latest_told(limit=12)
    assert [entry.person_id for entry in told.entries if entry.kind == "person.met"] == [second, first]
    assert (told.nameless, told.older) == (30, None)


def test_pages_go_on_where_the_last_ended_and_count_their_own_visitors(noon: datetime) -> None:
    people = []
    for number in range(5):
        people.append(named(noon, number))
        visitor(noon)
    seen: list[int] = []
    counted, before = 0, None
    while True:
        told = latest_told(before_seq=before, limit=2)
        seen += [entry.person_id for entry in told.entries if entry.kind == "person.met" and entry.person_id]
        counted += told.nameless
        before = told.older
        if before is None:
            break
    assert (seen, counted) == (people[::-1], 5)


def test_a_long_stretch_of_visitors_does_not_hide_that_there_is_more(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happening, "WINDOW", 4)
    first = named(noon, 1)
    for _ in range(6):
        visitor(noon)
    one = latest_told(limit=2)
    assert ([*one.entries], one.nameless, one.older is not None) == ([], 4, True)
    two = latest_told(before_seq=one.older, limit=2)
    assert ([entry.person_id for entry in two.entries][-1], two.nameless) == (first, 2)


def test_it_costs_one_query(noon: datetime) -> None:
    for number in range(3):
        named(noon, number)
    with CaptureQueriesContext(connection) as asked:
        latest_told()
    assert len(asked) == 1
