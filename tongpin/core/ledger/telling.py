"""Telling many facts of one act at once: by COPY, LIMIT by LIMIT, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from tongpin.base.clock import now
from tongpin.core.facts.form import Fact, body
from tongpin.core.ledger.actions import Cause, FactConflict, natural_key, record
from tongpin.core.ledger.bulk import Line, record_all
from tongpin.core.ledger.models import Origin


class Told(NamedTuple):
    """A fact, of whom and where; when, where that is not the same for all."""

    fact: Fact
    person_id: int | None = None
    place_id: int | None = None
    at: datetime | None = None


def tell_all(
    told: Sequence[Told],
    *,
    at: datetime,
    actor: str,
    source: str = "",
    origin: Origin = Origin.LIVE,
    cause: Cause | None = None,
) -> None:
    """Records them: by COPY, or one by one where there is only one or a cause stands behind them.

    What is known already is passed over and stays as it was told, whichever way it is written.
    """
    if cause is not None or len(told) == 1:
        for one in told:
            with suppress(FactConflict):
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
        return
    lines = [_line(one, one.at or at) for one in told]
    record_all(lines, recorded_at=now(), actor=actor, source=source, origin=origin)


def _line(one: Told, at: datetime) -> Line:
    fact = one.fact
    key = natural_key(fact, person_id=one.person_id, place_id=one.place_id, at=at)
    further = tuple((role, int(person)) for role, name in fact.further.items() if (person := getattr(fact, name)))
    content = json.dumps(body(fact), ensure_ascii=False)
    return Line(key, fact.kind, at.isoformat(), one.person_id, one.place_id, content, fact.version, further)
