"""Facts of one act, told at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tongpin.core.facts.admission import VouchGiven
from tongpin.core.facts.places import TrackedCodeMade
from tongpin.core.ledger import bulk
from tongpin.core.ledger.actions import Cause, record
from tongpin.core.ledger.telling import Told, tell_all

pytestmark = pytest.mark.django_db

ENTRIES = "select kind, at, person_id, place_id, actor, source, body->>'tracked_code', cause from entry order by seq"


def code(number: int, kind: str = "poster") -> TrackedCodeMade:
    return TrackedCodeMade(tracked_code=number, code_kind=kind, target_kind="offer", target=1)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@transaction.atomic
def tell(*told: Told, at: datetime, cause: Cause | None = None) -> None:
    tell_all(told, at=at, actor="lin", source="test", cause=cause)


def test_many_go_by_copy_in_parts_with_their_people_and_moments(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LIMIT", 2)
    later = noon + timedelta(hours=1)
    tell(Told(code(1), 7), Told(code(2), at=later), Told(code(3), place_id=9), at=noon)
    kind = "tracked_code.made"
    assert rows(ENTRIES) == [
        (kind, noon, 7, None, "lin", "test", "1", None),
        (kind, later, None, None, "lin", "test", "2", None),
        (kind, noon, None, 9, "lin", "test", "3", None),
    ]


@pytest.mark.parametrize("others", [0, 1])
def test_further_people_are_found_by_what_was_told_alone_and_with_others(noon: datetime, others: int) -> None:
    tell(Told(VouchGiven(vouch=1, community=1, vouched=8), 7), *(Told(code(n)) for n in range(others)), at=noon)
    assert rows("select p.person_id, p.role, e.kind from entry_person p join entry e using (seq)") == [
        (8, "vouched", "vouch.given")
    ]


def test_what_a_reaction_tells_names_its_cause(noon: datetime) -> None:
    with transaction.atomic():
        first = record(code(1), at=noon)
    tell(Told(code(2)), Told(code(3)), at=noon, cause=Cause(first.seq, 0))
    assert [row[-1] for row in rows(ENTRIES)] == [None, first.seq, first.seq]


@pytest.mark.parametrize("others", [0, 1])
def test_what_was_told_before_stays_as_it_was_told(noon: datetime, others: int) -> None:
    tell(Told(code(1)), at=noon)
    tell(Told(code(1, "product")), *(Told(code(2)) for _ in range(others)), at=noon)
    assert rows("select body->>'code_kind' from entry order by seq") == [("poster",)] * (1 + others)


def test_of_nothing_nothing_is_told(noon: datetime) -> None:
    tell(at=noon)
    assert rows(ENTRIES) == []
