"""A member's own wish to be erased (申请删除): it waits seven days, in which they may change their mind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from tongpin.core.facts.people import ErasureAsked, ErasureCalledOff
from tongpin.core.ledger.actions import record
from tongpin.core.people.erasure import MustWait, erase
from tongpin.core.people.models import Request
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, members_of, present, root_of

WAITS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to be erased that waits until `due`."""

    id: int
    with_words: bool
    asked_at: datetime
    due: datetime


@transaction.atomic
def wish_erasure(*, person_id: int, with_words: bool, actor: str, at: datetime) -> Wish:
    """Asks to be erased in seven days. Asked again it stays the wish it is, with or without words as said last.

    Raises PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    held = _waiting(person.pk)
    if held is not None:
        if held.with_words != with_words:
            held.with_words = with_words
            held.save(update_fields=["with_words"])
        return _seen(held)
    made = Request.objects.create(
        person=person.pk, wish="erase", with_words=with_words, by=actor[:60], asked_at=at, due_at=at + WAITS
    )
    due = (at + WAITS).astimezone(ZoneInfo(settings.ZONE)).date().isoformat()
    record(ErasureAsked(request=made.pk, with_words=with_words, due=due), at=at, person_id=person.pk, actor=actor)
    return _seen(made)


@transaction.atomic
def call_off(*, person_id: int, actor: str, at: datetime) -> bool:
    """Changes one's mind. False where no wish waits. Raises PersonUnknown, PersonIsErased."""
    person = present(person_id=person_id)
    held = _waiting(person.pk)
    if held is None:
        return False
    held.called_off_at = at
    held.save(update_fields=["called_off_at"])
    record(ErasureCalledOff(request=held.pk), at=at, person_id=held.person, actor=actor)
    return True


def wish_of(*, person_id: int) -> Wish | None:
    """The wish that waits, asked by any of a person's records."""
    held = _waiting(root_of(person_id=person_id))
    return None if held is None else _seen(held)


def erase_due(*, at: datetime, limit: int = 20) -> int:
    """Erases those whose seven days are over; returns how many. One that must wait is tried again the next time."""
    done = 0
    due = Request.objects.filter(wish="erase", due_at__lte=at, called_off_at=None, done_at=None)
    for wish in list(due.order_by("due_at", "pk")[:limit]):
        try:
            erase(person_id=wish.person, with_words=wish.with_words, actor=f"person:{wish.person}", at=at)
        except (MustWait, PersonUnknown):
            continue  # an import is running, or two records are being merged
        except PersonIsErased:
            pass  # somebody of the team was quicker
        Request.objects.filter(pk=wish.pk).update(done_at=at)
        done += 1
    return done


def _waiting(root: int) -> Request | None:
    held = Request.objects.filter(
        person__in=members_of(root=root), wish="erase", due_at__isnull=False, called_off_at=None, done_at=None
    )
    return held.order_by("pk").first()


def _seen(held: Request) -> Wish:
    if held.due_at is None:
        raise RuntimeError("a wish that waits has a day")
    return Wish(held.pk, held.with_words, held.asked_at, held.due_at)
