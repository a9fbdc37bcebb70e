"""Who brought whom (老带新), and people's own links with what each brought."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.team.rules import Communities
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.loop.share.referrals.queries import LinkYield, ReferralSeen, links_in, referrals_in
from tongpin.web.console.import_parts import way
from tongpin.web.console.sell_doors import PAGE, Who, below_in, communities_named, people_named
from tongpin.web.look.gate import StaffRequest, needs

STATES: dict[str, tuple[str | Promise, str]] = {
    "joined": (gettext_lazy("came"), "out"),
    "in_return_period": (gettext_lazy("bought, may still return it"), "wait"),
    "counts": (gettext_lazy("bought and kept it"), "good"),
    "returned": (gettext_lazy("returned it all"), "na"),
}


@dataclass(frozen=True, slots=True)
class Bond:
    """One newcomer with who brought them, in words."""

    it: ReferralSeen
    newcomer: Who
    inviter: Who
    community: str
    state: str
    chip: str
    order_href: str


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link with whose it is and what it leads to."""

    it: LinkYield
    who: Who
    leads_to: str


@needs("people.see")
@require_safe
def bonds(request: StaffRequest) -> HttpResponse:
    """Newcomers, the newest first."""
    scope, below = request.scope, below_in(request)
    inside = scope.ids if isinstance(scope, Communities) else None
    found = referrals_in(now=present(), communities=inside, older_than=below, size=PAGE + 1)
    rows = found[:PAGE]
    people = people_named(request, {person for one in rows for person in (one.newcomer, one.inviter)})
    names = communities_named(one.community for one in rows)
    orders = dict(Order.objects.filter(number__in=[one.order for one in rows if one.order]).values_list("number", "pk"))
    address = reverse("console:share")
    context = {
        "tab": "bonds",
        "lines": [_bond(one, people, names, orders) for one in rows],
        "older": f"{address}?below={rows[-1].id}" if len(found) > PAGE else "",
        "first": address if below else "",
    }
    return render(request, "console/share/bonds.html", context)


def _bond(one: ReferralSeen, people: dict[int, Who], names: dict[int, str], orders: dict[str, int]) -> Bond:
    word, chip = STATES[one.state]
    href = way("console:order", orders[one.order]) if one.order in orders else ""
    community = names.get(one.community, "") if one.community else ""
    return Bond(one, people[one.newcomer], people[one.inviter], community, str(word), chip, href)


@needs("people.see")
@require_safe
def links(request: StaffRequest) -> HttpResponse:
    """Links of people this teammate may see, the newest first."""
    below = below_in(request)
    found = links_in(older_than=below, size=PAGE + 1)
    rows = found[:PAGE]
    people = people_named(request, {one.link.person_id for one in rows})
    named = _targets(rows)
    shown = [one for one in rows if people[one.link.person_id].href]
    address = reverse("console:share_links")
    context = {
        "tab": "links",
        "lines": [
            LinkLine(one, people[one.link.person_id], named.get((one.link.target_kind, one.link.target), ""))
            for one in shown
        ],
        "older": f"{address}?below={rows[-1].link.id}" if len(found) > PAGE else "",
        "first": address if below else "",
    }
    return render(request, "console/share/links.html", context)


def _targets(rows: list[LinkYield]) -> dict[tuple[str, int], str]:
    """What links lead to is called. Three queries at most."""
    ids: dict[str, set[int]] = {}
    for one in rows:
        ids.setdefault(one.link.target_kind, set()).add(one.link.target)
    named = {("shop", 0): _("the shop")}
    communities = communities_named(ids.get("community", ()))
    named |= {
        ("community", number): communities[number] for number in ids.get("community", ()) if number in communities
    }
    if wanted := ids.get("offer"):
        named |= {("offer", pk): title for pk, title in Offer.objects.filter(pk__in=wanted).values_list("pk", "title")}
    if wanted := ids.get("group_buy"):
        titles = GroupBuy.objects.filter(pk__in=wanted).values_list("pk", "title")
        named |= {("group_buy", pk): _("a group buy: %(title)s") % {"title": title} for pk, title in titles}
    return named
