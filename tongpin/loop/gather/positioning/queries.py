"""What a community says of itself, now and before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongpin.loop.gather.positioning.models import Positioning
from tongpin.loop.gather.positioning.rules import CODED, WORDS, Canvas


@dataclass(frozen=True, slots=True)
class Edition:
    """A canvas, which edition it is, when it was written and by whom ("staff:3")."""

    edition: int
    canvas: Canvas
    written_at: datetime
    written_by: str


def positioning_of(*, community_id: int) -> Edition | None:
    """The canvas that holds; None before the first one. One query."""
    row = Positioning.objects.filter(community=community_id).order_by("-edition").first()
    return _edition(row) if row else None


def positionings_of(*, community_id: int, limit: int = 50) -> list[Edition]:
    """All editions, newest first. One query."""
    rows = Positioning.objects.filter(community=community_id).order_by("-edition")
    return [_edition(row) for row in rows[:limit]]


def _edition(row: Positioning) -> Edition:
    parts = {part: getattr(row, part) for part in WORDS}
    coded = {part: getattr(row, part) for part in CODED}
    canvas = Canvas(**parts, kinds=tuple(coded["kinds"]), tie=coded["tie"], motives=tuple(coded["motives"]))
    return Edition(row.edition, canvas, row.written_at, row.written_by)
