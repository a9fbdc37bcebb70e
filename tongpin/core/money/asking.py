"""Somebody is asked to pay, and sent to the till."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter

from django.db import connection, transaction

from tongpin.base.ids import token
from tongpin.cashier.port import Begun, Charge, ChargeState, Provider, TransportError, Way
from tongpin.core.facts.money import PaymentAsked
from tongpin.core.ledger.actions import tell
from tongpin.core.money.models import Payment
from tongpin.core.money.rules import FIRST_LOOK, title_of_payment
from tongpin.core.money.seen import PAYMENT_COLUMNS, PaymentSeen, payment_read
from tongpin.core.money.settling import Outcome, note_failure, payment_row, set_closed, settle, tell_closed
from tongpin.core.money.subjects import subject_of

NUMBER_SIZE = 26
"""Characters of a number: every provider takes 6 to 32 letters and digits."""


class PaymentConflict(Exception):
    """This attempt was asked for before, with another amount, payer or provider."""


class AlreadyPaid(Exception):
    """An earlier attempt of the same thing is paid and was not wholly asked back."""


class PaymentNotOpen(Exception):
    """This payment can no longer be made: it is paid, closed, or its time ran out."""


class BadAmount(ValueError):
    """A payment is for a whole amount above zero."""


def ask_payment(
    *,
    about_kind: str,
    about: int,
    person_id: int,
    amount_fen: int,
    provider: str,
    title: str,
    due: datetime | None,
    at: datetime,
    actor: str,
    attempt: int = 1,
) -> PaymentSeen:
    """Asks a person to pay for a registered subject; the same attempt is the same payment.

    A further attempt (another provider, say) closes earlier ones that are open, reason `replaced`, without calling the
    subject's `closed`. Raises NoSuchSubject, BadAmount, BadTitle, AlreadyPaid, PaymentConflict.
    """
    subject_of(about_kind)
    if type(amount_fen) is not int or amount_fen <= 0:
        raise BadAmount("a payment is for a whole amount above zero")
    wanted = PaymentSeen(
        id=0,
        number=token(size=NUMBER_SIZE),
        about_kind=about_kind,
        about=about,
        attempt=attempt,
        person_id=person_id,
        amount_fen=amount_fen,
        currency="CNY",
        provider=provider,
        title=title_of_payment(title),
        status="pending",
        late=False,
        due=due,
        asked_at=at,
        begun_at=None,
        paid_at=None,
        closed_at=None,
        close_reason="",
        fee_fen=0,
        refunding_fen=0,
        refunded_fen=0,
    )
    # A first attempt changes nothing before it is refused: inside a transaction it needs no savepoint.
    with nullcontext() if attempt == 1 and connection.in_atomic_block else transaction.atomic():
        if attempt > 1:
            _replace_earlier(about_kind, about, attempt, at=at, actor=actor)
        return _written(wanted, actor=actor)


_ASKED_WITH = [one.name for one in fields(PaymentSeen) if one.name != "id"]
_ASK = f"""
insert into payment ({", ".join(_ASKED_WITH)}, provider_number, failures, looks)
values ({", ".join(["%s"] * len(_ASKED_WITH))}, '', 0, 0)
on conflict (about_kind, about, attempt) do nothing returning id
"""
_ASKED = f"select {PAYMENT_COLUMNS} from payment where about_kind = %s and about = %s and attempt = %s"


def _written(wanted: PaymentSeen, *, actor: str) -> PaymentSeen:
    """The payment of this attempt: the wanted one, or the one that was asked for before. That one is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, attrgetter(*_ASKED_WITH)(wanted))
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_ASKED, [wanted.about_kind, wanted.about, wanted.attempt])
            known = payment_read(cursor.fetchone())
            if any(getattr(known, name) != getattr(wanted, name) for name in ("person_id", "amount_fen", "provider")):
                raise PaymentConflict("this was asked for before, with another amount, payer or provider")
            return known
    payment = replace(wanted, id=int(row[0]))
    tell(
        PaymentAsked(
            payment=payment.id,
            about_kind=payment.about_kind,
            about=payment.about,
            amount_fen=payment.amount_fen,
            provider=payment.provider,
            currency=payment.currency,
            due=payment.due,
        ),
        at=payment.asked_at,
        person_id=payment.person_id,
        actor=actor,
    )
    return payment


def _replace_earlier(about_kind: str, about: int, attempt: int, *, at: datetime, actor: str) -> None:
    earlier = Payment.objects.select_for_update().filter(about_kind=about_kind, about=about, attempt__lt=attempt)
    for row in earlier.order_by("pk"):
        if row.status == Payment.Status.PAID and row.refunding_fen < row.amount_fen:
            raise AlreadyPaid("this is paid already")
        if set_closed(row.pk, reason="replaced", at=at):
            row.refresh_from_db()
            tell_closed(row, at=at, actor=actor)


_BEGIN = f"""
update payment set begun_at = coalesce(begun_at, %s), next_look_at = coalesce(next_look_at, %s)
where id = %s and status = 'pending' and provider = %s and (due is null or due > %s) returning {PAYMENT_COLUMNS}
"""


def begin(
    *,
    payment_id: int,
    provider: Provider,
    return_url: str,
    notice_url: str,
    at: datetime,
    actor: str = "system",
    ways: tuple[Way, ...] = (),
    payer_hint: str = "",
    payer_address: str = "",
    reference: str = "",
) -> Begun:
    """Tells the provider of a payment and returns the way to pay it. Again for the same payment: the same number.

    Not inside a transaction: it talks to the provider. `payer_hint` and `payer_address` are handed on and not kept.
    `reference` is what the payer writes where one pays by hand; the books know the payment by its number all the same.
    Raises PaymentNotOpen, TransportError (a permanent one is recorded as a failed attempt).
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Before the provider is asked: what it may know of from now on, reconcile looks at.
        cursor.execute(_BEGIN, [at, at + FIRST_LOOK, payment_id, provider.kind, at])
        row = cursor.fetchone()
        if row is None:
            payment_row(payment_id)
            raise PaymentNotOpen("this payment can no longer be made")
    payment = payment_read(row)
    charge = Charge(
        number=payment.number,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        title=payment.title,
        ways=ways,
        payer_hint=payer_hint,
        payer_address=payer_address,
        due=payment.due,
        return_url=return_url,
        notice_url=notice_url,
        reference=reference,
    )
    try:
        return provider.begin(charge=charge, now=at)
    except TransportError as error:
        if error.permanent:
            note_failure(payment_id=payment_id, reason=error.reason, at=at, actor=actor)
        raise


def settle_by_hand(*, payment_id: int, at: datetime, actor: str) -> Outcome:
    """A teammate saw the money, whole, on the house's own account. A second call changes nothing."""
    payment = payment_row(payment_id)
    state = ChargeState(status="paid", paid_at=at, amount_fen=payment.amount_fen, currency=payment.currency)
    return settle(payment_id=payment_id, state=state, at=at, actor=actor)
