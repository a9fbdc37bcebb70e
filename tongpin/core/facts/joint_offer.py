"""Said by the joint offer (联名出价): n of us want it at this price; will you sell?"""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, Time, fact
from tongpin.core.facts.nouns import CommunityId, JointOfferId, PartnerId, ProductId


@fact("joint_offer.opened", key=("joint_offer",), step="sell", lane="money")
class JointOfferOpened(Fact):
    """Members want something at a price (发起联名), to be laid before a merchant or maker."""

    joint_offer: JointOfferId
    price_fen: Fen
    needed: int
    ends: Time
    product: ProductId = 0
    partner: PartnerId = 0
    community: CommunityId = 0


@fact("joint_offer.joined", key=("joint_offer", "person", "occurrence"), step="sell", lane="money")
class JointOfferJoined(Fact):
    """A member wants it too, or (quantity 0) no longer."""

    joint_offer: JointOfferId
    quantity: int
    together: int
    occurrence: int = 1


@fact("joint_offer.laid_before", key=("joint_offer", "occurrence"), step="sell", lane="money")
class JointOfferLaidBefore(Fact):
    """The offer was laid before the merchant."""

    joint_offer: JointOfferId
    together: int
    price_fen: Fen
    partner: PartnerId = 0
    occurrence: int = 1


@fact("joint_offer.answered", key=("joint_offer", "occurrence"), step="sell", lane="money")
class JointOfferAnswered(Fact):
    """The merchant took it, named another price, or refused."""

    joint_offer: JointOfferId
    answer: Code
    price_fen: Fen = 0
    occurrence: int = 1


@fact("joint_offer.lapsed", key=("joint_offer",), step="sell", lane="money")
class JointOfferLapsed(Fact):
    """Too few wanted it in time, or nobody answered."""

    joint_offer: JointOfferId
    together: int
    needed: int
