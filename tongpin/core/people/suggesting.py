"""Suggesting (待您定): people who may be one, found beside each other by keyed digests of what is known of them.

Nothing is merged here: a pair that is likely enough waits for a human, with reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nlargest

from django.db import connection, transaction

from tongpin.core.people.likeness import BLOCK_LIMIT, SUGGEST, Counts, Record, keys
from tongpin.core.people.likeness.compare import weigh
from tongpin.core.people.likeness.traits import Traits, read
from tongpin.core.people.pairs import Doubt, Pair, keep_suggestions, pair
from tongpin.core.people.records import records_of
from tongpin.core.people.roots import roots_of
from tongpin.core.people.rules import Ground
from tongpin.core.team.keys import keyring

CHUNK = 500
"""People looked at in one transaction."""

RIVALS = 20
"""Of one person, so many others are compared: those who share the most keys, and the rarest."""

KEY = "likeness"


def suggest_for(*, person_ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Looks for others like these people, whose names or traits are new or changed, and keeps what is likely enough.

    Returns those of `person_ids` for whom something waits now. A chunk of people is one transaction.
    """
    wanted = sorted(set(person_ids))
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            found |= _suggest(wanted[start : start + CHUNK], at)
    return frozenset(found)


def make_findable(*, person_ids: Iterable[int]) -> None:
    """Stores what these people are found by when somebody like them comes; compares nobody. Within a transaction."""
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        _keep_keys(part, records_of(person_ids=part))


def _suggest(person_ids: Sequence[int], at: datetime) -> set[int]:
    records = records_of(person_ids=person_ids)
    _keep_keys(person_ids, records)
    pairs = _candidates(list(records))
    if not pairs:
        return set()
    others = {person for both in pairs for person in both} - records.keys()
    known = records | records_of(person_ids=sorted(others))
    traits: dict[int, Traits] = {}
    counts = Counts(about_how_many())
    doubts = []
    for a, b in pairs:
        if a not in known or b not in known:
            continue
        for one in (a, b):
            if one not in traits:
                traits[one] = read(known[one])
        likeness = weigh(traits[a], traits[b], counts=counts)
        if likeness.score >= SUGGEST:
            grounds = tuple(Ground(r.code, r.agrees, r.weight, r.detail) for r in likeness.reasons)
            doubts.append(Doubt(a, b, likeness.score, grounds))
    kept = keep_suggestions(doubts=doubts, at=at)
    roots = roots_of(person_ids=person_ids)
    waiting = {root for both in kept for root in both}
    return {person for person, root in roots.items() if root in waiting}


def _keep_keys(person_ids: Sequence[int], records: Mapping[int, Record]) -> None:
    """Stores the digests of each person's keys; those that no longer hold go."""
    ring = keyring()
    new = {(ring.blind(KEY, key), person) for person, record in records.items() for key in keys(record)}
    with connection.cursor() as cursor:
        cursor.execute("select digest, person_id from likeness_key where person_id = any(%s)", [list(person_ids)])
        old = {(bytes(digest), int(person)) for digest, person in cursor.fetchall()}
        for sql, rows in (
            (
                "delete from likeness_key k using unnest(%s::bytea[], %s::bigint[]) as t(d, p)"
                " where k.digest = t.d and k.person_id = t.p",
                sorted(old - new),
            ),
            (
                "insert into likeness_key (digest, person_id) select * from unnest(%s::bytea[], %s::bigint[])"
                " on conflict do nothing",
                sorted(new - old),
            ),
        ):
            if rows:
                cursor.execute(sql, [[digest for digest, _ in rows], [person for _, person in rows]])


def _candidates(person_ids: Sequence[int]) -> list[Pair]:
    """Pairs of one of these people and somebody who shares a key; keys that many share tell nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select array(select o.person_id from likeness_key o where o.digest = d.digest limit %s)"
            " from (select distinct digest from likeness_key where person_id = any(%s)) d",
            [BLOCK_LIMIT + 1, list(person_ids)],
        )
        blocks = [block for (block,) in cursor.fetchall() if 1 < len(block) <= BLOCK_LIMIT]
    ours = set(person_ids)
    shared: dict[int, dict[int, float]] = {}
    for block in sorted(map(sorted, blocks)):
        for one in block:
            if one in ours:
                met = shared.setdefault(one, {})
                for other in block:
                    met[other] = met.get(other, 0.0) + 1 / len(block)
    found: set[Pair] = set()
    for one, met in shared.items():
        del met[one]
        rarest = nlargest(RIVALS, met, key=lambda other: (met[other], -other))
        found.update(pair(one, other) for other in rarest)
    return sorted(found)


def about_how_many() -> int:
    """About how many people there are: the more, the more strangers look alike."""
    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where oid = 'person'::regclass")
        return max(int(cursor.fetchone()[0]), 0)
