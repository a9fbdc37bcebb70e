"""Erasing (抹去) somebody for good: names, contact data, what we noted, and, where asked, their words.

What the law keeps, orders and money, stays without a person. Layers above register what they hold of people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tongpin.core.facts.people import PersonErased
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.feed import reader_pos
from tongpin.core.people.erased import add_to_erased_list, erased_list
from tongpin.core.people.knowing import full_identity, values_of
from tongpin.core.people.models import (
    Activity,
    Assessment,
    Consent,
    Identity,
    LifeFact,
    LikenessKey,
    MemberSession,
    Merge,
    Note,
    Person,
    PersonAlias,
    PersonTag,
    Purchase,
    Request,
    Spending,
    Strength,
    Suggestion,
    Trait,
)
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, lock_erasures, members_of, root_of
from tongpin.core.team.keys import keyring

TRACKING = {
    "event.tracked": ("write_key", "message", "name"),
    "page.viewed": ("write_key", "message"),
    "screen.viewed": ("write_key", "message"),
    "traits.told": ("write_key", "message"),
    "group.told": ("write_key", "message", "group"),
    "alias.told": ("write_key", "message"),
    "form.received": ("hook", "message", "name"),
}
"""Kinds whose bodies hold free properties, and the fields a body needs to be read back: numbers stay, texts go."""

OWNED = (Identity, MemberSession, Trait, LikenessKey, LifeFact, Note, Consent, PersonTag, PersonAlias, Assessment)
"""Tables whose rows of a person go with them."""

BODIES = 5000
"""Bodies emptied in one transaction."""


class MustWait(Exception):
    """Nobody can be erased at this moment; the text says until when. Try again then."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """Who is being erased, for the layers above: every record of one person, and the texts that may stand in something
    sealed or in a stored file (longest first)."""

    person_ids: tuple[int, ...]
    with_words: bool
    values: tuple[str, ...]
    at: datetime


Eraser = Callable[[Erasing], None]
ERASERS: dict[str, Eraser] = {}


def register_eraser(name: str, function: Eraser) -> None:
    """Makes a layer's part of every erasure known; called once at start."""
    ERASERS[name] = function


def erase(*, person_id: int, with_words: bool, actor: str, at: datetime) -> int:
    """Erases a person as a whole, merged records too, and returns the number of the request.

    Bodies of tracked events are emptied first, in transactions of their own; the rest goes in one. The marks that keep
    the person from coming back are on disk before it commits. Raises PersonUnknown, PersonIsErased, and what an eraser
    raises where it must wait (a running import).
    """
    members = _members(person_id)
    while _empty_bodies(members, limit=BODIES) == BODIES:
        pass
    with transaction.atomic():
        lock_erasures(shared=False)
        people = _locked(person_id)
        members = [person.pk for person in people]
        marks = _marks(people, with_words=with_words)
        erasing = Erasing(tuple(members), with_words, values_of(person_ids=members), at)
        for eraser in ERASERS.values():
            eraser(erasing)
        _erase_own(members, at)
        _empty_bodies(members, limit=None)
        request = Request.objects.create(
            person=members[0], wish="erase", with_words=with_words, by=actor[:60], asked_at=at, done_at=at
        )
        record(PersonErased(request=request.pk, with_words=with_words), at=at, person_id=members[0], actor=actor)
        forget_identities()
        add_to_erased_list(marks)
    return int(request.pk)


def forget_identities() -> None:
    """Makes every process forget which sign belongs to whom, once this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("update identity_epoch set epoch = epoch + 1")


def _members(person_id: int) -> list[int]:
    root = root_of(person_id=person_id)
    person = Person.objects.filter(pk=root).only("erased_at").first()
    if person is None:
        raise PersonUnknown(f"there is no person {person_id}; look the number up again")
    if person.erased_at is not None:
        raise PersonIsErased(f"person {person_id} is already erased")
    return members_of(root=root)


def _locked(person_id: int) -> list[Person]:
    """All records of the person, root first, locked against new rows that point to them."""
    members = _members(person_id)
    held = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=members).order_by("pk")}
    if _members(person_id) != members:
        raise PersonUnknown(f"person {person_id} is being merged right now; try again")
    return [held[member] for member in members]


def _marks(people: Sequence[Person], *, with_words: bool) -> list[bytes]:
    """What keeps these people from coming back: a mark of each identity and of each record; once more «with words»."""
    ring = keyring()
    named = [("person", born(person)) for person in people]
    for one in Identity.objects.filter(person__in=people):
        named.append((f"{one.kind}/{one.namespace}", full_identity(one)))
    marks = [ring.erased_mark(kind, value) for kind, value in named]
    if with_words:
        marks += [ring.erased_mark("words:" + kind, value) for kind, value in named]
    return marks


def born(person: Person) -> str:
    """Tells a record from one that gets the same number after an old backup was restored."""
    return f"{person.pk}/{person.created_at.isoformat()}"


def _erase_own(members: list[int], at: datetime) -> None:
    with connection.cursor() as cursor:
        # The folding of these tables waits here, so that it cannot write a row again that it read before.
        for name in ("purchases", "activity"):
            reader_pos(cursor, name=name)
    Purchase.objects.filter(person_id__in=members).update(person_id=None)
    Purchase.objects.filter(before_claim__in=members).update(before_claim=None)
    for model in (Activity, Spending):
        model.objects.filter(person_id__in=members).delete()
    for owned in OWNED:
        owned.objects.filter(person__in=members).delete()
    PersonAlias.objects.filter(root__in=members).delete()
    for low, high, table in (("kept", "gone", Merge), ("low", "high", Suggestion)):
        table.objects.filter(**{f"{low}__in": members}).delete()
        table.objects.filter(**{f"{high}__in": members}).delete()
    Person.objects.filter(pk__in=members).update(
        nickname="",
        grams=[],
        sort_key="",
        name_sealed=None,
        name_index=None,
        name_masked="",
        identified=False,
        owner=None,
        erased_at=at,
    )


def _empty_bodies(members: Sequence[int], *, limit: int | None) -> int:
    """Empties bodies of tracked events that still hold something; returns how many."""
    done = 0
    for kind, fields in TRACKING.items():
        kept = {
            name: f"coalesce(body->'{name}', '0')" if name in ("write_key", "hook") else "'\"\"'" for name in fields
        }
        empty = "jsonb_build_object(" + ", ".join(f"'{name}', {value}::jsonb" for name, value in kept.items()) + ")"
        most = "" if limit is None else f" limit {limit - done}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"update entry e set body = {empty} from (select seq from entry where person_id = any(%s) and kind = %s"
                f" and body <> {empty}{most}) x where e.seq = x.seq",
                [list(members), kind],
            )
            done += max(cursor.rowcount, 0)
        if limit is not None and done >= limit:
            return limit
    return done


def obey_erased_list(*, now: datetime, batch: int = 5000, seconds: float = 3600.0) -> int:
    """After a restore: erases again everybody whose marks stand in the list. Returns how many people that were.

    A person comes back with an old backup under the old number, or with a strong identity under another.
    """
    listed = erased_list()
    if not listed:
        return 0
    found: dict[int, bool] = {}
    started = time.monotonic()
    last = 0
    while time.monotonic() - started < seconds:
        people = list(Person.objects.filter(pk__gt=last, erased_at=None).order_by("pk")[:batch])
        if not people:
            break
        last = people[-1].pk
        found.update(_listed(people, listed))
    erased = 0
    for person_id, with_words in found.items():
        try:
            erase(person_id=person_id, with_words=with_words, actor="restore", at=now)
        except PersonIsErased:
            continue  # a merged record that went with its root
        erased += 1
    return erased


def _listed(people: Sequence[Person], listed: frozenset[bytes]) -> dict[int, bool]:
    """People whose marks are in the list, and whether their words go too."""
    ring = keyring()
    named: list[tuple[int, str, str]] = [(person.pk, "person", born(person)) for person in people]
    strong = Identity.objects.filter(person__in=people, strength=Strength.STRONG)
    named += [(one.person_id, f"{one.kind}/{one.namespace}", full_identity(one)) for one in strong]
    found: dict[int, bool] = {}
    for person_id, kind, value in named:
        if ring.erased_mark(kind, value) in listed:
            with_words = ring.erased_mark("words:" + kind, value) in listed
            found[person_id] = found.get(person_id, False) or with_words
    return found


__all__ = ["ERASERS", "TRACKING", "Eraser", "Erasing", "erase", "obey_erased_list", "register_eraser"]
