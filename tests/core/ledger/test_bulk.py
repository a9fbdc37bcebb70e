"""Thousands of facts at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongpin.base.ids import digest
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.sequencer import merge

pytestmark = pytest.mark.django_db


def line(n: int, body: str = '{"write_key":1,"message":"m","name":"x"}') -> Line:
    return Line(digest("event.tracked", n), "event.tracked", "2026-11-22T04:00:00+00:00", n, None, body)


def written(noon: datetime, lines: list[Line]) -> list[int]:
    with transaction.atomic():
        return record_many(lines, recorded_at=noon, actor="test", source="track:1").new


def test_known_and_doubled_lines_are_passed_over_in_silence(noon: datetime) -> None:
    assert written(noon, [line(1), line(2), line(1)]) == [0, 1]
    assert written(noon, [line(2), line(3)]) == [1]
    with connection.cursor() as cursor:
        cursor.execute("select person_id from entry order by seq")
        assert [row[0] for row in cursor.fetchall()] == [1, 2, 3]


def test_bodies_with_tabs_newlines_quotes_and_backslashes_arrive_as_they_were(noon: datetime) -> None:
    body = '{"name": "a\\tb\\n\\"c\\" \\\\ 表"}'
    written(noon, [line(1, body)])
    with connection.cursor() as cursor:
        cursor.execute("select body->>'name' from entry")
        assert cursor.fetchone() == ('a\tb\n"c" \\ 表',)


def test_more_than_a_transaction_should_hold_is_refused(noon: datetime) -> None:
    with pytest.raises(ValueError, match="at most"):
        written(noon, [line(n) for n in range(5001)])


@given(st.sets(st.integers(1, 60), min_size=1).map(sorted))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merged_blocks_hold_the_same_entries_in_the_same_order(seqs: list[int]) -> None:
    blocks = [(n, n, ["a" if n % 2 else "b"]) for n in seqs]
    merged = merge(blocks)
    assert [n for lo, hi, _ in merged for n in range(lo, hi + 1)] == seqs
    for lo, hi, kinds in merged:
        assert {"a" if n % 2 else "b" for n in range(lo, hi + 1)} <= set(kinds)
