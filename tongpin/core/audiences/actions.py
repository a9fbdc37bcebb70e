"""Defining segments, changing what they mean, dropping them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.audiences.models import Segment, SegmentEdition
from tongpin.core.audiences.queries import SegmentSeen, seen
from tongpin.core.audiences.rules import Rule, written
from tongpin.core.facts.audiences import SegmentDefined
from tongpin.core.ledger.actions import record

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


class SegmentUnknown(LookupError):
    """There is no such segment; look the number up again."""


@transaction.atomic
def define_segment(*, name: str, rule: Rule, at: datetime, actor: str) -> SegmentSeen:
    """A new segment. The same name with the same rule is the one that is there.

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
    row = Segment.objects.create(name=called, rule=written(rule), defined_at=at, defined_by=actor[:60])
    _tell(row, at=at, actor=actor)
    return seen(row)


@transaction.atomic
def redefine_segment(*, segment_id: int, rule: Rule, at: datetime, actor: str) -> SegmentSeen:
    """The segment means something else from now on: a new edition. The same rule again changes nothing.

    Raises FitsEverybody, SegmentUnknown.
    """
    if rule.says_nothing:
        raise FitsEverybody("set at least one filter: a segment of everybody is the list itself")
    row = Segment.objects.select_for_update().filter(pk=segment_id, dropped_at=None).first()
    if row is None:
        raise SegmentUnknown("there is no such segment; look the number up again")
    if row.rule == written(rule):
        return seen(row)
    row.rule, row.edition, row.defined_at, row.defined_by = written(rule), row.edition + 1, at, actor[:60]
    row.save(update_fields=["rule", "edition", "defined_at", "defined_by"])
    _tell(row, at=at, actor=actor)
    return seen(row)


@transaction.atomic
def drop_segment(*, segment_id: int, at: datetime) -> bool:
    """Takes a segment off the lists; nobody in it is touched. False where it is off already. Raises SegmentUnknown.

    No fact: what facts said about its editions stays true.
    """
    if Segment.objects.filter(pk=segment_id, dropped_at=None).update(dropped_at=at):
        return True
    if not Segment.objects.filter(pk=segment_id).exists():
        raise SegmentUnknown("there is no such segment; look the number up again")
    return False


@transaction.atomic
def bring_segment_back(*, segment_id: int) -> bool:
    """Takes dropping back. False where it is in use. Raises SegmentUnknown, NameTaken."""
    _names_held()
    row = Segment.objects.filter(pk=segment_id).first()
    if row is None:
        raise SegmentUnknown("there is no such segment; look the number up again")
    if row.dropped_at is None:
        return False
    other = Segment.objects.filter(name=row.name, dropped_at=None).first()
    if other is not None:
        raise NameTaken(other.pk)
    Segment.objects.filter(pk=segment_id).update(dropped_at=None)
    return True


def _names_held() -> None:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NAMES])


def _tell(row: Segment, *, at: datetime, actor: str) -> None:
    SegmentEdition.objects.create(segment=row, edition=row.edition, rule=row.rule, defined_at=at, defined_by=actor[:60])
    record(SegmentDefined(segment=row.pk, edition=row.edition), at=at, actor=actor)
