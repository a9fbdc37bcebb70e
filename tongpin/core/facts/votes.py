"""Said by votes (投票与起名): options, ballots, and who decided at last."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Time, fact
from tongpin.core.facts.nouns import CommunityId, OptionId, ProductId, VoteId


@fact("vote.opened", key=("vote",), step="give")
class VoteOpened(Fact):
    """Members are asked to choose (投票), or first to find names (起名). `decided_by` is said before anybody votes."""

    vote: VoteId
    vote_kind: Code
    decided_by: Code
    community: CommunityId = 0
    product: ProductId = 0
    ends: Time | None = None
    ballots_each: int = 1


@fact("option.proposed", key=("option",), step="give", subject="vote")
class OptionProposed(Fact):
    """A member proposed a name or an option."""

    option: OptionId
    vote: VoteId


@fact("vote.cast", key=("vote", "person", "option", "occurrence"), step="give", subject="vote")
class VoteCast(Fact):
    """A member voted, or (`taken_back`) took the vote back."""

    vote: VoteId
    option: OptionId
    taken_back: bool = False
    occurrence: int = 1


@fact("vote.decided", key=("vote",), step="give")
class VoteDecided(Fact):
    """It is decided (结果), with reasons and thanks. The entry's person proposed the winner."""

    vote: VoteId
    option: OptionId
    decided_by: Code
    voters: int = 0
    product: ProductId = 0
