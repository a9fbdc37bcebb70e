"""More of a person than their page holds at once: older facts, all their orders."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongpin.core.people.models import Activity
from tongpin.core.people.ordering import orders_of
from tongpin.core.people.queries import display_names
from tongpin.core.people.roots import members_of
from tongpin.core.people.seen import Counts
from tongpin.web.console import person_parts as parts
from tongpin.web.console.people_doors import may, root_or_404
from tongpin.web.console.people_filters import PAGE
from tongpin.web.console.people_words import name_or_number
from tongpin.web.console.person_names import around
from tongpin.web.console.person_story import STEPS, told_to
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.gate import StaffRequest, needs

Mark = tuple[datetime | None, int, str]


@needs("people.see")
@require_safe
def person_story(request: StaffRequest, person_id: int) -> HttpResponse:
    """The timeline alone; with `before` only what follows, to be put below what stands there."""
    root = root_or_404(request, person_id)
    members = tuple(members_of(root=root))
    held = Activity.objects.filter(pk__in=members).values_list(*STEPS)
    counts = Counts(*(sum(column) for column in zip(*held, strict=True))) if held else Counts()
    told, _around = told_to(request, root, members, counts, money=may(request, "money.see", root))
    name = "console/people/story_rest.html" if request.GET.get("before") else "console/people/story.html"
    return render(request, name, {"story": told, "person_id": root})


@needs("people.see")
@require_safe
def person_orders(request: StaffRequest, person_id: int) -> HttpResponse:
    """All orders of a person, newest first."""
    root = root_or_404(request, person_id)
    after = _mark(unseal(request.GET.get("after", ""), purpose=PAGE))
    page = orders_of(person_ids=members_of(root=root), after=after)
    address = reverse("console:person_orders", args=[root])
    money = may(request, "money.see", root)
    names = around(wanted={"place": {order.place_id for order in page.orders}}, members=[])
    context = {
        "person_id": root,
        "name": name_or_number(display_names(person_ids=[root]).get(root, ""), root),
        "orders": parts.orders(page.orders, around=names, money=money),
        "money": money,
        "older": f"{address}?after={seal(_text(page.after), purpose=PAGE)}" if page.after else "",
        "first": address if after else "",
    }
    return render(request, "console/people/orders.html", context)


def _text(mark: Mark) -> str:
    at, place, number = mark
    return f"{at.isoformat() if at else ''}|{place}|{number}"


def _mark(text: str) -> Mark | None:
    at, _bar, rest = text.partition("|")
    place, _bar, number = rest.partition("|")
    return (datetime.fromisoformat(at) if at else None, int(place), number) if place else None
