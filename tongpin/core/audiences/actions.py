"""Defining segments, changing what they mean, dropping them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.audiences.models import Segment, SegmentEdition
from tongpin.core.audiences.queries import SegmentSeen, seen
from tongpin.core.audiences.rules import Rule, may_change, written
from tongpin.core.facts.audiences import SegmentDefined
from tongpin.core.ledger.actions import record
from tongpin.core.team.rules import Everything, Scope

EVERYTHING = Everything()
NAMES = 7100048
"""The advisory lock under which names are taken: two of one name never begin at the same moment."""


class NoName(ValueError):
    """Give the segment a name of letters or characters."""


class FitsEverybody(ValueError):
    """Set at least one filter: a segment of everybody is the list itself."""


class NameTaken(Exception):
    """Another segment has this name and means something else; `segment_id` is it."""

    def __init__(self, segment_id: int) -> None:
        super().__init__("another segment has this name; choose another, or change that one")
        self.segment_id = segment_id


class NotYours(Exception):
    """It belongs to communities one does not work in, or to the whole house. Nothing was changed."""


class SegmentUnknown(LookupError):
    """There is no such segment; look the number up again."""


@transaction.atomic
def define_segment(
    *, name: str, rule: Rule, at: datetime, actor: str, communities: Collection[int] = ()
) -> SegmentSeen:
    """A new segment, of these communities (none: of the whole house). The same name with the same rule is the one that
    is there, whosever it is.

    Raises NoName, FitsEverybody, NameTaken.
    """
    called = clean(name, limit=60)
    if not called:
        raise NoName("give the segment a name of letters or characters")
    if rule.says_nothing:
        raise FitsEverybody("set at least one filter: a segment of everybody is the list itself")
    _names_held()
    held = Segment.objects.filter(name=called, dropped_at=None).first()
    if held is not None:
        if held.rule != written(rule):
            raise NameTaken(held.pk)
        return seen(held)
    row = Segment.objects.create(
        name=called, rule=written(rule), defined_at=at, defined_by=actor[:60], communities=sorted(communities)
    )
    _tell(row, at=at, actor=actor)
    return seen(row)


@transaction.atomic
def redefine_segment(
    *,
    segment_id: int,
    rule: Rule,
    at: datetime,
    actor: str,
    scope: Scope = EVERYTHING,
    communities: Collection[int] = (),
) -> SegmentSeen:
    """The segment means something else from now on: a new edition. The same rule again changes nothing.

    `scope`: where one may change such things. `communities`: what the new rule names besides; what is of the whole house
    stays so.

    Raises FitsEverybody, SegmentUnknown, NotYours.
    """
    if rule.says_nothing:
        raise FitsEverybody("set at least one filter: a segment of everybody is the list itself")
    row = Segment.objects.select_for_update().filter(pk=segment_id, dropped_at=None).first()
    if row is None:
        raise SegmentUnknown("there is no such segment; look the number up again")
    _must_be_yours(row, scope)
    if row.rule == written(rule):
        return seen(row)
    if row.communities:
        row.communities = sorted({*row.communities, *communities})
    row.rule, row.edition, row.defined_at, row.defined_by = written(rule), row.edition + 1, at, actor[:60]
    row.save(update_fields=["rule", "edition", "defined_at", "defined_by", "communities"])
    _tell(row, at=at, actor=actor)
    return seen(row)


@transaction.atomic
def drop_segment(*, segment_id: int, at: datetime, scope: Scope = EVERYTHING) -> bool:
    """Takes a segment off the lists; nobody in it is touched. False where it is off already.

    Raises SegmentUnknown, NotYours.

    No fact: what facts said about its editions stays true.
    """
    row = Segment.objects.select_for_update().filter(pk=segment_id).first()
    if row is None:
        raise SegmentUnknown("there is no such segment; look the number up again")
    _must_be_yours(row, scope)
    return bool(Segment.objects.filter(pk=segment_id, dropped_at=None).update(dropped_at=at))


@transaction.atomic
def bring_segment_back(*, segment_id: int, scope: Scope = EVERYTHING) -> bool:
    """Takes dropping back. False where it is in use. Raises SegmentUnknown, NameTaken, NotYours."""
    _names_held()
    row = Segment.objects.filter(pk=segment_id).first()
    if row is None:
        raise SegmentUnknown("there is no such segment; look the number up again")
    _must_be_yours(row, scope)
    if row.dropped_at is None:
        return False
    other = Segment.objects.filter(name=row.name, dropped_at=None).first()
    if other is not None:
        raise NameTaken(other.pk)
    Segment.objects.filter(pk=segment_id).update(dropped_at=None)
    return True


def _must_be_yours(row: Segment, scope: Scope) -> None:
    if not may_change(scope=scope, communities=frozenset(row.communities)):
        raise NotYours("this segment is of communities you do not work in, or of the whole house")


def _names_held() -> None:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NAMES])


def _tell(row: Segment, *, at: datetime, actor: str) -> None:
    SegmentEdition.objects.create(segment=row, edition=row.edition, rule=row.rule, defined_at=at, defined_by=actor[:60])
    record(SegmentDefined(segment=row.pk, edition=row.edition), at=at, actor=actor)
