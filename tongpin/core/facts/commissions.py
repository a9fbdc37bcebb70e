"""Said by commissions (佣金): on sales only, right to the fen, held until the goods stay sold."""

from __future__ import annotations

from tongpin.core.facts.form import BasisPoints, Code, Day, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import PayoutId, ProductId


@fact("commission.accrued", key=("commission",), step="share", lane="money", further={"buyer": "buyer"})
class CommissionAccrued(Fact):
    """A sale earned a commission (佣金); the entry's person gets it. It is held until the return period is over.

    `generation` 1 is the agent's own sale; 2 stands behind a legal notice and is off by default.
    """

    commission: int
    order: Code
    base_fen: Fen
    rate: BasisPoints
    amount_fen: Fen
    held_until: Day
    buyer: PersonId = 0
    product: ProductId = 0
    generation: int = 1


@fact("commission.released", key=("commission",), step="share", lane="money")
class CommissionReleased(Fact):
    """The return period is over; the amount can be drawn (解冻)."""

    commission: int
    amount_fen: Fen


@fact("commission.clawed_back", key=("commission", "refund"), step="share", lane="money")
class CommissionClawedBack(Fact):
    """A refund took the commission back, whole or in part (扣回)."""

    commission: int
    refund: Code
    amount_fen: Fen
    order: Code = ""


@fact("commission.withheld", key=("commission", "occurrence"), step="share", lane="money")
class CommissionWithheld(Fact):
    """A commission is kept back longer because something looks wrong."""

    commission: int
    reason: Code
    occurrence: int = 1


@fact("commission.settled", key=("commission", "payout"), step="share", lane="money")
class CommissionSettled(Fact):
    """A commission was paid out with others (结算). A payout that failed frees it, and another settles it again."""

    commission: int
    amount_fen: Fen
    payout: PayoutId


@fact("statement.closed", key=("person", "day"), step="share", lane="money", subject="person")
class StatementClosed(Fact):
    """A person's earnings of a period were settled on one statement (对账单)."""

    day: Day
    sales: int
    accrued_fen: Fen
    clawed_back_fen: Fen = 0
    released_fen: Fen = 0
