"""Figures for screens: the latest, and how it came to that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongpin.core.figures.models import Figure, FigurePeople

MERCHANT, COMMUNITY = "merchant", "community"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure. `value` is None where the measure is not defined; `body` is all it said: bounds, method, more, parts."""

    measure: str
    scope_kind: str
    scope: int
    as_of: datetime
    known_at: datetime
    value: float | None
    n: int
    quality: str
    body: Mapping[str, Any]
    made_at: datetime


def latest(*, measure: str, scope_kind: str = MERCHANT, scope: int = 0) -> Shown | None:
    """The newest figure of a measure: of the latest `as_of`, what was known last. One query."""
    row = Figure.objects.filter(measure=measure, scope_kind=scope_kind, scope=scope).order_by("-as_of", "-known_at")
    found = row.first()
    return _shown(found) if found else None


def latest_of(*, measures: Collection[str], scope_kind: str = MERCHANT, scope: int = 0) -> dict[str, Shown]:
    """The newest figure of each measure that has one. One query."""
    rows = Figure.objects.filter(measure__in=measures, scope_kind=scope_kind, scope=scope)
    rows = rows.order_by("measure", "-as_of", "-known_at").distinct("measure")
    return {row.measure: _shown(row) for row in rows}


def latest_by_community(
    *, measures: Collection[str], communities: Collection[int], since: datetime
) -> dict[int, dict[str, Shown]]:
    """The newest figures of several communities: community → measure → figure, none older than `since`. One query."""
    rows = Figure.objects.filter(
        measure__in=measures, scope_kind=COMMUNITY, scope__in=list(communities), as_of__gte=since
    )
    found: dict[int, dict[str, Shown]] = {}
    for row in rows.order_by("measure", "scope", "-as_of", "-known_at").distinct("measure", "scope"):
        found.setdefault(row.scope, {})[row.measure] = _shown(row)
    return found


def series(
    *, measure: str, scope_kind: str = MERCHANT, scope: int = 0, since: datetime | None = None, limit: int = 400
) -> list[Shown]:
    """A measure over time, oldest first: one figure an `as_of`, what was known last about it. One query."""
    rows = Figure.objects.filter(measure=measure, scope_kind=scope_kind, scope=scope)
    if since is not None:
        rows = rows.filter(as_of__gte=since)
    rows = rows.order_by("-as_of", "-known_at").distinct("as_of")[:limit]
    return [_shown(row) for row in reversed(rows)]


def people_behind(
    *, measure: str, cell: str, scope_kind: str = MERCHANT, scope: int = 0
) -> tuple[tuple[int, ...], datetime] | None:
    """The people behind a number of the newest figure, and its moment; None where nobody is kept. One query."""
    row = FigurePeople.objects.filter(measure=measure, scope_kind=scope_kind, scope=scope, cell=cell).first()
    return (tuple(row.person_ids), row.as_of) if row else None


def _shown(row: Figure) -> Shown:
    number = row.value.get("value")
    return Shown(
        row.measure,
        row.scope_kind,
        row.scope,
        row.as_of,
        row.known_at,
        None if number is None else float(number),
        row.n,
        row.quality,
        row.value,
        row.made_at,
    )
