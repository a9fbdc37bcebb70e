"""What a page says of an offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tongpin.core.files.queries import FileSeen, files_of_many
from tongpin.loop.sell.offers.models import Offer, OfferPrice, StockMovement
from tongpin.loop.sell.offers.rules import Asked, Standing, reference_fen, why_not_on_sale

PICTURED = "offer"
"""What the picture of an offer belongs to, in the terms of core/files."""


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """The picture of an offer: its file's name, its size in pixels, and what it shows in words."""

    name: str
    width: int
    height: int
    says: str


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """An offer as its page shows it. `why_not` is None while it can be bought, else not_begun, over, sold_out, withdrawn.

    `reference_fen` is a higher price that was really asked before; None where there is none to strike out.
    """

    offer_id: int
    product_id: int
    product_name: str
    variant: str
    shop: int
    community: int
    title: str
    words: str
    unsuited: str
    edition: int
    price_fen: int
    reference_fen: int | None
    group_price_fen: int | None
    group_seats: int | None
    group_hours: int
    postage_fen: int
    limit: int
    left: int | None
    per_person: int
    starts: datetime | None
    ends: datetime | None
    closed_at: datetime | None
    why_not: str | None
    picture: PictureSeen | None = None
    picture_says: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """One edition of prices."""

    edition: int
    price_fen: int
    group_price_fen: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of stock."""

    change: int
    left: int
    reason: str
    about_kind: str
    about: int
    at: datetime


def offer_seen(*, offer_id: int, now: datetime) -> OfferSeen | None:
    """One offer; None where there is none."""
    return next(iter(_seen(Offer.objects.filter(pk=offer_id).select_related("product"), now)), None)


def offers_on_sale(*, now: datetime, community: int | None = None, limit: int = 100) -> tuple[OfferSeen, ...]:
    """What is up now, newest first, sold-out and coming ones included; of one community: its own and everybody's."""
    rows = Offer.objects.filter(closed_at=None).exclude(ends__lte=now).select_related("product").order_by("-pk")
    if community is not None:
        rows = rows.filter(community__in=(0, community))
    return tuple(_seen(rows[:limit], now))


def all_offers(*, now: datetime, below: int | None = None, limit: int = 50) -> tuple[OfferSeen, ...]:
    """Every offer for the console, newest first; `below` is the last number of the page before."""
    rows = Offer.objects.select_related("product").order_by("-pk")
    return tuple(_seen((rows.filter(pk__lt=below) if below else rows)[:limit], now))


def asked_of(*, offer_id: int) -> list[Asked]:
    """The plain prices of an offer in the order of time."""
    rows = OfferPrice.objects.filter(offer=offer_id).order_by("edition").values_list("at", "price_fen")
    return [Asked(at, fen) for at, fen in rows]


def prices_of(*, offer_id: int) -> tuple[Priced, ...]:
    """Every price an offer had, oldest first."""
    rows = OfferPrice.objects.filter(offer=offer_id).order_by("edition")
    return tuple(Priced(one.edition, one.price_fen, one.group_price_fen, one.at) for one in rows)


def movements_of(*, offer_id: int, limit: int = 50) -> tuple[Moved, ...]:
    """What happened to the stock of an offer, newest first."""
    rows = StockMovement.objects.filter(offer=offer_id).order_by("-pk")[:limit]
    return tuple(Moved(one.change, one.left, one.reason, one.about_kind, one.about, one.at) for one in rows)


def _seen(rows: Iterable[Offer], now: datetime) -> list[OfferSeen]:
    offers = list(rows)
    asked: dict[int, list[Asked]] = {one.pk: [] for one in offers}
    prices = OfferPrice.objects.filter(offer__in=asked).order_by("offer_id", "edition")
    for offer, at, fen in prices.values_list("offer_id", "at", "price_fen"):
        asked[offer].append(Asked(at, fen))
    pictures = files_of_many(about_kind=PICTURED, abouts=asked) if asked else {}
    return [
        OfferSeen(
            offer_id=one.pk,
            product_id=one.product_id,
            product_name=one.product.name,
            variant=one.product.variant,
            shop=one.shop,
            community=one.community,
            title=one.title,
            words=one.words,
            unsuited=one.unsuited,
            edition=one.edition,
            price_fen=one.price_fen,
            reference_fen=reference_fen(asked[one.pk], now),
            group_price_fen=one.group_price_fen,
            group_seats=one.group_seats,
            group_hours=one.group_hours,
            postage_fen=one.postage_fen,
            limit=one.stock_limit,
            left=one.stock_left,
            per_person=one.per_person,
            starts=one.starts,
            ends=one.ends,
            closed_at=one.closed_at,
            why_not=why_not_on_sale(Standing(one.starts, one.ends, one.closed_at is not None, one.stock_left), now),
            picture=_picture(one, pictures.get(one.pk, ())),
            picture_says=one.picture_says,
        )
        for one in offers
    ]


def _picture(offer: Offer, files: tuple[FileSeen, ...]) -> PictureSeen | None:
    """The last one given: for a moment there may be the one before as well."""
    if not files:
        return None
    return PictureSeen(files[-1].name, files[-1].width, files[-1].height, offer.picture_says or offer.title)
