"""What a list of people shows (筛选), as its address says it: filters as chips and selects that keep each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpin.core.people.listing import Sort
from tongpin.core.people.queries import tags_in_use
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Communities, Scope
from tongpin.web.console.people_words import SORT_WORDS, VIAS, via_word
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.parts import FilterChip

SEARCH, PAGE = "search", "page"
"""What an address is sealed for."""

PLACES = 200
GATHERING = (
    Place.Kind.GROUP,
    Place.Kind.OFFICIAL_ACCOUNT,
    Place.Kind.PERSONAL_ACCOUNT,
    Place.Kind.PAGE,
    Place.Kind.VENUE,
)
"""Kinds of places people are members of."""


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

    def address(self, *, after: str = "", page: str = "console:people", **other: object) -> str:
        """The list's address with some of it changed, or that of another page about the same list."""
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
        return f"{reverse(page)}?{query}" if query else reverse(page)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    chosen: bool


def whole_number(text: str) -> int | None:
    """A row's number as an address may hold it."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def chosen_in(request: HttpRequest, *, may_money: bool) -> Chosen:
    """What the address asks for; what it cannot mean is left out."""
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


def chips(chosen: Chosen, me: int) -> list[FilterChip]:
    """The filters of every day."""
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


def selects(chosen: Chosen, scope: Scope, names: dict[int, str]) -> list[Select]:
    """Filters with many values. `names` are those of the team. Two queries."""
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
