"""Orders (订单) by state, newest first, and the one whose number somebody typed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.counted import Counted, altogether
from tongpin.core.team.rules import Everything
from tongpin.loop.sell.orders.queries import OrderSeen, order_by_number, orders_by_state, orders_in
from tongpin.loop.sell.orders.rules import State
from tongpin.web.console.community_words import code_word
from tongpin.web.console.sell_doors import Who, below_in, people_named, stretch, within
from tongpin.web.console.sell_words import ORDER_STATES
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip

READY = {"to_ship": True, "held": False}
ASKED_BACK = "asked_back"
"""Not a state: orders that were sent, whose buyer wants money back."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in the list, in words."""

    it: OrderSeen
    who: Who
    what: str
    more: int
    pieces: int
    play: str
    state: str
    chip: str


def standing(seen: OrderSeen) -> str:
    """The state as people say it: a paid order either waits to be shipped, or for its group."""
    if seen.state == "paid":
        return "to_ship" if seen.ready else "held"
    return seen.state


def line_of(seen: OrderSeen, people: dict[int, Who]) -> OrderLine:
    """An order with its words."""
    word, chip = ORDER_STATES[standing(seen)]
    return OrderLine(
        it=seen,
        who=people[seen.person_id],
        what=seen.lines[0].title if seen.lines else "",
        more=max(len(seen.lines) - 1, 0),
        pieces=sum(one.quantity for one in seen.lines),
        play=code_word("play", seen.play) if seen.play else "",
        state=str(word),
        chip=chip,
    )


@needs("goods.see", "money.see")
@require_http_methods(["GET", "HEAD", "POST"])
def orders(request: StaffRequest) -> HttpResponse:
    """The list. A number comes as POST and leads to its order: what was typed never stands in an address."""
    typed = request.POST.get("number", "").strip()[:40] if request.method == "POST" else ""
    found = order_by_number(number=typed) if typed and "\x00" not in typed else None
    if found is not None and within(request.scope, found.community):
        return redirect("console:order", found.order_id)
    asked = request.GET.get("state", "")
    state, below = (asked if asked in ORDER_STATES or asked == ASKED_BACK else ""), below_in(request)
    page = stretch(
        scope=request.scope,
        fetch=lambda size: orders_in(
            states=_states(state), ready=READY.get(state), asked_back=state == ASKED_BACK, below=below, limit=size
        ),
        number=lambda one: one.order_id,
        keep=lambda one: within(request.scope, one.community),
    )
    counts = orders_by_state() if isinstance(request.scope, Everything) else None
    people = people_named(request, {one.person_id for one in page.rows})
    address, mark = reverse("console:orders"), f"state={state}&" if state else ""
    context = {
        "tab": "orders",
        "lines": [line_of(one, people) for one in page.rows],
        "chips": _chips(counts, state, address),
        "to_ship": counts["to_ship"] if counts is not None else None,
        "older": f"{address}?{mark}below={page.older}" if page.older else "",
        "first": f"{address}?{mark}" if below else "",
        "nothing": not page.rows and not state and not below and not page.older and not typed,
        "typed": typed,
    }
    return render(request, "console/sell/orders.html", context, status=422 if typed else 200)


def _states(state: str) -> tuple[State, ...]:
    if not state or state == ASKED_BACK:
        return ()
    return ("paid",) if state in READY else (state,)  # type: ignore[return-value]


def _chips(counts: dict[str, Counted] | None, state: str, address: str) -> list[FilterChip]:
    whole = altogether(counts[code] for code in ORDER_STATES) if counts is not None else None
    chips = [FilterChip(_("All"), address, whole, not state)]
    for code, (word, _chip) in ORDER_STATES.items():
        if counts is None or counts[code] or code in (state, "to_ship"):
            count = counts[code] if counts is not None else None
            chips.append(FilterChip(str(word), f"{address}?state={code}", count, state == code))
    waiting = counts[ASKED_BACK] if counts is not None else None
    if waiting or state == ASKED_BACK:
        chips.append(FilterChip(_("ask for money back"), f"{address}?state={ASKED_BACK}", waiting, state == ASKED_BACK))
    return chips
