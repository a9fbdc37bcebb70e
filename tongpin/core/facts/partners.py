"""Said by partners (赞助与合作): sponsors with proof of what was delivered, goods recommended for a declared share."""

from __future__ import annotations

from tongpin.core.facts.form import BasisPoints, Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import About, CommunityId, FileId, PartnerId, ProductId, SponsorshipId


@fact("partner.joined", key=("partner", "occurrence"), step="sell")
class PartnerJoined(Fact):
    """A merchant, a paid circle, a sponsor or another community became a partner (合作伙伴)."""

    partner: PartnerId
    partner_kind: Code
    occurrence: int = 1


@fact("partner.left", key=("partner", "occurrence"), step="sell")
class PartnerLeft(Fact):
    """We no longer work with a partner."""

    partner: PartnerId
    reason: Code = ""
    occurrence: int = 1


@fact("sponsorship.agreed", key=("sponsorship",), step="sell", lane="money")
class SponsorshipAgreed(Fact):
    """A sponsor's package is agreed (赞助): amount, deliverables, the audience that was measured."""

    sponsorship: SponsorshipId
    partner: PartnerId
    amount_fen: Fen
    deliverables: int
    audience: int = 0
    community: CommunityId = 0
    until: Day = ""


@fact("deliverable.done", key=("sponsorship", "ordinal"), step="sell")
class DeliverableDone(Fact):
    """A part of the package was delivered, with proof and the reach that was measured (交付)."""

    sponsorship: SponsorshipId
    ordinal: int
    reached: int = 0
    proof: FileId = 0
    about_kind: Code = ""
    about: About = 0


@fact("deliverable.missed", key=("sponsorship", "ordinal"), step="sell")
class DeliverableMissed(Fact):
    """A part of the package was not delivered by its day."""

    sponsorship: SponsorshipId
    ordinal: int
    reason: Code = ""


@fact("sponsorship.proved", key=("sponsorship",), step="sell", lane="money")
class SponsorshipProved(Fact):
    """The sponsor got the report with figures and proofs (结案)."""

    sponsorship: SponsorshipId
    partner: PartnerId
    reached: int
    done: int


@fact("recommendation.agreed", key=("recommendation", "edition"), step="sell", lane="money")
class RecommendationAgreed(Fact):
    """A partner's goods or circle may be recommended for a declared share (带货分成); always marked as advertising."""

    recommendation: int
    edition: int
    partner: PartnerId
    rate: BasisPoints
    product: ProductId = 0
    community: CommunityId = 0


@fact("recommendation.earned", key=("recommendation", "number"), step="sell", lane="money")
class RecommendationEarned(Fact):
    """A partner reported a sale and owes our share of it; below zero when it was refunded."""

    recommendation: int
    number: Code
    partner: PartnerId
    base_fen: Fen
    amount_fen: Fen
