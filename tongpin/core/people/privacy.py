"""What a person may ask of us, and what a teammate may look at: unmasking, and handing everything out.

Erasing stands in `erasure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tongpin.core.facts.people import ContactUnmasked, PersonExported
from tongpin.core.ledger.actions import record
from tongpin.core.people.exporting import collect, pack
from tongpin.core.people.knowing import full_identity, full_life, full_name, full_trait
from tongpin.core.people.models import Identity, LifeFact, Person, Request, Trait
from tongpin.core.people.roots import members_of, present


class NothingToShow(LookupError):
    """Nothing of that kind is held of this person."""


def _names(members: list[int]) -> list[str]:
    return [full_name(person) for person in Person.objects.filter(pk__in=members).order_by("pk")]


def _identities(kind: str) -> Callable[[list[int]], list[str]]:
    return lambda members: [
        full_identity(one) for one in Identity.objects.filter(person__in=members, kind=kind).order_by("pk")
    ]


def _traits(kind: str) -> Callable[[list[int]], list[str]]:
    return lambda members: [
        full_trait(one) for one in Trait.objects.filter(person__in=members, kind=kind).order_by("pk")
    ]


def _life(kind: str) -> Callable[[list[int]], list[str]]:
    return lambda members: [
        full_life(one) for one in LifeFact.objects.filter(person__in=members, kind=kind).order_by("pk")
    ]


def _opener(field: str) -> Callable[[list[int]], list[str]]:
    """`name`, or `identity:phone`, `trait:masked_phone`, `life:address` and so on."""
    what, _, kind = field.partition(":")
    openers = {"identity": _identities, "trait": _traits, "life": _life}
    if field == "name":
        return _names
    if what not in openers or not kind:
        raise NothingToShow("say what to show: name, identity:phone, identity:mail, life:address…")
    return openers[what](kind)


@transaction.atomic
def unmask(*, person_id: int, field: str, staff: int, actor: str, at: datetime) -> tuple[str, ...]:
    """The full values of one kind, such as `name`, `identity:phone`, `life:address`; that they were seen is recorded.

    The caller writes the audit line. Raises NothingToShow, PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    values = tuple(dict.fromkeys(value for value in _opener(field)(members_of(root=person.pk)) if value))
    if not values:
        raise NothingToShow("nothing of that kind is held of this person")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('contact_view_seq')")
        view = int(cursor.fetchone()[0])
    record(ContactUnmasked(view=view, staff=staff, field=field[:60]), at=at, person_id=person.pk, actor=actor)
    return values


@dataclass(frozen=True, slots=True)
class Exported:
    """Everything known of a person, as a zip with JSON and a page to read."""

    request: int
    file_name: str
    content: bytes


@transaction.atomic
def export(*, person_id: int, actor: str, at: datetime, language: str = "zh-hans") -> Exported:
    """Hands out all that is known of a person, their merged records together: who they are, what they did and said, what
    they bought, what we concluded. Raises PersonUnknown, PersonIsErased."""
    person = present(person_id=person_id)
    request = Request.objects.create(person=person.pk, wish="export", by=actor[:60], asked_at=at, done_at=at)
    content = pack(collect(members_of(root=person.pk)), at=at, language=language)
    record(PersonExported(request=request.pk), at=at, person_id=person.pk, actor=actor)
    return Exported(int(request.pk), f"tongpin-person-{person.pk}-{at:%Y%m%d}.zip", content)
