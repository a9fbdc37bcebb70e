"""Changing what an offer is called and what it grants, while it is on the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.offers import OfferAmended
from tongpin.core.goods.actions import rename_product
from tongpin.core.ledger.actions import record
from tongpin.loop.sell.offers.actions import TermsWrong, fit_for_a_bill, standing
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.rules import LONGEST_GROUP_HOURS, Terms, wrong_with
from tongpin.loop.sell.offers.stock import move_stock


@dataclass(frozen=True, slots=True)
class Amended:
    """What an offer says and grants besides its prices. `limit`: how many there are, where none were counted so far.

    `group_hours` None leaves the hours as they are, for an offer without a group buy.
    """

    title: str
    words: str = ""
    unsuited: str = ""
    postage_fen: int = 0
    per_person: int = 0
    ends: datetime | None = None
    group_hours: int | None = None
    limit: int = 0


@transaction.atomic
def amend_offer(*, offer_id: int, wanted: Amended, at: datetime, actor: str) -> bool:
    """Changes an offer and its product's name from now on; False where nothing is different.

    Orders and groups that run keep what they began with: it stands in their own rows. Prices have an action of their own
    (`price_offer`). Raises OfferUnknown, OfferIsClosed, TermsWrong.
    """
    offer = standing(offer_id)
    title = clean(wanted.title, limit=120)
    hours = offer.group_hours if wanted.group_hours is None else wanted.group_hours
    counted = wanted.limit if offer.stock_left is None else 0
    reason = _wrong(offer, title, wanted, hours, counted)
    if reason is not None:
        raise TermsWrong(reason)
    columns = {
        "title": title,
        "words": wanted.words.strip()[:4000],
        "unsuited": wanted.unsuited.strip()[:2000],
        "postage_fen": wanted.postage_fen,
        "per_person": wanted.per_person,
        "ends": wanted.ends,
        "group_hours": hours,
    }
    different = {name: value for name, value in columns.items() if getattr(offer, name) != value}
    if "title" in different:
        rename_product(product_id=offer.product_id, place_id=offer.shop, name=title)
    if different:
        Offer.objects.filter(pk=offer_id).update(**different, amended=offer.amended + 1)
        told = OfferAmended(
            offer=offer_id,
            product=offer.product_id,
            postage_fen=wanted.postage_fen,
            per_person=wanted.per_person,
            ends=wanted.ends,
            occurrence=offer.amended + 1,
        )
        record(told, at=at, place_id=offer.shop, actor=actor)
    if counted:
        Offer.objects.filter(pk=offer_id).update(stock_left=0, stock_limit=0)
        move_stock(
            offer_id=offer_id, change=counted, reason="by_hand", about_kind="", about=0, at=at, actor=actor, grow=True
        )
    return bool(different or counted)


def _wrong(offer: Offer, title: str, wanted: Amended, hours: int, counted: int) -> str | None:
    if not fit_for_a_bill(title):
        return "title_unfit"
    if not 1 <= hours <= LONGEST_GROUP_HOURS:
        return "hours_out_of_range"
    together = offer.group_price_fen is not None
    return wrong_with(
        Terms(
            price_fen=offer.price_fen,
            group_price_fen=offer.group_price_fen,
            group_seats=offer.group_seats if together else None,
            group_hours=hours,
            postage_fen=wanted.postage_fen,
            limit=counted,
            per_person=wanted.per_person,
            starts=offer.starts,
            ends=wanted.ends,
        )
    )
