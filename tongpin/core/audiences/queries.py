"""Segments, how many fit them now, and who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongpin.core.audiences.models import Segment, SegmentEdition
from tongpin.core.audiences.rules import Rule, read
from tongpin.core.people.counting import Counted, how_many
from tongpin.core.people.listing import Page, Sort, people_page
from tongpin.core.team.rules import Scope

MOST = 200
"""Segments that are listed."""


@dataclass(frozen=True, slots=True)
class SegmentSeen:
    """A segment with its rule; `defined_by` is an actor ("staff:3"). `communities`: whose it is; empty: the whole house's."""

    id: int
    name: str
    rule: Rule
    edition: int
    defined_at: datetime
    defined_by: str
    dropped: bool
    communities: frozenset[int] = frozenset()


def segments() -> list[SegmentSeen]:
    """Those in use, by name; at most MOST. One query."""
    return [seen(row) for row in Segment.objects.filter(dropped_at=None).order_by("name", "pk")[:MOST]]


def segment_seen(*, segment_id: int) -> SegmentSeen | None:
    """One of them, dropped ones too. One query."""
    row = Segment.objects.filter(pk=segment_id).first()
    return seen(row) if row else None


def editions_of(*, segment_id: int) -> list[tuple[int, Rule, datetime, str]]:
    """(edition, rule, when, by whom), newest first. One query."""
    rows = SegmentEdition.objects.filter(segment=segment_id).order_by("-edition")
    return [(row.edition, read(row.rule), row.defined_at, row.defined_by) for row in rows]


def count_of(*, rule: Rule, scope: Scope) -> Counted:
    """How many people within the scope fit a rule now, up to a bound. Two queries."""
    return how_many(
        scope=scope, tag=rule.tag, owner=rule.owner, has_orders=rule.has_orders, via=rule.via, place=rule.place
    )


def people_fitting(
    *, rule: Rule, scope: Scope, sort: Sort = "recent", after: str | None = None, limit: int = 50
) -> Page:
    """A page of those who fit a rule now. Raises BadCursor."""
    return people_page(
        scope=scope,
        tag=rule.tag,
        owner=rule.owner,
        has_orders=rule.has_orders,
        via=rule.via,
        place=rule.place,
        sort=sort,
        after=after,
        limit=limit,
    )


def seen(row: Segment) -> SegmentSeen:
    """A row as others may know it."""
    return SegmentSeen(
        row.pk,
        row.name,
        read(row.rule),
        row.edition,
        row.defined_at,
        row.defined_by,
        row.dropped_at is not None,
        frozenset(row.communities),
    )
