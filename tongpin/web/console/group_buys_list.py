"""Group buys (拼团) by state, and one group: who sits, what they paid, what went back."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.base.counted import Counted, altogether
from tongpin.core.team.rules import Everything
from tongpin.loop.sell.plays.group_buy.models import Seat
from tongpin.loop.sell.plays.group_buy.queries import GroupSeen, group_seen, groups_by_state, groups_in
from tongpin.loop.sell.plays.group_buy.rules import shown
from tongpin.web.console.sell_doors import Who, below_in, communities_named, member_link, people_named, stretch, within
from tongpin.web.console.sell_words import GROUP_STATES, ORDER_STATES, SEAT_STATES
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip

MOST_SEATS_SHOWN = 1000
STATES = ("running", "filled", "failed", "unpaid")


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in words. `says` is how many are missing, or how it ended."""

    it: GroupSeen
    state: str
    chip: str
    says: str
    opened: Who | None
    link: str


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat in words. `money` says where what was paid is now."""

    number: str
    order_href: str
    who: Who
    opened: bool
    state: str
    chip: str
    joined_at: object
    paid_fen: int
    refunding_fen: int
    refunded_fen: int
    money: str


def line_of(seen: GroupSeen, people: dict[int, Who]) -> GroupLine:
    """A group with its words."""
    word, chip = GROUP_STATES[seen.state]
    says = ""
    if seen.state == "running":
        says = ngettext("%(count)s still missing", "%(count)s still missing", seen.missing) % {"count": seen.missing}
        if seen.ends <= present():
            says = _("time is over")
    opened = people.get(seen.opened_by) if seen.opened_by is not None else None
    return GroupLine(seen, str(word), chip, says, opened, member_link("group", seen.group_id))


@needs("goods.see")
@require_safe
def group_buys(request: StaffRequest) -> HttpResponse:
    """Groups by state, newest first."""
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else ""
    below, now = below_in(request), present()
    page = stretch(
        scope=request.scope,
        fetch=lambda size: groups_in(states=(state,) if state else (), now=now, below=below, limit=size),  # type: ignore[arg-type]
        number=lambda one: one.group_id,
        keep=lambda one: within(request.scope, one.community),
    )
    counts = groups_by_state() if isinstance(request.scope, Everything) else None
    people = people_named(request, {one.opened_by for one in page.rows if one.opened_by is not None})
    address = reverse("console:group_buys")
    mark = f"state={state}&" if state else ""
    context = {
        "tab": "group_buys",
        "lines": [line_of(one, people) for one in page.rows],
        "chips": _chips(counts, state, address),
        "running": counts["running"] if counts is not None else None,
        "older": f"{address}?{mark}below={page.older}" if page.older else "",
        "first": f"{address}?{mark}" if below else "",
        "nothing": not page.rows and not state and not below and not page.older,
        "may_edit": bool(request.staff.scope("goods.edit")),
    }
    return render(request, "console/sell/group_buys.html", context)


def _chips(counts: dict[str, Counted] | None, state: str, address: str) -> list[FilterChip]:
    whole = altogether(counts.values()) if counts is not None else None
    chips = [FilterChip(_("All"), address, whole, not state)]
    for code in STATES:
        word = str(GROUP_STATES[code][0])
        count = counts[code] if counts is not None else None
        chips.append(FilterChip(word, f"{address}?state={code}", count, state == code))
    return chips


@needs("goods.see")
@require_safe
def group_buy(request: StaffRequest, group_id: int) -> HttpResponse:
    """One group. What was paid is for who may see money."""
    now = present()
    seen = group_seen(group_id=group_id, now=now) if group_id < 1 << 63 else None
    if seen is None or not within(request.scope, seen.community):
        raise Http404
    rows = list(
        Seat.objects.filter(group=group_id).select_related("order").order_by("taken_at", "pk")[:MOST_SEATS_SHOWN]
    )
    people = people_named(
        request, {row.person_id for row in rows} | ({seen.opened_by} if seen.opened_by is not None else set())
    )
    may_money = within(request.staff.scope("money.see"), seen.community)
    lines = [_seat(row, seen, people, may_money=may_money) for row in rows]
    context = {
        "line": line_of(seen, people),
        "it": seen,
        "community": communities_named([seen.community]).get(seen.community, ""),
        "sitting": [one for one, row in zip(lines, rows, strict=True) if row.state in ("held", "taken", "failed")],
        "gone": [one for one, row in zip(lines, rows, strict=True) if row.state not in ("held", "taken", "failed")],
        "may_money": may_money,
        "paid_fen": sum(row.order.paid_fen for row in rows),
        "back_fen": sum(row.order.refunding_fen for row in rows),
        "arrived_fen": sum(row.order.refunded_fen for row in rows),
    }
    return render(request, "console/sell/group_buy.html", context)


def _seat(row: Seat, seen: GroupSeen, people: dict[int, Who], *, may_money: bool) -> SeatLine:
    state = shown(seen.state, row.state, until=row.held_until, now=present())  # type: ignore[arg-type]
    word, chip = SEAT_STATES[state]
    order = row.order
    money = ""
    if order.paid_fen and order.state in ("refunding", "refunded", "shipped", "received"):
        money = str(ORDER_STATES[order.state][0])
    return SeatLine(
        number=order.number,
        order_href=reverse("console:order", args=[order.pk]) if may_money else "",
        who=people[row.person_id],
        opened=row.person_id == seen.opened_by,
        state=str(word),
        chip=chip,
        joined_at=row.joined_at,
        paid_fen=order.paid_fen,
        refunding_fen=order.refunding_fen,
        refunded_fen=order.refunded_fen,
        money=money,
    )
