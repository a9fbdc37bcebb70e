"""The charter in force, its earlier editions, and who agreed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tongpin.core.people.roots import records_of
from tongpin.loop.gather.charter.models import Acceptance, CharterEdition, Door
from tongpin.loop.gather.charter.rules import Charter


@dataclass(frozen=True, slots=True)
class Edition:
    """A charter, which edition it is, when it was adopted and by whom ("staff:3")."""

    edition: int
    charter: Charter
    adopted_at: datetime
    adopted_by: str


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """A door that stands open, or stood open and was shut for a reason."""

    door: str
    opened_at: datetime
    shut_at: datetime | None
    reason: str


def charter_of(*, community_id: int) -> Edition | None:
    """The edition in force; None before the first one. One query."""
    row = CharterEdition.objects.filter(community=community_id).order_by("-edition").first()
    return _edition(row) if row else None


def charters_of(*, community_id: int, limit: int = 50) -> list[Edition]:
    """All editions, newest first. One query."""
    rows = CharterEdition.objects.filter(community=community_id).order_by("-edition")
    return [_edition(row) for row in rows[:limit]]


def accepted_edition(*, community_id: int, person_id: int) -> int:
    """The latest edition that a person agreed to with any of their records; 0 where with none. Three queries."""
    return accepted_by(community_id=community_id, records=records_of(person_id=person_id))


def accepted_by(*, community_id: int, records: Collection[int]) -> int:
    """The same for somebody whose records are known. One query."""
    editions = Acceptance.objects.filter(charter__community=community_id, person__in=records)
    return editions.order_by("-charter__edition").values_list("charter__edition", flat=True).first() or 0


def doors_of(*, community_id: int) -> tuple[DoorSeen, ...]:
    """Doors that were ever opened, the one opened last first. One query."""
    rows = Door.objects.filter(community=community_id).order_by("-opened_at", "-pk")
    return tuple(DoorSeen(row.door, row.opened_at, row.shut_at, row.reason) for row in rows)


def _edition(row: CharterEdition) -> Edition:
    charter = Charter(
        rules=tuple(row.rules),
        roles=tuple(row.roles),
        rituals=tuple(row.rituals),
        content_sources=tuple(row.content_sources),
        goal=row.goal,
        plan=row.plan,
    )
    return Edition(row.edition, charter, row.adopted_at, row.adopted_by)
