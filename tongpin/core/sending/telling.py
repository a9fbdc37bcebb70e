"""Facts of many letters and commands at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongpin.core.ledger.actions import Cause
from tongpin.core.ledger.models import Origin
from tongpin.core.ledger.telling import Told, tell_all

SOURCE = "sending"


def tell(
    told: Sequence[Told],
    *,
    at: datetime,
    actor: str = "system",
    origin: Origin = Origin.LIVE,
    cause: Cause | None = None,
    source: str = SOURCE,
) -> None:
    """`tell_all`, as this package tells it."""
    tell_all(told, at=at, actor=actor, source=source, origin=origin, cause=cause)
