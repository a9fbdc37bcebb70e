"""Projections fold each stretch whole or not at all, and are built again beside their live tables."""

from __future__ import annotations

import random
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from tests.conftest import NOON
from tests.core.ledger.crowd import COMMITS, PLACE, Actor, gate, plain, wait_until
from tongpin.core.facts.orders import OrderAmended, OrderItemAdded, OrderPaid, OrderPlaced, OrderRefunded
from tongpin.core.facts.people import NoteWritten
from tongpin.core.ledger import projections, sequencer
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.feed import Slice
from tongpin.core.ledger.projections import Projection, RebuildRuns, fold_once, rebuild
from tongpin.core.ledger.withdrawing import withdraw_blocks
from tongpin.core.people.projecting import PROJECTIONS

pytestmark = COMMITS

TABLES = [table for projection in PROJECTIONS for table in projection.tables]


@pytest.fixture(autouse=True)
def _ledger(own_ledger: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(TABLES)}")
        yield
        cursor.execute(f"truncate {', '.join(TABLES)}")


def tell_of_an_order(dice: random.Random, order: str, person: int | None) -> None:
    """An order as a shop tells it, in one transaction."""
    with transaction.atomic():
        facts: list[Any] = [OrderPlaced(order=order)]
        facts += [
            OrderItemAdded(order=order, line=str(n), amount_fen=dice.randrange(9999)) for n in range(dice.randrange(3))
        ]
        facts += [OrderPaid(order=order, amount_fen=dice.randrange(9999))] if dice.random() < 0.8 else []
        facts += [OrderAmended(order=order, occurrence=1, paid_fen=dice.randrange(9999))] if dice.random() < 0.2 else []
        facts += [OrderRefunded(order=order, refund="1", amount_fen=dice.randrange(99))] if dice.random() < 0.2 else []
        for fact in facts:
            record(fact, at=NOON, person_id=person, place_id=PLACE)
        if person:
            record(NoteWritten(note=zlib.crc32(order.encode()), length=5), at=NOON, person_id=person)


def entries() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select seq from entry where kind <> 'fact.withdrawn' order by seq")
        return [seq for (seq,) in cursor.fetchall()]


def rows(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {table} t order by t::text")
        return list(cursor.fetchall())


def columns(table: str) -> str:
    """Their names, so that two tables made by different statements are compared column by column."""
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(attname, ', ' order by attname) from pg_attribute"
                       " where attrelid = %s::regclass and attnum > 0 and not attisdropped", [table])  # fmt: skip
        return str(cursor.fetchone()[0])


@contextmanager
def controls() -> Iterator[list[Projection]]:
    """The same folds into tables of their own that are never rebuilt."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"create table control_{table} (like {table} including all)")
        try:
            yield [_control(one) for one in PROJECTIONS]
        finally:
            for table in TABLES:
                cursor.execute(f"drop table control_{table}")


def _control(one: Projection) -> Projection:
    aside = {table: f"control_{table}" for table in one.tables}

    def fold(cursor: Any, part: Slice, tables: Any) -> None:
        one.fold(cursor, part, aside)

    return Projection(f"control_{one.name}", one.kinds, one.tables, fold, limit=37)


def read_all(*more: Projection) -> None:
    with plain() as raw:
        while sequencer.sequence_once(raw):
            pass
    for one in (*PROJECTIONS, *more):
        while fold_once(one):
            pass


def test_tables_rebuilt_while_writers_go_on_equal_those_that_were_never_rebuilt() -> None:
    stop = threading.Event()
    errors: list[BaseException] = []
    told = [0]

    def alive(work: Any) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                errors.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def write(seed: int) -> None:
        dice = random.Random(seed)
        n = 0
        while not stop.is_set() or n < 60:
            n += 1
            tell_of_an_order(dice, f"{seed}-{dice.randrange(80)}-{n}", dice.choice([None, 1, 2, 3]))
            told[0] += 1
            if n % 9 == 0:
                seq = dice.choice(entries())
                withdraw_blocks(blocks=[(seq, seq + 3)], actor="x", source="x", at=NOON)

    def fold(one: Projection) -> None:
        small = replace(one, limit=23)
        while not stop.is_set():
            fold_once(small) or stop.wait(0.01)

    with controls() as others, plain() as raw:
        threads = [alive(lambda: sequencer.run(raw, stop))]
        threads += [alive(lambda s=seed: write(s)) for seed in (1, 2)]
        threads += [alive(lambda p=one: fold(p)) for one in (*PROJECTIONS, *others)]
        try:
            for number in (1, 2):
                wait_until(lambda n=number: told[0] > 40 * n or bool(errors), seconds=60)
                for one in PROJECTIONS:
                    rebuild(replace(one, limit=50))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert not errors
        read_all(*others)
        for table in TABLES:
            names = columns(table)
            assert rows(f"(select {names} from {table})") == rows(f"(select {names} from control_{table})"), table
        assert rows("purchase")


def shape(table: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything migrations know of a table but its number."""
    asked = {
        "columns": "select attname, atttypid::regtype::text, attnotnull, attcollation::regcollation::text,"
        " (select pg_get_expr(adbin, adrelid) from pg_attrdef d where d.adrelid = attrelid and d.adnum = attnum)"
        " from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        "indexes": "select indexname, indexdef from pg_indexes where tablename = %s order by 1",
        "constraints": "select conname, contype, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %s::regclass order by 1",
        "options": "select reloptions, relpersistence, relowner::regrole::text from pg_class where oid = %s::regclass",
    }
    with connection.cursor() as cursor:
        found = {}
        for what, statement in asked.items():
            cursor.execute(statement, [table])
            found[what] = list(cursor.fetchall())
    return found


def test_a_rebuilt_table_has_the_names_constraints_and_options_it_had() -> None:
    tell_of_an_order(random.Random(1), "A1", 1)
    read_all()
    before = {table: shape(table) for table in TABLES}
    for _ in range(2):
        for one in PROJECTIONS:
            rebuild(one)
    assert {table: shape(table) for table in TABLES} == before
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where relname like '%\\_\\_shadow%'")
        assert cursor.fetchone() == (0,)


def test_withdrawn_facts_are_undone_as_if_they_had_never_been_told() -> None:
    dice = random.Random(3)
    for n in range(20):
        tell_of_an_order(dice, f"kept-{n}", n % 4 or None)
    read_all()
    before = {table: rows(table) for table in TABLES}
    kept = entries()[-1]
    for n in range(20):
        tell_of_an_order(dice, f"gone-{n}", n % 7 or None)
    read_all()
    assert {table: rows(table) for table in before} != before
    withdraw_blocks(blocks=[(kept + 1, entries()[-1])], actor="x", source="x", at=NOON)
    read_all()
    assert {table: rows(table) for table in before} == before
    for one in PROJECTIONS:
        rebuild(one)
    assert {table: rows(table) for table in before} == before


def test_a_reader_killed_in_the_middle_of_a_batch_leaves_nothing_half_folded() -> None:
    for n in range(10):
        tell_of_an_order(random.Random(n), f"A{n}", 1)
    purchases = next(one for one in PROJECTIONS if one.name == "purchases")

    def fold(cursor: Any, part: Slice, tables: Any) -> None:
        purchases.fold(cursor, part, tables)
        gate()

    with plain() as raw:
        sequencer.sequence_once(raw)
        reader = Actor(raw)
        try:
            reader.do(lambda: fold_once(replace(purchases, limit=12, fold=fold)) and None)
            assert reader.at_gate.is_set()
            raw.execute("select pg_terminate_backend(%s, 5000)", [reader.pid])
            with pytest.raises(OperationalError):
                reader.settle(to_the_end=True)
        finally:
            reader.close()
    assert rows("purchase") == rows("person_spending") == []
    with controls() as others:
        read_all(*others)
        assert [row[:2] for row in rows("purchase")] == [row[:2] for row in rows("control_purchase")] != []


def test_a_swap_waits_for_a_long_read_and_nobody_waits_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_of_an_order(random.Random(1), "A1", 1)
    read_all()
    purchases = next(one for one in PROJECTIONS if one.name == "purchases")
    finish = projections._finish
    tries: list[int] = []

    def counted(*given: Any) -> int:
        tries.append(1)
        return finish(*given)

    monkeypatch.setattr(projections, "_finish", counted)
    with plain() as backup, plain() as observer:
        builder = Actor(observer)
        try:
            with backup.transaction():
                backup.execute("lock table purchase in access share mode")
                builder.do(lambda: rebuild(purchases) and None)
                wait_until(lambda: len(tries) == 2)
                assert rows("purchase")
            builder.settle(to_the_end=True)
        finally:
            builder.close()
    assert len(rows("purchase")) == 1


def test_a_second_rebuild_of_the_same_tables_is_refused() -> None:
    tell_of_an_order(random.Random(1), "A1", 1)
    read_all()
    purchases = next(one for one in PROJECTIONS if one.name == "purchases")
    with plain() as observer:
        builder = Actor(observer)
        try:
            builder.do(lambda: rebuild(purchases, told=lambda done, end: gate()) and None)
            assert builder.at_gate.is_set()
            with pytest.raises(RebuildRuns):
                rebuild(purchases)
            builder.settle(to_the_end=True)
        finally:
            builder.close()
    assert len(rows("purchase")) == 1


def test_a_killed_rebuild_leaves_the_live_table_and_the_next_one_succeeds() -> None:
    for n in range(10):
        tell_of_an_order(random.Random(n), f"A{n}", 1)
    read_all()
    before = {table: rows(table) for table in TABLES}
    purchases = next(one for one in PROJECTIONS if one.name == "purchases")
    with plain() as observer:
        builder = Actor(observer)
        try:
            builder.do(lambda: rebuild(purchases, told=lambda done, end: gate()) and None)
            observer.execute("select pg_terminate_backend(%s, 5000)", [builder.pid])
            with pytest.raises(OperationalError):
                builder.settle(to_the_end=True)
        finally:
            builder.close()
    assert {table: rows(table) for table in TABLES} == before
    rebuild(purchases)
    assert {table: rows(table) for table in TABLES} == before
