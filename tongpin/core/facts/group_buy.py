"""Said by the group buy (拼团): so many together, or the money back."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CommunityId, GroupBuyId, OfferId, ProductId, TrackedCodeId


@fact("group_buy.opened", key=("group_buy",), step="sell", lane="money")
class GroupBuyOpened(Fact):
    """A person opened a group (开团): seats, price, until when."""

    group_buy: GroupBuyId
    offer: OfferId
    product: ProductId
    seats: int
    price_fen: Fen
    ends: Time
    community: CommunityId = 0
    tracked_code: TrackedCodeId = 0


@fact("group_buy.joined", key=("group_buy", "seat"), step="sell", lane="money")
class GroupBuyJoined(Fact):
    """A person took a seat and paid (参团); `missing` are still needed."""

    group_buy: GroupBuyId
    seat: int
    order: Code
    missing: int
    product: ProductId = 0
    tracked_code: TrackedCodeId = 0


@fact("group_buy.left", key=("group_buy", "seat"), step="sell", lane="money")
class GroupBuyLeft(Fact):
    """A person gave a seat up before the group was full; the money goes back."""

    group_buy: GroupBuyId
    seat: int
    order: Code


@fact("group_buy.filled", key=("group_buy",), step="sell", lane="money")
class GroupBuyFilled(Fact):
    """The last seat is taken (成团): orders go on their way. The entry's person opened the group."""

    group_buy: GroupBuyId
    product: ProductId
    seats: int
    community: CommunityId = 0


@fact("group_buy.failed", key=("group_buy",), step="sell", lane="money")
class GroupBuyFailed(Fact):
    """Time ran out with seats free (未成团): everybody has the money back."""

    group_buy: GroupBuyId
    product: ProductId
    seats: int
    joined: int
    community: CommunityId = 0
