"""Said by moderation (群规执行): what was found, what followed, appeals, and rules that grew from incidents."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, PersonId, Share, fact
from tongpin.core.facts.nouns import BreachId, CommunityId, MessageId, StaffId


@fact("breach.found", key=("breach",), step="give", lane="session", further={"reporter": "reporter"})
class BreachFound(Fact):
    """A message or an act seems to break a rule (违规): found by pattern, model, host, or reported by a member.

    `score` is the finder's certainty; above a threshold proven on our own decisions it may act by itself.
    """

    breach: BreachId
    rule: Code
    by: Code
    message: MessageId = 0
    community: CommunityId = 0
    reporter: PersonId = 0
    score: Share | None = None


@fact("breach.answered", key=("breach", "occurrence"), step="give", lane="session")
class BreachAnswered(Fact):
    """What followed (处理): dismissed, hidden, warned, muted, removed, barred. An appeal may change it later."""

    breach: BreachId
    rule: Code
    act: Code
    minutes: int = 0
    automatic: bool = False
    staff: StaffId = 0
    community: CommunityId = 0
    message: MessageId = 0
    occurrence: int = 1


@fact("breach.appealed", key=("breach",), step="give")
class BreachAppealed(Fact):
    """A member says it was no breach (申诉)."""

    breach: BreachId
    community: CommunityId = 0


@fact("appeal.decided", key=("breach",), step="give")
class AppealDecided(Fact):
    """The appeal was heard: upheld, or `overturned` and undone (改判)."""

    breach: BreachId
    overturned: bool
    staff: StaffId = 0
    community: CommunityId = 0


@fact("incident.met", key=("incident",), step="give", subject="incident")
class IncidentMet(Fact):
    """Something happened that no rule covers (突发)."""

    incident: int
    community: CommunityId
    message: MessageId = 0


@fact("incident.decided", key=("incident",), step="give", subject="incident")
class IncidentDecided(Fact):
    """It was decided, and perhaps turned into a rule of a new charter edition."""

    incident: int
    community: CommunityId
    act: Code
    rule: Code = ""
    edition: int = 0
