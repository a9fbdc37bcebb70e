"""Said by ideas (共创): what members would make, and visibly what becomes of it."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import CommunityId, IdeaId, MessageId, ProductId


@fact("idea.proposed", key=("idea",), step="give")
class IdeaProposed(Fact):
    """A member has an idea (建议)."""

    idea: IdeaId
    product: ProductId = 0
    community: CommunityId = 0
    message: MessageId = 0
    length: int = 0


@fact("idea.supported", key=("idea", "person", "occurrence"), step="give")
class IdeaSupported(Fact):
    """A member wants it too (+1)."""

    idea: IdeaId
    occurrence: int = 1


@fact("idea.moved", key=("idea", "occurrence"), step="give")
class IdeaMoved(Fact):
    """An idea has a new status (进展): seen, planned, in the making, made in a version, declined."""

    idea: IdeaId
    status: Code
    occurrence: int
    product: ProductId = 0
    product_version: Code = ""
