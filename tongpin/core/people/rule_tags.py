"""Tags that follow a rule: the rule puts them on and takes them off, nobody else does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tongpin.base.text import clean
from tongpin.core.people.asking import fits
from tongpin.core.people.models import PersonTag, Tag
from tongpin.core.people.rule_language import Rule, read_rule
from tongpin.core.people.tagging import put_on, tell

BATCH = 2000
"""People looked at in one transaction."""

BY_RULE = "rule"


class TagByHand(Exception):
    """This tag is used by hand already; take it off everybody first, or give the rule's tag another name."""


class NoSuchRule(LookupError):
    """There is no such tag with a rule."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many tags were put on and taken off, and whether everybody was looked at in time."""

    put: int
    taken: int
    finished: bool


@transaction.atomic
def make_rule_tag(*, name: str, rule: object, at: datetime) -> int:
    """A tag that follows a rule from now on, or an unused one that gets a rule. It is on people after the next refresh.

    Raises BadRule, TagByHand.
    """
    read_rule(rule)
    cleaned = clean(name, limit=60)
    if not cleaned:
        raise TagByHand("give the tag a name")
    tag, _ = Tag.objects.get_or_create(name=cleaned, defaults={"made_at": at, "rule": rule})
    if tag.rule is None and PersonTag.objects.filter(tag=tag, taken_at=None).exists():
        raise TagByHand(f"«{cleaned}» is used by hand; take it off everybody first, or choose another name")
    if tag.rule != rule:
        tag.rule = rule
        tag.save(update_fields=["rule"])
    return int(tag.pk)


@transaction.atomic
def free_tag(*, tag_id: int) -> None:
    """The tag follows its rule no longer: it stays on whom it is on, and is used by hand. Raises NoSuchRule."""
    if not Tag.objects.filter(pk=tag_id, rule__isnull=False).update(rule=None):
        raise NoSuchRule("this tag has no rule")


def refresh_rule_tags(*, now: datetime, tag_id: int | None = None, seconds: float = 600.0) -> Refreshed:
    """Looks at everybody again for each rule, BATCH people a transaction. Doing it again changes nothing more."""
    put = taken = 0
    deadline = time.monotonic() + seconds
    chosen = Tag.objects.filter(rule__isnull=False).order_by("pk")
    for tag in chosen if tag_id is None else chosen.filter(pk=tag_id):
        rule, last = read_rule(tag.rule), 0
        while True:
            with transaction.atomic():
                more, off, reached = _refresh(tag.pk, rule, after=last, now=now)
            put, taken = put + more, taken + off
            if reached is None:
                break
            last = reached
            if time.monotonic() > deadline:
                return Refreshed(put, taken, False)
    return Refreshed(put, taken, True)


def _refresh(tag_id: int, rule: Rule, *, after: int, now: datetime) -> tuple[int, int, int | None]:
    asked = fits(rule, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "select max(id) from (select id from person where id > %s order by id limit %s) p", [after, BATCH]
        )
        reached = cursor.fetchone()[0]
        if reached is None:
            return 0, 0, None
        # A merged record bears no rule's tag of its own: its root does.
        cursor.execute(
            "select id, fits from (select p.id, a.person_id is null and p.erased_at is null and coalesce("
            + asked.sql
            + ", false) as fits, t.id is not null as has from person p left join person_alias a on a.person_id = p.id"
            " left join person_tag t on t.person_id = p.id and t.tag_id = %s and t.taken_at is null"
            " where p.id > %s and p.id <= %s) x where fits <> has",
            [*asked.values, tag_id, after, reached],
        )
        rows = cursor.fetchall()
    fitting = [int(person) for person, fit in rows if fit]
    if fitting:
        put_on(people=fitting, tag_id=tag_id, by=BY_RULE, how=BY_RULE, actor=BY_RULE, at=now)
    _take([int(person) for person, fit in rows if not fit], tag_id, now)
    return sum(1 for _, fit in rows if fit), sum(1 for _, fit in rows if not fit), int(reached)


def _take(people: Sequence[int], tag_id: int, now: datetime) -> None:
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update person_tag set taken_at = %s where tag_id = %s and person_id = any(%s) returning person_id, occurrence",
            [now, tag_id, list(people)],
        )
        tell("tag.taken", tag_id, cursor.fetchall(), how=BY_RULE, actor=BY_RULE, at=now)
