"""Said by positioning (定位): what a community is for, whether it should be at all, and by which model it lives."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import About, CommunityId


@fact("positioning.written", key=("community", "edition"), step="gather")
class PositioningWritten(Fact):
    """The positioning canvas got a new edition (定位画布); the words stand in it, `filled` of its parts are there.

    `tokens` are hashes of its words: drift is measured against them.
    """

    community: CommunityId
    edition: int
    community_kinds: tuple[Code, ...] = ()
    tie: Code = ""
    motives: tuple[Code, ...] = ()
    filled: int = 0
    tokens: tuple[int, ...] = ()


@fact("suitability.judged", key=("judgement",), step="gather")
class SuitabilityJudged(Fact):
    """Whether a product or service is fit for a community at all (适合做社群吗): verdict, motive it serves, reasons."""

    judgement: int
    verdict: Code
    motive: Code = ""
    reasons: tuple[Code, ...] = ()
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0


@fact("business_model.chosen", key=("community", "occurrence"), step="gather")
class BusinessModelChosen(Fact):
    """One of the five ready set-ups was laid over a community (变现模式); results are compared by it."""

    community: CommunityId
    business_model: Code
    occurrence: int = 1
