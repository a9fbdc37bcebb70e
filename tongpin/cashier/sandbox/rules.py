"""What may happen to a charge of the test gateway. Values in, values out; time is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from tongpin.cashier.port import (
    CashierError,
    Charge,
    ChargeState,
    RefundOrder,
    RefundState,
    TransportError,
)
from tongpin.cashier.titles import short_title

LONGEST_TITLE = 127
MOST_REFUNDS = 50
MOST_ATTEMPTS = 20
REFUND_DAYS = 365

Outcome: TypeAlias = Literal["paid", "refused"]
RefundOutcome: TypeAlias = Literal["done", "failed"]

UNDECIDABLE: dict[str, str] = {
    "absent": "there is no such charge or refund at the till",
    "already_paid": "this charge is paid already",
    "already_decided": "this refund went the other way already",
    "closed": "this charge is closed and can be paid no more",
    "too_many_attempts": "this charge was refused too often; begin another",
}


class CannotDecide(CashierError):
    """The till was asked for what cannot happen any more; nothing was changed."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason, text=UNDECIDABLE[reason])


class GivenBack(Struct, frozen=True, kw_only=True):
    """A refund. Nobody decided: it is done at `done_by` by itself."""

    number: str
    amount_fen: int
    done_by: datetime
    status: Literal["processing", "failed", "done"] = "processing"
    decided_at: datetime | None = None


class Said(Struct, frozen=True, kw_only=True):
    """A notice as it was first made: what it says stays, however late it comes."""

    notice_id: str
    about: str
    status: str
    body: str


class Taken(Struct, frozen=True, kw_only=True):
    """A charge with everything that belongs to it, as it stands in the store."""

    number: str
    amount_fen: int
    currency: str
    title: str
    due: datetime | None
    return_url: str
    notice_url: str
    status: Literal["pending", "failed", "paid", "closed"] = "pending"
    decided_at: datetime | None = None
    fee_fen: int = 0
    attempts: int = 0
    refunds: tuple[GivenBack, ...] = ()
    notices: tuple[Said, ...] = ()


def taken(*, charge: Charge, now: datetime) -> Taken:
    """A charge that was asked for the first time."""
    if charge.due is not None and charge.due <= now:
        raise TransportError(permanent=True, reason="already_due")
    return Taken(
        number=charge.number,
        amount_fen=charge.amount_fen,
        currency=charge.currency,
        title=short_title(title=charge.title, most=LONGEST_TITLE),
        due=charge.due,
        return_url=charge.return_url,
        notice_url=charge.notice_url,
    )


def as_of(*, kept: Taken, now: datetime) -> Taken:
    """What time alone has done by now: an unpaid charge past due is closed, an undecided refund is done."""
    refunds = tuple(
        replace(one, status="done", decided_at=one.done_by)
        if one.status == "processing" and one.done_by <= now
        else one
        for one in kept.refunds
    )
    if kept.status in ("pending", "failed") and kept.due is not None and kept.due <= now:
        return replace(kept, status="closed", decided_at=kept.due, refunds=refunds)
    return replace(kept, refunds=refunds)


def decided(*, kept: Taken, outcome: Outcome, fee_rate: int, now: datetime) -> Taken:
    """The payer paid, or the attempt was refused (another may follow). Paid twice is paid once."""
    if kept.status == "closed":
        raise CannotDecide(reason="closed")
    if kept.status == "paid":
        if outcome == "paid":
            return kept
        raise CannotDecide(reason="already_paid")
    if outcome == "paid":
        return replace(kept, status="paid", decided_at=now, fee_fen=(kept.amount_fen * fee_rate + 5000) // 10000)
    if kept.attempts >= MOST_ATTEMPTS:
        raise CannotDecide(reason="too_many_attempts")
    return replace(kept, status="failed", decided_at=now, attempts=kept.attempts + 1)


def closed(*, kept: Taken, now: datetime) -> Taken:
    """Closed, unless it was paid or closed before."""
    return kept if kept.status in ("paid", "closed") else replace(kept, status="closed", decided_at=now)


def refunded(*, kept: Taken, order: RefundOrder, seconds: int, now: datetime) -> Taken:
    """With the refund that was asked; as it was where its number is known with the same amount. Raises TransportError."""
    if (known := refund_of(kept=kept, number=order.number)) is not None:
        if known.amount_fen != order.amount_fen:
            raise TransportError(permanent=True, reason="amount_differs")
        return kept
    if reason := _why_not(kept, order, now):
        raise TransportError(permanent=True, reason=reason)
    new = GivenBack(number=order.number, amount_fen=order.amount_fen, done_by=now + timedelta(seconds=seconds))
    return replace(kept, refunds=(*kept.refunds, new))


def _why_not(kept: Taken, order: RefundOrder, now: datetime) -> str | None:
    if kept.status != "paid" or kept.decided_at is None:
        return "not_paid"
    if order.total_fen != kept.amount_fen or order.currency != kept.currency:
        return "amount_differs"
    if now - kept.decided_at > timedelta(days=REFUND_DAYS):
        return "too_late"
    going = [one.amount_fen for one in kept.refunds if one.status != "failed"]
    if sum(going) + order.amount_fen > kept.amount_fen:
        return "not_enough"
    return "too_many_refunds" if len(kept.refunds) >= MOST_REFUNDS else None


def refund_decided(*, kept: Taken, number: str, outcome: RefundOutcome, now: datetime) -> Taken:
    """The refund reached the payer, or failed. The same decision twice is one; what is done stays done."""
    known = refund_of(kept=kept, number=number)
    if known is None:
        raise CannotDecide(reason="absent")
    if known.status == outcome:
        return kept
    if known.status != "processing":
        raise CannotDecide(reason="already_decided")
    new = replace(known, status=outcome, decided_at=now)
    return replace(kept, refunds=tuple(new if one.number == number else one for one in kept.refunds))


def refund_of(*, kept: Taken, number: str) -> GivenBack | None:
    """The refund with this number, if this charge has it."""
    return next((one for one in kept.refunds if one.number == number), None)


def charge_state(*, kept: Taken) -> ChargeState:
    """The charge in the words of the port."""
    paid = kept.status == "paid"
    return ChargeState(
        status="refunding" if kept.refunds else kept.status,
        provider_number=f"test-{kept.number}",
        paid_at=kept.decided_at if paid else None,
        amount_fen=kept.amount_fen,
        currency=kept.currency,
        fee_fen=kept.fee_fen,
        reason="refused" if kept.status == "failed" else "",
    )


def refund_state(*, refund: GivenBack) -> RefundState:
    """The refund in the words of the port."""
    return RefundState(
        status=refund.status,
        reason="refused" if refund.status == "failed" else "",
        provider_number=f"test-{refund.number}",
        amount_fen=refund.amount_fen,
        done_at=refund.decided_at if refund.status == "done" else None,
    )
