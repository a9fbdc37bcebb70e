"""Writing facts: one at a time, inside the caller's transaction, after the subject's row was changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
        further = [(getattr(fact, field), seq, role) for role, field in fact.further.items() if getattr(fact, field)]
        if further:
            cursor.executemany("insert into entry_person (person_id, seq, role) values (%s, %s, %s)", further)
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
