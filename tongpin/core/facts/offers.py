"""Said by offers (上架): what can be bought where at which price, stock, baskets."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CommunityId, OfferId, ProductId


@fact("offer.opened", key=("offer", "occurrence"), step="sell", lane="money")
class OfferOpened(Fact):
    """A product can be bought (上架), plainly or by a play; `limit` is the true number there is (0: no limit).

    `ladder` is its rung among the products: entry, core, extension.
    """

    offer: OfferId
    product: ProductId
    variant: int = 0
    play: Code = ""
    ladder: Code = ""
    community: CommunityId = 0
    limit: int = 0
    starts: Time | None = None
    ends: Time | None = None
    occurrence: int = 1


@fact("offer.priced", key=("offer", "audience", "from_quantity", "edition"), step="sell", lane="money")
class OfferPriced(Fact):
    """What an offer costs from now on (定价): for everybody, a level, a tier by quantity.

    `reference_fen` is a price that was really asked before; `cost_fen` is what one costs us: margin needs it.
    """

    offer: OfferId
    product: ProductId
    edition: int
    price_fen: Fen
    reference_fen: Fen | None = None
    cost_fen: Fen | None = None
    audience: Code = ""
    from_quantity: int = 1


@fact("offer.amended", key=("offer", "occurrence"), step="sell", lane="money")
class OfferAmended(Fact):
    """What an offer says or grants was changed (改上架信息): its words, postage, how many each, until when. From now on."""

    offer: OfferId
    product: ProductId
    postage_fen: Fen = 0
    per_person: int = 0
    ends: Time | None = None
    occurrence: int = 1


@fact("offer.closed", key=("offer", "occurrence"), step="sell", lane="money")
class OfferClosed(Fact):
    """An offer can no longer be bought (下架): sold out, over, withdrawn."""

    offer: OfferId
    product: ProductId
    reason: Code = ""
    occurrence: int = 1


@fact("stock.moved", key=("movement",), step="sell", lane="money", subject="product", quiet=True)
class StockMoved(Fact):
    """Goods came in or went out (库存): by how many, how many are left."""

    movement: int
    product: ProductId
    change: int
    left: int
    reason: Code
    variant: int = 0


@fact("stock.ran_low", key=("product", "variant", "occurrence"), step="sell")
class StockRanLow(Fact):
    """Little is left of a product; somebody must order more or end the offer."""

    product: ProductId
    left: int
    variant: int = 0
    occurrence: int = 1


@fact("basket.filled", key=("person", "offer", "occurrence"), step="sell", lane="bulk", subject="person", quiet=True)
class BasketFilled(Fact):
    """A person put something into the basket, or (quantity 0) took it out (购物车)."""

    offer: OfferId
    product: ProductId
    quantity: int
    price_fen: Fen = 0
    occurrence: int = 1


@fact("restock.awaited", key=("person", "product", "occurrence"), step="sell", subject="person")
class RestockAwaited(Fact):
    """A person wants to be told when a sold-out product is back, in order of asking (到货通知)."""

    product: ProductId
    variant: int = 0
    occurrence: int = 1
