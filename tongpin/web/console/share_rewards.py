"""What introducers earned (佣金): held, free, taken back; each line with what it was reckoned from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongpin.core.team.rules import Communities
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.share.commissions.queries import LineSeen, lines_of, totals
from tongpin.loop.share.commissions.rules import FREE, GONE, HELD, PAID, STATES
from tongpin.web.console.import_parts import way
from tongpin.web.console.sell_doors import PAGE, Who, below_in, people_named
from tongpin.web.console.share_payouts import may_pay, to_pay
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip

WORDS: dict[str, tuple[str | Promise, str]] = {
    HELD: (gettext_lazy("kept until it can no longer go back"), "wait"),
    FREE: (gettext_lazy("free to be paid out"), "good"),
    PAID: (gettext_lazy("paid out"), "out"),
    GONE: (gettext_lazy("taken back whole"), "na"),
}


@dataclass(frozen=True, slots=True)
class RewardLine:
    """One reward in words. `reckoned_fen` is what stayed sold."""

    it: LineSeen
    who: Who
    rate: str
    reckoned_fen: int
    state: str
    chip: str
    order_href: str


@needs("money.see", "people.see")
@require_safe
def rewards(request: StaffRequest) -> HttpResponse:
    """Sums of all, and every reward, the newest first."""
    scope, below = request.scope, below_in(request)
    inside = scope.ids if isinstance(scope, Communities) else None
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else ""
    found = lines_of(communities=inside, state=state, older_than=below, size=PAGE + 1)
    rows = found[:PAGE]
    people = people_named(request, {one.introducer for one in rows})
    orders = dict(Order.objects.filter(number__in=[one.order for one in rows]).values_list("number", "pk"))
    address, mark = reverse("console:share_rewards"), f"state={state}&" if state else ""
    whole = totals(communities=inside)
    paying, payable = to_pay(request) if may_pay(request) and below is None else ([], 0)
    context = {
        "tab": "rewards",
        "totals": whole,
        "paying": paying,
        "payable": payable,
        "chips": [
            FilterChip(_("All"), address, None, not state),
            *(FilterChip(str(WORDS[one][0]), f"{address}?state={one}", None, one == state) for one in STATES),
        ],
        "lines": [_line(one, people, orders) for one in rows],
        "older": f"{address}?{mark}below={rows[-1].id}" if len(found) > PAGE else "",
        "first": f"{address}?{mark}" if below else "",
    }
    return render(request, "console/share/rewards.html", context)


def _line(one: LineSeen, people: dict[int, Who], orders: dict[str, int]) -> RewardLine:
    word, chip = WORDS[one.state]
    href = way("console:order", orders[one.order]) if one.order in orders else ""
    reckoned = one.base_fen - one.refunded_fen
    return RewardLine(one, people[one.introducer], f"{one.rate / 100:g}%", reckoned, str(word), chip, href)
