"""People (人): the list, searched and filtered. What was typed never stands readable in an address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.core.people.comparing import how_many_wait
from tongpin.core.people.listing import BadCursor, Page, PersonRow, Sort, people_page
from tongpin.core.people.queries import tags_in_use
from tongpin.core.places.models import Place
from tongpin.core.team.queries import team
from tongpin.core.team.rules import Communities, Scope
from tongpin.web.console.people_doors import covers, scope_in_view
from tongpin.web.console.people_words import (
    SORT_WORDS,
    TOUCHPOINT_WORDS,
    VIAS,
    Word,
    name_or_number,
    sum_words,
    via_word,
)
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip, Hint

SEARCH, PAGE = "search", "page"
"""What an address is sealed for."""

TAGS_SHOWN = 3
PLACES = 200
GATHERING = (
    Place.Kind.GROUP,
    Place.Kind.OFFICIAL_ACCOUNT,
    Place.Kind.PERSONAL_ACCOUNT,
    Place.Kind.PAGE,
    Place.Kind.VENUE,
)
"""Kinds of places people are members of."""

_WHOLE = re.compile(r"[^@\s]+@[^@\s]+|[+#]?[\dA-Za-z\-]{6,}")
"""A phone, a mail, an order number: what finds one person and no other."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list shows, as its address says it."""

    search: str = ""
    tag: int | None = None
    owner: int | None = None
    orders: str = ""
    via: str = ""
    place: int | None = None
    sort: Sort = "recent"

    @property
    def is_plain(self) -> bool:
        """True where nothing is filtered."""
        return self == Chosen(sort=self.sort)

    def address(self, *, after: str = "", **other: object) -> str:
        """The list's address with some of it changed."""
        new = replace(self, **other)  # type: ignore[arg-type]
        held = {
            "s": seal(new.search, purpose=SEARCH),
            "tag": new.tag,
            "owner": new.owner,
            "orders": new.orders,
            "via": new.via,
            "place": new.place,
            "sort": "" if new.sort == "recent" else new.sort,
            "after": seal(after, purpose=PAGE),
        }
        query = urlencode({name: value for name, value in held.items() if value})
        return f"{reverse('console:people')}?{query}" if query else reverse("console:people")


@dataclass(frozen=True, slots=True)
class Line:
    """A person in the list, in words."""

    row: PersonRow
    name: str
    tags: tuple[str, ...]
    more_tags: int
    threads: tuple[tuple[Word, str], ...]
    owner: str
    bought: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    chosen: bool


def whole_number(text: str) -> int | None:
    """A row's number as an address may hold it."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _chosen(request: StaffRequest, *, may_money: bool) -> Chosen:
    get = request.GET
    sort, via, orders = get.get("sort", ""), get.get("via", ""), get.get("orders", "")
    known = sort in SORT_WORDS and (may_money or sort != "spent")
    return Chosen(
        search=unseal(get.get("s", ""), purpose=SEARCH),
        tag=whole_number(get.get("tag", "")),
        owner=whole_number(get.get("owner", "")),
        orders=orders if orders in {"yes", "no"} else "",
        via=via if re.fullmatch(r"[a-z_]{1,20}(:\d{1,18})?", via) else "",
        place=whole_number(get.get("place", "")),
        sort=cast(Sort, sort) if known else "recent",
    )


def page_of(scope: Scope, chosen: Chosen, *, after: str = "", limit: int = 50) -> Page:
    """The rows. A mark of another list begins at the first page."""
    try:
        return people_page(
            scope=scope,
            search=chosen.search,
            tag=chosen.tag,
            owner=chosen.owner,
            has_orders={"yes": True, "no": False}.get(chosen.orders),
            via=chosen.via,
            place=chosen.place,
            sort=chosen.sort,
            after=after or None,
            limit=limit,
        )
    except BadCursor:
        return page_of(scope, chosen, limit=limit)


@needs("people.see")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest) -> HttpResponse:
    """The list. A search comes as POST and leads to a sealed address; what finds one person leads to them."""
    scope = scope_in_view(request)
    if request.method == "POST":
        return _searched(scope, request.POST.get("q", "").strip()[:200])
    may_money = covers(request.staff.scope("money.see"), scope)
    chosen = _chosen(request, may_money=may_money)
    after = unseal(request.GET.get("after", ""), purpose=PAGE)
    page = page_of(scope, chosen, after=after)
    names = {mate.id: mate.display_name for mate in team() if mate.state != "off"}
    context = {
        "lines": [line_of(row, names) for row in page.rows],
        "chosen": chosen,
        "searched": chosen.search,
        "sealed": seal(chosen.search, purpose=SEARCH),
        "chips": _chips(chosen, request.staff.id),
        "unsearched": chosen.address(search=""),
        "selects": _selects(chosen, scope, names),
        "sorts": sorts(may_money=may_money, chosen=chosen),
        "older": chosen.address(after=page.next) if page.next else "",
        "newer": chosen.address(after=page.previous) if page.previous else "",
        "first": chosen.address() if after else "",
        "nobody": chosen.is_plain and not page.rows and not after,
        "may_money": may_money,
        "may_edit": bool(request.staff.scope("people.edit")),
        "may_import": bool(request.staff.scope("import.run")),
        "waiting": _waiting(request, scope),
        "hints": _hints(),
        "by_community": True,
    }
    return render(request, "console/people/list.html", context)


def _searched(scope: Scope, typed: str) -> HttpResponse:
    if typed and _WHOLE.fullmatch(re.sub(r"[\s()（）]", "", typed)):
        found = people_page(scope=scope, search=typed, sort="new", limit=2)
        if len(found.rows) == 1 and found.next is None:
            return redirect("console:person", person_id=found.rows[0].person_id)
    return redirect(Chosen(search=typed).address())


def _waiting(request: StaffRequest, scope: Scope) -> int:
    return how_many_wait(scope=scope) if request.staff.scope("people.merge") else 0


def line_of(row: PersonRow, names: dict[int, str]) -> Line:
    """A row in words. `names` are those of the team."""
    return Line(
        row=row,
        name=name_or_number(row.display_name, row.person_id),
        tags=tuple(name for _number, name in row.tags[:TAGS_SHOWN]),
        more_tags=max(len(row.tags) - TAGS_SHOWN, 0),
        threads=tuple(TOUCHPOINT_WORDS[point] for point in row.touchpoints),
        owner=names.get(row.owner, "") if row.owner is not None else "",
        bought=sum_words(row.net_fen, row.currency) if row.orders else "",
    )


def _chips(chosen: Chosen, me: int) -> list[FilterChip]:
    bought, mine = chosen.orders, chosen.owner == me
    return [
        FilterChip(_("All"), Chosen(sort=chosen.sort).address(), chosen=chosen.is_plain),
        FilterChip(_("Has bought"), chosen.address(orders="" if bought == "yes" else "yes"), chosen=bought == "yes"),
        FilterChip(_("Never bought"), chosen.address(orders="" if bought == "no" else "no"), chosen=bought == "no"),
        FilterChip(_("In my care"), chosen.address(owner=None if mine else me), chosen=mine),
    ]


@dataclass(frozen=True, slots=True)
class Select:
    """One filter with many values: drawn as a chip that opens."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_set: bool


def _selects(chosen: Chosen, scope: Scope, names: dict[int, str]) -> list[Select]:
    vias = dict.fromkeys([*VIAS, *([chosen.via] if chosen.via else [])])
    found = [
        _select("tag", _("Tag"), [(str(number), name) for number, name, _rule in tags_in_use()], chosen.tag),
        _select("via", _("Came by"), [(via, via_word(via)) for via in vias], chosen.via),
        _select("place", _("Where"), places_to_choose(scope), chosen.place),
        _select("owner", _("In whose care"), [(str(number), name) for number, name in names.items()], chosen.owner),
    ]
    return [one for one in found if len(one.options) > 1]


def _select(name: str, label: str, choices: list[tuple[str, str]], value: object) -> Select:
    now = "" if value is None else str(value)
    options = [Option("", label, not now), *(Option(code, word, code == now) for code, word in choices)]
    return Select(name, label, tuple(options), bool(now))


def places_to_choose(scope: Scope) -> list[tuple[str, str]]:
    """Places with members that one may filter by. One query."""
    places = Place.objects.filter(kind__in=GATHERING, closed_at=None)
    if isinstance(scope, Communities):
        places = places.filter(community__in=scope.ids)
    return [(str(number), name) for number, name in places.order_by("name", "pk").values_list("pk", "name")[:PLACES]]


def sorts(*, chosen: Chosen, may_money: bool) -> list[Option]:
    """The orders one may choose."""
    return [
        Option(code, str(word), code == chosen.sort)
        for code, word in SORT_WORDS.items()
        if may_money or code != "spent"
    ]


def _hints() -> list[Hint]:
    return [
        Hint(
            _("From a shop"),
            _("Export orders or customers there and bring the file in: who bought becomes a person here."),
        ),
        Hint(
            _("From a group"),
            _("Export the chat on a computer and bring it in: everybody who spoke becomes a person here."),
        ),
        Hint(_("At the counter"), _("Add them on your phone: a phone number or a WeChat name is enough.")),
    ]
