"""The ways into a community."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from tongpin.loop.gather.entrances.models import Entrance


@dataclass(frozen=True, slots=True)
class EntranceSeen:
    """A way in: its tracked code as a number and as printed, and whether it is in use (`closed_at` None)."""

    id: int
    community_id: int
    channel: str
    name: str
    offline: bool
    paid: bool
    door: str
    code_id: int
    code: str
    made_at: datetime
    closed_at: datetime | None
    reason: str


def entrances_in(*, community_id: int) -> list[EntranceSeen]:
    """All ways into a community, closed ones too, newest first. One query."""
    rows = Entrance.objects.filter(community=community_id).select_related("code").order_by("-made_at", "-pk")
    return [_seen(row) for row in rows]


def entrances_among(*, community_ids: Sequence[int] | None, limit: int) -> list[EntranceSeen]:
    """Ways into these communities (None: all that have not ended), those in use first, newest first. One query."""
    rows = Entrance.objects.filter(community__closed_at=None)
    if community_ids is not None:
        rows = rows.filter(community__in=community_ids)
    rows = rows.select_related("code").order_by(F("closed_at").desc(nulls_first=True), "-made_at", "-pk")
    return [_seen(row) for row in rows[:limit]]


def entrance_seen(*, entrance_id: int) -> EntranceSeen | None:
    """One way in, by its number: what a tracked code of `target_kind` entrance leads to. One query."""
    row = Entrance.objects.filter(pk=entrance_id).select_related("code").first()
    return _seen(row) if row else None


def entrance_by_code(*, community_id: int, code_id: int | None) -> EntranceSeen | None:
    """The way in that a tracked code belongs to, if it is one of this community's. One query, or none."""
    if not code_id:
        return None
    row = Entrance.objects.filter(community=community_id, code=code_id).select_related("code").first()
    return _seen(row) if row else None


def entrance_names(*, entrance_ids: Iterable[int]) -> dict[int, str]:
    """What entrances are called. One query."""
    return dict(Entrance.objects.filter(pk__in=set(entrance_ids)).values_list("pk", "name"))


def _seen(row: Entrance) -> EntranceSeen:
    code = row.code
    return EntranceSeen(
        row.pk,
        row.community_id,
        row.channel,
        row.name,
        row.offline,
        row.paid,
        row.door,
        code.pk if code else 0,
        code.code if code else "",
        row.made_at,
        row.closed_at,
        row.reason,
    )
