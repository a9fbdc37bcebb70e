"""Opening what is sealed: identities, names, traits and life facts in full. Callers record why they looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tongpin.core.people.models import Identity, LifeFact, Person, Trait
from tongpin.core.team.keys import keyring

IDENTITY, NAME, TRAIT, LIFE = "identity", "person.name", "person_trait", "life_fact"
"""In whose name each kind of value is sealed: a value moved to another column does not open."""


def full_identity(one: Identity) -> str:
    """The value itself. What is not sealed is shown as it is."""
    return keyring().decrypt(one.sealed, context=IDENTITY) if one.sealed is not None else one.shown


def full_name(person: Person) -> str:
    """The real name, or nothing."""
    return keyring().decrypt(person.name_sealed, context=NAME) if person.name_sealed is not None else ""


def full_trait(trait: Trait) -> str:
    """What was told."""
    return keyring().decrypt(trait.sealed, context=TRAIT) if trait.sealed is not None else trait.shown


def full_life(fact: LifeFact) -> str:
    """What was told."""
    return keyring().decrypt(fact.sealed, context=LIFE)


def values_of(*, person_ids: Sequence[int]) -> tuple[str, ...]:
    """Every text that stands for these people: names, numbers, accounts, addresses; longest first.

    A phone also as it is written within its country.
    """
    found: set[str] = set()
    for person in Person.objects.filter(pk__in=person_ids):
        found |= {person.nickname, full_name(person)}
    for one in Identity.objects.filter(person__in=person_ids):
        found |= _spellings(full_identity(one))
    for trait in Trait.objects.filter(person__in=person_ids):
        found |= _spellings(full_trait(trait))
    found |= {full_life(fact) for fact in LifeFact.objects.filter(person__in=person_ids, kind="address")}
    return tuple(sorted(found - {""}, key=lambda text: (-len(text), text)))


def _spellings(value: str) -> set[str]:
    return {value, value.removeprefix("+86")}


def telling(values: Iterable[str]) -> tuple[str, ...]:
    """Those texts that hardly stand for anybody else: long enough to look for in files."""
    return tuple(v for v in values if len(v) >= 6 or (len(v) >= 3 and not v.isascii()))
