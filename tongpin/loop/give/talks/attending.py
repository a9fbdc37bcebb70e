"""Who hears a talk: signs up, listens on the live page, spoke in a group, or in a chat that was attached afterwards, or
opened the replay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min

from tongpin.core.facts.imports import ChatAttached
from tongpin.core.facts.talks import TalkAttended, TalkReplayed, TalkSignedUp
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.telling import Told, tell_all
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, members_of, present, root_of, roots_of
from tongpin.core.places.models import Message, Place
from tongpin.loop.give.talks.announcing import BadPlaces
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown, held_talk
from tongpin.loop.give.talks.models import Hearer, SignUp, Talk, TalkPlace
from tongpin.loop.give.talks.rules import PLACE_KINDS, chat_window, heard_more, way_of

BATCH = 5000
"""Hearers written by one statement."""
LIVE = "live"
GROUP = "group"
CHAT = "chat_export"
REPLAY = "replay"
"""Opened the page after the end: told as a replay, and not counted among those who were there."""


@dataclass(frozen=True, slots=True)
class Attached:
    """People who attended by an attached chat and were not known to, and how much they said."""

    people: int
    messages: int


@transaction.atomic
def sign_up(*, talk_id: int, person_id: int, at: datetime, actor: str) -> bool:
    """Somebody wants to hear an announced talk. False where they had said so. Raises NotNow, TalkUnknown, PersonUnknown,
    PersonIsErased."""
    state = Talk.objects.filter(pk=talk_id).values_list("state", flat=True).first()
    if state is None:
        raise TalkUnknown
    person = present(person_id=person_id)
    if SignUp.objects.filter(talk=talk_id, person__in=members_of(root=person.pk)).exists():
        return False
    if state not in (Talk.State.ANNOUNCED, Talk.State.LIVE):
        raise NotNow(state=state)
    SignUp.objects.create(talk_id=talk_id, person=person, at=at)
    record(TalkSignedUp(talk=talk_id), at=at, person_id=person.pk, actor=actor)
    return True


@transaction.atomic
def hear_live(*, talk_id: int, person_id: int, seconds: int, at: datetime) -> int:
    """A live page was heard for `seconds` since it last said so. Counted as far as so much time went by. All seconds so far.

    0 where the talk is not live, nobody is behind the number any more, or it is the guest. That they attended is told when
    it ends.
    """
    talk = Talk.objects.filter(pk=talk_id, state=Talk.State.LIVE).first()
    root = root_of(person_id=person_id)
    if talk is None or talk.started_at is None:
        return 0
    if talk.guest_person_id is not None and root_of(person_id=talk.guest_person_id) == root:
        return 0
    held = Hearer.objects.select_for_update().filter(talk=talk, person=root, how=LIVE).first()
    if held is None:
        present(person_id=person_id)
        held, _ = Hearer.objects.get_or_create(
            talk=talk, person_id=root, how=LIVE, defaults={"first_at": at, "last_at": talk.started_at}
        )
    held.seconds += heard_more(claimed=seconds, since=held.last_at, at=at)
    held.last_at = max(held.last_at, at)
    held.save(update_fields=["seconds", "last_at"])
    return held.seconds


@transaction.atomic
def open_replay(*, talk_id: int, person_id: int, at: datetime) -> bool:
    """The whole of a talk that is over was shown to somebody. Told once for each person; False where it was, where the
    talk is not over, where nobody is behind the number any more, and where it is the guest."""
    talk = Talk.objects.filter(pk=talk_id, state=Talk.State.ENDED).first()
    if talk is None:
        return False
    root = root_of(person_id=person_id)
    theirs = members_of(root=root)
    if talk.guest_person_id in theirs or Hearer.objects.filter(talk=talk, person__in=theirs, how=REPLAY).exists():
        return False
    try:
        person = present(person_id=root)
    except (PersonIsErased, PersonUnknown):
        return False
    _, is_new = Hearer.objects.get_or_create(
        talk=talk, person=person, how=REPLAY, defaults={"first_at": at, "last_at": at}
    )
    if is_new:
        record(TalkReplayed(talk=talk_id), at=at, person_id=person.pk, actor=f"person:{person.pk}")
    return is_new


@transaction.atomic
def attach_chat(*, talk_id: int, place_id: int, at: datetime, actor: str) -> Attached:
    """Who spoke in a place around a talk that is over was there. Its exported chat was imported before, as any chat is.

    May be done again once more of the chat was imported: who is known to have been there is not counted twice.
    Raises NotNow, BadPlaces, TalkUnknown.
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state != Talk.State.ENDED:
        raise NotNow(state=talk.state)
    place = Place.objects.filter(pk=place_id, kind__in=PLACE_KINDS).first()
    if place is None:
        raise BadPlaces("unknown")
    row, _ = TalkPlace.objects.get_or_create(
        talk=talk, place=place, defaults={"way": way_of(place.platform), "state": TalkPlace.State.ATTACHED}
    )
    found = note_speakers(talk=talk, place_ids=[place.pk], how=CHAT, at=at, actor=actor)
    _note_exports(talk, place.pk, at=at, actor=actor)
    row.attached_at = at
    row.save(update_fields=["attached_at"])
    return found


def note_speakers(*, talk: Talk, place_ids: Sequence[int], how: str, at: datetime, actor: str) -> Attached:
    """Those who spoke in these places around a talk that is held become hearers of it, once for each way, but the guest.

    Who is known already, under any of their records, is passed over.
    """
    if talk.started_at is None:
        return Attached(0, 0)
    first, last = chat_window(started_at=talk.started_at, ended_at=talk.ended_at or at)
    spoken = Message.objects.filter(place__in=place_ids, said_at__gte=first, said_at__lte=last, person_id__isnull=False)
    by_person = spoken.filter(recalled_at=None).values("person_id").annotate(n=Count("pk"), began=Min("said_at"))
    counted = [(row["person_id"] or 0, row["n"], row["began"]) for row in by_person.order_by()]
    known = set(Hearer.objects.filter(talk=talk, how=how).values_list("person_id", flat=True))
    if talk.guest_person_id is not None:
        known.add(talk.guest_person_id)
    roots = roots_of(person_ids={person for person, _, _ in counted} | known)
    passed = {roots[one] for one in known}
    heard: dict[int, tuple[int, datetime]] = {}
    for person, messages, began in counted:
        root = roots[person]
        if root not in passed:
            before = heard.get(root, (0, began))
            heard[root] = (before[0] + messages, min(before[1], began))
    rows = [
        Hearer(talk=talk, person_id=root, how=how, first_at=began, last_at=began, messages=said)
        for root, (said, began) in sorted(heard.items())
    ]
    Hearer.objects.bulk_create(rows, batch_size=BATCH)
    note_attendance(talk_id=talk.pk, hearers=rows, at=at, actor=actor)
    return Attached(len(rows), sum(row.messages for row in rows))


def note_attendance(*, talk_id: int, hearers: Iterable[Hearer], at: datetime, actor: str) -> None:
    """The facts of hearers, at the moment each was first there."""
    told = []
    for one in hearers:
        fact = TalkAttended(talk=talk_id, how=one.how, seconds=one.seconds, messages=one.messages)
        told.append(Told(fact, one.person_id, at=one.first_at))
    tell_all(told, at=at, actor=actor, source="talks")


def _note_exports(talk: Talk, place_id: int, *, at: datetime, actor: str) -> None:
    """Which imports the chat came by; an import that was attached before stays as it was told."""
    if talk.started_at is None or talk.ended_at is None:
        return
    first, last = chat_window(started_at=talk.started_at, ended_at=talk.ended_at)
    said = Message.objects.filter(place=place_id, said_at__gte=first, said_at__lte=last, batch__isnull=False)
    counted = said.values("batch").annotate(messages=Count("pk"), people=Count("person_id", distinct=True))
    told = []
    for row in counted.order_by("batch"):
        fact = ChatAttached(
            batch=row["batch"] or 0, about_kind="talk", about=talk.pk, messages=row["messages"], people=row["people"]
        )
        told.append(Told(fact, place_id=place_id))
    tell_all(told, at=at, actor=actor, source="talks")
