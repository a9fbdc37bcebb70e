"""Said by the till (付款): money that goes to agents, suppliers, guests and partners."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, fact
from tongpin.core.facts.nouns import About, PayoutId


@fact("payout.asked", key=("payout",), step="share", lane="money")
class PayoutAsked(Fact):
    """Somebody asked for what they earned, or it fell due (提现申请). The entry's person is who gets it."""

    payout: PayoutId
    amount_fen: Fen
    about_kind: Code = ""
    about: About = 0


@fact("payout.approved", key=("payout",), step="share", lane="money")
class PayoutApproved(Fact):
    """A teammate let a payout go. `tax_fen` is what is kept back for tax."""

    payout: PayoutId
    amount_fen: Fen
    tax_fen: Fen = 0


@fact("payout.refused", key=("payout",), step="share", lane="money")
class PayoutRefused(Fact):
    """A payout was not let go; the amount stays on the account."""

    payout: PayoutId
    reason: Code


@fact("payout.sent", key=("payout", "attempt"), step="share", lane="money")
class PayoutSent(Fact):
    """A payout was given to the provider, or transferred by hand."""

    payout: PayoutId
    provider: Code
    attempt: int = 1


@fact("payout.settled", key=("payout",), step="share", lane="money")
class PayoutSettled(Fact):
    """The receiver has the money (已打款)."""

    payout: PayoutId
    amount_fen: Fen


@fact("payout.failed", key=("payout", "attempt"), step="share", lane="money")
class PayoutFailed(Fact):
    """A payout came back; the amount is on the account again."""

    payout: PayoutId
    reason: Code
    attempt: int = 1
