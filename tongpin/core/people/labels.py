"""What the team hangs on a person by hand: tags, notes, an owner, lasting facts of their life."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.people import LifeFactNoted, NoteWritten, OwnerSet, TagPut, TagTaken
from tongpin.core.ledger.actions import record
from tongpin.core.people.knowing import LIFE
from tongpin.core.people.models import LifeFact, Note, Person, PersonTag, Tag
from tongpin.core.people.roots import members_of, present
from tongpin.core.people.rules import life_value, mask_life
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.team.keys import keyring

BY_HAND = "hand"
NOTE_LIMIT = 4000


class TagHasRule(Exception):
    """This tag is put on and taken off by its rule and by nobody else; change the rule, or choose another tag."""


class Empty(ValueError):
    """There is nothing to keep: write something first."""


@transaction.atomic
def put_tag(*, person_id: int, name: str, actor: str, at: datetime) -> int:
    """Puts a tag on a person, made where it is new, and returns it. A tag they have already stays as it is.

    Raises Empty, TagHasRule, PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    tag = tag_named(name=name, at=at)
    held = PersonTag.objects.filter(person__in=members_of(root=person.pk), tag=tag)
    if held.filter(taken_at=None).exists():
        return int(tag.pk)
    own = held.filter(person=person).first()
    if own is None:
        own = PersonTag.objects.create(person=person, tag=tag, by=actor[:60], put_at=at)
    else:
        own.by, own.put_at, own.taken_at, own.occurrence = actor[:60], at, None, own.occurrence + 1
        own.save(update_fields=["by", "put_at", "taken_at", "occurrence"])
    told = TagPut(tag=tag.pk, by=BY_HAND, occurrence=own.occurrence)
    record(told, at=at, person_id=person.pk, actor=actor)
    return int(tag.pk)


@transaction.atomic
def take_tag(*, person_id: int, tag_id: int, actor: str, at: datetime) -> None:
    """Takes a tag off a person, whichever of their records it hangs on. Raises TagHasRule."""
    person = present(person_id=person_id)
    if Tag.objects.filter(pk=tag_id, rule__isnull=False).exists():
        raise TagHasRule("this tag follows its rule; change the rule to take it off")
    for held in PersonTag.objects.filter(person__in=members_of(root=person.pk), tag=tag_id, taken_at=None):
        held.taken_at = at
        held.save(update_fields=["taken_at"])
        told = TagTaken(tag=tag_id, by=BY_HAND, occurrence=held.occurrence)
        record(told, at=at, person_id=held.person_id, actor=actor)


def tag_named(*, name: str, at: datetime) -> Tag:
    """The tag of that name for use by hand, made where it is new. Raises Empty, TagHasRule."""
    cleaned = clean(name, limit=60)
    if not cleaned:
        raise Empty("give the tag a name")
    tag, _ = Tag.objects.get_or_create(name=cleaned, defaults={"made_at": at})
    if tag.rule is not None:
        raise TagHasRule(f"the tag «{cleaned}» follows its rule; change the rule, or choose another tag")
    return tag


@transaction.atomic
def write_note(*, person_id: int, words: str, staff: int | None, staff_name: str, actor: str, at: datetime) -> int:
    """Keeps a teammate's note about a person. Raises Empty, PersonUnknown, PersonIsErased."""
    kept = words.replace("\x00", "").strip()[:NOTE_LIMIT]
    if not kept:
        raise Empty("write the note first")
    person = present(person_id=person_id)
    note = Note.objects.create(person=person, words=kept, by=staff, by_name=clean(staff_name, limit=60), written_at=at)
    record(NoteWritten(note=note.pk, length=len(kept)), at=at, person_id=person.pk, actor=actor)
    return int(note.pk)


@transaction.atomic
def remove_note(*, note_id: int, at: datetime) -> None:
    """Takes a note off the page; its row stays so that a slip can be undone. Doing it twice changes nothing."""
    Note.objects.filter(pk=note_id, removed_at=None).update(removed_at=at)


@transaction.atomic
def restore_note(*, note_id: int) -> bool:
    """A note that was taken off stands on the page again. Its fact was never withdrawn. False where it stands already."""
    return bool(Note.objects.filter(pk=note_id, removed_at__isnull=False).update(removed_at=None))


@transaction.atomic
def set_owner(*, person_id: int, staff: int | None, actor: str, at: datetime) -> None:
    """Makes a teammate responsible for a person (负责人), or nobody. Raises PersonUnknown, PersonIsErased."""
    person = present(person_id=person_id)
    others = [member for member in members_of(root=person.pk) if member != person.pk]
    inherited = Person.objects.filter(pk__in=others, owner__isnull=False)
    if person.owner == staff and not inherited.exists():
        return
    inherited.update(owner=None)
    person.owner, person.owner_times = staff, person.owner_times + 1
    person.save(update_fields=["owner", "owner_times"])
    record(OwnerSet(staff=staff or 0, occurrence=person.owner_times), at=at, person_id=person.pk, actor=actor)


@transaction.atomic
def note_life_fact(*, person_id: int, kind: str, value: str, actor: str, at: datetime) -> int:
    """Keeps something lasting of a person's life, sealed. What is known already stays as it is.

    Raises BadLifeFact, PersonUnknown, PersonIsErased.
    """
    checked = life_value(kind, clean(value, limit=300))
    person = present(person_id=person_id)
    ring = keyring()
    digest = ring.blind("life/" + kind, checked)
    fact, is_new = LifeFact.objects.get_or_create(
        person=person,
        kind=kind,
        digest=digest,
        defaults={
            "sealed": ring.encrypt(checked, context=LIFE),
            "masked": mask_life(kind, checked)[:60],
            "via": BY_HAND,
            "told_at": at,
        },
    )
    if is_new:
        record(LifeFactNoted(life_fact=fact.pk, life_kind=kind), at=at, person_id=person.pk, actor=actor)
        suggest_for(person_ids=[person.pk], at=at)
    return int(fact.pk)


@transaction.atomic
def forget_life_fact(*, life_fact_id: int, at: datetime) -> None:
    """Deletes one life fact: it was wrong, or the person does not want us to know it."""
    fact = LifeFact.objects.filter(pk=life_fact_id).first()
    if fact is not None:
        person = fact.person_id
        fact.delete()
        suggest_for(person_ids=[person], at=at)
