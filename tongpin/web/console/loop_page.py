"""The loop (闭环): four steps over the ways people came in, each number opening to its people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.figures.queries import people_behind
from tongpin.core.people.listing import BadCursor, Page, people_page
from tongpin.core.team.rules import Scope
from tongpin.loop.gather.channel_costs.rules import each_fen
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.web.console.loop_figures import ENOUGH_FOR_K, LOOP, STEPS, LoopSeen, figures_of, loop_in, whose_in
from tongpin.web.console.loop_strip import people_href, strip
from tongpin.web.console.people_doors import covers, scope_in_view
from tongpin.web.console.people_filters import PAGE
from tongpin.web.console.people_list import line_of
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.community import chosen
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Hint
from tongpin.web.look.tags.marks import step_word

DAYS = 30
UNKNOWN, BROUGHT = 0, -1
CELL = re.compile(r"(gather|give|sell|share)(?::(-1|0|[1-9]\d{0,17}))?")


@dataclass(frozen=True, slots=True)
class Row:
    """One way in with what it did. `cells` are the addresses of its people, by step; `k` None where too few."""

    name: str
    href: str
    told: Mapping[str, Any]
    cells: Mapping[str, str]
    k: float | None
    needs: int
    bar: float
    each_fen: int | None


@needs("people.see")
@require_safe
def loop(request: StaffRequest) -> HttpResponse:
    """The page. Two queries of its own."""
    may_money = covers(request.staff.scope("money.see"), scope_in_view(request))
    whose = whose_in(request.scope, chosen(request=request))
    seen = loop_in(whose, figures_of(whose)) if whose is not None else None
    context: dict[str, object] = {
        "seen": seen,
        "must_choose": whose is None,
        "may_money": may_money,
        "by_community": True,
        "hints": _hints(),
        "aged": seen is not None and aged(seen.as_of, present()),
    }
    if seen is not None:
        entrances = seen.entrances
        context |= {
            "steps": strip(seen, may_money=may_money),
            "rows": _rows(entrances, may_places=request.staff.scope("places.see")),
            "total": _total(seen),
            "first": seen.as_of - timedelta(days=DAYS),
        }
    return render(request, "console/loop/loop.html", context)


@needs("people.see")
@require_safe
def loop_people(request: StaffRequest, cell: str) -> HttpResponse:
    """Who stands behind a number: those counted then who may be seen now."""
    found = CELL.fullmatch(cell)
    whose = whose_in(request.scope, chosen(request=request))
    if found is None or whose is None:
        raise Http404
    step, entrance = found[1], int(found[2]) if found[2] else None
    behind = people_behind(measure=LOOP, cell=cell, scope_kind=whose.kind, scope=whose.community)
    after = unseal(request.GET.get("after", ""), purpose=PAGE)
    page = _page(scope_in_view(request), behind[0] if behind else (), after)
    here = people_href(cell)
    may_money = covers(request.staff.scope("money.see"), scope_in_view(request))
    context = {
        "title": _title(step),
        "step": step,
        "counted": len(behind[0]) if behind else 0,
        "where": _way(entrance) if entrance is not None else "",
        "meaning": _meaning(step),
        "as_of": behind[1] if behind else None,
        "lines": [line_of(row, {}) for row in page.rows],
        "may_money": may_money,
        "older": f"{here}?after={seal(page.next, purpose=PAGE)}" if page.next else "",
        "newer": f"{here}?after={seal(page.previous, purpose=PAGE)}" if page.previous else "",
        "first": here if after else "",
        "by_community": True,
    }
    return render(request, "console/loop/people.html", context)


def _page(scope: Scope, people: tuple[int, ...], after: str) -> Page:
    if not people:
        return Page((), None, None)
    try:
        return people_page(scope=scope, among=people, sort="new", after=after or None)
    except BadCursor:
        return people_page(scope=scope, among=people, sort="new")


def _title(step: str) -> str:
    titles = {
        "gather": _("New members in 30 days"),
        "give": _("Who gave something of value in 30 days"),
        "sell": _("Who bought in 30 days"),
        "share": _("Whom members brought in 30 days"),
    }
    return titles[step]


def _meaning(step: str) -> str:
    """Whom the number counts, in a sentence."""
    meanings = {
        "gather": _("Let in, or seen to join. Whom we only heard in a group is a member, not a new one."),
        "give": _("Who said something of value; teammates are left out."),
        "sell": _("With an order that was paid and not refunded in full, members or not."),
        "share": _("Came by a member's link and bought or joined. Who only bought is no member yet."),
    }
    return meanings[step]


def _way(entrance: int) -> str:
    if entrance in (UNKNOWN, BROUGHT):
        return _name(entrance, {})
    return Entrance.objects.filter(pk=entrance).values_list("name", flat=True).first() or _name(entrance, {})


def _name(entrance: int, names: Mapping[int, str]) -> str:
    if entrance == BROUGHT:
        return _("Brought by members")
    if entrance == UNKNOWN:
        return _("Way not known")
    return names.get(entrance, _("Entrance %(number)s") % {"number": entrance})


def _rows(entrances: list[Mapping[str, Any]], *, may_places: Scope) -> list[Row]:
    """Ways in with their names; one query."""
    numbers = [int(row["entrance"]) for row in entrances if row["entrance"] > 0]
    known = Entrance.objects.filter(pk__in=numbers).values_list("pk", "name", "community")
    names, held = {}, {}
    for pk, name, community in known:
        names[pk], held[pk] = name, community
    most = max((int(row["gather"]) for row in entrances), default=0)
    rows = []
    for told in entrances:
        number = int(told["entrance"])
        inside = held.get(number)
        open_to = inside is not None and may_places.holds(inside)
        rows.append(
            Row(
                name=_name(number, names),
                href=reverse("console:entrance", args=[inside, number]) if open_to else "",
                told=told,
                cells={step: people_href(f"{step}:{number}") if told[step] else "" for step in STEPS},
                k=told["k"] if int(told["cohort"]) >= ENOUGH_FOR_K else None,
                needs=int(told["cohort"]),
                bar=int(told["gather"]) / most if most else 0.0,
                each_fen=each_fen(int(told["cost_fen"] or 0), int(told["gather"])),
            )
        )
    return rows


def _total(seen: LoopSeen) -> dict[str, object]:
    """The last row. K stands with its interval in the head."""
    first_orders = sum(int(row["first_orders"]) for row in seen.entrances)
    told: dict[str, object] = {name: seen.number(name) for name in (*STEPS, "orders", "net_fen")}
    cost = seen.more.get("cost_fen")
    left = seen.number("net_fen") - (cost or 0)
    each = each_fen(cost or 0, seen.number("gather"))
    return told | {"first_orders": first_orders, "cost_fen": cost, "each_fen": each, "left_fen": left}


def _hints() -> list[Hint]:
    return [
        Hint(step_word("gather"), _("New members and what each cost: give every way in a code, and book what you spend.")),
        Hint(step_word("give"), _("Who of them gave something of value: chats that are brought in, talks, answers.")),
        Hint(step_word("sell"), _("Who bought, and for how much: orders of the shop here, or brought in as a file.")),
    ]  # fmt: skip


def aged(as_of: datetime, now: datetime) -> bool:
    """Whether figures are older than they should be: they are worked out every hour."""
    return now - as_of > timedelta(hours=3)
