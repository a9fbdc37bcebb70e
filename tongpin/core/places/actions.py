"""Communities and places as they come to be known."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.places import CommunityFounded, PlaceAssigned, PlaceOpened
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Origin
from tongpin.core.places.models import Community, Place


class Unnamed(ValueError):
    """A community or place needs a name."""


@transaction.atomic
def found_community(*, name: str, actor: str, at: datetime) -> Community:
    """A new community under a name."""
    cleaned = clean(name, limit=80)
    if not cleaned:
        raise Unnamed("give the community a name")
    community = Community.objects.create(name=cleaned, founded_at=at)
    record(CommunityFounded(community=community.pk), at=at, actor=actor)
    return community


def find_place(*, kind: Place.Kind, platform: str, name: str, external_id: str = "") -> Place | None:
    """The place of that kind and outside id (or name, where it has none); None where it is not known."""
    cleaned = clean(name, limit=120) or clean(external_id, limit=120)
    by = {"external_id": external_id} if external_id else {"external_id": "", "name": cleaned}
    return Place.objects.filter(platform=platform, kind=kind, **by).first()


@transaction.atomic
def know_place(
    *,
    kind: Place.Kind,
    platform: str,
    name: str,
    at: datetime,
    actor: str,
    external_id: str = "",
    community: Community | None = None,
    origin: Origin = Origin.LIVE,
) -> Place:
    """The place of that kind and outside id (or name, where it has none), opened where it is new."""
    cleaned = clean(name, limit=120) or clean(external_id, limit=120)
    if not cleaned:
        raise Unnamed("give the place a name")
    by = {"external_id": external_id} if external_id else {"external_id": "", "name": cleaned}
    place, is_new = Place.objects.get_or_create(
        platform=platform, kind=kind, **by, defaults={"name": cleaned, "opened_at": at, "community": community}
    )
    if is_new:
        record(
            PlaceOpened(place_kind=kind.value, community=community.pk if community else 0),
            at=at,
            place_id=place.pk,
            actor=actor,
            origin=origin,
        )
    elif community is not None and place.community_id is None:
        assign(place=place, community=community, at=at, actor=actor, origin=origin)
    return place


@transaction.atomic
def assign(
    *, place: Place, community: Community | None, at: datetime, actor: str, origin: Origin = Origin.LIVE
) -> bool:
    """A place belongs to a community from now on (归入社群), or to none. False where it did already."""
    held = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    number = community.pk if community is not None else None
    if held.community_id == number:
        return False
    place.community, place.assigned = community, held.assigned + 1
    place.save(update_fields=["community", "assigned"])
    told = PlaceAssigned(community=number or 0, occurrence=place.assigned)
    record(told, at=at, place_id=place.pk, actor=actor, origin=origin)
    return True
