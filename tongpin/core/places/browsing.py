"""Communities and places in lists, within the scope of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from tongpin.core.people.models import PersonAlias
from tongpin.core.people.roots import records_of
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
    theirs = records_of(person_id=person_id)
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


def room_of(*, place_id: int, person_id: int) -> PlaceLine | None:
    """A room of ours on the web, where this person is a member of it; None for everybody else. Three queries."""
    theirs = records_of(person_id=person_id)
    one = Place.objects.filter(pk=place_id, platform="web", kind=Place.Kind.GROUP).first()
    if one is None or not Membership.objects.filter(place=one, person__in=theirs, left_at=None).exists():
        return None
    return PlaceLine(one.pk, one.kind, one.platform, one.name, one.community_id, one.opened_at, one.closed_at)


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room of a community on our own pages. first: the one it has from the start; inside: who asks is in it."""

    id: int
    name: str
    first: bool
    inside: bool


def rooms_of_community(*, community_id: int, person_id: int) -> list[RoomLine]:
    """The rooms of a community on our own pages, the first one first; `person_id` is a root. One query."""
    merged = PersonAlias.objects.filter(root=person_id).values("person_id")
    theirs = Membership.objects.filter(Q(person=person_id) | Q(person__in=merged), place=OuterRef("pk"), left_at=None)
    rooms = Place.objects.filter(community=community_id, platform="web", kind=Place.Kind.GROUP, closed_at=None)
    first = f"community:{community_id}"
    found = [
        RoomLine(number, name, external == first, inside)
        for number, name, external, inside in rooms.annotate(inside=Exists(theirs))
        .order_by("pk")
        .values_list("pk", "name", "external_id", "inside")
    ]
    return sorted(found, key=lambda one: not one.first)


def room_to_join(*, place_id: int, person_id: int) -> PlaceLine | None:
    """A further room of ours, open to whoever is in its community by any place of it; None for everybody else."""
    one = Place.objects.filter(pk=place_id, platform="web", kind=Place.Kind.GROUP, closed_at=None).first()
    if one is None or one.community_id is None:
        return None
    theirs = records_of(person_id=person_id)
    if not Membership.objects.filter(place__community=one.community_id, person__in=theirs, left_at=None).exists():
        return None
    return PlaceLine(one.pk, one.kind, one.platform, one.name, one.community_id, one.opened_at, one.closed_at)
