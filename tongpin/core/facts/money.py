"""Said by the till (收银): payments for anything (order, fee, deposit, fund), money given back, unlike bills."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import About, PaymentId


@fact("payment.asked", key=("payment",), step="sell", lane="money")
class PaymentAsked(Fact):
    """Somebody was asked to pay for something (待付款)."""

    payment: PaymentId
    about_kind: Code
    about: About
    amount_fen: Fen
    provider: Code
    currency: Code = "CNY"
    due: Time | None = None


@fact("payment.settled", key=("payment",), step="sell", lane="money")
class PaymentSettled(Fact):
    """The money is in (到账). `late`: it came after what it was for had closed."""

    payment: PaymentId
    about_kind: Code
    about: About
    amount_fen: Fen
    provider: Code
    currency: Code = "CNY"
    fee_fen: Fen = 0
    late: bool = False


@fact("payment.failed", key=("payment", "occurrence"), step="sell", lane="money")
class PaymentFailed(Fact):
    """An attempt to pay did not work; another may."""

    payment: PaymentId
    reason: Code
    occurrence: int = 1


@fact("payment.closed", key=("payment",), step="sell", lane="money")
class PaymentClosed(Fact):
    """A payment can no longer be made: its time ran out or what it was for is gone."""

    payment: PaymentId
    reason: Code


@fact("refund.asked", key=("refund",), step="sell", lane="money", subject="payment")
class RefundAsked(Fact):
    """The provider was told to give money back (退款申请)."""

    refund: int
    payment: PaymentId
    amount_fen: Fen
    reason: Code = ""


@fact("refund.settled", key=("refund",), step="sell", lane="money", subject="payment")
class RefundSettled(Fact):
    """The payer has the money back (退款到账)."""

    refund: int
    payment: PaymentId
    about_kind: Code
    about: About
    amount_fen: Fen
    currency: Code = "CNY"


@fact("refund.failed", key=("refund", "occurrence"), step="sell", lane="money", subject="payment")
class RefundFailed(Fact):
    """The provider would not give money back; a human must."""

    refund: int
    payment: PaymentId
    reason: Code
    occurrence: int = 1


@fact("discrepancy.found", key=("discrepancy",), step="house", lane="money")
class DiscrepancyFound(Fact):
    """Our record and the provider's bill do not agree (对账差异)."""

    discrepancy: int
    discrepancy_kind: Code
    provider: Code
    day: Day
    amount_fen: Fen
    payment: PaymentId = 0


@fact("discrepancy.cleared", key=("discrepancy",), step="house", lane="money")
class DiscrepancyCleared(Fact):
    """A difference with the provider was explained or put right."""

    discrepancy: int
    how: Code
