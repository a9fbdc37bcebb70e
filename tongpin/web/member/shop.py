"""The shop (小铺): what is on sale, and a product's page with every way to buy it and every price."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.loop.sell.offers.queries import OfferSeen, offer_seen, offers_on_sale
from tongpin.loop.sell.orders.queries import sold_of
from tongpin.loop.sell.plays.group_buy.queries import GroupSeen, running_groups
from tongpin.web.look.gate import member_of, open_to_all
from tongpin.web.member import shop_words
from tongpin.web.member.share_card import card_of

SHOWN_GROUPS = 5


@open_to_all(reason="what is sold, and at which price, is shown to everybody")
@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Everything on sale, newest first."""
    offers = offers_on_sale(now=present())
    rows = [{"offer": one, "state": _state(one), "lowest": one.group_price_fen or one.price_fen} for one in offers]
    context = {"rows": rows, "is_known": member_of(request) is not None, "tab": "shop"}
    return render(request, "member/shop.html", context)


@open_to_all(reason="a product's page is shown to everybody, so that nobody signs in to see a price")
@require_safe
def product(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One product: price, true stock, all ways to buy, whom it suits and whom not."""
    now = present()
    offer = offer_seen(offer_id=offer_id, now=now)
    if offer is None:
        raise Http404
    groups = running_groups(offer_id=offer_id, now=now, limit=SHOWN_GROUPS)
    joinable = [one for one in groups if one.why_not is None]
    context = {
        "offer": offer,
        "state": _state(offer),
        "sold": sold_of(offer_ids=[offer_id])[offer_id],
        "groups": [{"group": one, "until": shop_words.by_the_clock(one.ends)} for one in joinable],
        "first": joinable[0] if joinable else None,
        "can_open": may_open(offer),
        "ends": shop_words.by_the_clock(offer.ends) if offer.ends else "",
        "group_total": total(offer, offer.group_price_fen or 0),
        "alone_total": total(offer, offer.price_fen),
        "join_total": _join_total(joinable),
        "card": card_of(request=request, picture=offer.picture),
    }
    return render(request, "member/product.html", context)


def may_open(offer: OfferSeen) -> bool:
    """Whether a group can be opened now: goods for all its seats must be there."""
    if offer.why_not is not None or offer.group_price_fen is None or offer.group_seats is None:
        return False
    return offer.left is None or offer.left >= offer.group_seats


def total(offer: OfferSeen, unit_fen: int, count: int = 1) -> int:
    """What so many of it cost, brought to the door."""
    return unit_fen * count + offer.postage_fen


def _join_total(groups: list[GroupSeen]) -> int:
    return groups[0].price_fen + groups[0].postage_fen if groups else 0


def _state(offer: OfferSeen) -> str:
    """Why it cannot be bought, as a short word; empty while it can."""
    if offer.why_not is None:
        return ""
    if offer.why_not == "not_begun" and offer.starts is not None:
        return _("from %(when)s on") % {"when": shop_words.by_the_clock(offer.starts)}
    return {"sold_out": _("Sold out"), "over": _("Ended"), "withdrawn": _("No longer on sale")}.get(
        offer.why_not, _("Not on sale")
    )
