"""Said by membership (付费会员): entry for money, benefits that are delivered, promises with a due date."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import CommunityId, MembershipId, PaymentId


@fact("membership.bought", key=("membership",), step="sell", lane="money")
class MembershipBought(Fact):
    """A person bought a membership (开通会员): which tier, how much, until when."""

    membership: MembershipId
    tier: int
    amount_fen: Fen
    community: CommunityId = 0
    payment: PaymentId = 0
    until: Day = ""


@fact("membership.renewed", key=("membership", "occurrence"), step="sell", lane="money")
class MembershipRenewed(Fact):
    """A membership goes on (续费)."""

    membership: MembershipId
    tier: int
    amount_fen: Fen
    until: Day
    occurrence: int
    payment: PaymentId = 0


@fact("membership.changed", key=("membership", "occurrence"), step="sell", lane="money")
class MembershipChanged(Fact):
    """A member moved to another tier."""

    membership: MembershipId
    old_tier: int
    tier: int
    amount_fen: Fen = 0
    occurrence: int = 1


@fact("membership.ended", key=("membership", "occurrence"), step="sell", lane="money")
class MembershipEnded(Fact):
    """A membership is over (到期, 退会): lapsed, cancelled, refunded, taken away."""

    membership: MembershipId
    tier: int
    reason: Code
    community: CommunityId = 0
    refunded_fen: Fen = 0
    occurrence: int = 1


@fact("benefit.delivered", key=("membership", "benefit", "occurrence"), step="sell")
class BenefitDelivered(Fact):
    """A member got a benefit of their tier (权益兑现)."""

    membership: MembershipId
    benefit: int
    benefit_kind: Code
    occurrence: int = 1


@fact("promise.made", key=("promise",), step="sell")
class PromiseMade(Fact):
    """Something was promised to members with a due date (承诺)."""

    promise: int
    promise_kind: Code
    due: Day
    community: CommunityId = 0
    tier: int = 0


@fact("promise.kept", key=("promise",), step="sell")
class PromiseKept(Fact):
    """A promise was kept."""

    promise: int
    promise_kind: Code
    late_days: int = 0


@fact("promise.broken", key=("promise",), step="sell")
class PromiseBroken(Fact):
    """A promise's day passed without it, or it was taken back; members are told and may have money back."""

    promise: int
    promise_kind: Code
    reason: Code = ""
