"""Storing what measures found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tongpin.core.facts.insight import CommunityAssessed
from tongpin.core.figures.models import Figure
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
) -> int:
    """Stores a result (`insight.result.Result.as_json` is its `body`); the same clocks again replace it. Its number.

    With a community as scope and an `assessment`, `community.assessed` is recorded once an `as_of`: what was known of
    it then stands, a later finding for the same moment changes the figure only. Raises BadFigure.
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
        _assess(assessment, scope, as_of, number, n, quality, str(body.get("method") or ""), at)
    return int(row.pk)


def _assess(
    assessment: str,
    community: int,
    as_of: datetime,
    value: float | None,
    n: int,
    quality: str,
    method: str,
    at: datetime,
) -> None:
    told = CommunityAssessed(
        community=community,
        assessment=assessment,
        as_of=as_of.isoformat(),
        value=value,
        n=n,
        quality=quality,
        evidence=(method,) if method else (),
    )
    try:
        with transaction.atomic():
            record(told, at=at)
    except FactConflict:
        return
