"""Places of our own: each community has a room on the web, and the house has a shop."""

from __future__ import annotations

from datetime import datetime

from tongpin.core.places.actions import Unnamed, know_place
from tongpin.core.places.models import Community, Place

PLATFORM = "web"
OWN = "tongpin"


def web_place_of(*, community_id: int, at: datetime, actor: str) -> int:
    """The community's room on the web (社群的网页群), opened on first use. Its members are the community's own."""
    external = f"community:{community_id}"
    held = (
        Place.objects.filter(platform=PLATFORM, kind=Place.Kind.GROUP, external_id=external).values_list("pk").first()
    )
    if held is not None:
        return int(held[0])
    community = Community.objects.filter(pk=community_id).first()
    if community is None:
        raise Unnamed("there is no such community")
    return know_place(
        kind=Place.Kind.GROUP,
        platform=PLATFORM,
        name=community.name,
        external_id=external,
        community=community,
        at=at,
        actor=actor,
    ).pk


def own_shop(*, at: datetime, actor: str) -> int:
    """The house's own shop (自营店): where orders made here belong."""
    held = Place.objects.filter(platform=OWN, kind=Place.Kind.SHOP, external_id="own").values_list("pk").first()
    if held is not None:
        return int(held[0])
    return know_place(kind=Place.Kind.SHOP, platform=OWN, name="自营店", external_id="own", at=at, actor=actor).pk
