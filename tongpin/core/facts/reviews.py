"""Said by reviews (评价): what buyers think after receipt."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import ProductId, ReviewId, StaffId


@fact("review.written", key=("review", "edition"), step="sell")
class ReviewWritten(Fact):
    """A buyer judged a product after receipt (评价), or added to the judgement; the words stand in the review."""

    review: ReviewId
    product: ProductId
    stars: int
    order: Code = ""
    product_version: Code = ""
    length: int = 0
    pictures: int = 0
    edition: int = 1


@fact("review.answered", key=("review", "occurrence"), step="sell")
class ReviewAnswered(Fact):
    """The house answered a review."""

    review: ReviewId
    staff: StaffId = 0
    occurrence: int = 1


@fact("review.hidden", key=("review", "occurrence"), step="sell")
class ReviewHidden(Fact):
    """A review is no longer shown, for a stated reason; bad stars are none."""

    review: ReviewId
    reason: Code
    staff: StaffId = 0
    occurrence: int = 1
