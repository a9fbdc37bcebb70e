"""Making ways in, giving them up, using them again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from tongpin.core.facts.entrances import EntranceClosed, EntranceMade, EntranceReopened
from tongpin.core.ledger.actions import record
from tongpin.core.places.codes import make_code
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen, entrance_seen
from tongpin.loop.gather.entrances.rules import REASONS, wrong_with
from tongpin.loop.gather.ground import held_community, sentence

TARGET = "entrance"
"""Kind of the tracked code and of what it leads to."""

SAY = {
    "no_name": "give the entrance a name, so that you find it again",
    "strange_channel": "choose the channel from the list",
    "strange_door": "choose whom the entrance is meant for from the list",
}


class BadEntrance(ValueError):
    """There can be no such entrance; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


class NameTaken(Exception):
    """Another entrance of this community has this name; `entrance_id` is it."""

    def __init__(self, entrance_id: int) -> None:
        super().__init__("another entrance of this community has this name; choose another")
        self.entrance_id = entrance_id


class EntranceUnknown(LookupError):
    """There is no such entrance; look the number up again."""


class StrangeReason(ValueError):
    """Choose the reason from the list."""


@transaction.atomic
def make_entrance(
    *,
    community_id: int,
    channel: str,
    name: str,
    offline: bool,
    paid: bool,
    at: datetime,
    actor: str,
    door: str = "public",
) -> EntranceSeen:
    """A way in with a tracked code of its own. The same one again (name, channel, door) is the one that is there.

    Raises BadEntrance, NameTaken, CommunityUnknown, CommunityClosed.
    """
    called = sentence(name)[:120]
    if reason := wrong_with(channel=channel, name=called, door=door):
        raise BadEntrance(reason)
    community = held_community(community_id=community_id)
    held = Entrance.objects.filter(community=community, name=called).first()
    if held is not None:
        if (held.channel, held.offline, held.paid, held.door) != (channel, offline, paid, door):
            raise NameTaken(held.pk)
        return _seen(held.pk)
    row = Entrance.objects.create(
        community=community,
        channel=channel,
        name=called,
        offline=offline,
        paid=paid,
        door=door,
        made_at=at,
        made_by=actor[:60],
    )
    staff = _staff(actor)
    code = make_code(code_kind=TARGET, target_kind=TARGET, target=row.pk, actor=actor, at=at, staff=staff)
    Entrance.objects.filter(pk=row.pk).update(code=code.id)
    told = EntranceMade(
        entrance=row.pk,
        channel=channel,
        tracked_code=code.id,
        offline=offline,
        paid=paid,
        community=community.pk,
        staff=staff,
    )
    record(told, at=at, actor=actor)
    return _seen(row.pk)


@transaction.atomic
def close_entrance(*, entrance_id: int, reason: str, at: datetime, actor: str) -> bool:
    """Gives up a way in. False where closed already.

    What is printed is printed: its code goes on showing who the community is, and lets nobody ask to come in
    (`admission.rules.may_apply`: way_closed).

    Raises StrangeReason, EntranceUnknown.
    """
    if reason not in REASONS:
        raise StrangeReason("choose the reason from the list")
    open_one = Entrance.objects.filter(pk=entrance_id, closed_at=None)
    if not open_one.update(closed_at=at, reason=reason, occurrence=F("occurrence") + 1):
        _seen(entrance_id)
        return False
    occurrence = Entrance.objects.values_list("occurrence", flat=True).get(pk=entrance_id)
    record(EntranceClosed(entrance=entrance_id, reason=reason, occurrence=occurrence), at=at, actor=actor)
    return True


@transaction.atomic
def reopen_entrance(*, entrance_id: int, at: datetime, actor: str) -> bool:
    """Uses a way in again. False where it is in use. Raises EntranceUnknown."""
    if not Entrance.objects.filter(pk=entrance_id, closed_at__isnull=False).update(closed_at=None, reason=""):
        _seen(entrance_id)
        return False
    occurrence = Entrance.objects.values_list("occurrence", flat=True).get(pk=entrance_id)
    record(EntranceReopened(entrance=entrance_id, occurrence=occurrence), at=at, actor=actor)
    return True


def _seen(entrance_id: int) -> EntranceSeen:
    seen = entrance_seen(entrance_id=entrance_id)
    if seen is None:
        raise EntranceUnknown("there is no such entrance; look the number up again")
    return seen


def _staff(actor: str) -> int:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "staff" and number.isdecimal() else 0
