"""Money given back (退款): never more than was paid, under one number, and an unknown result is asked again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tongpin.base.ids import digest, token
from tongpin.cashier.port import Provider, RefundOrder, RefundState, TransportError
from tongpin.core.facts.money import RefundAsked, RefundFailed, RefundSettled
from tongpin.core.ledger.actions import record
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import Payment, Refund
from tongpin.core.money.rules import refund_refusal, wait_after
from tongpin.core.money.seen import RefundSeen, payment_as_seen, refund_as_seen
from tongpin.core.money.settling import locked_subject, payment_row
from tongpin.core.money.tills import NoSuchTill, till

log = logging.getLogger(__name__)

NUMBER_SIZE = 26
OPEN = (Refund.Status.WAITING, Refund.Status.PROCESSING)


class RefundTooMuch(Exception):
    """More would be given back than was paid, or nothing was paid. Nothing was changed."""


class RefundConflict(Exception):
    """The key is known, with another payment or amount."""


class NoSuchRefund(LookupError):
    """There is no such refund."""


class NotForAHuman(Exception):
    """Only a refund that failed is decided by a human; this one is done, dropped or still under way."""


def refund_row(refund_id: int) -> Refund:
    """The row, unlocked. Raises NoSuchRefund."""
    row = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    if row is None:
        raise NoSuchRefund("there is no such refund")
    return row


@transaction.atomic
def ask_refund(
    *, payment_id: int, amount_fen: int, reason: str, key: tuple[object, ...], at: datetime, actor: str
) -> RefundSeen:
    """Sets a part of a paid payment aside to be given back; `send_refunds` asks the provider. Same key: same refund.

    `reason` is a code. Raises RefundTooMuch, RefundConflict.
    """
    if type(amount_fen) is not int or amount_fen <= 0:
        raise RefundTooMuch("a refund is over a whole amount above zero")
    row, is_new = Refund.objects.get_or_create(
        key=digest("refund", *key),
        defaults={
            "payment": payment_row(payment_id),
            "number": token(size=NUMBER_SIZE),
            "amount_fen": amount_fen,
            "reason": reason,
            "asked_at": at,
            "next_try_at": at,
            "actor": actor,
        },
    )
    if not is_new:
        if (row.payment_id, row.amount_fen) != (payment_id, amount_fen):
            raise RefundConflict("this refund was asked for before, over another amount or payment")
        return refund_as_seen(row)
    fits = Payment.objects.filter(
        pk=payment_id, status=Payment.Status.PAID, amount_fen__gte=F("refunding_fen") + amount_fen
    )
    if not fits.update(refunding_fen=F("refunding_fen") + amount_fen):
        raise RefundTooMuch("no more can be given back than was paid")
    asked = RefundAsked(refund=row.pk, payment=payment_id, amount_fen=amount_fen, reason=reason)
    record(asked, at=at, person_id=row.payment.person_id, actor=actor)
    return refund_as_seen(row)


@dataclass(frozen=True, slots=True)
class RefundsSent:
    """What became of a round: `unknown` ones are asked again later, under the same number."""

    done: int = 0
    processing: int = 0
    failed: int = 0
    unknown: int = 0


def send_refunds(*, limit: int, at: datetime) -> RefundsSent:
    """Asks the providers for refunds that are due. For the worker; not inside a transaction.

    A claim moves the next try ahead before the provider is asked: whoever crashes meanwhile leaves a refund that is
    asked again, under the same number, once that time has come.
    """
    counted = {"done": 0, "processing": 0, "failed": 0, "unknown": 0}
    for refund_id in _claimed(limit, at):
        try:
            counted[_send(refund_row(refund_id), at)] += 1
        except Exception as error:  # a room that cannot take its own refund must not hold up everybody else's
            log.error("refund %s is left for later: %s", refund_id, type(error).__name__)
            counted["unknown"] += 1
    return RefundsSent(**counted)


def _claimed(limit: int, at: datetime) -> list[int]:
    with transaction.atomic(durable=True):
        due = list(
            Refund.objects.select_for_update(skip_locked=True)
            .filter(next_try_at__lte=at, status__in=OPEN)
            .order_by("next_try_at")[:limit]
        )
        for row in due:
            row.next_try_at = at + wait_after(row.tries)
            row.tries += 1
        Refund.objects.bulk_update(due, ["next_try_at", "tries"])
    return [row.pk for row in due]


def _send(refund: Refund, at: datetime) -> str:
    payment = refund.payment
    try:
        provider = till(payment.provider)
        refusal = _refusal(provider, refund, at) if refund.status == Refund.Status.WAITING else ""
        if refusal:
            fail_refund(refund_id=refund.pk, reason=refusal, at=at)
            return "failed"
        state = _ask(provider, refund, at)
    except NoSuchTill:
        return "unknown"
    except TransportError as error:
        if not error.permanent:
            return "unknown"
        fail_refund(refund_id=refund.pk, reason=error.reason, at=at)
        return "failed"
    return take_refund_state(refund_id=refund.pk, state=state, at=at)


def _ask(provider: Provider, refund: Refund, at: datetime) -> RefundState:
    payment = refund.payment
    if refund.status == Refund.Status.PROCESSING:
        state = provider.query_refund(number=refund.number, charge_number=payment.number, now=at)
        if state.status != "absent":
            return state
    order = RefundOrder(
        number=refund.number,
        charge_number=payment.number,
        amount_fen=refund.amount_fen,
        total_fen=payment.amount_fen,
        reason=refund.reason,
        currency=payment.currency,
    )
    return provider.refund(order=order, now=at)


def _refusal(provider: Provider, refund: Refund, at: datetime) -> str:
    can, payment = provider.capabilities, refund.payment
    others = Refund.objects.filter(payment=payment, pk__lt=refund.pk)
    return refund_refusal(
        can_refund=can.refunds,
        can_refund_parts=can.partial_refunds,
        max_refunds=can.max_refunds,
        refund_days=can.refund_days,
        is_part=refund.amount_fen < payment.amount_fen,
        earlier=others.exclude(status=Refund.Status.DROPPED).count(),
        paid_at=payment.paid_at or at,
        at=at,
    )


def take_refund_state(*, refund_id: int, state: RefundState, at: datetime) -> str:
    """Acts on what a provider says of a refund: done, processing, failed, or unknown (nothing changed)."""
    if state.status == "done":
        return settle_refund(refund_id=refund_id, at=at, told_fen=state.amount_fen)
    if state.status == "failed":
        fail_refund(refund_id=refund_id, reason=state.reason or "refused", at=at)
        return "failed"
    if state.status == "processing":
        Refund.objects.filter(pk=refund_id, status=Refund.Status.WAITING).update(status=Refund.Status.PROCESSING)
        return "processing"
    return "unknown"


@transaction.atomic
def settle_refund(*, refund_id: int, at: datetime, told_fen: int = 0, actor: str = "system") -> str:
    """The payer has the money; the subject's `refunded` runs in this transaction. A second call changes nothing.

    Another amount than asked for (`told_fen`, 0: none told), or a refund that was dropped, is kept as a Discrepancy.
    """
    refund = refund_row(refund_id)
    payment = refund.payment
    if told_fen not in (0, refund.amount_fen):
        _unlike(refund, "refund_differs", told_fen, at)
        fail_refund(refund_id=refund_id, reason="amount_differs", at=at)
        return "failed"
    subject = locked_subject(payment)
    settled = Refund.objects.filter(pk=refund_id, status__in=(*OPEN, Refund.Status.FAILED))
    if not settled.update(status=Refund.Status.DONE, settled_at=at, next_try_at=None, failure=""):
        refund.refresh_from_db()
        if refund.status == Refund.Status.DROPPED:
            _unlike(refund, "dropped_refund_done", refund.amount_fen, at)
        return "done"
    Payment.objects.filter(pk=payment.pk).update(refunded_fen=F("refunded_fen") + refund.amount_fen)
    refund = refund_row(refund_id)
    payment = refund.payment
    record(
        RefundSettled(
            refund=refund.pk,
            payment=payment.pk,
            about_kind=payment.about_kind,
            about=payment.about,
            amount_fen=refund.amount_fen,
            currency=payment.currency,
        ),
        at=at,
        person_id=payment.person_id,
        actor=actor,
    )
    subject.refunded(payment_as_seen(payment), refund_as_seen(refund), at=at)
    return "done"


def _unlike(refund: Refund, kind: str, theirs_fen: int, at: datetime) -> None:
    note_discrepancy(
        kind=kind,
        provider=refund.payment.provider,
        number=refund.number,
        ours_fen=refund.amount_fen if kind == "refund_differs" else 0,
        theirs_fen=theirs_fen,
        at=at,
        payment_id=refund.payment_id,
    )


@transaction.atomic
def fail_refund(*, refund_id: int, reason: str, at: datetime, actor: str = "system") -> RefundSeen:
    """The provider will not give the money back: a human must. The amount stays set aside until they decide."""
    failing = Refund.objects.filter(pk=refund_id, status__in=OPEN)
    if failing.update(status=Refund.Status.FAILED, failure=reason[:60], failures=F("failures") + 1, next_try_at=None):
        row = refund_row(refund_id)
        failed = RefundFailed(refund=row.pk, payment=row.payment_id, reason=row.failure, occurrence=row.failures)
        record(failed, at=at, person_id=row.payment.person_id, actor=actor)
    return refund_as_seen(refund_row(refund_id))


@transaction.atomic
def retry_refund(*, refund_id: int, at: datetime, actor: str) -> RefundSeen:
    """A human lets a failed refund be asked again, under the same number. Raises NotForAHuman."""
    again = Refund.objects.filter(pk=refund_id, status=Refund.Status.FAILED)
    if not again.update(status=Refund.Status.WAITING, next_try_at=at, tries=0, actor=actor):
        _refuse_unless(refund_id, Refund.Status.WAITING)
    return refund_as_seen(refund_row(refund_id))


@transaction.atomic
def settle_refund_by_hand(*, refund_id: int, at: datetime, actor: str) -> RefundSeen:
    """A human gave the money back by another way, after the provider would not. Raises NotForAHuman."""
    row = refund_row(refund_id)
    if row.status == Refund.Status.FAILED:
        settle_refund(refund_id=refund_id, at=at, actor=actor)
    else:
        _refuse_unless(refund_id, Refund.Status.DONE)
    return refund_as_seen(refund_row(refund_id))


@transaction.atomic
def drop_refund(*, refund_id: int, at: datetime, actor: str) -> RefundSeen:
    """A human gives up a failed refund; its amount may be asked back anew, under another key. Raises NotForAHuman."""
    row = refund_row(refund_id)
    dropped = Refund.objects.filter(pk=refund_id, status=Refund.Status.FAILED)
    if dropped.update(status=Refund.Status.DROPPED, settled_at=at, actor=actor):
        Payment.objects.filter(pk=row.payment_id).update(refunding_fen=F("refunding_fen") - row.amount_fen)
    else:
        _refuse_unless(refund_id, Refund.Status.DROPPED)
    return refund_as_seen(refund_row(refund_id))


def _refuse_unless(refund_id: int, wanted: str) -> None:
    if refund_row(refund_id).status != wanted:
        raise NotForAHuman("only a refund that failed can be decided by hand")
