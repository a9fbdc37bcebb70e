"""Meeting people by hand: adding one in ten seconds, tying identities to them, calling them by their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from tongpin.base.text import clean, grams, mask_name, sort_key
from tongpin.core.facts.people import IdentityDropped, IdentityLinked, PersonMet
from tongpin.core.ledger.actions import record
from tongpin.core.people.erased import erased_list
from tongpin.core.people.erasure import forget_identities
from tongpin.core.people.knowing import IDENTITY, NAME, full_name
from tongpin.core.people.labels import put_tag, set_owner, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Identity, Person, Strength
from tongpin.core.people.pairs import Doubt, keep_suggestions, pair
from tongpin.core.people.resolving import sign_digest
from tongpin.core.people.roots import members_of, present, root_of
from tongpin.core.people.rules import Ground
from tongpin.core.people.scopes import note_scopes
from tongpin.core.people.signs import Sign, must_be_sealed, shown
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.team.keys import keyring

BY_HAND = "hand"
SAID_BY_HAND = "sign_given_by_hand"
TRIES = 5


class NothingKnown(ValueError):
    """Nothing was given by which the person could be known again."""


class SignOfErased(Exception):
    """This identity belongs to somebody who asked to be erased. Without their own word nobody may add them again."""


class SignTaken(Exception):
    """This identity belongs to another identified person and does not move. A suggestion to merge the two waits."""

    def __init__(self, other: int, suggestion: int | None) -> None:
        super().__init__(f"this belongs to person {other}; merge the two if they are one, or correct the entry")
        self.other, self.suggestion = other, suggestion


@dataclass(frozen=True, slots=True)
class Met:
    """Who was met, whether they are new, and other people whose signs were given too (suggestions wait for them)."""

    person_id: int
    is_new: bool
    others: tuple[int, ...] = ()


def add_by_hand(
    *,
    nickname: str = "",
    name: str = "",
    signs: Sequence[Sign] = (),
    tags: Sequence[str] = (),
    owner: int | None = None,
    note: str = "",
    staff: int | None = None,
    staff_name: str = "",
    actor: str,
    at: datetime,
) -> Met:
    """Adds somebody with all that is known, or finds them again by a sign: then only blanks are filled.

    `staff` and `staff_name` are who writes the note. Raises NothingKnown, SignOfErased, TagHasRule.
    """
    called, real = clean(nickname, limit=120), clean(name, limit=80)
    if not (called or real or signs):
        raise NothingKnown("give a nickname, a name, or a phone, mail or account")
    _refuse_erased(signs)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                met = _meet(list(signs), called, real, actor=actor, at=at)
                for tag in tags:
                    put_tag(person_id=met.person_id, name=tag, actor=actor, at=at)
                if owner is not None and Person.objects.filter(pk=met.person_id, owner=None).exists():
                    set_owner(person_id=met.person_id, staff=owner, actor=actor, at=at)
                if note.strip():
                    write_note(
                        person_id=met.person_id, words=note, staff=staff, staff_name=staff_name, actor=actor, at=at
                    )
                suggest_for(person_ids=[met.person_id], at=at)
            return met
        except IntegrityError:
            # Somebody else met the same sign at the same moment: next time it is known.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _refuse_erased(signs: Sequence[Sign]) -> None:
    marks = erased_list()
    if not marks:
        return
    ring = keyring()
    if any(ring.erased_mark(f"{one.kind}/{one.namespace}", one.value) in marks for one in signs):
        raise SignOfErased(
            "this person asked us to erase them, and we keep only that wish; leave the number out, or let them join by"
            " themselves"
        )


def _meet(signs: list[Sign], nickname: str, name: str, *, actor: str, at: datetime) -> Met:
    owners = {one: owner for one in signs if (owner := _owner_of(one)) is not None}
    roots = list(dict.fromkeys(root_of(person_id=owner) for owner in owners.values()))
    if roots:
        person, is_new = present(person_id=roots[0]), False
    else:
        strong = any(one.strength == Strength.STRONG for one in signs)
        person, is_new = Person.objects.create(via=BY_HAND, created_at=at, identified=strong), True
    _name(
        person, nickname=nickname if is_new or not person.nickname else None, name=name if name else None, blanks=True
    )
    linked = [(one, _write_identity(person, one, at)) for one in signs if one not in owners]
    if is_new:
        kinds = tuple(one.kind for one, _ in linked)
        record(PersonMet(via=BY_HAND, identities=kinds), at=at, person_id=person.pk, actor=actor)
    else:
        for one, identity in linked:
            _tell_linked(person.pk, one, identity, actor=actor, at=at)
    grounds = (Ground(SAID_BY_HAND, detail=tuple(sorted({one.kind for one in owners}))),)
    keep_suggestions(doubts=[Doubt(person.pk, other, 0.9, grounds) for other in roots[1:]], at=at)
    return Met(person.pk, is_new, tuple(roots[1:]))


def link_identity(*, person_id: int, sign: Sign, actor: str, at: datetime) -> int:
    """Ties an identity to a person and returns it. A nameless record that holds it is merged into the person.

    Raises SignTaken (a suggestion is kept), SignOfErased, PersonUnknown, PersonIsErased.
    """
    _refuse_erased([sign])
    with transaction.atomic():
        outcome = _link(person_id, sign, actor=actor, at=at)
    if isinstance(outcome, SignTaken):
        raise outcome
    return outcome


def _link(person_id: int, one: Sign, *, actor: str, at: datetime) -> int | SignTaken:
    person = present(person_id=person_id)
    held = Identity.objects.filter(digest=sign_digest(one)).first()
    if held is None:
        identity = _write_identity(person, one, at)
        _tell_linked(person.pk, one, identity, actor=actor, at=at)
        suggest_for(person_ids=[person.pk], at=at)
        return identity
    other = root_of(person_id=held.person_id)
    if other == person.pk:
        return int(held.pk)
    ground = Ground(SAID_BY_HAND, detail=(one.kind,))
    if Person.objects.filter(pk__in=members_of(root=other), identified=True).exists():
        kept = keep_suggestions(doubts=[Doubt(person.pk, other, 0.9, (ground,))], at=at)
        return SignTaken(other, kept.get(pair(person.pk, other)))
    merge(kept=person.pk, gone=other, reasons=[ground], actor=actor, at=at)
    return int(held.pk)


@transaction.atomic
def drop_identity(*, identity_id: int, actor: str, at: datetime) -> None:
    """Unties an identity: a changed phone, a wrong entry. From then on it is unknown. Doing it twice changes nothing."""
    held = Identity.objects.filter(pk=identity_id).first()
    if held is None:
        return
    present(person_id=held.person_id)
    owner, kind = held.person_id, held.kind
    held.delete()
    strong = Identity.objects.filter(person=owner, strength=Strength.STRONG).exists()
    Person.objects.filter(pk=owner).update(identified=strong)
    forget_identities()
    record(IdentityDropped(identity=identity_id, identity_kind=kind), at=at, person_id=owner, actor=actor)
    suggest_for(person_ids=[owner], at=at)


@transaction.atomic
def rename(*, person_id: int, nickname: str | None = None, name: str | None = None, at: datetime) -> None:
    """Calls a person something else; None leaves as it is, an empty text takes away. Raises PersonUnknown,
    PersonIsErased."""
    person = present(person_id=person_id)
    _name(
        person,
        nickname=None if nickname is None else clean(nickname, limit=120),
        name=None if name is None else clean(name, limit=80),
        blanks=False,
    )
    suggest_for(person_ids=[person.pk], at=at)


def _name(person: Person, *, nickname: str | None, name: str | None, blanks: bool) -> None:
    """Writes names into their columns; with `blanks` a real name that is known stays."""
    if nickname is not None:
        person.nickname, person.grams = nickname, grams(nickname)
    if name is not None and not (blanks and person.name_sealed is not None):
        ring = keyring()
        person.name_sealed = ring.encrypt(name, context=NAME) if name else None
        person.name_index = ring.blind("name", name) if name else None
        person.name_masked = mask_name(name)[:40]
    person.sort_key = sort_key(person.nickname or full_name(person)[:1])
    person.save(update_fields=["nickname", "grams", "name_sealed", "name_index", "name_masked", "sort_key"])


def _owner_of(one: Sign) -> int | None:
    return Identity.objects.filter(digest=sign_digest(one)).values_list("person_id", flat=True).first()


def _write_identity(person: Person, one: Sign, at: datetime) -> int:
    """Raises IntegrityError where somebody else just wrote it."""
    with connection.cursor() as cursor:
        note_scopes(cursor, {(one.kind, one.namespace)}, met=set())
    identity = Identity.objects.create(
        person=person,
        kind=one.kind,
        namespace=one.namespace,
        digest=sign_digest(one),
        sealed=keyring().encrypt(one.value, context=IDENTITY) if must_be_sealed(one) else None,
        shown=shown(one),
        strength=one.strength,
        via=BY_HAND,
        linked_at=at,
    )
    if one.strength == Strength.STRONG and not person.identified:
        person.identified = True
        person.save(update_fields=["identified"])
    return int(identity.pk)


def _tell_linked(person_id: int, one: Sign, identity: int, *, actor: str, at: datetime) -> None:
    strength = "strong" if one.strength == Strength.STRONG else "weak"
    told = IdentityLinked(identity=identity, identity_kind=one.kind, strength=strength)
    record(told, at=at, person_id=person_id, actor=actor)
