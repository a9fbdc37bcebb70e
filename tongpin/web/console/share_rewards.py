"""What introducers earned (佣金): held, free, taken back; each line with what it was reckoned from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.team.rules import Communities
from tongpin.loop.sell.orders.queries import Travelled, travelled
from tongpin.loop.share.commissions.queries import LineSeen, lines_of, totals
from tongpin.loop.share.commissions.rules import FREE, GONE, HELD, PAID, STATES, free_from
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
    """One reward in words. `reckoned_fen` is what stayed sold; `free_from` is None while the goods have not arrived."""

    it: LineSeen
    who: Who
    rate: str
    reckoned_fen: int
    state: str
    chip: str
    order_href: str
    free_from: datetime | None


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
    orders = travelled(numbers=[one.order for one in rows]) if rows else {}
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


def _line(one: LineSeen, people: dict[int, Who], orders: dict[str, Travelled]) -> RewardLine:
    word, chip = WORDS[one.state]
    order = orders.get(one.order)
    href = way("console:order", order.order_id) if order else ""
    reckoned = one.base_fen - one.refunded_fen
    free = free_from(
        held_until=one.held_until,
        held_days=one.held_days,
        shipped_at=order.shipped_at if order else None,
        received_at=order.received_at if order else None,
        now=present(),
    )
    return RewardLine(one, people[one.introducer], f"{one.rate / 100:g}%", reckoned, str(word), chip, href, free)
