"""Storing what measures found about people (评估): the newest finding of each kind, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q

from tongpin.core.facts.people import PersonAssessed
from tongpin.core.ledger.telling import Told, tell_all
from tongpin.core.people.assessed import Assessed, Evidence
from tongpin.core.people.models import Assessment, Person, PersonAlias
from tongpin.core.people.roots import lock_erasures

TRUST = "trust"
BATCH = 2000
MOVED = 0.05
"""A value that moved by less, on the same evidence, is no news to the ledger."""
STALE = timedelta(days=1)
"""A finding that did not move is still dated anew once a day."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands, and up to which moment that was looked at."""

    found: Assessed
    as_of: datetime


def assess_many(*, kind: str, found: Iterable[Assessed], as_of: datetime, at: datetime) -> int:
    """Keeps the findings of everybody there is any of; who is not among them has none any more. How many were written.

    In transactions of BATCH people. A row that stands for a later moment stays. `person.assessed` is told where the
    word or the evidence changed or the value moved by MOVED; those who were erased meanwhile are passed over.
    """
    written, seen = 0, set[int]()
    for batch in _batches(found):
        seen.update(one.person_id for one in batch)
        written += _write(kind, batch, as_of=as_of, at=at)
    _forget_others(kind, seen, as_of)
    return written


def assessment_of(*, person_id: int, kind: str) -> Standing | None:
    """How a person stands, read by the record they are read as. One query."""
    root = PersonAlias.objects.filter(person=person_id).values("root")
    rows = Assessment.objects.filter(Q(person=person_id) | Q(person__in=root), kind=kind)
    # A record that was merged since the last look may still have a row of its own.
    found = sorted(rows, key=lambda row: row.person_id == person_id)
    return _standing(found[0]) if found else None


def _standing(row: Assessment) -> Standing:
    evidence = tuple(
        Evidence(one["sign"], one["good"], one["count"], one["weight"], datetime.fromisoformat(one["last"]))
        for one in row.evidence
    )
    return Standing(Assessed(row.person_id, row.value, row.word, row.effective, row.needed, evidence), row.as_of)


def _batches(found: Iterable[Assessed]) -> Iterator[list[Assessed]]:
    rest = iter(found)
    while batch := list(islice(rest, BATCH)):
        yield batch


@transaction.atomic
def _write(kind: str, batch: Sequence[Assessed], *, as_of: datetime, at: datetime) -> int:
    lock_erasures(shared=True)
    ids = [one.person_id for one in batch]
    known = set(Person.objects.filter(pk__in=ids, erased_at=None).values_list("pk", flat=True))
    held = {row.person_id: row for row in Assessment.objects.select_for_update().filter(person__in=ids, kind=kind)}
    rows, news = [], []
    for one in batch:
        row = held.get(one.person_id)
        if one.person_id not in known or (row is not None and not _is_newer(one, row, as_of)):
            continue
        told = [one.word, one.n, one.value]
        if row is None or _is_news(one, row.told):
            news.append(Told(_fact(kind, one, as_of), one.person_id))
        else:
            told = row.told
        rows.append(_row(kind, one, told, as_of))
    if rows:
        Assessment.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["person", "kind"],
            update_fields=["value", "word", "n", "effective", "needed", "evidence", "told", "as_of"],
        )
    tell_all(news, at=at, actor="system")
    return len(rows)


def _is_newer(one: Assessed, row: Assessment, as_of: datetime) -> bool:
    """Whether a finding says anything that the row does not, for a later moment."""
    if row.as_of > as_of:
        return False
    shown = [None if value is None else round(value, 2) for value in (one.value, row.value)]
    moved = (one.word, one.n, shown[0]) != (row.word, row.n, shown[1])
    return moved or as_of - row.as_of >= STALE


def _is_news(one: Assessed, told: Sequence[Any]) -> bool:
    word, n, value = told
    if (one.word, one.n) != (word, n):
        return True
    return one.value is not None and value is not None and abs(one.value - value) >= MOVED


def _row(kind: str, one: Assessed, told: Sequence[Any], as_of: datetime) -> Assessment:
    evidence = [
        {
            "sign": piece.sign,
            "good": piece.good,
            "count": piece.count,
            "weight": round(piece.weight, 4),
            "last": piece.last_at.isoformat(),
        }
        for piece in one.evidence
    ]
    return Assessment(
        person_id=one.person_id,
        kind=kind,
        value=one.value,
        word=one.word,
        n=one.n,
        effective=one.effective,
        needed=one.needed,
        evidence=evidence,
        told=list(told),
        as_of=as_of,
    )


def _fact(kind: str, one: Assessed, as_of: datetime) -> PersonAssessed:
    return PersonAssessed(
        assessment=kind,
        as_of=as_of.isoformat(),
        value=one.value,
        word=one.word,
        n=one.n,
        evidence=tuple(piece.sign for piece in one.evidence),
    )


def _forget_others(kind: str, seen: set[int], as_of: datetime) -> None:
    held = Assessment.objects.filter(kind=kind, as_of__lte=as_of).values_list("pk", "person_id")
    gone = [pk for pk, person in held.iterator() if person not in seen]
    for start in range(0, len(gone), BATCH):
        Assessment.objects.filter(pk__in=gone[start : start + BATCH]).delete()
