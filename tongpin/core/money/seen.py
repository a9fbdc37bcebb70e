"""Payments and refunds as they leave the slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal, cast

from tongpin.core.money.models import Discrepancy, Payment, Refund

PaymentStatus = Literal["pending", "paid", "closed"]
RefundStatus = Literal["waiting", "processing", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class PaymentSeen:
    """A payment. `refunding_fen` is asked back so far, `refunded_fen` of it has arrived; `late`: paid after it closed."""

    id: int
    number: str
    about_kind: str
    about: int
    attempt: int
    person_id: int
    amount_fen: int
    currency: str
    provider: str
    title: str
    status: PaymentStatus
    late: bool
    due: datetime | None
    asked_at: datetime
    begun_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    fee_fen: int
    refunding_fen: int
    refunded_fen: int

    @property
    def left_fen(self) -> int:
        """What can still be asked back."""
        return self.amount_fen - self.refunding_fen if self.status == "paid" else 0


PAYMENT_COLUMNS = ", ".join(one.name for one in fields(PaymentSeen))
"""What a statement asks of the table `payment` for `payment_read`."""


def payment_read(row: Sequence[Any]) -> PaymentSeen:
    """A row of PAYMENT_COLUMNS as it leaves the slice: for statements on the path of every purchase."""
    return PaymentSeen(*row)


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A refund. `failure` says why a human must decide."""

    id: int
    number: str
    payment_id: int
    amount_fen: int
    reason: str
    status: RefundStatus
    failure: str
    tries: int
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DiscrepancySeen:
    """Where our record and a provider's do not agree. `theirs_fen - ours_fen` is the difference."""

    id: int
    kind: str
    provider: str
    number: str
    payment_id: int | None
    day: date
    ours_fen: int
    theirs_fen: int
    found_at: datetime
    cleared_at: datetime | None
    how: str


def payment_as_seen(row: Payment) -> PaymentSeen:
    """A row as it leaves the slice."""
    return PaymentSeen(
        id=row.pk,
        number=row.number,
        about_kind=row.about_kind,
        about=row.about,
        attempt=row.attempt,
        person_id=row.person_id,
        amount_fen=row.amount_fen,
        currency=row.currency,
        provider=row.provider,
        title=row.title,
        status=cast(PaymentStatus, str(row.status)),
        late=row.late,
        due=row.due,
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        paid_at=row.paid_at,
        closed_at=row.closed_at,
        close_reason=row.close_reason,
        fee_fen=row.fee_fen,
        refunding_fen=row.refunding_fen,
        refunded_fen=row.refunded_fen,
    )


def refund_as_seen(row: Refund) -> RefundSeen:
    """A row as it leaves the slice."""
    return RefundSeen(
        id=row.pk,
        number=row.number,
        payment_id=row.payment_id,
        amount_fen=row.amount_fen,
        reason=row.reason,
        status=cast(RefundStatus, str(row.status)),
        failure=row.failure,
        tries=row.tries,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
    )


def discrepancy_as_seen(row: Discrepancy) -> DiscrepancySeen:
    """A row as it leaves the slice."""
    return DiscrepancySeen(
        id=row.pk,
        kind=row.kind,
        provider=row.provider,
        number=row.number,
        payment_id=row.payment_id,
        day=row.day,
        ours_fen=row.ours_fen,
        theirs_fen=row.theirs_fen,
        found_at=row.found_at,
        cleared_at=row.cleared_at,
        how=row.how,
    )
