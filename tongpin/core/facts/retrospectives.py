"""Said by retrospectives (复盘与收尾): an activity against its goal, and a community that ends with dignity."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import About, CommunityId


@fact("retrospective.held", key=("about_kind", "about", "edition"), step="give", subject="about")
class RetrospectiveHeld(Fact):
    """An activity was looked back on (复盘): its goal, what was reached, what it cost, what we keep doing."""

    about_kind: Code
    about: About
    edition: int
    verdict: Code
    community: CommunityId = 0
    measure: Code = ""
    target: float | None = None
    reached: float | None = None
    cost_fen: Fen = 0
    lessons: int = 0


@fact("closing.announced", key=("community", "occurrence"), step="give")
class ClosingAnnounced(Fact):
    """Members were told that their community ends or joins another, by when, and what stays theirs (收尾)."""

    community: CommunityId
    due: Day
    into: CommunityId = 0
    reason: Code = ""
    occurrence: int = 1


@fact("closing.called_off", key=("community", "occurrence"), step="give")
class ClosingCalledOff(Fact):
    """The community goes on after all."""

    community: CommunityId
    occurrence: int = 1
