"""Asking the provider what became of payments (对账): lost notices, times that ran out, bills of whole days."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db import transaction

from tongpin.base.clock import DEFAULT_ZONE, local_day
from tongpin.cashier.port import BillLine, ChargeState, Provider, TransportError
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import BillDay, Discrepancy, Payment, Refund
from tongpin.core.money.refunding import settle_refund
from tongpin.core.money.rules import GRACE, is_overdue, wait_after
from tongpin.core.money.seen import payment_as_seen
from tongpin.core.money.settling import close_payment, post_fee, settle

log = logging.getLogger(__name__)

DAYS_BACK = 7
"""A bill that was not to be had is asked for this long."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a round found. `silent`: payments the provider gave no answer about; `broken`: those whose
    subject failed. Both are asked about again."""

    asked: int
    settled: int
    closed: int
    silent: int
    broken: int
    discrepancies: int
    bills: tuple[date, ...]


BATCH = 200
"""So many payments are claimed at a time; a round takes batches until none is due."""


def reconcile(*, provider: Provider, at: datetime, batch: int = BATCH) -> Reconciled:
    """Brings our payments to what one provider knows. For the clock, as often as it likes; not inside a transaction.

    Asks about payments that were begun over two minutes ago, ever more rarely; closes there what is overdue or closed
    here; compares the bills of past days once each.
    """
    before = Discrepancy.objects.filter(provider=provider.kind).count()
    ends: list[str] = []
    if provider.capabilities.queries:
        # A claim moves the next look ahead of `at`, so this comes to an end.
        while due := _claimed(provider.kind, at, batch):
            ends += [_alone(payment.pk, partial(_look, provider, payment, at)) for payment in due]
    lapsed = _lapse(provider, at, batch)
    bills = tuple(_bills(provider, at)) if provider.capabilities.bills else ()
    return Reconciled(
        asked=len(ends),
        settled=sum(end in ("settled", "late") for end in ends),
        closed=ends.count("closed") + lapsed.count("closed"),
        silent=ends.count("silent"),
        broken=ends.count("broken") + lapsed.count("broken"),
        discrepancies=Discrepancy.objects.filter(provider=provider.kind).count() - before,
        bills=bills,
    )


def _claimed(kind: str, at: datetime, limit: int) -> list[Payment]:
    """Payments to be asked about; no other round asks about them until their next time."""
    with transaction.atomic(durable=True):
        due = list(
            Payment.objects.select_for_update(skip_locked=True)
            .filter(provider=kind, next_look_at__lte=at)
            .order_by("next_look_at")[:limit]
        )
        for row in due:
            row.looks += 1
            row.next_look_at = at + wait_after(row.looks)
            if row.status == Payment.Status.PENDING and row.due is not None and row.due + GRACE > at:
                row.next_look_at = min(row.next_look_at, row.due + 2 * GRACE)
        Payment.objects.bulk_update(due, ["looks", "next_look_at"])
    return due


def _alone(payment_id: int, deed: Callable[[], str]) -> str:
    try:
        return deed()
    except Exception as error:  # a room that cannot take its own payment must not hold up everybody else's
        log.error("payment %s is left for later: %s", payment_id, type(error).__name__)
        return "broken"


def _look(provider: Provider, payment: Payment, at: datetime) -> str:
    ends = payment.status == Payment.Status.CLOSED or is_overdue(due=payment.due, at=at)
    try:
        state = provider.query(number=payment.number, now=at)
        if ends and not state.was_paid and state.status != "closed":
            state = provider.close(number=payment.number, now=at)
    except TransportError:
        return "silent"
    outcome: str
    if ends and not state.was_paid:
        # Nothing can come in there any more, also where the provider knows of no such charge.
        close_payment(payment_id=payment.pk, reason="lapsed", at=at)
        outcome = "closed"
    else:
        outcome = settle(payment_id=payment.pk, state=state, at=at)
    if outcome == "closed":
        Payment.objects.filter(pk=payment.pk, status=Payment.Status.CLOSED).update(next_look_at=None)
    return outcome


def _lapse(provider: Provider, at: datetime, batch: int) -> list[str]:
    """Closes overdue payments nobody is to be asked about: never begun, unlike in amount, or paid by hand."""
    rows = Payment.objects.filter(provider=provider.kind, status=Payment.Status.PENDING, due__lt=at - GRACE)
    if provider.capabilities.queries:
        rows = rows.filter(next_look_at=None)
    ends: list[str] = []
    last = 0
    # By number: what a room cannot take stays open, and must not stand before all the others.
    while overdue := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        ends += [_alone(payment_id, partial(_close, payment_id, at)) for payment_id in overdue]
        last = overdue[-1]
    return ends


def _close(payment_id: int, at: datetime) -> str:
    return close_payment(payment_id=payment_id, reason="lapsed", at=at).status


def _bills(provider: Provider, at: datetime) -> Iterable[date]:
    """Days whose bill was compared by this call."""
    first = Payment.objects.filter(provider=provider.kind, begun_at__isnull=False).order_by("pk").first()
    if first is None:
        return
    today = date.fromisoformat(local_day(at))
    known = set(BillDay.objects.filter(provider=provider.kind).values_list("day", flat=True))
    for back in range(DAYS_BACK, 0, -1):
        day = today - timedelta(days=back)
        if day in known or day < date.fromisoformat(local_day(first.asked_at)):
            continue
        if at < _end(day) + timedelta(hours=provider.capabilities.bill_ready_hours):
            continue
        try:
            lines = provider.bill(day=day, now=at)
        except TransportError:
            continue
        if _compare(provider.kind, day, lines, at):
            told = {"lines": len(lines), "compared_at": at}
            BillDay.objects.get_or_create(provider=provider.kind, day=day, defaults=told)
            yield day


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), DEFAULT_ZONE)


def _compare(kind: str, day: date, lines: tuple[BillLine, ...], at: datetime) -> bool:
    """Could every line be acted on? A bill is compared again, as a whole, until it could."""
    charges = {line.number: line for line in lines if line.kind == "charge"}
    refunds = {line.number: line for line in lines if line.kind == "refund"}
    ours = {row.number: row for row in Payment.objects.filter(provider=kind, number__in=charges)}
    back = {row.number: row for row in Refund.objects.filter(payment__provider=kind, number__in=refunds)}
    ends = []
    for line in charges.values():
        payment = ours.get(line.number)
        ends.append(_alone(payment.pk if payment else 0, partial(_compare_charge, kind, day, line, payment, at)))
    for line in refunds.values():
        refund = back.get(line.number)
        ends.append(_alone(refund.payment_id if refund else 0, partial(_compare_refund, kind, day, line, refund, at)))
    began, ended = _end(day - timedelta(days=1)), _end(day)
    for row in Payment.objects.filter(provider=kind, status="paid", paid_at__gte=began, paid_at__lt=ended):
        if row.number not in charges:
            _unlike(kind, "missing_on_bill", row.number, row.amount_fen, 0, day, at, row.pk)
    return "broken" not in ends


def _compare_charge(kind: str, day: date, line: BillLine, payment: Payment | None, at: datetime) -> str:
    if payment is None:
        _unlike(kind, "unknown_charge", line.number, 0, line.amount_fen, day, at)
        return "unlike"
    if payment.status != Payment.Status.PAID or payment.amount_fen != line.amount_fen:
        state = ChargeState(
            status="paid",
            provider_number=line.provider_number,
            paid_at=line.at,
            amount_fen=line.amount_fen,
            currency=payment.currency,
            fee_fen=line.fee_fen,
        )
        return settle(payment_id=payment.pk, state=state, at=at)
    if line.fee_fen > 0:
        # Some providers tell their fee on the bill only.
        with transaction.atomic():
            if Payment.objects.filter(pk=payment.pk, fee_fen=0).update(fee_fen=line.fee_fen):
                payment.refresh_from_db()
                post_fee(payment_as_seen(payment), at=at, actor="system")
            elif payment.fee_fen != line.fee_fen:
                _unlike(kind, "fee_differs", line.number, payment.fee_fen, line.fee_fen, day, at, payment.pk)
    return "known"


def _compare_refund(kind: str, day: date, line: BillLine, refund: Refund | None, at: datetime) -> str:
    if refund is None:
        _unlike(kind, "unknown_refund", line.number, 0, -line.amount_fen, day, at)
        return "unlike"
    return settle_refund(refund_id=refund.pk, at=at, told_fen=line.amount_fen)


def _unlike(
    provider: str,
    kind: str,
    number: str,
    ours: int,
    theirs: int,
    day: date,
    at: datetime,
    payment_id: int | None = None,
) -> None:
    note_discrepancy(
        kind=kind,
        provider=provider,
        number=number,
        ours_fen=ours,
        theirs_fen=theirs,
        at=at,
        payment_id=payment_id,
        day=day,
    )
