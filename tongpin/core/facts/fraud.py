"""Said by fraud checks (防作弊): what looks wrong about a referral or a helper, and what a human said."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, PersonId, Share, fact
from tongpin.core.facts.nouns import About, CampaignId, StaffId


@fact("fraud.suspected", key=("suspicion",), step="share", further={"other": "other"})
class FraudSuspected(Fact):
    """A referral, a help or an order looks wrong (可疑): same device or payer, burst, ring. Rewards wait."""

    suspicion: int
    about_kind: Code
    about: About
    signs: tuple[Code, ...]
    score: Share
    other: PersonId = 0
    campaign: CampaignId = 0


@fact("fraud.decided", key=("suspicion", "occurrence"), step="share")
class FraudDecided(Fact):
    """A teammate cleared a suspicion or confirmed it."""

    suspicion: int
    confirmed: bool
    about_kind: Code
    about: About
    staff: StaffId = 0
    occurrence: int = 1
