"""What people are called on screens."""

from __future__ import annotations

from collections.abc import Sequence

from tongpin.core.people.models import Identity, Person, Strength
from tongpin.core.people.rules import display_name


def display_names(*, person_ids: Sequence[int]) -> dict[int, str]:
    """What each of these records is called, as itself and not as its root; empty where only a number tells them apart.

    Two queries.
    """
    signs: dict[int, list[str]] = {}
    strong = Identity.objects.filter(person__in=person_ids, strength=Strength.STRONG).order_by("pk")
    for person, shown in strong.values_list("person_id", "shown"):
        signs.setdefault(person, []).append(shown)
    people = Person.objects.filter(pk__in=person_ids).values_list("pk", "nickname", "name_masked")
    return {person: display_name([(nickname, masked)], signs.get(person, [])) for person, nickname, masked in people}
