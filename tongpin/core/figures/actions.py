"""Storing what measures found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tongpin.core.facts.insight import CommunityAssessed
from tongpin.core.figures.models import Figure, FigurePeople
from tongpin.core.figures.queries import COMMUNITY, MERCHANT
from tongpin.core.ledger.actions import FactConflict, record

SCOPES = (MERCHANT, COMMUNITY)
QUALITIES = ("ok", "low", "none")


class BadFigure(ValueError):
    """This is no result of a measure; the text says what is wrong."""


@transaction.atomic
def put_figure(
    *,
    measure: str,
    as_of: datetime,
    known_at: datetime,
    body: Mapping[str, Any],
    n: int,
    quality: str,
    at: datetime,
    scope_kind: str = MERCHANT,
    scope: int = 0,
    assessment: str = "",
    evidence: Sequence[str] = (),
    people: Mapping[str, Sequence[int]] | None = None,
) -> int:
    """Stores a result (`insight.result.Result.as_json` is its `body`); the same clocks again replace it. Its number.

    With a community as scope and an `assessment`, `community.assessed` is recorded once an `as_of`, with the codes of
    its `evidence`: what was known then stands, a later finding for the same moment changes the figure only. `people`
    stand behind its cells and are kept of the newest `as_of` only. Raises BadFigure.
    """
    number = body.get("value")
    if scope_kind not in SCOPES or (scope_kind == MERCHANT) != (scope == 0):
        raise BadFigure(f"{measure}: the scope is the merchant (0) or a community and its number")
    if quality not in QUALITIES or (number is None) != (quality == "none"):
        raise BadFigure(f"{measure}: a value that is not defined has quality none, every other ok or low")
    if number is not None and not math.isfinite(number):
        raise BadFigure(f"{measure}: a value that is no number is not defined: say None")
    row, _ = Figure.objects.update_or_create(
        measure=measure,
        scope_kind=scope_kind,
        scope=scope,
        as_of=as_of,
        known_at=known_at,
        defaults={"value": dict(body), "n": n, "quality": quality, "made_at": at},
    )
    if assessment and scope_kind == COMMUNITY:
        method = str(body.get("method") or "")
        _assess(assessment, scope, as_of, number, n, quality, (*([method] if method else []), *evidence), at)
    if people is not None:
        _keep_people(measure, scope_kind, scope, as_of, people)
    return int(row.pk)


def _keep_people(
    measure: str, scope_kind: str, scope: int, as_of: datetime, people: Mapping[str, Sequence[int]]
) -> None:
    held = FigurePeople.objects.filter(measure=measure, scope_kind=scope_kind, scope=scope)
    if held.filter(as_of__gt=as_of).exists():
        return
    held.exclude(cell__in=people).delete()
    FigurePeople.objects.bulk_create(
        (
            FigurePeople(
                measure=measure, scope_kind=scope_kind, scope=scope, cell=cell, as_of=as_of, person_ids=list(ids)
            )
            for cell, ids in people.items()
        ),
        update_conflicts=True,
        unique_fields=["measure", "scope_kind", "scope", "cell"],
        update_fields=["as_of", "person_ids"],
    )


def forget_people(*, person_ids: Sequence[int]) -> None:
    """Erasing people: they stand behind no number any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update figure_people set person_ids = array(select p from unnest(person_ids) with ordinality as u(p, n)"
            " where p <> all(%(gone)s::bigint[]) order by n) where person_ids && %(gone)s::bigint[]",
            {"gone": list(person_ids)},
        )


def _assess(
    assessment: str,
    community: int,
    as_of: datetime,
    value: float | None,
    n: int,
    quality: str,
    evidence: tuple[str, ...],
    at: datetime,
) -> None:
    told = CommunityAssessed(
        community=community,
        assessment=assessment,
        as_of=as_of.isoformat(),
        value=value,
        n=n,
        quality=quality,
        evidence=evidence,
    )
    try:
        with transaction.atomic():
            record(told, at=at)
    except FactConflict:
        return
