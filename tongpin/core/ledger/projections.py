"""Projections (投影): tables that are nothing but the ledger, folded. They can be built again beside the live ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tongpin.core.ledger.feed import Slice, end_of_feed, move_reader, read_slice, reader_pos

Tables = Mapping[str, str]
"""The name under which each table is written now: its own, or its shadow's during a rebuild."""


@dataclass(frozen=True, slots=True)
class Projection:
    """`fold(cursor, slice, tables)` adds a stretch of the feed; it is called once per stretch, in order.

    `kinds` None means every kind. Folding must be deterministic: a rebuild has to give the same rows.
    """

    name: str
    kinds: frozenset[str] | None
    tables: tuple[str, ...]
    fold: Callable[[Any, Slice, Tables], None]
    limit: int = 5000


def fold_once(projection: Projection) -> int:
    """Folds the next stretch and moves the reader in the same transaction. Returns how many entries lay in it; 0 = up
    to date. A reader that dies leaves nothing half done."""
    with transaction.atomic(), connection.cursor() as cursor:
        pos = reader_pos(cursor, name=projection.name)
        if pos is None:
            move_reader(cursor, name=projection.name, pos=0)
            pos = 0
        part = read_slice(cursor, pos=pos, kinds=projection.kinds, limit=projection.limit)
        if part.pos == pos:
            return 0
        if part.blocks:
            projection.fold(cursor, part, {t: t for t in projection.tables})
        move_reader(cursor, name=projection.name, pos=part.pos)
        return part.pos - pos


def rebuild(projection: Projection, *, told: Callable[[int, int], None] = lambda done, end: None) -> int:
    """Builds the tables again from the first fact in shadow tables while the live ones are read and written, then
    swaps them in one short transaction. Returns how many places were read. `told(done, end)` reports progress."""
    shadow = {t: f"{t}__shadow" for t in projection.tables}
    with transaction.atomic(), connection.cursor() as cursor:
        for live, copy in shadow.items():
            cursor.execute(f"drop table if exists {copy}")
            cursor.execute(f"create table {copy} (like {live} including all)")
    pos = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            end = end_of_feed(cursor)
            part = read_slice(cursor, pos=pos, kinds=projection.kinds, limit=max(projection.limit, 20_000))
            if part.pos == pos:
                break
            if part.blocks:
                projection.fold(cursor, part, shadow)
            pos = part.pos
        told(pos, end)
        if end - pos < projection.limit:
            break
    with transaction.atomic(), connection.cursor() as cursor:
        reader_pos(cursor, name=projection.name)
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
    """Folds until told to stop; `wake(seconds)` waits for the sequencer's word or that long."""
    while not stop.is_set():
        if fold_once(projection) == 0:
            wake(1.0)
