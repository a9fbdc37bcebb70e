"""Groups that are used no more (停用): closed, opened again where that was a slip, taken out of their community, put back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.facts.places import PlaceAssigned, PlaceClosed, PlaceOpened
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.queries import entries_with, seq_told
from tongpin.core.ledger.withdrawing import withdraw_one
from tongpin.core.places.actions import assign
from tongpin.core.places.groups import BadGroup
from tongpin.core.places.models import Community, Place
from tongpin.core.places.rooms import PLATFORM as OWN_PAGES
from tongpin.core.places.rooms import web_place_of


class GroupUnknown(LookupError):
    """There is no such group in this community."""

    def __init__(self) -> None:
        super().__init__("there is no such group in this community; look the number up again")


@transaction.atomic
def close_group(*, place_id: int, community_id: int, at: datetime, actor: str) -> bool:
    """A group of a community is used no more. What was said there stays, and so do its members. False where it was closed.

    Raises GroupUnknown.
    """
    group = _held_group(place_id=place_id, community_id=community_id)
    if group.closed_at is not None:
        return False
    group.closed_at = at
    group.save(update_fields=["closed_at"])
    record(PlaceClosed(), at=at, place_id=group.pk, actor=actor)
    return True


@transaction.atomic
def open_again(*, place_id: int, community_id: int, at: datetime, actor: str) -> bool:
    """A closed group is in use after all: that it was closed is withdrawn. False where it is in use. Raises GroupUnknown."""
    group = _held_group(place_id=place_id, community_id=community_id)
    if group.closed_at is None:
        return False
    group.closed_at = None
    group.save(update_fields=["closed_at"])
    withdraw_one(fact=PlaceClosed(), place_id=group.pk, at=at, actor=actor)
    return True


@transaction.atomic
def open_own_room(*, community_id: int, at: datetime, actor: str) -> int:
    """The community's room on the web, in use: made where it has none, opened again where it was closed. Raises Unnamed."""
    number = web_place_of(community_id=community_id, at=at, actor=actor)
    open_again(place_id=number, community_id=community_id, at=at, actor=actor)
    return number


@transaction.atomic
def take_out(*, place_id: int, community_id: int, at: datetime, actor: str) -> None:
    """A group elsewhere belongs to no community from now on. Raises GroupUnknown, BadGroup (own_room, closed)."""
    group = _held_group(place_id=place_id, community_id=community_id)
    if group.platform == OWN_PAGES or group.closed_at is not None:
        raise BadGroup("closed" if group.closed_at is not None else "own_room")
    assign(place=group, community=None, at=at, actor=actor)


@transaction.atomic
def put_back(*, place_id: int, community_id: int, at: datetime, actor: str) -> bool:
    """A group that was taken out of this very community, and given to none since, is one of its own again. False where it
    is already. Raises GroupUnknown."""
    group = Place.objects.select_for_update(no_key=True).filter(pk=place_id, kind=Place.Kind.GROUP).first()
    if group is None:
        raise GroupUnknown
    if group.community_id == community_id:
        return False
    if group.community_id is not None or _before(group, at=at) != community_id:
        raise GroupUnknown
    return assign(place=group, community=Community.objects.get(pk=community_id), at=at, actor=actor)


def _held_group(*, place_id: int, community_id: int) -> Place:
    """A group of a community, its row locked until the transaction ends. Raises GroupUnknown."""
    rows = Place.objects.select_for_update(no_key=True)
    group = rows.filter(pk=place_id, community=community_id, kind=Place.Kind.GROUP).first()
    if group is None:
        raise GroupUnknown
    return group


def _before(group: Place, *, at: datetime) -> int:
    """The community a group belonged to before it was last given away, as the ledger has it; 0 for none."""
    last = group.assigned - 1
    told = PlaceAssigned(community=0, occurrence=last) if last else PlaceOpened(place_kind=group.kind)
    seq = seq_told(fact=told, place_id=group.pk, at=at) if last >= 0 else None
    return int(entries_with(seqs=[seq])[0].body.get("community") or 0) if seq is not None else 0
