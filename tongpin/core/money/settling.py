"""A payment comes to its end: paid once, or closed once. One conditional UPDATE decides, whoever comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from tongpin.cashier.port import ChargeState
from tongpin.core.books.actions import post
from tongpin.core.books.rules import Account, Transfer
from tongpin.core.facts.money import PaymentClosed, PaymentFailed, PaymentSettled
from tongpin.core.ledger.actions import record
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import Payment
from tongpin.core.money.seen import PaymentSeen, payment_as_seen
from tongpin.core.money.subjects import Subject, subject_of

Outcome = Literal["settled", "late", "known", "amount_differs", "pending", "closed"]
"""settled and late: by this call; known: it was paid before; amount_differs: kept as a Discrepancy, not paid;
pending: no answer yet; closed: it can no longer be paid."""


class NoSuchPayment(LookupError):
    """There is no such payment."""


def payment_row(payment_id: int) -> Payment:
    """The row, unlocked. Raises NoSuchPayment."""
    row = Payment.objects.filter(pk=payment_id).first()
    if row is None:
        raise NoSuchPayment("there is no such payment")
    return row


def locked_subject(payment: Payment | PaymentSeen) -> Subject:
    """What a payment is for, its own rows taken first: the order of locks is the same for all who settle and close."""
    subject = subject_of(payment.about_kind)
    if subject.locks is not None:
        subject.locks(payment.about)
    return subject


@transaction.atomic
def settle(*, payment_id: int, state: ChargeState, at: datetime, actor: str = "system") -> Outcome:
    """Acts on what the provider says of a payment; the subject's `settled` runs in this transaction.

    Leaves out: the money's postings (the subject knows what the money is for), except the provider's fee.
    """
    return settle_row(payment=payment_as_seen(payment_row(payment_id)), state=state, at=at, actor=actor)


def settle_row(*, payment: PaymentSeen, state: ChargeState, at: datetime, actor: str = "system") -> Outcome:
    """`settle`, inside a transaction, of a row that was just read."""
    payment_id = payment.id
    if state.status == "closed":
        close_payment(payment_id=payment_id, reason="closed_by_provider", at=at, actor=actor)
        return "known" if payment.status == "paid" else "closed"
    if not state.was_paid:
        return "pending"
    if (state.amount_fen, state.currency) != (payment.amount_fen, payment.currency):
        note_discrepancy(
            kind="amount_differs",
            provider=payment.provider,
            number=payment.number,
            ours_fen=payment.amount_fen,
            theirs_fen=state.amount_fen,
            at=at,
            payment_id=payment_id,
        )
        # The provider has no more to tell; a human decides, and its time runs out as that of any other.
        Payment.objects.filter(pk=payment_id).update(next_look_at=None)
        return "amount_differs"
    subject = locked_subject(payment)
    late = _claim(payment_id, state, at)
    if late is None:
        return "known"
    paid = replace(payment, status="paid", late=late, paid_at=state.paid_at or at, fee_fen=state.fee_fen)
    record(
        PaymentSettled(
            payment=paid.id,
            about_kind=paid.about_kind,
            about=paid.about,
            amount_fen=paid.amount_fen,
            provider=paid.provider,
            currency=paid.currency,
            fee_fen=paid.fee_fen,
            late=late,
        ),
        at=at,
        person_id=paid.person_id,
        actor=actor,
    )
    post_fee(paid, at=at, actor=actor)
    subject.settled(paid, late=late, at=at)
    return "late" if late else "settled"


def _claim(payment_id: int, state: ChargeState, at: datetime) -> bool | None:
    """Was it late? None where somebody else settled it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update payment set late = (status = 'closed'), status = 'paid', paid_at = %s, settled_at = %s,"
            " provider_number = %s, fee_fen = %s, next_look_at = null"
            " where id = %s and status in ('pending', 'closed') returning late",
            [state.paid_at or at, at, state.provider_number[:64], state.fee_fen, payment_id],
        )
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def post_fee(payment: PaymentSeen, *, at: datetime, actor: str) -> None:
    """Books what the provider keeps of a payment, once."""
    if payment.fee_fen > 0:
        post(
            [Transfer(payment.fee_fen, Account(f"cash:{payment.provider}"), Account("fees"))],
            about_kind="payment",
            about=payment.id,
            reason="provider_fee",
            at=at,
            actor=actor,
            key=("payment.fee", payment.id),
        )


@transaction.atomic
def close_payment(*, payment_id: int, reason: str, at: datetime, actor: str = "system") -> PaymentSeen:
    """Closes a payment that is still open and tells its subject; one that is paid or closed stays as it is.

    Leaves out the provider: reconcile closes the charge there, and finds money that came in all the same.
    """
    payment = payment_row(payment_id)
    if payment.status != Payment.Status.PENDING:
        return payment_as_seen(payment)
    subject = locked_subject(payment)
    if set_closed(payment_id, reason=reason, at=at):
        payment.refresh_from_db()
        tell_closed(payment, at=at, actor=actor)
        subject.closed(payment_as_seen(payment), reason=reason, at=at)
    payment.refresh_from_db()
    return payment_as_seen(payment)


def set_closed(payment_id: int, *, reason: str, at: datetime) -> bool:
    """Did this call close it? One that the provider knows is looked at once more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update payment set status = 'closed', closed_at = %s, close_reason = %s,"
            " next_look_at = case when begun_at is null then null else %s end where id = %s and status = 'pending'",
            [at, reason, at, payment_id],
        )
        return bool(cursor.rowcount)


def tell_closed(payment: Payment, *, at: datetime, actor: str) -> None:
    """The fact of a closed payment."""
    closed = PaymentClosed(payment=payment.pk, reason=payment.close_reason)
    record(closed, at=at, person_id=payment.person_id, actor=actor)


@transaction.atomic
def note_failure(*, payment_id: int, reason: str, at: datetime, actor: str = "system") -> int:
    """An attempt to pay did not work; the payment stays open. Returns which failure of this payment it is."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    payment.failures += 1
    payment.save(update_fields=["failures"])
    failed = PaymentFailed(payment=payment.pk, reason=reason, occurrence=payment.failures)
    record(failed, at=at, person_id=payment.person_id, actor=actor)
    return payment.failures
