"""Ticking the checklist, opening doors, shutting them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.facts.charter import DoorOpened, DoorShut, LaunchItemDone
from tongpin.core.ledger.actions import record
from tongpin.loop.gather.charter.models import Door
from tongpin.loop.gather.charter.rules import DOORS
from tongpin.loop.gather.ground import held_community
from tongpin.loop.gather.launch.models import LaunchItem
from tongpin.loop.gather.launch.queries import standings_of
from tongpin.loop.gather.launch.rules import DOOR_REASONS, Item, checklist, missing


class LaunchIncomplete(Exception):
    """The checklist does not stand yet; `missing` holds the codes of what keeps the doors shut."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__("the launch checklist is not complete; do what is missing, then open the door")
        self.missing = codes


class StrangeDoor(ValueError):
    """Choose the door, and why it is shut, from the list."""


@transaction.atomic
def open_door(*, community_id: int, door: str, at: datetime, actor: str) -> bool:
    """People may come in by a door now. False where it stands open. Which doors open first is the operator's choice.

    Raises LaunchIncomplete with what is missing, StrangeDoor, CommunityUnknown, CommunityClosed.
    """
    if door not in DOORS:
        raise StrangeDoor("choose the door from the list")
    held_community(community_id=community_id)
    items = _tick(community_id, at=at, actor=actor)
    if lacking := missing(items):
        raise LaunchIncomplete(lacking)
    row = Door.objects.filter(community=community_id, door=door).first()
    if row is not None and row.shut_at is None:
        return False
    if row is None:
        row = Door.objects.create(community_id=community_id, door=door, opened_at=at)
    else:
        row.opened_at, row.shut_at, row.reason, row.occurrence = at, None, "", row.occurrence + 1
        row.save(update_fields=["opened_at", "shut_at", "reason", "occurrence"])
    record(DoorOpened(community=community_id, door=door, occurrence=row.occurrence), at=at, actor=actor)
    return True


@transaction.atomic
def shut_door(*, community_id: int, door: str, reason: str, at: datetime, actor: str) -> bool:
    """Nobody applies by this door any more; who waits keeps waiting. False where it is not open.

    Raises StrangeDoor for a door or reason that is not in the tables.
    """
    if door not in DOORS or reason not in DOOR_REASONS:
        raise StrangeDoor("choose the door, and why it is shut, from the list")
    if not Door.objects.filter(community=community_id, door=door, shut_at=None).update(shut_at=at, reason=reason):
        return False
    occurrence = Door.objects.values_list("occurrence", flat=True).get(community=community_id, door=door)
    told = DoorShut(community=community_id, door=door, reason=reason, occurrence=occurrence)
    record(told, at=at, actor=actor)
    return True


@transaction.atomic
def tick_checklist(*, community_id: int, at: datetime, actor: str) -> tuple[Item, ...]:
    """Looks at what stands now, tells of each item that came to stand since the last look, and returns the checklist.

    Raises CommunityUnknown, CommunityClosed.
    """
    held_community(community_id=community_id)
    return _tick(community_id, at=at, actor=actor)


def _tick(community_id: int, *, at: datetime, actor: str) -> tuple[Item, ...]:
    items = checklist(standings_of(community_ids=[community_id])[community_id])
    known = {row.item: row for row in LaunchItem.objects.filter(community=community_id)}
    done = sum(1 for row in known.values() if row.stands and row.item in {i.code for i in items if i.stands})
    for item in items:
        row = known.get(item.code)
        if item.stands == (row is not None and row.stands):
            continue
        if row is None:
            row = LaunchItem(community_id=community_id, item=item.code, occurrence=0)
        row.stands, row.changed_at = item.stands, at
        row.occurrence += item.stands
        row.save()
        if item.stands:
            done += 1
            told = LaunchItemDone(
                community=community_id, item=item.code, done=done, total=len(items), occurrence=row.occurrence
            )
            record(told, at=at, actor=actor)
    return items
