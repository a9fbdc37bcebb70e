"""Said by experts (意见领袖): members who are raised to lead."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import CommunityId, StaffId, TagId


@fact("leader.proposed", key=("person", "community", "field", "occurrence"), step="give", subject="person")
class LeaderProposed(Fact):
    """A member seems fit to lead in a field, by what they gave; a human decides."""

    community: CommunityId
    field: TagId
    evidence: tuple[Code, ...] = ()
    occurrence: int = 1


@fact("leader.raised", key=("person", "community", "field", "occurrence"), step="give", subject="person")
class LeaderRaised(Fact):
    """A member became an opinion leader of the community in a field (培养意见领袖)."""

    community: CommunityId
    field: TagId
    staff: StaffId = 0
    occurrence: int = 1


@fact("leader.stepped_down", key=("person", "community", "field", "occurrence"), step="give", subject="person")
class LeaderSteppedDown(Fact):
    """An opinion leader no longer is one."""

    community: CommunityId
    field: TagId
    reason: Code = ""
    occurrence: int = 1
