"""Roots: which record a merged record is read as. Every read of a person goes through here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tongpin.core.people.models import Person, PersonAlias


class PersonUnknown(LookupError):
    """There is no such person; look the number up again."""


class PersonIsErased(Exception):
    """This person was erased at their wish: nothing can be read of them or written about them any more."""


def root_of(*, person_id: int) -> int:
    """The record this one is read as; itself where it was never merged into another."""
    return PersonAlias.objects.filter(person=person_id).values_list("root", flat=True).first() or person_id


def roots_of(*, person_ids: Iterable[int]) -> dict[int, int]:
    """The root of each record. One query."""
    wanted = set(person_ids)
    found = dict(PersonAlias.objects.filter(person__in=wanted).values_list("person_id", "root")) if wanted else {}
    return {person: found.get(person, person) for person in wanted}


def members_of(*, root: int) -> list[int]:
    """All records that are read as `root`, itself first, then by number."""
    return [root, *PersonAlias.objects.filter(root=root).order_by("person_id").values_list("person_id", flat=True)]


def records_of(*, person_id: int) -> list[int]:
    """All records that are read as the same person as this one, the root first, then by number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.root, a.person_id from (select coalesce((select root from person_alias where person_id = %s), %s) root) r"
            " left join person_alias a on a.root = r.root order by a.person_id",
            [person_id, person_id],
        )
        rows = cursor.fetchall()
    return [int(rows[0][0]), *(int(record) for _, record in rows if record is not None)]


def groups_of(*, roots: Iterable[int]) -> dict[int, list[int]]:
    """All records of each root, itself first. One query."""
    groups = {root: [root] for root in roots}
    merged = PersonAlias.objects.filter(root__in=groups).order_by("person_id").values_list("root", "person_id")
    for root, person in merged:
        groups[root].append(person)
    return groups


def present(*, person_id: int) -> Person:
    """The root of a person, its row locked until the transaction ends, so that no erasure gets in between.

    Raises PersonUnknown, PersonIsErased.
    """
    for _ in range(5):
        root = root_of(person_id=person_id)
        person = Person.objects.select_for_update(of=("self",)).filter(pk=root).first()
        if person is None:
            raise PersonUnknown(f"there is no person {person_id}; look the number up again")
        if person.erased_at is not None:
            raise PersonIsErased(f"person {person_id} was erased at their wish; nothing can be added")
        if root_of(person_id=person_id) == root:
            return person
    raise PersonUnknown(f"person {person_id} is being merged right now; try again")


def present_group(*, person_id: int) -> list[int]:
    """Like `present`, on a hot path: all records of the person, the root, whose row is locked, first."""
    with connection.cursor() as cursor:
        for _ in range(5):
            cursor.execute(
                "select id, erased_at from person where id = coalesce((select root from person_alias where person_id = %s), %s)"
                " for update",
                [person_id, person_id],
            )
            row = cursor.fetchone()
            if row is None:
                raise PersonUnknown(f"there is no person {person_id}; look the number up again")
            root, erased_at = row
            if erased_at is not None:
                raise PersonIsErased(f"person {person_id} was erased at their wish; nothing can be added")
            cursor.execute(
                "select person_id, root from person_alias where root = %s or person_id = %s order by person_id",
                [root, person_id],
            )
            aliases = cursor.fetchall()
            # The lock may have been waited for, and a merge gone by meanwhile.
            if dict(aliases).get(person_id, person_id) == root:
                return [root, *(one for one, its in aliases if its == root)]
    raise PersonUnknown(f"person {person_id} is being merged right now; try again")


def lock_erasures(*, shared: bool) -> None:
    """Held until the transaction ends: shared by writers that resolved people, alone by an erasure.

    An erasure so waits for writers that already know the person, and writers after it see that the epoch has moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock_shared(7100010)" if shared else "select pg_advisory_xact_lock(7100010)"
        )
