"""Said by the limited sale (限时限量): a true number, a true end."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CommunityId, FlashId, OfferId, ProductId


@fact("flash.opened", key=("flash",), step="sell", lane="money")
class FlashOpened(Fact):
    """The sale is on (开抢): how many there are, how many each, at which price, until when."""

    flash: FlashId
    offer: OfferId
    product: ProductId
    limit: int
    price_fen: Fen
    ends: Time
    each: int = 1
    community: CommunityId = 0


@fact("flash.reserved", key=("flash", "reservation"), step="sell", lane="money")
class FlashReserved(Fact):
    """A person holds some of it until they pay or the hold ends (占单)."""

    flash: FlashId
    reservation: int
    quantity: int = 1
    held_until: Time | None = None


@fact("flash.released", key=("flash", "reservation"), step="sell", lane="money")
class FlashReleased(Fact):
    """A hold ended unpaid; others can have it."""

    flash: FlashId
    reservation: int
    quantity: int = 1


@fact("flash.bought", key=("flash", "reservation"), step="sell", lane="money")
class FlashBought(Fact):
    """A held piece was paid (抢到)."""

    flash: FlashId
    reservation: int
    order: Code
    quantity: int = 1


@fact("flash.closed", key=("flash",), step="sell", lane="money")
class FlashClosed(Fact):
    """The sale is over: sold out, or the time was up."""

    flash: FlashId
    product: ProductId
    sold: int
    limit: int
    sold_out: bool = False
