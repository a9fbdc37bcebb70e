"""Said by the presale (预售): a deposit first, the rest when the goods are there."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CommunityId, OfferId, PaymentId, PresaleId, ProductId


@fact("presale.opened", key=("presale",), step="sell", lane="money")
class PresaleOpened(Fact):
    """Something can be ordered before it exists (开启预售): deposit, rest, how many are needed, when it ships."""

    presale: PresaleId
    offer: OfferId
    product: ProductId
    deposit_fen: Fen
    price_fen: Fen
    ends: Time
    needed: int = 0
    ships_by: Day = ""
    community: CommunityId = 0


@fact("presale.joined", key=("presale", "person", "occurrence"), step="sell", lane="money")
class PresaleJoined(Fact):
    """A person paid the deposit (付定金)."""

    presale: PresaleId
    order: Code
    deposit_fen: Fen
    payment: PaymentId = 0
    quantity: int = 1
    occurrence: int = 1


@fact("presale.balance_asked", key=("presale",), step="sell", lane="money")
class PresaleBalanceAsked(Fact):
    """The goods are there; the rest is due (付尾款)."""

    presale: PresaleId
    due: Day


@fact("presale.left", key=("presale", "person", "occurrence"), step="sell", lane="money")
class PresaleLeft(Fact):
    """A person stepped back or did not pay the rest."""

    presale: PresaleId
    reason: Code
    returned_fen: Fen = 0
    occurrence: int = 1


@fact("presale.closed", key=("presale",), step="sell", lane="money")
class PresaleClosed(Fact):
    """The presale is over: it goes ahead, or too few came and all deposits went back."""

    presale: PresaleId
    product: ProductId
    reached: bool
    joined: int
