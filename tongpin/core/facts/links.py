"""Said by links (链接成员): the directory, introductions, the board of opportunities."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, PersonId, fact
from tongpin.core.facts.nouns import CommunityId, OpportunityId, StaffId


@fact("listing.changed", key=("person", "community", "occurrence"), step="give", subject="person")
class ListingChanged(Fact):
    """A member lets others find them by what they know and seek (名录), or (`shown` false) no longer."""

    community: CommunityId
    shown: bool
    occurrence: int
    offers: int = 0
    seeks: int = 0


@fact("introduction.made", key=("introduction",), step="give", further={"other": "other", "introducer": "introducer"})
class IntroductionMade(Fact):
    """Two members were brought together (牵线), both having agreed."""

    introduction: int
    other: PersonId
    introducer: PersonId = 0
    staff: StaffId = 0
    reason: Code = ""
    community: CommunityId = 0


@fact("introduction.rated", key=("introduction", "person"), step="give", subject="introduction")
class IntroductionRated(Fact):
    """One of the two told what came of it."""

    introduction: int
    outcome: Code


@fact("opportunity.posted", key=("opportunity",), step="give")
class OpportunityPosted(Fact):
    """A member offers or seeks work, help, a thing, a partner (机会)."""

    opportunity: OpportunityId
    opportunity_kind: Code
    community: CommunityId = 0
    until: Day = ""


@fact("opportunity.answered", key=("opportunity", "person", "occurrence"), step="give", further={"poster": "poster"})
class OpportunityAnswered(Fact):
    """A member answered an opportunity."""

    opportunity: OpportunityId
    poster: PersonId = 0
    occurrence: int = 1


@fact("opportunity.closed", key=("opportunity", "occurrence"), step="give", further={"taker": "taker"})
class OpportunityClosed(Fact):
    """An opportunity was taken, withdrawn, or ran out."""

    opportunity: OpportunityId
    outcome: Code
    taker: PersonId = 0
    occurrence: int = 1
