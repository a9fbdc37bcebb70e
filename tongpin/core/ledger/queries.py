"""Reads of the ledger for screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.core.facts.form import Fact
from tongpin.core.ledger.actions import natural_key
from tongpin.core.ledger.entries import COLUMNS, Entry, from_rows
from tongpin.core.ledger.models import Parked


@dataclass(frozen=True, slots=True)
class LedgerClock:
    """How far the ledger is read: the moment up to which projections have seen everything, and how many places lack."""

    read_to: datetime | None
    lag: int


def ledger_clock() -> LedgerClock:
    """How far the slowest reader is. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(read_to), coalesce((select max(pos) from feed), 0) - coalesce(min(pos), 0) from reader"
        )
        read_to, lag = cursor.fetchone()
    return LedgerClock(read_to, max(int(lag), 0) if read_to else 0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of entries ends: give it back to read on."""

    at: datetime
    seq: int


def timeline(
    *, person_ids: Sequence[int], kinds: Sequence[str] | None = None, before: Cursor | None = None, limit: int = 50
) -> list[Entry]:
    """Entries of a person (all records merged into one), newest first, withdrawn ones left out; keyset paged."""
    chosen = "" if kinds is None else " and kind = any(%s)"
    older = "" if before is None else " and (at, seq) < (%s, %s)"
    more: list[Any] = ([] if kinds is None else [list(kinds)]) + ([] if before is None else [before.at, before.seq])
    own = (
        f"select {COLUMNS} from entry where person_id = any(%s){chosen}{older}"
        " and not exists (select from entry_withdrawn w where w.seq = entry.seq) order by at desc, seq desc limit %s"
    )
    named = (
        f"select {', '.join('e.' + c for c in COLUMNS.split(', '))} from entry_person p join entry e on e.seq = p.seq"
        f" where p.person_id = any(%s){chosen.replace(' kind', ' e.kind')}{older.replace('(at, seq)', '(e.at, e.seq)')}"
        " and not exists (select from entry_withdrawn w where w.seq = e.seq) order by e.at desc, e.seq desc limit %s"
    )
    with connection.cursor() as cursor:
        ids = list(person_ids)
        cursor.execute(own, [ids, *more, limit])
        found = from_rows(cursor.fetchall())
        cursor.execute(named, [ids, *more, limit])
        found += from_rows(cursor.fetchall())
    unique = {entry.seq: entry for entry in found}
    return sorted(unique.values(), key=lambda e: (e.at, e.seq), reverse=True)[:limit]


def latest(*, before_seq: int | None = None, limit: int = 30) -> list[Entry]:
    """The newest live entries that are not quiet, for Today: what happened here, not what was brought in."""
    older = "" if before_seq is None else " and seq < %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from entry where origin = 0 and not quiet{older}"
            " and not exists (select from entry_withdrawn w where w.seq = entry.seq) order by seq desc limit %s",
            [*([] if before_seq is None else [before_seq]), limit],
        )
        return from_rows(cursor.fetchall())


def entries_with(*, seqs: Sequence[int]) -> list[Entry]:
    """These entries, in the order of the ledger; those that are not there are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from entry where seq = any(%s) order by seq", [list(seqs)])
        return from_rows(cursor.fetchall())


def seq_told(*, fact: Fact, at: datetime, person_id: int | None = None, place_id: int | None = None) -> int | None:
    """Where a fact stands that was told before and not withdrawn since: by its natural key, whatever else it says."""
    key = natural_key(fact, person_id=person_id, place_id=place_id, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select seq from entry_key where digest = %s", [key])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def parked(*, limit: int = 100) -> list[Parked]:
    """Facts that wait for a human or a retry, oldest first."""
    return list(Parked.objects.order_by("id")[:limit])
