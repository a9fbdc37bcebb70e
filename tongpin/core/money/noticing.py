"""What providers call to say (回调): believed only when genuine, counted once, settled in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tongpin.cashier.port import Acknowledgement, BadNotice, ChargeState, Notice, Provider, RefundState
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import ProviderNotice, Refund
from tongpin.core.money.refunding import take_refund_state
from tongpin.core.money.seen import PAYMENT_COLUMNS, PaymentSeen, payment_read
from tongpin.core.money.settling import note_failure, settle_row


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a notice, and what the provider wants to hear.

    outcome: an Outcome of settle, the state of a refund, or repeated, failed, unknown_number, ignored, bad.
    `reason` says why a notice was bad.
    """

    outcome: str
    answer: Acknowledgement
    payment_id: int | None = None
    reason: str = ""


def take_notice(*, provider: Provider, headers: Mapping[str, str], body: bytes, at: datetime) -> Taken:
    """Verifies a notice and acts on it. The same one again is answered well and changes nothing.

    Whatever is raised while acting leaves nothing behind: the door answers with failure and the provider sends again.
    """
    try:
        notice = provider.parse_notice(headers=headers, body=body, now=at)
    except BadNotice as error:
        return Taken("bad", provider.acknowledgement(ok=False), reason=error.reason)
    if notice is None:
        return Taken("ignored", provider.acknowledgement(ok=True))
    with transaction.atomic():
        outcome, payment_id = _act(provider.kind, notice, at)
    return Taken(outcome, provider.acknowledgement(ok=True), payment_id)


EXPECTED = "settled"
"""What becomes of almost every notice: written at once, and put right where it was something else."""


_KEEP = f"""
with kept as (
    insert into provider_notice (provider, notice_id, kind, number, outcome, received_at)
    values (%(provider)s, %(notice_id)s, %(kind)s, %(number)s, %(outcome)s, %(at)s)
    on conflict (provider, notice_id) do nothing returning id
)
select kept.id, p.* from kept left join (
    select {PAYMENT_COLUMNS} from payment where number = %(number)s and provider = %(provider)s
) p on true
"""


def _act(kind: str, notice: Notice, at: datetime) -> tuple[str, int | None]:
    values: dict[str, str | datetime] = {
        "provider": kind,
        "notice_id": notice.notice_id,
        "kind": notice.kind,
        "number": notice.number,
        "outcome": EXPECTED,
        "at": at,
    }
    with connection.cursor() as cursor:
        # Another delivery of the same notice waits here until this one is through.
        cursor.execute(_KEEP, values)
        row = cursor.fetchone()
    if row is None:
        return "repeated", None
    kept, *payment = row
    seen = payment_read(payment) if payment[0] is not None else None
    outcome, payment_id = _consequence(kind, notice, seen, at)
    if outcome != EXPECTED:
        ProviderNotice.objects.filter(pk=kept).update(outcome=outcome)
    return outcome, payment_id


def _consequence(kind: str, notice: Notice, payment: PaymentSeen | None, at: datetime) -> tuple[str, int | None]:
    state = notice.state
    if isinstance(state, RefundState):
        refund = Refund.objects.filter(number=notice.number, payment__provider=kind).first()
        if refund is not None:
            return take_refund_state(refund_id=refund.pk, state=state, at=at), refund.payment_id
        if state.status == "done":
            _unknown(kind, "unknown_refund", notice.number, -state.amount_fen, at)
        return "unknown_number", None
    if payment is None:
        if state.was_paid:
            _unknown(kind, "unknown_charge", notice.number, state.amount_fen, at)
        return "unknown_number", None
    return _charge(payment, state, at), payment.id


def _charge(payment: PaymentSeen, state: ChargeState, at: datetime) -> str:
    if state.status == "failed":
        note_failure(payment_id=payment.id, reason=state.reason or "refused", at=at)
        return "failed"
    return settle_row(payment=payment, state=state, at=at)


def _unknown(provider: str, kind: str, number: str, theirs_fen: int, at: datetime) -> None:
    note_discrepancy(kind=kind, provider=provider, number=number, ours_fen=0, theirs_fen=theirs_fen, at=at)
