"""Said by seeding (种子与布点): who was asked first, who stands up for a community, and where its word was placed."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, fact
from tongpin.core.facts.nouns import CommunityId, PlacementId, StaffId, TrackedCodeId


@fact("seed.chosen", key=("person", "community", "occurrence"), step="gather", subject="person")
class SeedChosen(Fact):
    """A person was put on the list of those to ask first (种子用户, KOL)."""

    community: CommunityId
    seed_kind: Code
    reason: Code = ""
    occurrence: int = 1


@fact("seed.asked", key=("person", "community", "occurrence"), step="gather", subject="person")
class SeedAsked(Fact):
    """A seed or KOL was asked to come."""

    community: CommunityId
    channel: Code
    staff: StaffId = 0
    occurrence: int = 1


@fact("seed.answered", key=("person", "community", "occurrence"), step="gather", subject="person")
class SeedAnswered(Fact):
    """A seed or KOL said yes, no or later."""

    community: CommunityId
    answer: Code
    occurrence: int = 1


@fact("endorsement.given", key=("endorsement",), step="gather", subject="person")
class EndorsementGiven(Fact):
    """A KOL's words may stand on the join page, as long as they consent (背书). The words stand there."""

    endorsement: int
    community: CommunityId
    until: Day = ""


@fact("endorsement.ended", key=("endorsement",), step="gather", subject="person")
class EndorsementEnded(Fact):
    """A KOL's words were taken off the join page."""

    endorsement: int
    community: CommunityId
    reason: Code = ""


@fact("placement.planned", key=("placement",), step="gather")
class PlacementPlanned(Fact):
    """A text is to be placed in a forum, a QQ group, a video site, another's group (布点): where, by whom, when."""

    placement: PlacementId
    where_kind: Code
    community: CommunityId = 0
    tracked_code: TrackedCodeId = 0
    staff: StaffId = 0
    due: Day = ""


@fact("placement.posted", key=("placement", "occurrence"), step="gather")
class PlacementPosted(Fact):
    """The text is out there."""

    placement: PlacementId
    where_kind: Code
    staff: StaffId = 0
    occurrence: int = 1


@fact("placement.checked", key=("placement", "occurrence"), step="gather")
class PlacementChecked(Fact):
    """Somebody looked what became of a placement: views, replies, or removed there."""

    placement: PlacementId
    occurrence: int
    views: int = 0
    replies: int = 0
    removed: bool = False
