"""Where our record and a provider's do not agree: noted once, told, and cleared by a human."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tongpin.base.clock import local_day
from tongpin.core.facts.money import DiscrepancyCleared, DiscrepancyFound
from tongpin.core.ledger.actions import record
from tongpin.core.money.models import Discrepancy
from tongpin.core.money.seen import DiscrepancySeen, discrepancy_as_seen


class NoSuchDiscrepancy(LookupError):
    """There is no such difference."""


@transaction.atomic
def note_discrepancy(
    *,
    kind: str,
    provider: str,
    number: str,
    ours_fen: int,
    theirs_fen: int,
    at: datetime,
    payment_id: int | None = None,
    day: date | None = None,
) -> DiscrepancySeen:
    """Keeps a difference and tells of it; a kind is kept once per number, however often it is seen."""
    row, is_new = Discrepancy.objects.get_or_create(
        kind=kind,
        provider=provider,
        number=number[:64],
        defaults={
            "payment_id": payment_id,
            "day": day or date.fromisoformat(local_day(at)),
            "ours_fen": ours_fen,
            "theirs_fen": theirs_fen,
            "found_at": at,
        },
    )
    if is_new:
        record(
            DiscrepancyFound(
                discrepancy=row.pk,
                discrepancy_kind=kind,
                provider=provider,
                day=row.day.isoformat(),
                amount_fen=theirs_fen - ours_fen,
                payment=payment_id or 0,
            ),
            at=at,
        )
    return discrepancy_as_seen(row)


@transaction.atomic
def clear_discrepancy(*, discrepancy_id: int, how: str, at: datetime, actor: str) -> DiscrepancySeen:
    """A human explained a difference or put it right; `how` is a code. The first explanation stays."""
    if Discrepancy.objects.filter(pk=discrepancy_id, cleared_at=None).update(cleared_at=at, how=how, cleared_by=actor):
        record(DiscrepancyCleared(discrepancy=discrepancy_id, how=how), at=at, actor=actor)
    row = Discrepancy.objects.filter(pk=discrepancy_id).first()
    if row is None:
        raise NoSuchDiscrepancy("there is no such difference")
    return discrepancy_as_seen(row)
