"""Said by the club (车友会式社群): a public fund with an open ledger, and dealing with merchants as a group."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import About, CommunityId, FileId, PartnerId, PaymentId


@fact("fund.paid_in", key=("payment",), step="sell", lane="money", subject="community")
class FundPaidIn(Fact):
    """A member paid into the community's fund (公共基金)."""

    payment: PaymentId
    community: CommunityId
    amount_fen: Fen


@fact("fund.spent", key=("spending",), step="sell", lane="money", subject="community")
class FundSpent(Fact):
    """The fund paid for something, with a proof that every member may see."""

    spending: int
    community: CommunityId
    amount_fen: Fen
    spending_kind: Code
    about_kind: Code = ""
    about: About = 0
    proof: FileId = 0


@fact("fund.reported", key=("community", "day"), step="sell", lane="money")
class FundReported(Fact):
    """The fund's ledger was laid open for a period (账目公开)."""

    community: CommunityId
    day: Day
    in_fen: Fen
    out_fen: Fen
    left_fen: Fen


@fact("negotiation.opened", key=("negotiation",), step="sell")
class NegotiationOpened(Fact):
    """Members take a common trouble or wish to a dealer together (集体协商)."""

    negotiation: int
    community: CommunityId
    partner: PartnerId = 0
    issue: Code = ""


@fact("negotiation.joined", key=("negotiation", "person", "occurrence"), step="sell")
class NegotiationJoined(Fact):
    """A member has the same trouble and joins."""

    negotiation: int
    occurrence: int = 1


@fact("negotiation.moved", key=("negotiation", "occurrence"), step="sell")
class NegotiationMoved(Fact):
    """The dealer answered, a meeting was held, it was settled or given up."""

    negotiation: int
    outcome: Code
    occurrence: int
    people: int = 0
