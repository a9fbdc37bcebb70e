"""Said by the bargain (砍价): friends cut on a published curve that surely ends at the floor."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, PersonId, Time, fact
from tongpin.core.facts.nouns import BargainId, CommunityId, OfferId, ProductId, TrackedCodeId


@fact("bargain.started", key=("bargain",), step="sell", lane="money")
class BargainStarted(Fact):
    """A person began a bargain (发起砍价): from which price to which floor, how many helps at most, until when."""

    bargain: BargainId
    offer: OfferId
    product: ProductId
    start_fen: Fen
    floor_fen: Fen
    most_helps: int
    ends: Time
    community: CommunityId = 0
    tracked_code: TrackedCodeId = 0


@fact("bargain.helped", key=("bargain", "person"), step="sell", lane="money", further={"starter": "starter"})
class BargainHelped(Fact):
    """A friend cut the price (帮砍): by how much, where it stands. The entry's person helped."""

    bargain: BargainId
    starter: PersonId
    cut_fen: Fen
    price_fen: Fen
    helps_left: int
    newcomer: bool = False


@fact("bargain.reached", key=("bargain",), step="sell", lane="money")
class BargainReached(Fact):
    """The price is at the floor (砍到底价)."""

    bargain: BargainId
    product: ProductId
    helps: int
    price_fen: Fen


@fact("bargain.bought", key=("bargain",), step="sell", lane="money")
class BargainBought(Fact):
    """The person bought at the price where the bargain stood."""

    bargain: BargainId
    product: ProductId
    order: Code
    price_fen: Fen
    helps: int = 0


@fact("bargain.expired", key=("bargain",), step="sell", lane="money")
class BargainExpired(Fact):
    """Time ran out without a purchase; `price_fen` is where people gave up."""

    bargain: BargainId
    product: ProductId
    helps: int
    price_fen: Fen
