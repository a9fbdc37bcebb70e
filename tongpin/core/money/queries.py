"""What screens and doors ask about money."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from tongpin.core.money.models import Discrepancy, Payment, Refund
from tongpin.core.money.rules import MANY_TRIES
from tongpin.core.money.seen import (
    DiscrepancySeen,
    PaymentSeen,
    RefundSeen,
    discrepancy_as_seen,
    payment_as_seen,
    refund_as_seen,
)


def payment_seen(payment_id: int) -> PaymentSeen | None:
    """One payment."""
    row = Payment.objects.filter(pk=payment_id).first()
    return payment_as_seen(row) if row else None


def payment_of(number: str) -> PaymentSeen | None:
    """The payment a provider knows by this number."""
    row = Payment.objects.filter(number=number).first()
    return payment_as_seen(row) if row else None


def payments_about(about_kind: str, about: int) -> list[PaymentSeen]:
    """Every attempt to pay for a thing, the first one first."""
    return [
        payment_as_seen(row) for row in Payment.objects.filter(about_kind=about_kind, about=about).order_by("attempt")
    ]


def payments_by(person_ids: list[int], *, size: int = 50) -> list[PaymentSeen]:
    """What the records of one person were asked to pay, newest first."""
    return [payment_as_seen(row) for row in Payment.objects.filter(person_id__in=person_ids).order_by("-pk")[:size]]


def open_payments(*, providers: Iterable[str] | None = None, after: int = 0, size: int = 200) -> list[PaymentSeen]:
    """Payments that wait for money, the oldest first; `after` is the last one of the batch before.

    Of certain `providers`: those whose payer was told the way.
    """
    rows = Payment.objects.filter(status=Payment.Status.PENDING, pk__gt=after)
    if providers is not None:
        rows = rows.filter(provider__in=providers, begun_at__isnull=False)
    return [payment_as_seen(row) for row in rows.order_by("pk")[:size]]


def refund_seen(refund_id: int) -> RefundSeen | None:
    """One refund."""
    row = Refund.objects.filter(pk=refund_id).first()
    return refund_as_seen(row) if row else None


def refunds_of(payment_id: int) -> list[RefundSeen]:
    """What was asked back of a payment, oldest first."""
    return [refund_as_seen(row) for row in Refund.objects.filter(payment_id=payment_id).order_by("pk")]


def refunds_waiting_for_a_human(*, size: int = 200) -> list[RefundSeen]:
    """Refunds that failed, and those whose provider has not answered for long, oldest first."""
    silent = Q(status__in=(Refund.Status.WAITING, Refund.Status.PROCESSING), tries__gte=MANY_TRIES)
    rows = Refund.objects.filter(Q(status=Refund.Status.FAILED) | silent).order_by("pk")[:size]
    return [refund_as_seen(row) for row in rows]


def open_discrepancies(*, size: int = 200) -> list[DiscrepancySeen]:
    """Differences with providers that nobody explained yet, newest first."""
    rows = Discrepancy.objects.filter(cleared_at=None).order_by("-pk")[:size]
    return [discrepancy_as_seen(row) for row in rows]
