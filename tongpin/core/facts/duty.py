"""Said by duties (分工): who looks after what, with a deputy, and what they ask of the house."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import About, CommunityId, DutyId, StaffId


@fact("duty.given", key=("duty", "occurrence"), step="give", further={"deputy": "deputy"})
class DutyGiven(Fact):
    """A member or teammate took on a duty (值班, 秘书), perhaps with a deputy."""

    duty: DutyId
    duty_kind: Code
    community: CommunityId = 0
    staff: StaffId = 0
    deputy: PersonId = 0
    deputy_staff: StaffId = 0
    occurrence: int = 1


@fact("duty.laid_down", key=("duty", "occurrence"), step="give")
class DutyLaidDown(Fact):
    """Somebody no longer has a duty."""

    duty: DutyId
    duty_kind: Code
    staff: StaffId = 0
    occurrence: int = 1


@fact("duty.done", key=("duty", "day"), step="give")
class DutyDone(Fact):
    """A duty was done for its day."""

    duty: DutyId
    duty_kind: Code
    day: Day
    staff: StaffId = 0
    minutes: int = 0
    by_deputy: bool = False


@fact("duty.missed", key=("duty", "day"), step="give")
class DutyMissed(Fact):
    """A duty was not done in time; the deputy is asked."""

    duty: DutyId
    duty_kind: Code
    day: Day
    staff: StaffId = 0


@fact("resource.asked", key=("request",), step="give")
class ResourceAsked(Fact):
    """Somebody asks the house for a room, goods, money, a hand (申请资源)."""

    request: int
    resource_kind: Code
    amount_fen: Fen = 0
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0


@fact("resource.decided", key=("request", "occurrence"), step="give")
class ResourceDecided(Fact):
    """The house gives it, gives part of it, or does not."""

    request: int
    resource_kind: Code
    decision: Code
    amount_fen: Fen = 0
    reason: Code = ""
    staff: StaffId = 0
    occurrence: int = 1
