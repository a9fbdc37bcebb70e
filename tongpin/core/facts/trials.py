"""Said by trials (试用): apply, choose, ship, hear what they found."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import CommunityId, ProductId, TrialId


@fact("trial.opened", key=("trial",), step="give")
class TrialOpened(Fact):
    """Samples of a product may be asked for (新品试用)."""

    trial: TrialId
    product: ProductId
    samples: int
    product_version: Code = ""
    community: CommunityId = 0
    due: Day = ""


@fact("trial.applied", key=("trial", "person", "occurrence"), step="give")
class TrialApplied(Fact):
    """A member wants to try."""

    trial: TrialId
    occurrence: int = 1


@fact("trial.chosen", key=("trial", "person"), step="give")
class TrialChosen(Fact):
    """A member was chosen, by a stated rule or by lot."""

    trial: TrialId
    product: ProductId
    by: Code = ""


@fact("trial.shipped", key=("trial", "person"), step="give")
class TrialShipped(Fact):
    """A sample is on its way. Its cost is `cost.booked`."""

    trial: TrialId
    product: ProductId
    value_fen: Fen = 0


@fact("trial.reported", key=("trial", "person"), step="give")
class TrialReported(Fact):
    """A member told what they found (试用反馈); the words stand in the report."""

    trial: TrialId
    product: ProductId
    product_version: Code = ""
    stars: int | None = None
    length: int = 0
    pictures: int = 0


@fact("trial.closed", key=("trial",), step="give")
class TrialClosed(Fact):
    """A trial is over."""

    trial: TrialId
    product: ProductId
    applied: int = 0
    shipped: int = 0
    reported: int = 0
