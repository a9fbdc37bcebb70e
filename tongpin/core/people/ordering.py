"""The orders of one person, newest first, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from tongpin.core.people.models import Purchase
from tongpin.core.people.seen import OrderSeen


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders and the mark of the next page, None at the end."""

    orders: tuple[OrderSeen, ...]
    after: tuple[datetime | None, int, str] | None


def orders_of(
    *, person_ids: Sequence[int], after: tuple[datetime | None, int, str] | None = None, limit: int = 50
) -> OrderPage:
    """Orders of these records of one person: by when they were paid, else placed; those without a date last."""
    rows = Purchase.objects.filter(person_id__in=person_ids).annotate(dated=Coalesce("paid_at", "placed_at"))
    if after is not None:
        day, place, number = after
        behind = Q(place_id__gt=place) | Q(place_id=place, order__gt=number)
        rows = rows.filter(Q(dated=None) & behind) if day is None else rows.filter(
            Q(dated__lt=day) | Q(dated=None) | (Q(dated=day) & behind)
        )  # fmt: skip
    found = list(rows.order_by(F("dated").desc(nulls_last=True), "place_id", "order")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return OrderPage(
        tuple(
            OrderSeen(
                one.place_id, one.order, one.placed_at, one.paid_at, one.cancelled_at, one.items,
                one.paid_fen if one.paid_fen is not None else one.items_fen,
                max(one.refunded_fen, one.returned_fen), one.currency,
            )
            for one in found[:limit]
        ),
        None if last is None else (last.dated, last.place_id, last.order),
    )  # fmt: skip
