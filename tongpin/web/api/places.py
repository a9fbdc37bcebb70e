"""Communities and places."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router

from tongpin.core.places.browsing import communities_page, places_page
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
