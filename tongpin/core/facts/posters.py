"""Said by posters (海报): pictures with a person's own code."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import CampaignId, PosterId, TrackedCodeId


@fact("poster.drawn", key=("poster",), step="share", subject="person")
class PosterDrawn(Fact):
    """A person's own poster was drawn (生成海报)."""

    poster: PosterId
    tracked_code: TrackedCodeId
    campaign: CampaignId = 0
    layout: Code = ""


@fact("poster.taken", key=("poster", "occurrence"), step="share", subject="person")
class PosterTaken(Fact):
    """A poster was saved, printed or handed on."""

    poster: PosterId
    how: Code = ""
    occurrence: int = 1
