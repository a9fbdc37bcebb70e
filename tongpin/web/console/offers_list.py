"""Offers (售): what is on the shelf, and putting a product up."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongpin.base.clock import now as present
from tongpin.core.goods.actions import Nameless
from tongpin.core.team.rules import Scope
from tongpin.loop.sell.offers.actions import TermsWrong
from tongpin.loop.sell.offers.putting_up import put_up
from tongpin.loop.sell.offers.queries import OfferSeen, all_offers, offers_on_sale
from tongpin.loop.sell.orders.queries import sold_of
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import (
    Stretch,
    below_in,
    communities_named,
    community_choices,
    member_link,
    stretch,
    within,
)
from tongpin.web.console.sell_forms import OfferForm
from tongpin.web.console.sell_words import OFFER_STATES
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip, Hint
from tongpin.web.look.toast import say

SHELF = 100
ON_SHELF = ("on_sale", "not_begun", "sold_out")


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer in the list, in words."""

    it: OfferSeen
    state: str
    chip: str
    community: str
    sold: int
    link: str


def state_of(seen: OfferSeen) -> tuple[str, str]:
    """Where an offer stands, and the kind of chip."""
    word, chip = OFFER_STATES[seen.why_not or "on_sale"]
    return str(word), chip


@needs("goods.see")
@require_safe
def offers(request: StaffRequest) -> HttpResponse:
    """What is on the shelf by state; `?show=all` is everything that was ever put up."""
    show = request.GET.get("show", "")
    shelf = [one for one in offers_on_sale(now=present(), limit=SHELF) if _readable(request.scope, one)]
    below = below_in(request)
    page = _all(request.scope, below) if show == "all" else Stretch(_chosen(shelf, show), 0)
    sold = sold_of(offer_ids=[one.offer_id for one in page.rows]) if page.rows else {}
    named = communities_named(one.community for one in page.rows)
    address = reverse("console:offers")
    context = {
        "tab": "offers",
        "lines": [
            OfferLine(
                one,
                *state_of(one),
                named.get(one.community, ""),
                sold.get(one.offer_id, 0),
                member_link("product", one.offer_id),
            )
            for one in page.rows
        ],
        "chips": _chips(shelf, show, address),
        "on_sale": sum(one.why_not is None for one in shelf),
        "older": f"{address}?show=all&below={page.older}" if page.older else "",
        "first": f"{address}?show=all" if below and show == "all" else "",
        "nothing": not shelf and not show,
        "may_edit": bool(request.staff.scope("goods.edit")),
        "hints": _hints(),
    }
    return render(request, "console/sell/offers.html", context)


def _readable(scope: Scope, one: OfferSeen) -> bool:
    return not one.community or within(scope, one.community)


def _all(scope: Scope, below: int | None) -> Stretch[OfferSeen]:
    return stretch(
        scope=scope,
        fetch=lambda size: all_offers(now=present(), below=below, limit=size),
        number=lambda one: one.offer_id,
        keep=lambda one: _readable(scope, one),
    )


def _chosen(shelf: list[OfferSeen], show: str) -> list[OfferSeen]:
    return [one for one in shelf if (one.why_not or "on_sale") == show] if show in ON_SHELF else shelf


def _chips(shelf: list[OfferSeen], show: str, address: str) -> list[FilterChip]:
    states = [one.why_not or "on_sale" for one in shelf]
    chips = [FilterChip(_("On the shelf"), address, len(shelf), show not in (*ON_SHELF, "all"))]
    for code in ON_SHELF:
        if code in states or code == show:
            word = str(OFFER_STATES[code][0])
            chips.append(FilterChip(word, f"{address}?show={code}", states.count(code), show == code))
    return [*chips, FilterChip(_("Taken down too"), f"{address}?show=all", None, show == "all")]


def _hints() -> list[Hint]:
    return [
        Hint(_("What sells in a group"), _("What members already talk about, at a price they cannot get alone.")),
        Hint(_("Say whom it does not suit"), _("It costs an order now and then, and saves the trust of all others.")),
        Hint(
            _("Before the first order"),
            _("Switch a way to pay on under Settings → Payments; the test way costs nobody anything."),
        ),
    ]


@needs("goods.see", "goods.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_new(request: StaffRequest) -> HttpResponse:
    """The form that puts a product up."""
    form = OfferForm(request.POST) if request.method == "POST" else OfferForm.fresh(group_seats=3, group_hours=24)
    form.choose_among(community_choices(request.scope))
    if form.is_bound and form.is_valid():
        made = _made(request, form)
        if made:
            say(request, _("It is on the shelf. Share its link, or open a group for it."))
            return redirect("console:offer", made)
    may_money = bool(request.staff.scope("money.see"))
    return render(
        request,
        "console/sell/offer_new.html",
        {"form": form, "may_money": may_money},
        status=422 if form.is_bound else 200,
    )


def _made(request: StaffRequest, form: OfferForm) -> int:
    """The new offer; 0 where the form says why there is none."""
    given = form.cleaned_data
    try:
        return put_up(
            key=f"console:{given['once']}",
            name=given["name"],
            terms=form.terms(),
            words=given["words"],
            unsuited=given["unsuited"],
            community=int(given["community"]),
            cost_fen=given["cost"],
            at=present(),
            actor=actor_of(request),
        )
    except TermsWrong as wrong:
        form.refuse(wrong.reason)
    except Nameless:
        form.add_error("name", _("Give it a name of letters or characters."))
    return 0
