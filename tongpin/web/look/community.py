"""The community in view (当前社群): chosen in the top bar, kept in the session, honoured by pages that say so.

A page that narrows itself passes `by_community=True` to its template, which brings the chooser, and asks `chosen`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from tongpin.core.places.models import Community
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Communities
from tongpin.web.look.gate import staff_of

KEPT_AS = "community"
MOST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One community one may look at."""

    id: int
    name: str


def choices(*, mate: Teammate) -> list[Choice]:
    """The open communities this person may see, by name; at most MOST."""
    scope = mate.scope("places.see")
    rows = Community.objects.filter(closed_at__isnull=True)
    if isinstance(scope, Communities):
        rows = rows.filter(pk__in=scope.ids)
    return [Choice(pk, name) for pk, name in rows.order_by("name", "pk").values_list("pk", "name")[:MOST]]


def choices_in(*, request: HttpRequest) -> list[Choice]:
    """The same for who is signed in, looked up once a request: the bar and the page may both ask."""
    if not hasattr(request, "_communities_to_choose"):
        mate = staff_of(request)
        request._communities_to_choose = choices(mate=mate) if mate else []  # type: ignore[attr-defined]
    found: list[Choice] = request._communities_to_choose  # type: ignore[attr-defined]
    return found


def chosen(*, request: HttpRequest) -> int | None:
    """The community in view, or None for all that one may see. What was kept counts only while one may see it."""
    kept, mate = request.session.get(KEPT_AS), staff_of(request)
    if not isinstance(kept, int) or mate is None or not mate.scope("places.see").holds(kept):
        return None
    return kept


def choose(*, request: HttpRequest, community_id: int | None) -> None:
    """Keeps the choice for this session; a community one may not see is the same as all."""
    mate = staff_of(request)
    may = community_id is not None and mate is not None and mate.scope("places.see").holds(community_id)
    if may:
        request.session[KEPT_AS] = community_id
    else:
        request.session.pop(KEPT_AS, None)
