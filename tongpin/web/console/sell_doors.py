"""What the pages of sell have in common: what may be seen here, who people are, the way members go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from tongpin.base.clock import now as present
from tongpin.core.people.queries import display_names
from tongpin.core.people.scoping import among
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Everything, Scope
from tongpin.loop.sell.offers.queries import OfferSeen, offer_seen
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_words import name_or_number
from tongpin.web.look.gate import StaffRequest

T = TypeVar("T")
PAGE = 50
WIDE_PAGE = 200
"""How many rows are looked through where the right holds in some communities only: fewer of them may be shown."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as this teammate may see them; `href` is empty where they may not."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """A page of a list. `older` is the number the next page begins below; 0 at the end."""

    rows: list[T]
    older: int


def within(scope: Scope, community: int) -> bool:
    """Whether a thing of this community (0: of the whole house) lies in a scope."""
    return scope.holds(community or None)


def stretch(
    *, scope: Scope, fetch: Callable[[int], Sequence[T]], number: Callable[[T], int], keep: Callable[[T], bool]
) -> Stretch[T]:
    """One page of `fetch(how many)`, without what lies outside the scope."""
    size = PAGE if isinstance(scope, Everything) else WIDE_PAGE
    found = list(fetch(size + 1))
    older = number(found[size - 1]) if len(found) > size else 0
    return Stretch([one for one in found[:size] if keep(one)], older)


def below_in(request: StaffRequest) -> int | None:
    """The number a page of a list begins below, from its address."""
    return number_in(request, "below")


def number_in(request: StaffRequest, name: str) -> int | None:
    """A row's number from the address of a page; None where it is none."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 19 else None


def offer_or_404(request: StaffRequest, offer_id: int) -> OfferSeen:
    """The offer, if the view's rights reach it. One for all communities may be seen from each, not changed."""
    seen = offer_seen(offer_id=offer_id, now=present()) if offer_id < 1 << 63 else None
    reading = request.method in ("GET", "HEAD")
    if seen is None or not (within(request.scope, seen.community) or (reading and not seen.community)):
        raise Http404
    return seen


def people_named(request: StaffRequest, person_ids: Iterable[int]) -> dict[int, Who]:
    """Who these are, as far as this teammate may see people. At most three queries."""
    wanted = set(person_ids)
    seen = among(person_ids=wanted, scope=request.staff.scope("people.see"))
    names = display_names(person_ids=sorted(seen)) if seen else {}
    return {
        one: Who(name_or_number(names.get(one, ""), one), way("console:person", one))
        if one in seen
        else Who(_("somebody outside your communities"), "")
        for one in wanted
    }


def communities_named(numbers: Iterable[int]) -> dict[int, str]:
    """What communities are called; 0 is everybody. One query, or none."""
    wanted = {one for one in numbers if one}
    named = dict(Community.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return {0: _("all communities"), **named}


def community_choices(scope: Scope) -> list[tuple[str, str]]:
    """Communities an offer may be put up in; for all only where the right holds over the whole house. One query."""
    rows = Community.objects.filter(closed_at=None).order_by("name", "pk")
    if isinstance(scope, Everything):
        return [("0", _("all communities")), *((str(pk), name) for pk, name in rows.values_list("pk", "name")[:200])]
    return [(str(pk), name) for pk, name in rows.filter(pk__in=getattr(scope, "ids", ())).values_list("pk", "name")]


def member_link(page: str, number: int) -> str:
    """The whole address at which members see an offer or a group; empty while there is no such page."""
    path = way(f"member:{page}", number)
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if path else ""
