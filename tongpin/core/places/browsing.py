"""Communities and places in lists, within the scope of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongpin.core.people.roots import members_of, root_of
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.team.rules import Communities, Scope


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """A community."""

    id: int
    name: str
    founded_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place and the community it belongs to, if any."""

    id: int
    kind: str
    platform: str
    name: str
    community_id: int | None
    opened_at: datetime
    closed_at: datetime | None


def communities_page(*, scope: Scope, after: int = 0, limit: int = 50) -> list[CommunityLine]:
    """Communities by number, closed ones too. One query."""
    rows = Community.objects.filter(pk__gt=after).order_by("pk")
    if isinstance(scope, Communities):
        rows = rows.filter(pk__in=scope.ids)
    return [CommunityLine(one.pk, one.name, one.founded_at, one.closed_at) for one in rows[:limit]]


def communities_of(*, person_id: int) -> list[CommunityLine]:
    """The communities somebody is in now, by any of their records. Three queries."""
    theirs = members_of(root=root_of(person_id=person_id))
    inside = Membership.objects.filter(person__in=theirs, left_at=None, place__community__isnull=False)
    rows = Community.objects.filter(pk__in=inside.values("place__community"), closed_at=None).order_by("pk")
    return [CommunityLine(one.pk, one.name, one.founded_at, one.closed_at) for one in rows]


def places_page(
    *, scope: Scope, community_id: int | None = None, kind: str = "", after: int = 0, limit: int = 50
) -> list[PlaceLine]:
    """Places by number. Who sees some communities only sees no place that belongs to none. One query."""
    rows = Place.objects.filter(pk__gt=after).order_by("pk")
    if isinstance(scope, Communities):
        rows = rows.filter(community__in=scope.ids)
    if community_id is not None:
        rows = rows.filter(community=community_id)
    if kind:
        rows = rows.filter(kind=kind)
    return [
        PlaceLine(one.pk, one.kind, one.platform, one.name, one.community_id, one.opened_at, one.closed_at)
        for one in rows[:limit]
    ]
