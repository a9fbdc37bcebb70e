"""Said by journeys (旅程): lifecycle × persona × promotion, each person's way through them."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import About, CommunityId, ExperimentId, JourneyId, PersonaId, PromotionId, SegmentId


@fact("promotion.opened", key=("promotion", "occurrence"), step="sell", lane="money")
class PromotionOpened(Fact):
    """A promotion is on (促销活动): which kind, for whom, until when, with which budget."""

    promotion: PromotionId
    promotion_kind: Code
    segment: SegmentId = 0
    community: CommunityId = 0
    budget_fen: Fen = 0
    ends: Time | None = None
    occurrence: int = 1


@fact("promotion.closed", key=("promotion", "occurrence"), step="sell", lane="money")
class PromotionClosed(Fact):
    """A promotion is over: time up, budget spent, stopped."""

    promotion: PromotionId
    reason: Code = ""
    spent_fen: Fen = 0
    occurrence: int = 1


@fact("journey.started", key=("journey", "edition"), step="sell")
class JourneyStarted(Fact):
    """A journey runs (旅程上线): for which stage and persona, tested by which experiment."""

    journey: JourneyId
    edition: int
    stage: Code = ""
    persona: PersonaId = 0
    segment: SegmentId = 0
    experiment: ExperimentId = 0


@fact("journey.stopped", key=("journey", "edition"), step="sell")
class JourneyStopped(Fact):
    """A journey no longer takes people."""

    journey: JourneyId
    edition: int
    reason: Code = ""


@fact("journey.entered", key=("journey", "person", "occurrence"), step="sell", lane="bulk", subject="person")
class JourneyEntered(Fact):
    """A person began a journey."""

    journey: JourneyId
    edition: int
    occurrence: int = 1


@fact(
    "journey.step_taken", key=("journey", "person", "occurrence", "ordinal"), step="sell", lane="bulk", subject="person"
)
class JourneyStepTaken(Fact):
    """A step of the journey was taken for a person: a letter, a task, a coupon, a wait."""

    journey: JourneyId
    ordinal: int
    act: Code
    about_kind: Code = ""
    about: About = 0
    occurrence: int = 1


@fact("journey.left", key=("journey", "person", "occurrence"), step="sell", lane="bulk", subject="person")
class JourneyLeft(Fact):
    """A person's journey is over: reached its aim, came to its end, no longer fits, asked to stop."""

    journey: JourneyId
    outcome: Code
    occurrence: int = 1
