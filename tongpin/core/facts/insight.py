"""Said by insight (察): what was found about communities, what was proposed, and what people did with it."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Share, fact
from tongpin.core.facts.nouns import About, CommunityId, ProductId


@fact("community.assessed", key=("community", "assessment", "as_of"), step="insight", lane="bulk", quiet=True)
class CommunityAssessed(Fact):
    """An assessment of a community was stored (vitality, drift, concentration, ties, member-run share) with n."""

    community: CommunityId
    assessment: Code
    as_of: Day
    value: float | None = None
    word: Code = ""
    n: int = 0
    quality: Code = ""
    evidence: tuple[Code, ...] = ()


@fact("stage.changed", key=("community", "occurrence"), step="insight")
class StageChanged(Fact):
    """A community moved in its life (萌芽 → 成长 → 繁荣 → 衰退 → 沉寂), with the evidence that decided."""

    community: CommunityId
    old: Code
    new: Code
    occurrence: int
    evidence: tuple[Code, ...] = ()


@fact("warning.raised", key=("warning",), step="insight")
class WarningRaised(Fact):
    """Something needs attention (预警): the trouble, its evidence, and the act we propose."""

    warning: int
    trouble: Code
    grade: Code
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    evidence: tuple[Code, ...] = ()
    act: Code = ""


@fact("warning.answered", key=("warning", "occurrence"), step="insight")
class WarningAnswered(Fact):
    """A teammate did what was proposed, something else, put it off, or said that it is none."""

    warning: int
    trouble: Code
    answer: Code
    occurrence: int = 1


@fact("warning.cleared", key=("warning",), step="insight")
class WarningCleared(Fact):
    """The trouble is over by the measure that raised it."""

    warning: int
    trouble: Code


@fact("diagnosis.made", key=("diagnosis",), step="insight", subject="community")
class DiagnosisMade(Fact):
    """Why growth is slow, members silent or discounts without effect (诊断): findings, most likely first."""

    diagnosis: int
    community: CommunityId
    findings: tuple[Code, ...]


@fact("readiness.judged", key=("judgement",), step="insight", subject="community")
class ReadinessJudged(Fact):
    """Whether a community is ready for a first sale: ready, or not yet because… (能不能卖)."""

    judgement: int
    community: CommunityId
    ready: bool
    reasons: tuple[Code, ...] = ()
    overruled: bool = False


@fact("proposal.made", key=("proposal",), step="insight", lane="bulk", quiet=True)
class ProposalMade(Fact):
    """The next best act for a person or a community was put before a teammate (下一步)."""

    proposal: int
    act: Code
    about_kind: Code = ""
    about: About = 0
    product: ProductId = 0
    reasons: tuple[Code, ...] = ()
    propensity: Share = 1.0


@fact("proposal.answered", key=("proposal", "occurrence"), step="insight")
class ProposalAnswered(Fact):
    """A teammate took a proposal, changed it, put it off, or said why it does not fit."""

    proposal: int
    act: Code
    answer: Code
    reason: Code = ""
    occurrence: int = 1


@fact("goal.set", key=("goal", "occurrence"), step="insight")
class GoalSet(Fact):
    """A measure got its aim (目标): what, how much, until when."""

    goal: int
    measure: Code
    target: float
    community: CommunityId = 0
    until: Day = ""
    occurrence: int = 1


@fact("model.fitted", key=("model", "as_of"), step="insight", lane="bulk", quiet=True)
class ModelFitted(Fact):
    """A model was fitted on our own data, with how well it foretells; scores name the fit they came from."""

    model: Code
    as_of: Day
    n: int
    quality: Code
    parameters: tuple[float, ...] = ()
    loss: float | None = None


@fact("simulation.run", key=("simulation",), step="insight")
class SimulationRun(Fact):
    """What a change in one step would do to the loop was worked out (模拟)."""

    simulation: int
    people: int
    days: int
    changed: tuple[Code, ...] = ()
    seconds: float = 0.0
