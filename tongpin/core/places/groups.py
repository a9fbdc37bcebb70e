"""Groups of a community (群): a teammate opens further rooms on our own pages, makes those elsewhere known, and gives an
imported one to its community."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F

from tongpin.base.ids import token
from tongpin.base.text import clean
from tongpin.core.facts.places import PlaceOpened
from tongpin.core.ledger.actions import record
from tongpin.core.places.actions import assign
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.places.rooms import PLATFORM as OWN_PAGES

PLATFORMS: Final = ("wechat", "qq", "matrix", OWN_PAGES)
"""Where a group can be that a teammate adds. A community has one room on our own pages from the start."""

BY_ID: Final = {"matrix": re.compile(r"![^\s\x00-\x1f]{1,199}")}
"""Platforms on which we write and listen: there a group is its id and not its name."""

SAY: Final = {
    "no_name": "give the group its name",
    "strange_platform": "choose where the group is",
    "strange_id": "give the room's internal id, such as !abc:example.com",
    "elsewhere": "this group belongs to another community already",
    "closed": "this group was closed; open it again first",
    "own_room": "a room on our own pages belongs to its community; close it instead",
}


class BadGroup(ValueError):
    """This cannot be done with a group; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@transaction.atomic
def add_group(
    *, community: Community, platform: str, name: str, at: datetime, actor: str, external_id: str = ""
) -> tuple[int, bool]:
    """A group of a community, new or known from an import; its number, and whether this made it one. Raises BadGroup.

    On our own pages it is opened by this; a second of one name in the same community is the same room.
    """
    called, outside = clean(name, limit=120), external_id.strip()
    if platform not in PLATFORMS:
        raise BadGroup("strange_platform")
    if not called:
        raise BadGroup("no_name")
    if platform in BY_ID and not BY_ID[platform].fullmatch(outside):
        raise BadGroup("strange_id")
    known: dict[str, Any] = {"external_id": outside} if platform in BY_ID else {"name": called}
    kind = Place.Kind.GROUP
    if platform == OWN_PAGES:
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)  # two of one name wait for each other
        known["community"], outside = community, f"room:{token(size=16)}"
    place = Place.objects.select_for_update().filter(platform=platform, kind=kind, **known).order_by("pk").first()
    if place is None:
        named = outside if platform in (*BY_ID, OWN_PAGES) else ""
        own = {"external_id": named, "name": called, "opened_at": at}
        made = Place.objects.create(platform=platform, kind=kind, community=community, **own)
        told = PlaceOpened(place_kind=kind.value, community=community.pk)
        record(told, at=at, place_id=made.pk, actor=actor)
        return made.pk, True
    if place.community_id not in (None, community.pk):
        raise BadGroup("elsewhere")
    if place.closed_at is not None:
        raise BadGroup("closed")
    if place.community_id == community.pk:
        return place.pk, False
    assign(place=place, community=community, at=at, actor=actor)
    return place.pk, True


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of a community, and how many are known to be in it; since when it is closed."""

    id: int
    platform: str
    name: str
    external_id: str
    members: int
    closed_at: datetime | None = None


def groups_of(*, community_id: int) -> list[GroupLine]:
    """Its groups: our own first, those that were closed last, the latest of them first. Two queries."""
    rows = Place.objects.filter(community=community_id, kind=Place.Kind.GROUP)
    found = _lines(list(rows.order_by(F("closed_at").desc(nulls_first=True), "pk")))
    return sorted(found, key=lambda one: (one.closed_at is not None, not one.closed_at and one.platform != OWN_PAGES))


def group_of(*, community_id: int, place_id: int) -> GroupLine | None:
    """One of its groups, closed ones too. Two queries."""
    found = _lines(list(Place.objects.filter(pk=place_id, community=community_id, kind=Place.Kind.GROUP)))
    return found[0] if found else None


def _lines(rows: list[Place]) -> list[GroupLine]:
    inside = Membership.objects.filter(place__in=[one.pk for one in rows], left_at=None).order_by()
    counted = dict(inside.values_list("place").annotate(Count("pk")))
    return [
        GroupLine(one.pk, one.platform, one.name, one.external_id, counted.get(one.pk, 0), one.closed_at)
        for one in rows
    ]
