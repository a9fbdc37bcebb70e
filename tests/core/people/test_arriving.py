"""People who arrive in numbers."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from tongpin.core.people.arriving import Learnt, learn_many
from tongpin.core.people.models import Person

pytestmark = pytest.mark.django_db


def crowd(count: int, noon: datetime) -> list[int]:
    """People in a table that the planner knows nothing of yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into person (identified, internal, via, created_at, name_masked, nickname, sort_key, grams)"
            " select true, false, 'track', %s, '', '', '', '{}' from generate_series(1, %s) returning id",
            [noon, count],
        )
        return [person for (person,) in cursor.fetchall()]


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) from pg_stat_xact_user_tables"
            " where relname = 'person'"
        )
        return int(cursor.fetchone()[0])


def test_what_is_learnt_of_a_few_does_not_read_the_others(noon: datetime) -> None:
    people = crowd(20_000, noon)
    before = rows_read()
    few = people[:5]
    learnt = [Learnt(person, nickname=f"小美{person}", name="林小美") for person in few]
    assert learn_many(learnt) == {*few}
    assert rows_read() - before < 100


def test_nothing_is_learnt_of_the_erased(noon: datetime) -> None:
    living, gone = crowd(2, noon)
    Person.objects.filter(pk=gone).update(erased_at=noon)
    assert learn_many(
        [Learnt(living, nickname="小美"), Learnt(gone, nickname="豆豆妈", name="豆豆", certain=True)]
    ) == {living}
    told = Person.objects.order_by("pk").values_list("nickname", "name_masked")
    assert list(told) == [("小美", ""), ("", "")]
