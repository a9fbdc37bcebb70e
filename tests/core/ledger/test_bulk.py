"""Thousands of facts at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.base.ids import digest
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.copying import copying, draw
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


def test_what_tells_of_a_birth_stands_between_what_has_keys_and_takes_none(noon: datetime) -> None:
    born = Line(None, "person.met", "2026-11-22T04:00:00+00:00", 9, None, '{"via":"tracking"}')
    assert written(noon, [born, line(1), line(2)]) == [0, 1, 2]
    assert written(noon, [line(2), born._replace(person_id=10), line(3), born._replace(person_id=11)]) == [1, 2, 3]
    with connection.cursor() as cursor:
        cursor.execute("select person_id, kind from entry order by seq")
        tracked, met = "event.tracked", "person.met"
        assert cursor.fetchall() == [(9, met), (1, tracked), (2, tracked), (10, met), (3, tracked), (11, met)]
        cursor.execute("select e.person_id from entry_key k join entry e on e.seq = k.seq order by e.seq")
        assert [row[0] for row in cursor.fetchall()] == [1, 2, 3]
        cursor.execute("select min(lo), max(hi), sum(hi - lo + 1) from fresh")
        low, high, held = cursor.fetchone()
        assert (high - low + 1 >= held, held) == (True, 6)


def test_what_goes_wrong_with_a_copy_is_an_error_of_the_database_like_any_other() -> None:
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        with copying(cursor, "copy entry_person (person_id, seq, role) from stdin") as copy:
            copy.write("nobody\t1\tinviter\n")


def test_numbers_are_drawn_rising_and_never_twice_by_writers_side_by_side() -> None:
    with connection.cursor() as cursor:
        first, second = draw(cursor, "entry_seq", 3), draw(cursor, "entry_seq", 2)
        assert draw(cursor, "entry_seq", 0) == []
    assert (first, second) == (list(range(first[0], first[0] + 3)), [first[0] + 3, first[0] + 4])


def test_numbers_with_others_between_them_are_those_that_were_drawn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create sequence with_gaps increment by 2")
        assert draw(cursor, "with_gaps", 3) == [1, 3, 5]


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
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merged_blocks_hold_the_same_entries_in_the_same_order(seqs: list[int]) -> None:
    blocks = [(n, n, ["a" if n % 2 else "b"]) for n in seqs]
    merged = merge(blocks)
    assert [n for lo, hi, _ in merged for n in range(lo, hi + 1)] == seqs
    for lo, hi, kinds in merged:
        assert {"a" if n % 2 else "b" for n in range(lo, hi + 1)} <= set(kinds)
