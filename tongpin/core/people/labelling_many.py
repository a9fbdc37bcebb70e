"""One tag for several people at once (批量打标签), and taking it off again. The number of queries does not depend on theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from tongpin.core.people.labels import BY_HAND, tag_named
from tongpin.core.people.models import Person, PersonTag
from tongpin.core.people.roots import groups_of, roots_of
from tongpin.core.people.scoping import among
from tongpin.core.people.tagging import put_on, tell
from tongpin.core.team.rules import Scope


@transaction.atomic
def put_tag_on_all(*, person_ids: Iterable[int], name: str, scope: Scope, actor: str, at: datetime) -> tuple[int, int]:
    """Puts a tag on everybody of these who lies in the scope and lacks it. Returns the tag and on how many it was put.

    Raises Empty, TagHasRule.
    """
    tag = tag_named(name=name, at=at)
    roots = set(roots_of(person_ids=among(person_ids=person_ids, scope=scope)).values())
    members = {member: root for root, group in groups_of(roots=roots).items() for member in group}
    have = PersonTag.objects.filter(person__in=list(members), tag=tag, taken_at=None).values_list(
        "person_id", flat=True
    )
    wanted = roots - {members[person] for person in have}
    alive = sorted(
        Person.objects.select_for_update()
        .filter(pk__in=wanted, erased_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not alive:
        return int(tag.pk), 0
    put = put_on(people=alive, tag_id=int(tag.pk), by=actor[:60], how=BY_HAND, actor=actor, at=at)
    return int(tag.pk), put


@transaction.atomic
def take_tag_back(*, tag_id: int, put_at: datetime, scope: Scope, actor: str, at: datetime) -> int:
    """Takes a tag off all on whom this teammate put it at that very moment. Returns off how many."""
    held = PersonTag.objects.filter(tag=tag_id, by=actor[:60], put_at=put_at, taken_at=None)
    people = among(person_ids=held.values_list("person_id", flat=True), scope=scope)
    with connection.cursor() as cursor:
        cursor.execute(
            "update person_tag set taken_at = %s where tag_id = %s and by = %s and put_at = %s and taken_at is null"
            " and person_id = any(%s) returning person_id, occurrence",
            [at, tag_id, actor[:60], put_at, sorted(people)],
        )
        taken = cursor.fetchall()
    tell("tag.taken", tag_id, taken, how=BY_HAND, actor=actor, at=at)
    return len(taken)
