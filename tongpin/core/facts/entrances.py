"""Said by entrances (引流入口): every way in has its own tracked code."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import About, CommunityId, EntranceId, StaffId, TrackedCodeId


@fact("entrance.made", key=("entrance",), step="gather")
class EntranceMade(Fact):
    """A way in was made (入口): which channel, online or offline, with its own tracked code."""

    entrance: EntranceId
    channel: Code
    tracked_code: TrackedCodeId
    offline: bool = False
    paid: bool = False
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    staff: StaffId = 0


@fact("entrance.closed", key=("entrance", "occurrence"), step="gather")
class EntranceClosed(Fact):
    """A way in was paused or given up, often because it did not pay."""

    entrance: EntranceId
    reason: Code = ""
    occurrence: int = 1


@fact("entrance.reopened", key=("entrance", "occurrence"), step="gather")
class EntranceReopened(Fact):
    """A way in is used again."""

    entrance: EntranceId
    occurrence: int = 1
