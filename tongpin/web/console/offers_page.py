"""One offer: its terms, prices so far, stock; a new price, more stock, a group, taking it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.loop.sell.offers.actions import (
    CountedOtherwise,
    OfferIsClosed,
    TermsWrong,
    add_stock,
    close_offer,
    price_offer,
)
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.queries import Moved, OfferSeen, Priced, movements_of, prices_of
from tongpin.loop.sell.orders.queries import sold_of
from tongpin.loop.sell.plays.group_buy.actions import NoGroupBuy, SoldOut, open_group_buy
from tongpin.loop.sell.plays.group_buy.queries import running_groups
from tongpin.loop.share.commissions.queries import terms_in
from tongpin.web.console.offers_list import state_of
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import communities_named, member_link, offer_or_404, within
from tongpin.web.console.sell_forms import CLOSE_REASONS, GroupForm, PictureForm, PriceForm, StockForm, refuse, yuan_of
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.console.sell_words import OFFER_STATES, TERMS_WRONG, reason_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

MOVES = 30


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of stock in words."""

    it: Moved
    word: str
    href: str


@needs("goods.see")
@require_safe
def offer(request: StaffRequest, offer_id: int) -> HttpResponse:
    """All about one offer."""
    return page_of(request, offer_or_404(request, offer_id))


def page_of(request: StaffRequest, seen: OfferSeen, /, **typed: forms.Form) -> HttpResponse:
    """The page; `typed` are forms that were refused, with what was typed."""
    now = present()
    may_edit = within(request.staff.scope("goods.edit"), seen.community) and seen.closed_at is None
    may_money = within(request.staff.scope("money.see"), seen.community)
    state, chip = state_of(seen)
    context: dict[str, Any] = {
        "it": seen,
        "state": state,
        "chip": chip,
        "community": communities_named([seen.community]).get(seen.community, ""),
        "sold": sold_of(offer_ids=[seen.offer_id])[seen.offer_id],
        "prices": _prices(seen.offer_id),
        "moves": [_move(one, may_money) for one in movements_of(offer_id=seen.offer_id, limit=MOVES)],
        "groups": running_groups(offer_id=seen.offer_id, now=now),
        "link": member_link("product", seen.offer_id),
        "may_edit": may_edit,
        "may_money": may_money,
        "may_group": may_edit and seen.why_not is None and seen.group_price_fen is not None,
    }
    cost_fen = None
    if may_money:
        row = Offer.objects.filter(pk=seen.offer_id).values_list("cost_fen", "closed_reason").get()
        cost_fen = context["cost_fen"] = row[0]
        promised = terms_in(community_id=seen.community).rate
        context["reward"] = f"{promised / 100:g}%" if promised else ""
        context["margin_fen"] = seen.price_fen - row[0] if row[0] is not None else None
    if may_edit:
        context |= {**_forms(seen, cost_fen), **typed}
    return render(request, "console/sell/offer.html", context, status=422 if typed else 200)


def _prices(offer_id: int) -> list[Priced]:
    """What was asked, newest first; an edition of the same two prices (another cost, more people) is not a price."""
    found: list[Priced] = []
    for one in prices_of(offer_id=offer_id):
        if not found or (one.price_fen, one.group_price_fen) != (found[-1].price_fen, found[-1].group_price_fen):
            found.append(one)
    return found[::-1]


def _forms(seen: OfferSeen, cost_fen: int | None) -> dict[str, forms.Form]:
    ends = timezone.localtime(present() + timedelta(hours=seen.group_hours)).replace(second=0, microsecond=0)
    if seen.ends is not None:
        ends = min(ends, timezone.localtime(seen.ends))
    price = {
        "price": yuan_of(seen.price_fen),
        "group_price": yuan_of(seen.group_price_fen),
        "group_seats": seen.group_seats,
        "cost": yuan_of(cost_fen),
    }
    return {
        "price_form": PriceForm(initial=price),
        "picture_form": PictureForm(initial={"says": seen.picture_says}),
        "stock_form": StockForm.fresh(),
        "group_form": GroupForm.fresh(seats=seen.group_seats, ends=ends),
    }


def _move(one: Moved, may_money: bool) -> Move:
    href = ""
    if one.about_kind == "order" and may_money:
        href = reverse("console:order", args=[one.about])
    elif one.about_kind == "group_buy":
        href = reverse("console:group_buy", args=[one.about])
    return Move(one, reason_word(one.reason), href)


def gone_meanwhile(request: StaffRequest, offer_id: int) -> HttpResponse:
    say(request, _("It was taken down meanwhile. Nothing was changed."), kind="bad")
    return redirect("console:offer", offer_id)


@needs("goods.see", "goods.edit")
@require_POST
def offer_price(request: StaffRequest, offer_id: int) -> HttpResponse:
    """New prices from now on."""
    seen, form = offer_or_404(request, offer_id), PriceForm(request.POST)
    if not form.is_valid():
        return page_of(request, seen, price_form=form)
    given = form.cleaned_data
    sees_cost = within(request.staff.scope("money.see"), seen.community)
    try:
        edition = price_offer(
            offer_id=offer_id,
            price_fen=given["price"],
            group_price_fen=given["group_price"],
            group_seats=given["group_seats"],
            cost_fen=given["cost"] if sees_cost and "cost" in form.data else "kept",
            at=present(),
            actor=actor_of(request),
        )
    except OfferIsClosed:
        return gone_meanwhile(request, offer_id)
    except TermsWrong as wrong:
        refuse(form, wrong.reason)
        return page_of(request, seen, price_form=form)
    if edition == seen.edition:
        say(request, _("These prices hold already."))
    else:
        say(request, _("The new prices hold from now on. Groups that run keep theirs."))
    return redirect("console:offer", offer_id)


@needs("goods.see", "goods.edit")
@require_POST
def offer_stock(request: StaffRequest, offer_id: int) -> HttpResponse:
    """More goods came in, or some were taken out."""
    seen, form = offer_or_404(request, offer_id), StockForm(request.POST)
    if not form.is_valid():
        return page_of(request, seen, stock_form=form)
    given = form.cleaned_data
    try:
        left = add_stock(
            key=f"console:{given['once']}",
            offer_id=offer_id,
            quantity=given["quantity"],
            at=present(),
            actor=actor_of(request),
        )
    except OfferIsClosed:
        return gone_meanwhile(request, offer_id)
    except CountedOtherwise:
        told = _("This form was sent once already with another number. Look at what is left, then enter it anew.")
        say(request, told, kind="bad")
        return redirect("console:offer", offer_id)
    except SoldOut:
        form.add_error("quantity", _("Not so many are left."))
        return page_of(request, seen, stock_form=form)
    except TermsWrong as wrong:
        form.add_error("quantity", str(TERMS_WRONG[wrong.reason][1]) if given["quantity"] else _("How many?"))
        return page_of(request, seen, stock_form=form)
    if left is None:
        say(request, _("This offer has no limit of stock: there is nothing to count."))
    else:
        say(request, ngettext("%(count)s is left now.", "%(count)s are left now.", left) % {"count": left})
    return redirect("console:offer", offer_id)


@needs("goods.see", "goods.edit")
@require_POST
def offer_group(request: StaffRequest, offer_id: int) -> HttpResponse:
    """Opens a group for this offer."""
    seen, form = offer_or_404(request, offer_id), GroupForm(request.POST)
    if not form.is_valid():
        return page_of(request, seen, group_form=form)
    given = form.cleaned_data
    try:
        group = open_group_buy(
            key=f"console:{given['once']}",
            offer_id=offer_id,
            seats=given["seats"],
            ends=given["ends"],
            at=present(),
            actor=actor_of(request),
        )
    except SoldOut:
        form.add_error("seats", _("Not so many are left: goods for every seat are set aside when a group opens."))
        return page_of(request, seen, group_form=form)
    except NoGroupBuy as no:
        word = OFFER_STATES[no.reason][0] if no.reason in OFFER_STATES else _("no group buy is offered")
        form.add_error(None, _("No group can be opened now: %(why)s.") % {"why": word})
        return page_of(request, seen, group_form=form)
    say(request, _("The group is open. Share its link: the clock runs."))
    return redirect("console:group_buy", group)


@needs("goods.see", "goods.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_close(request: StaffRequest, offer_id: int) -> HttpResponse:
    """Takes an offer down, after saying what that means."""
    seen = offer_or_404(request, offer_id)
    if not within(request.scope, seen.community):
        return redirect("console:offer", offer_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        chosen = reason if reason in CLOSE_REASONS else "withdrawn"
        if close_offer(offer_id=offer_id, reason=chosen, at=present(), actor=actor_of(request)):
            say(request, _("«%(name)s» is off the shelf.") % {"name": seen.title})
        else:
            say(request, _("It was taken down before."), kind="bad")
        return redirect("console:offer", offer_id)
    running = len(running_groups(offer_id=offer_id, now=present(), limit=100))
    going = ngettext(
        "%(count)s running group, and orders that are open",
        "%(count)s running groups, and orders that are open",
        running,
    )
    effects = (
        (_("From now on"), _("nobody can buy it or open a group; its page says that it is over")),
        (_("Goes on"), going % {"count": running}),
        (_("Cannot be undone"), _("to sell it again, put it up anew")),
    )
    return ask(
        request,
        Sure(
            title=_("Take «%(name)s» off the shelf") % {"name": seen.title},
            lead=_("It happens at once."),
            label=_("Take it down now"),
            back=reverse("console:offer", args=[offer_id]),
            effects=effects,
            choices=tuple((one, reason_word(one)) for one in CLOSE_REASONS),
        ),
    )
