"""Projections (投影): tables that are nothing but the ledger, folded. They can be built again beside the live ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from tongpin.core.ledger.feed import Slice, begin_reader, end_of_feed, move_reader, read_slice, reader_pos

Tables = Mapping[str, str]
"""The name under which each table is written now: its own, or its shadow's during a rebuild."""


class RebuildRuns(Exception):
    """Another process rebuilds this projection: two would fold into the same shadow tables."""


@dataclass(frozen=True, slots=True)
class Projection:
    """`fold(cursor, slice, tables)` adds a stretch of the feed; it is called once per stretch, in order.

    `kinds` None means every kind. Folding must be deterministic: a rebuild has to give the same rows. `gather` seconds
    pass between two folds while facts come in: many of them in one statement cost half of what they cost in many.
    """

    name: str
    kinds: frozenset[str] | None
    tables: tuple[str, ...]
    fold: Callable[[Any, Slice, Tables], None]
    limit: int = 5000
    gather: float = 0.0


def fold_once(projection: Projection) -> int:
    """Folds the next stretch and moves the reader in the same transaction. Returns how many entries lay in it; 0 = up
    to date. A reader that dies leaves nothing half done."""
    with transaction.atomic(), connection.cursor() as cursor:
        pos = reader_pos(cursor, name=projection.name)
        if pos is None:
            pos = begin_reader(cursor, name=projection.name, pos=0)
        part = read_slice(cursor, pos=pos, kinds=projection.kinds, limit=projection.limit)
        if part.pos == pos:
            return 0
        # What a crash takes of a fold it takes of the reader's place too: it is simply done again.
        cursor.execute("set local synchronous_commit = off")
        if part.blocks:
            projection.fold(cursor, part, {t: t for t in projection.tables})
        move_reader(cursor, name=projection.name, pos=part.pos)
        return part.pos - pos


def rebuild(projection: Projection, *, told: Callable[[int, int], None] = lambda done, end: None) -> int:
    """Builds the tables again from the first fact in shadow tables while the live ones are read and written, then
    swaps them in one short transaction. Returns how many places were read. `told(done, end)` reports progress.

    Raises RebuildRuns. A swap never makes others queue behind somebody who reads the live table for long, as a backup
    does: it gives up after a second and comes back.
    """
    shadow = {t: f"{t}__shadow" for t in projection.tables}
    with _only_builder(projection.name):
        with transaction.atomic(), connection.cursor() as cursor:
            for live, copy in shadow.items():
                _make_shadow(cursor, live=live, copy=copy)
        pos = _catch_up(projection, shadow, told)
        with connection.cursor() as cursor:
            for copy in shadow.values():
                # Otherwise every page would be planned for an empty table until autovacuum comes by.
                cursor.execute(f"analyze {copy}")
        while True:
            try:
                return _finish(projection, shadow, pos)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                time.sleep(1.0)


@contextmanager
def _only_builder(name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(7100003, hashtext(%s))", [name])
        if not cursor.fetchone()[0]:
            raise RebuildRuns(f"{name} is being rebuilt by another process; wait for it")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(7100003, hashtext(%s))", [name])


def _make_shadow(cursor: Any, *, live: str, copy: str) -> None:
    cursor.execute(f"drop table if exists {copy}")
    cursor.execute(f"create table {copy} (like {live} including all)")
    # LIKE leaves out what `alter table … set (fillfactor …)` said.
    cursor.execute("select unnest(reloptions) from pg_class where oid = %s::regclass", [live])
    for (option,) in cursor.fetchall():
        cursor.execute(f"alter table {copy} set ({option})")


def _catch_up(projection: Projection, shadow: Tables, told: Callable[[int, int], None]) -> int:
    """Folds until the end is near; what is left is read with the live reader held."""
    pos = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            end = end_of_feed(cursor)
            part = read_slice(cursor, pos=pos, kinds=projection.kinds, limit=max(projection.limit, 20_000))
            if part.pos == pos:
                return pos
            if part.blocks:
                projection.fold(cursor, part, shadow)
            pos = part.pos
        told(pos, end)
        if end - pos < projection.limit:
            return pos


def _finish(projection: Projection, shadow: Tables, pos: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1s'")
        if reader_pos(cursor, name=projection.name) is None:
            begin_reader(cursor, name=projection.name, pos=0)
        while True:
            part = read_slice(cursor, pos=pos, kinds=projection.kinds, limit=projection.limit)
            if part.pos == pos:
                break
            if part.blocks:
                projection.fold(cursor, part, shadow)
            pos = part.pos
        for live, copy in shadow.items():
            _swap(cursor, live=live, copy=copy)
        move_reader(cursor, name=projection.name, pos=pos)
    return pos


def _swap(cursor: Any, *, live: str, copy: str) -> None:
    """The shadow takes the live table's name, and its indexes and constraints the names that migrations know."""
    names = {_shape(d, live, n): n for n, d in _indexes(cursor, live)}
    ours = {_shape(d, copy, n): n for n, d in _indexes(cursor, copy)}
    cursor.execute(f"drop table {live}")
    cursor.execute(f"alter table {copy} rename to {live}")
    for shape, name in ours.items():
        cursor.execute(f'alter index "{name}" rename to "{names[shape]}"')


def _indexes(cursor: Any, table: str) -> list[tuple[str, str]]:
    cursor.execute("select indexname, indexdef from pg_indexes where tablename = %s", [table])
    return list(cursor.fetchall())


def _shape(definition: str, table: str, index: str) -> str:
    return definition.replace(f"INDEX {index} ON", "INDEX ON").replace(f".{table} ", ". ")


def run(projection: Projection, *, stop: threading.Event, wake: Callable[[float], None]) -> None:
    """Folds until told to stop; `wake(seconds)` waits for word of a wanted fact or that long."""
    while not stop.is_set():
        moved = fold_once(projection)
        if moved == 0:
            connection.close()  # back to the pool, as lanes do
            wake(1.0)
        if moved < projection.limit:
            stop.wait(projection.gather)
