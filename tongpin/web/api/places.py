"""Communities and places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router

from tongpin.core.people.scoping import may_be_named
from tongpin.core.places.browsing import communities_page, places_page
from tongpin.core.places.models import Place as Stored
from tongpin.core.team.rules import Everything, Scope
from tongpin.web.api.cursors import mark, number_of
from tongpin.web.api.door import ApiRequest, answers, holding
from tongpin.web.api.shapes import MOST_ID, After, Limit, Page, Shape

router = Router(tags=["places"])
Kind = Literal["", "group", "private_chat", "official_account", "personal_account", "page", "venue", "shop", "software"]


class Community(Shape):
    """A community (社群)."""

    id: int
    name: str
    founded_at: datetime
    closed_at: datetime | None


class CommunitiesPage(Page):
    """Communities by number."""

    communities: list[Community]


class Place(Shape):
    """Somewhere people are: a group, an official account, a shop."""

    id: int
    kind: str
    platform: str
    name: str
    community_id: int | None
    opened_at: datetime
    closed_at: datetime | None


class PlacesPage(Page):
    """Places by number."""

    places: list[Place]


def nameable(*, place_ids: Iterable[int], scope: Scope) -> frozenset[int]:
    """Those of these places that may be named to who has this scope. One query, or none."""
    wanted = frozenset(place_ids)
    if isinstance(scope, Everything) or not wanted:
        return wanted
    found = Stored.objects.filter(pk__in=wanted).values_list("pk", "community_id")
    return frozenset(pk for pk, community in found if may_be_named(community_id=community, scope=scope))


@router.get("/communities", **holding("places.see"), response=answers(CommunitiesPage), operation_id="listCommunities")
def list_communities(request: ApiRequest, after: After, limit: Limit) -> CommunitiesPage:
    """Communities this token may see."""
    found = communities_page(scope=request.scope, after=number_of(after) or 0, limit=limit + 1)
    more = mark(found[limit - 1].id) if len(found) > limit else None
    return CommunitiesPage(communities=[Community.model_validate(one) for one in found[:limit]], next=more)


@router.get("/places", **holding("places.see"), response=answers(PlacesPage), operation_id="listPlaces")
def list_places(
    request: ApiRequest,
    community: Annotated[int | None, Query(None, ge=1, le=MOST_ID)],
    kind: Annotated[Kind, Query("")],
    after: After,
    limit: Limit,
) -> PlacesPage:
    """Places this token may see."""
    found = places_page(
        scope=request.scope, community_id=community, kind=kind, after=number_of(after) or 0, limit=limit + 1
    )
    more = mark(found[limit - 1].id) if len(found) > limit else None
    return PlacesPage(places=[Place.model_validate(one) for one in found[:limit]], next=more)
