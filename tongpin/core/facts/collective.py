"""Said by collective orders (接龙): the more together, the lower the price, and the supplier behind it."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CollectiveId, CommunityId, OfferId, ProductId, SupplierId


@fact("supplier.asked", key=("inquiry",), step="sell", lane="money")
class SupplierAsked(Fact):
    """A supplier was asked for a price by quantity (询价)."""

    inquiry: int
    supplier: SupplierId
    product: ProductId
    quantity: int = 0


@fact("supplier.quoted", key=("inquiry", "from_quantity", "edition"), step="sell", lane="money", subject="inquiry")
class SupplierQuoted(Fact):
    """A supplier named a price from a quantity on, with a minimum and how long it stands (报价)."""

    inquiry: int
    supplier: SupplierId
    product: ProductId
    from_quantity: int
    unit_fen: Fen
    edition: int = 1
    minimum: int = 0
    until: Day = ""


@fact("collective.opened", key=("collective",), step="sell", lane="money")
class CollectiveOpened(Fact):
    """A collective order is open (发起接龙): tiers, minimum, until when."""

    collective: CollectiveId
    offer: OfferId
    product: ProductId
    minimum: int
    tiers: int
    ends: Time
    community: CommunityId = 0
    supplier: SupplierId = 0


@fact("collective.joined", key=("collective", "person", "occurrence"), step="sell", lane="money", subject="collective")
class CollectiveJoined(Fact):
    """A household is in with a quantity (跟团), changed it, or (0) left; `together` is the sum now."""

    collective: CollectiveId
    quantity: int
    together: int
    order: Code = ""
    occurrence: int = 1


@fact("collective.tier_reached", key=("collective", "tier", "occurrence"), step="sell", lane="money")
class CollectiveTierReached(Fact):
    """The sum reached the next tier (到档): the price falls for all."""

    collective: CollectiveId
    tier: int
    unit_fen: Fen
    together: int
    occurrence: int = 1


@fact("collective.closed", key=("collective",), step="sell", lane="money")
class CollectiveClosed(Fact):
    """The list is closed (截单): one final price for all, the difference goes back; or the minimum was missed."""

    collective: CollectiveId
    product: ProductId
    reached: bool
    together: int
    households: int
    unit_fen: Fen = 0
    returned_fen: Fen = 0


@fact("supply.ordered", key=("supply",), step="sell", lane="money")
class SupplyOrdered(Fact):
    """Goods were ordered from a supplier (向供货商下单); we owe `payable_fen`."""

    supply: int
    supplier: SupplierId
    product: ProductId
    quantity: int
    payable_fen: Fen
    collective: CollectiveId = 0
    due: Day = ""


@fact("supply.received", key=("supply", "occurrence"), step="sell", lane="money")
class SupplyReceived(Fact):
    """Goods came from a supplier, perhaps in parts, perhaps not all good."""

    supply: int
    supplier: SupplierId
    product: ProductId
    quantity: int
    spoilt: int = 0
    occurrence: int = 1


@fact(
    "collective.handed_over",
    key=("collective", "person", "occurrence"),
    step="sell",
    lane="money",
    subject="collective",
)
class CollectiveHandedOver(Fact):
    """A household has its share (自提, 送达)."""

    collective: CollectiveId
    quantity: int
    how: Code = ""
    occurrence: int = 1
