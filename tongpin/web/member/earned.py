"""What my friends' purchases earned me (我的收入): how much, when it is free, and every line reckoned step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.roots import members_of
from tongpin.loop.sell.orders.queries import Travelled, travelled
from tongpin.loop.share.commissions.payable import PayoutSeen, paid_out_fen, payouts
from tongpin.loop.share.commissions.queries import LineSeen, earnings_of, line_seen, lines_of
from tongpin.loop.share.commissions.rules import ARRIVES_WITHIN, FREE, PAID, free_from
from tongpin.web.look.gate import MemberRequest, for_members
from tongpin.web.member import phrases

A_PAGE = 30
PAID_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One sale as its introducer reads it. `is_capped`: the most that an order earns was reached.

    `free_from` is None while the goods are not known to have arrived: the days count from then.
    """

    it: LineSeen
    rate: str
    base_fen: int
    is_capped: bool
    free_from: datetime | None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payout as the one who got it reads it."""

    it: PayoutSeen
    way: str


@for_members
@require_safe
def earned(request: MemberRequest) -> HttpResponse:
    """What stands free, what waits for its return period, what was paid out or taken back; every sale, newest first."""
    below = request.GET.get("below", "")
    before = int(below) if below.isdecimal() and len(below) < 19 else None
    rows = lines_of(person_id=request.member, older_than=before, size=A_PAGE + 1)
    orders = travelled(numbers=[one.order for one in rows])
    got = payouts(root=request.member, size=PAID_SHOWN)
    context = {
        "earnings": earnings_of(person_id=request.member),
        "paid_fen": paid_out_fen(person_id=request.member),
        "paid": [Paid(one, phrases.payout_way(one.way)) for one in got if one.back_reason != "slip"],
        "lines": [_line(one, orders.get(one.order)) for one in rows[:A_PAGE]],
        "older": rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
        "is_first": before is None,
    }
    return render(request, "member/earned.html", context)


@for_members
@require_safe
def earned_line(request: MemberRequest, number: int) -> HttpResponse:
    """One sale: from what was paid to what it earned, and when it is free. Not who bought what."""
    line = line_seen(commission_id=number) if number < 1 << 63 else None
    if line is None or line.introducer not in members_of(root=request.member):
        raise Http404
    order = travelled(numbers=[line.order]).get(line.order)
    context = {
        "line": _line(line, order),
        "it": line,
        "is_free": line.state in (FREE, PAID),
        "arrives_within": ARRIVES_WITHIN.days,
        "arrived_at": order.received_at if order is not None else None,
        "sent_at": order.shipped_at if order is not None else None,
    }
    return render(request, "member/earned_line.html", context)


def percent(rate: int) -> str:
    """Basis points as people write them: 8%, 7.5%."""
    return f"{rate / 100:g}%"


def _line(one: LineSeen, order: Travelled | None) -> Line:
    base = one.base_fen - one.refunded_fen
    free = free_from(
        held_until=one.held_until,
        held_days=one.held_days,
        shipped_at=order.shipped_at if order else None,
        received_at=order.received_at if order else None,
        now=present(),
    )
    return Line(one, percent(one.rate), base, bool(one.most_fen) and one.stays_fen == one.most_fen, free)
