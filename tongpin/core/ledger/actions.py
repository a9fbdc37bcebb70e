"""Writing facts inside the caller's transaction, after the subject's row was changed: one at a time, or those of one act
together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.base.clock import now
from tongpin.base.ids import digest
from tongpin.core.facts.form import Fact, body, told
from tongpin.core.ledger.models import Origin

MAX_DEPTH = 16
"""A fact caused by a fact caused by … stops here: a loop of reactions must not run for ever."""


class FactConflict(Exception):
    """The natural key is known, with another body: the same thing was told twice in two ways."""


class ChainTooLong(Exception):
    """Reactions caused each other more than MAX_DEPTH times."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The entry that led to this one; reactions hand it on."""

    seq: int
    depth: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a fact stands in the ledger, and whether this call put it there."""

    seq: int
    is_new: bool


def natural_key(fact: Fact, *, person_id: int | None, place_id: int | None, at: datetime) -> bytes:
    """16 bytes for `kind:field:…`; the same thing always has the same key."""
    own = {"person": person_id, "place": place_id, "at": at}
    return digest(fact.kind, *(own[f] if f in own else getattr(fact, f) for f in fact.key_fields))


_INSERT = """
with numbered as (select nextval('entry_seq') as seq),
     keyed as (insert into entry_key (digest, seq) select %(digest)s, seq from numbered
               on conflict (digest) do nothing returning seq),
     written as (insert into entry (seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth,
                                    version, quiet, body)
                 select seq, %(kind)s, %(at)s, %(recorded_at)s, %(person_id)s, %(place_id)s, %(actor)s, %(source)s,
                        %(origin)s, %(cause)s, %(depth)s, %(version)s, %(quiet)s,
                        %(body)s::jsonb from keyed),
     noted as (insert into fresh (lo, hi, kinds) select seq, seq, array[%(kind)s] from keyed)
select seq from keyed
"""


def record(
    fact: Fact,
    *,
    at: datetime,
    person_id: int | None = None,
    place_id: int | None = None,
    actor: str = "system",
    source: str = "",
    origin: Origin = Origin.LIVE,
    cause: Cause | None = None,
) -> Recorded:
    """Records one fact. A known key with the same body changes nothing and returns the old entry.

    Raises FactConflict for a known key with another body, ChainTooLong for a loop of reactions.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction that changes its subject")
    if (gathering := _gathering.get()) is not None and gathering.savepoints == _savepoints():
        _write(gathering)  # what was told before it stands before it
    depth = cause.depth + 1 if cause else 0
    if depth > MAX_DEPTH:
        raise ChainTooLong(f"{fact.kind} would be the {depth}th link of a chain of reactions")
    content = body(fact)
    key = natural_key(fact, person_id=person_id, place_id=place_id, at=at)
    values: dict[str, Any] = {
        "digest": key,
        "kind": fact.kind,
        "at": at,
        "recorded_at": now(),
        "person_id": person_id,
        "place_id": place_id,
        "actor": actor or None,
        "source": source or None,
        "origin": int(origin),
        "cause": cause.seq if cause else None,
        "depth": depth,
        "version": fact.version,
        "quiet": fact.quiet,
        "body": json.dumps(content, ensure_ascii=False),
    }
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_INSERT, values)
            row = cursor.fetchone()
            if row is not None:
                break
            # None where the old entry was withdrawn in this instant: then its key is free again.
            if known := _known(fact, content, key):
                return known
        seq = int(row[0])
        _name_further(cursor, _further(fact, seq))
    return Recorded(seq, True)


def _known(fact: Fact, content: dict[str, Any], key: bytes) -> Recorded | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.seq, e.body::text from entry_key k join entry e on e.seq = k.seq where k.digest = %s", [key]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    seq, stored = row
    stored = json.loads(stored) if isinstance(stored, str) else stored
    if told(type(fact), stored) != content:
        raise FactConflict(f"{fact.kind} (entry {seq}) is already recorded with another body")
    return Recorded(int(seq), False)


@dataclass(frozen=True, slots=True)
class _Told:
    """What `tell` was given."""

    fact: Fact
    at: datetime
    person_id: int | None
    place_id: int | None
    actor: str


@dataclass(slots=True)
class _Gathering:
    """Facts that wait for the end of their block. `savepoints`: how many were open when it began."""

    savepoints: int
    told: list[_Told] = field(default_factory=list)


_gathering: ContextVar[_Gathering | None] = ContextVar("gathering", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Facts told inside (`tell`) are written by one statement at its end, in the order of telling; none after an error.

    Belongs inside the transaction. A block inside a block is part of the outer one. What is told under a savepoint of its
    own may be taken back alone: it is written at once, before what waits.
    """
    if _gathering.get() is not None:
        yield
        return
    gathering = _Gathering(_savepoints())
    before = _gathering.set(gathering)
    try:
        yield
        _write(gathering)
    finally:
        _gathering.reset(before)


def tell(
    fact: Fact,
    *,
    at: datetime,
    person_id: int | None = None,
    place_id: int | None = None,
    actor: str = "system",
) -> None:
    """`record`, where nobody asks for the entry: by the end of the block around it (`together`), without one at once."""
    gathering = _gathering.get()
    if gathering is None or gathering.savepoints != _savepoints():
        record(fact, at=at, person_id=person_id, place_id=place_id, actor=actor)
    else:
        gathering.told.append(_Told(fact, at, person_id, place_id, actor))


def _savepoints() -> int:
    return sum(name is not None for name in connection.savepoint_ids)


_INSERT_TOGETHER = """
with told as (
    select nextval('entry_seq') as seq, t.* from jsonb_to_recordset(%s::jsonb) as t(
        digest text, kind text, at timestamptz, recorded_at timestamptz, person_id bigint, place_id bigint, actor text,
        version smallint, quiet boolean, body jsonb)
), keyed as (
    insert into entry_key (digest, seq) select decode(digest, 'hex'), seq from told on conflict (digest) do nothing
    returning seq
), written as (
    insert into entry (seq, kind, at, recorded_at, person_id, place_id, actor, origin, depth, version, quiet, body)
    select seq, kind, at, recorded_at, person_id, place_id, actor, 0, 0, version, quiet, body from told join keyed using (seq)
), noted as (
    insert into fresh (lo, hi, kinds) select seq, seq, array[kind] from told join keyed using (seq)
)
select seq, digest from told join keyed using (seq)
"""


def _write(gathering: _Gathering) -> None:
    """Writes what waits. A fact whose key was known goes the way of a single one: it agrees, or is refused."""
    waiting, gathering.told = gathering.told, []
    if not waiting:
        return
    keys = [natural_key(one.fact, person_id=one.person_id, place_id=one.place_id, at=one.at).hex() for one in waiting]
    recorded_at = now().isoformat()
    rows = [
        {
            "digest": key,
            "kind": one.fact.kind,
            "at": one.at.isoformat(),
            "recorded_at": recorded_at,
            "person_id": one.person_id,
            "place_id": one.place_id,
            "actor": one.actor or None,
            "version": one.fact.version,
            "quiet": one.fact.quiet,
            "body": body(one.fact),
        }
        for key, one in zip(keys, waiting, strict=True)
    ]
    known: list[_Told] = []
    further: list[tuple[int, int, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_TOGETHER, [json.dumps(rows, ensure_ascii=False)])
        seqs = {str(key): int(seq) for seq, key in cursor.fetchall()}
        for key, one in zip(keys, waiting, strict=True):
            if (seq := seqs.pop(key, None)) is None:
                known.append(one)
            else:
                further += _further(one.fact, seq)
        _name_further(cursor, further)
    for one in known:
        record(one.fact, at=one.at, person_id=one.person_id, place_id=one.place_id, actor=one.actor)


def _further(fact: Fact, seq: int) -> list[tuple[int, int, str]]:
    return [(person, seq, role) for role, name in fact.further.items() if (person := getattr(fact, name))]


def _name_further(cursor: Any, further: list[tuple[int, int, str]]) -> None:
    if further:
        cursor.executemany("insert into entry_person (person_id, seq, role) values (%s, %s, %s)", further)
