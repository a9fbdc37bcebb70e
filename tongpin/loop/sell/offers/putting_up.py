"""Putting up a product that nobody named before: its noun and its offer in one act."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.goods.actions import name_product
from tongpin.loop.sell.offers.actions import open_offer, own_shop
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.rules import Terms


@transaction.atomic
def put_up(
    *,
    key: str,
    name: str,
    terms: Terms,
    words: str = "",
    unsuited: str = "",
    community: int = 0,
    cost_fen: int | None = None,
    at: datetime,
    actor: str,
) -> int:
    """Names a product of the house's own shop and puts it up for sale (上架); returns the offer.

    The same key again: the same offer, unchanged. Raises Nameless and TermsWrong; then nothing is kept.
    """
    known = Offer.objects.filter(key=key[:60]).values_list("pk", flat=True).first()
    if known is not None:
        return known
    product = name_product(place_id=own_shop(at=at, actor=actor), name=name, key=key, actor=actor, at=at)
    return open_offer(
        key=key,
        product_id=product,
        title=name,
        terms=terms,
        words=words,
        unsuited=unsuited,
        community=community,
        cost_fen=cost_fen,
        at=at,
        actor=actor,
    )
