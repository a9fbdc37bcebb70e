"""The projections (投影) of people: tables that are nothing but the ledger, folded."""

from __future__ import annotations

from tongpin.core.ledger.projections import Projection
from tongpin.core.people import activity, purchases

PROJECTIONS: tuple[Projection, ...] = (
    Projection("purchases", purchases.KINDS, (purchases.TABLE, purchases.SPENDING), purchases.fold, limit=10_000),
    Projection("activity", None, (activity.TABLE,), activity.fold, limit=20_000, gather=0.4),
)
