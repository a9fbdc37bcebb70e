"""Facts of many letters at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tongpin.base.clock import now
from tongpin.core.facts.form import Fact, body
from tongpin.core.ledger.actions import Cause, natural_key, record
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.models import Origin

SOURCE = "sending"


class Told(NamedTuple):
    """A fact, of whom and where; when, where that is not the same for all."""

    fact: Fact
    person_id: int | None
    place_id: int | None
    at: datetime | None = None


def tell(
    told: Sequence[Told],
    *,
    at: datetime,
    actor: str = "system",
    origin: Origin = Origin.LIVE,
    cause: Cause | None = None,
    source: str = SOURCE,
) -> None:
    """Records them: by COPY, or one by one where there is only one or a cause stands behind them."""
    if cause is not None or len(told) == 1:
        for one in told:
            record(
                one.fact,
                at=one.at or at,
                person_id=one.person_id,
                place_id=one.place_id,
                actor=actor,
                source=source,
                origin=origin,
                cause=cause,
            )
    elif told:
        lines = [_line(one, one.at or at) for one in told]
        record_many(lines, recorded_at=now(), actor=actor, source=source, origin=origin)


def _line(one: Told, at: datetime) -> Line:
    key = natural_key(one.fact, person_id=one.person_id, place_id=one.place_id, at=at)
    told = json.dumps(body(one.fact), ensure_ascii=False)
    return Line(key, one.fact.kind, at.isoformat(), one.person_id, one.place_id, told, one.fact.version)
