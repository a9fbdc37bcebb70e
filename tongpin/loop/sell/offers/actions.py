"""Putting up an offer, pricing it anew, adding stock, taking it down."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.offers import OfferClosed, OfferOpened, OfferPriced
from tongpin.core.goods.models import Product
from tongpin.core.ledger.actions import record
from tongpin.core.money.rules import BadTitle, title_of_payment
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.loop.sell.offers.models import Offer, OfferPrice, StockMovement
from tongpin.loop.sell.offers.queries import asked_of
from tongpin.loop.sell.offers.rules import MOST_STOCK, Asked, Terms, reference_fen, wrong_with
from tongpin.loop.sell.offers.stock import move_stock

GROUP_BUY = "group_buy"


class OfferUnknown(LookupError):
    """There is no such offer; look it up again."""


class OfferIsClosed(Exception):
    """The offer was taken down; put up a new one."""


class TermsWrong(ValueError):
    """The terms do not go together; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"these terms cannot be offered: {reason}")
        self.reason = reason


class CountedOtherwise(Exception):
    """This key was counted before, with another number; look at what is left and count anew."""


def own_shop(*, at: datetime, actor: str) -> int:
    """The house's own shop as a place, opened at the first call: orders made here are numbered in it."""
    return know_place(kind=Place.Kind.SHOP, platform="tongpin", name="自营店", external_id="own", at=at, actor=actor).pk


@transaction.atomic
def open_offer(
    *,
    key: str,
    product_id: int,
    title: str,
    terms: Terms,
    words: str = "",
    unsuited: str = "",
    ladder: str = "",
    community: int = 0,
    cost_fen: int | None = None,
    at: datetime,
    actor: str,
) -> int:
    """Puts a product up for sale and returns the offer. The same key again: the same offer, unchanged.

    Raises TermsWrong, and OfferUnknown where there is no such product.
    """
    known = Offer.objects.filter(key=key).values_list("pk", flat=True).first()
    if known is not None:
        return known
    cleaned = clean(title, limit=120)
    reason = "title_unfit" if not fit_for_a_bill(cleaned) else "no_key" if not key else wrong_with(terms)
    if reason is not None:
        raise TermsWrong(reason)
    if not Product.objects.filter(pk=product_id).exists():
        raise OfferUnknown(f"there is no product {product_id}")
    offer, is_new = Offer.objects.get_or_create(
        key=key[:60],
        defaults={
            "shop": own_shop(at=at, actor=actor),
            "product_id": product_id,
            "community": community,
            "title": cleaned,
            "words": words.strip()[:4000],
            "unsuited": unsuited.strip()[:2000],
            "ladder": ladder,
            "price_fen": terms.price_fen,
            "group_price_fen": terms.group_price_fen,
            "group_seats": terms.group_seats,
            "group_hours": terms.group_hours,
            "postage_fen": terms.postage_fen,
            "cost_fen": cost_fen,
            "stock_limit": terms.limit,
            "stock_left": terms.limit or None,
            "per_person": terms.per_person,
            "starts": terms.starts,
            "ends": terms.ends,
            "opened_at": at,
        },
    )
    if is_new:
        told = OfferOpened(
            offer=offer.pk, product=product_id, ladder=ladder, community=community, limit=terms.limit,
            starts=terms.starts, ends=terms.ends,
        )  # fmt: skip
        record(told, at=at, place_id=offer.shop, actor=actor)
        _note_price(offer, None, at, actor)
    return offer.pk


@transaction.atomic
def price_offer(
    *,
    offer_id: int,
    price_fen: int,
    group_price_fen: int | None = None,
    group_seats: int | None = None,
    cost_fen: int | Literal["kept"] | None = "kept",
    at: datetime,
    actor: str,
) -> int:
    """A new price from now on; returns its edition. The prices that hold already: no new edition.

    `group_seats` None and `cost_fen` "kept" are as they were. Groups that run keep the price they were opened at.
    Raises OfferUnknown, OfferIsClosed, TermsWrong.
    """
    offer = standing(offer_id)
    seats = offer.group_seats if group_price_fen is None or group_seats is None else group_seats
    cost = offer.cost_fen if cost_fen == "kept" else cost_fen
    wanted = (price_fen, group_price_fen, seats, cost)
    if (offer.price_fen, offer.group_price_fen, offer.group_seats, offer.cost_fen) == wanted:
        return offer.edition
    reason = wrong_with(
        Terms(
            price_fen=price_fen,
            group_price_fen=group_price_fen,
            group_seats=seats if group_price_fen is not None else None,
            group_hours=offer.group_hours,
        )
    )
    if reason is not None:
        raise TermsWrong(reason)
    asked = [*asked_of(offer_id=offer.pk), Asked(at, price_fen)]
    offer.price_fen, offer.group_price_fen, offer.group_seats, offer.cost_fen = wanted
    offer.edition += 1
    offer.save(update_fields=["price_fen", "group_price_fen", "group_seats", "cost_fen", "edition"])
    _note_price(offer, reference_fen(asked, at), at, actor)
    return offer.edition


@transaction.atomic
def add_stock(*, key: str, offer_id: int, quantity: int, at: datetime, actor: str) -> int | None:
    """More goods came in (or, below zero, were taken out by hand); returns what is left, None without a limit.

    The same key again: it was counted, nothing changes. Raises OfferUnknown, OfferIsClosed, TermsWrong, SoldOut,
    CountedOtherwise.
    """
    offer = standing(offer_id)
    if not quantity or abs(quantity) > MOST_STOCK or not key:
        raise TermsWrong("limit_out_of_range" if key else "no_key")
    counted = StockMovement.objects.filter(offer=offer, key=key[:60]).values_list("change", flat=True).first()
    if counted is not None:
        if counted != quantity:
            raise CountedOtherwise("this was counted before, with another number")
        return offer.stock_left
    return move_stock(
        offer_id=offer_id, change=quantity, reason="by_hand", about_kind="", about=0, at=at, actor=actor, grow=True,
        key=key[:60],
    )  # fmt: skip


@transaction.atomic
def close_offer(*, offer_id: int, reason: str = "withdrawn", at: datetime, actor: str) -> bool:
    """Takes an offer down; False where it is down already. Open orders and running groups go on. Raises OfferUnknown."""
    closed = Offer.objects.filter(pk=offer_id, closed_at=None).update(closed_at=at, closed_reason=reason[:30])
    found = Offer.objects.filter(pk=offer_id).values_list("product_id", "shop").first()
    if found is None:
        raise OfferUnknown(f"there is no offer {offer_id}")
    if closed:
        told = OfferClosed(offer=offer_id, product=found[0], reason=reason[:30])
        record(told, at=at, place_id=found[1], actor=actor)
    return bool(closed)


def close_ended_offers(*, at: datetime) -> int:
    """Takes down what has ended, for the clock; returns how many."""
    ended = Offer.objects.filter(closed_at=None, ends__lte=at).values_list("pk", flat=True)
    return sum(close_offer(offer_id=offer, reason="over", at=at, actor="system") for offer in list(ended))


def fit_for_a_bill(title: str) -> bool:
    """May this name stand on a bill?"""
    try:
        title_of_payment(title)
    except BadTitle:
        return False
    return True


def standing(offer_id: int) -> Offer:
    """The offer's row, locked, while it is on the shelf. Raises OfferUnknown, OfferIsClosed."""
    offer = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id).first()
    if offer is None:
        raise OfferUnknown(f"there is no offer {offer_id}")
    if offer.closed_at is not None:
        raise OfferIsClosed(f"offer {offer_id} was taken down")
    return offer


def _note_price(offer: Offer, reference: int | None, at: datetime, actor: str) -> None:
    OfferPrice.objects.create(
        offer=offer, edition=offer.edition, price_fen=offer.price_fen, group_price_fen=offer.group_price_fen, at=at
    )
    plain = OfferPriced(
        offer=offer.pk, product=offer.product_id, edition=offer.edition, price_fen=offer.price_fen,
        reference_fen=reference, cost_fen=offer.cost_fen,
    )  # fmt: skip
    record(plain, at=at, place_id=offer.shop, actor=actor)
    if offer.group_price_fen is not None and offer.group_seats is not None:
        together = OfferPriced(
            offer=offer.pk, product=offer.product_id, edition=offer.edition, price_fen=offer.group_price_fen,
            reference_fen=offer.price_fen, cost_fen=offer.cost_fen, audience=GROUP_BUY,
            from_quantity=offer.group_seats,
        )  # fmt: skip
        record(together, at=at, place_id=offer.shop, actor=actor)
