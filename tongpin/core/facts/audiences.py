"""Said by audiences (人群): segments and who is in them, experiments with their arms, and who was shown what."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Share, fact
from tongpin.core.facts.nouns import About, ExperimentId, LetterId, PersonaId, ProductId, SegmentId


@fact("segment.defined", key=("segment", "edition"), step="insight")
class SegmentDefined(Fact):
    """A segment got its rule, or a new edition of it (人群规则)."""

    segment: SegmentId
    edition: int


@fact(
    "segment.entered",
    key=("person", "segment", "occurrence"),
    step="insight",
    lane="bulk",
    subject="person",
    quiet=True,
)
class SegmentEntered(Fact):
    """A person came to fit a segment's rule."""

    segment: SegmentId
    edition: int = 0
    occurrence: int = 1


@fact(
    "segment.left", key=("person", "segment", "occurrence"), step="insight", lane="bulk", subject="person", quiet=True
)
class SegmentLeft(Fact):
    """A person no longer fits a segment's rule."""

    segment: SegmentId
    edition: int = 0
    occurrence: int = 1


@fact("persona.defined", key=("persona", "edition"), step="insight")
class PersonaDefined(Fact):
    """A persona got its rule, or a new edition of it (画像): motive, interests, buying, life facts."""

    persona: PersonaId
    edition: int
    motive: Code = ""


@fact("experiment.started", key=("experiment",), step="insight")
class ExperimentStarted(Fact):
    """A comparison began (对照实验). `by_place`: whole groups are drawn, because members talk to each other."""

    experiment: ExperimentId
    experiment_kind: Code
    held_out: Share
    arms: int = 2
    by_place: bool = False
    days: int = 14
    about_kind: Code = ""
    about: About = 0


@fact(
    "experiment.assigned",
    key=("experiment", "person", "place"),
    step="insight",
    lane="bulk",
    subject="person",
    quiet=True,
)
class ExperimentAssigned(Fact):
    """A person (or, where groups are drawn, a place) fell into an arm, for good, before anything was sent."""

    experiment: ExperimentId
    arm: Code


@fact("experiment.ended", key=("experiment",), step="insight")
class ExperimentEnded(Fact):
    """A comparison ended with a verdict: better, worse, no difference seen, too little data, invalid."""

    experiment: ExperimentId
    verdict: Code
    n: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None


@fact("person.exposed", key=("exposure",), step="insight", lane="bulk", subject="person", quiet=True)
class PersonExposed(Fact):
    """A person was shown an offer or an arm of an experiment (曝光). Only the exposed count as labels.

    `propensity` is the chance this person had to be shown it; `explored` marks the random share that keeps us honest.
    """

    exposure: int
    about_kind: Code
    about: About
    channel: Code
    product: ProductId = 0
    price_fen: Fen | None = None
    experiment: ExperimentId = 0
    arm: Code = ""
    propensity: Share = 1.0
    explored: bool = False
    score: float | None = None
    letter: LetterId = 0
