"""Our own rooms (网页群) and inboxes (站内信): a letter sent there is kept, once, and has arrived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max

from tongpin.base.clock import now
from tongpin.channels import port
from tongpin.core.facts.sending import LetterOpened
from tongpin.core.ledger.telling import Told
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, records_of
from tongpin.core.places.joining import join, leave
from tongpin.core.places.models import Place
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import Command, InboxLetter, Letter, RoomPost
from tongpin.core.sending.telling import tell

REMOVED = "removed"
"""Why somebody left who was sent out of one of our rooms."""


@dataclass(frozen=True, slots=True)
class Post:
    """Something said in a room; taken back, it says nothing (`content` None). answers: id of the post it replies to."""

    id: int
    place_id: int
    number: int
    content: port.Content | None
    speaker_person_id: int | None
    answers: int
    about_kind: str
    about: int
    at: datetime
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class InboxSeen:
    """A letter to a person in our own pages."""

    id: int
    content: port.Content
    about_kind: str
    about: int
    at: datetime
    seen_at: datetime | None


class HouseRooms:
    """The Rooms of the channel `web`: posts and inbox letters in our own tables."""

    def __init__(self, *, desk: Desk, clock: Callable[[], datetime] = now) -> None:
        self._desk, self._clock = desk, clock

    async def keep(self, *, letter: port.Letter) -> str:
        """The post's or inbox letter's number, the same for the same key."""
        return await self._desk(keep_letter, letter=letter, at=self._clock())

    async def obey(self, *, command: port.Command) -> str:
        """Does it; done twice it is done once."""
        return await self._desk(obey_command, command=command, at=self._clock())


@transaction.atomic
def keep_letter(*, letter: port.Letter, at: datetime) -> str:
    """A letter of channel `web` arrives. Raises TransportError where it may not (any more)."""
    key = bytes.fromhex(letter.key)
    # Locked, so that an erasure in this moment finds either the letter on its way or what was kept of it.
    source = Letter.objects.select_for_update(of=("self",)).filter(key=key).first()
    if source is None or not source.payload:
        raise port.TransportError(reason="gone", permanent=True)
    content = _content_kept(letter.content)
    if source.place_id is not None:
        return str(_post(source, source.place_id, content, answers=_answered(letter.in_reply_to), at=at))
    if source.person_id is None:
        raise port.TransportError(reason="no_such_address", permanent=True)
    row = InboxLetter(
        person_id=source.person_id,
        key=key,
        content=content,
        about_kind=source.about_kind,
        about=source.about,
        at=at,
    )
    InboxLetter.objects.bulk_create([row], ignore_conflicts=True)
    return str(InboxLetter.objects.values_list("pk", flat=True).get(key=key))


def _post(source: Letter, place_id: int, content: dict[str, Any], *, answers: int, at: datetime) -> int:
    # Numbers in a place are committed in order: writers wait for each other at the place's row.
    place = Place.objects.select_for_update(no_key=True).get(pk=place_id)
    held = RoomPost.objects.filter(key=source.key).values_list("pk", flat=True).first()
    if held is not None:
        return held
    last = RoomPost.objects.filter(place=place).aggregate(n=Max("number"))["n"] or 0
    return RoomPost.objects.create(
        place=place,
        key=source.key,
        number=last + 1,
        content=content,
        speaker_person_id=source.speaker_person_id,
        answers=answers,
        about_kind=source.about_kind,
        about=source.about,
        at=at,
    ).pk


def _answered(in_reply_to: str) -> int:
    return int(in_reply_to) if in_reply_to.isascii() and in_reply_to.isdigit() and len(in_reply_to) < 19 else 0


def _content_kept(content: port.Content) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(content)
    return {name: value for name, value in told.items() if value}


@transaction.atomic
def obey_command(*, command: port.Command, at: datetime) -> str:
    """What a room is told: take a post back, let somebody in, send somebody out. Raises TransportError."""
    source = Command.objects.filter(key=bytes.fromhex(command.key)).first()
    if source is None or source.place_id is None:
        raise port.TransportError(reason="gone", permanent=True)
    if command.verb == "redact":
        return _redact(source.place_id, command.message, at=at)
    if source.person_id is None:
        raise port.TransportError(reason="no_such_address", permanent=True)
    try:
        if command.verb == "invite":
            join(person_id=source.person_id, place_id=source.place_id, actor=source.actor, at=at, scene="invited")
        elif command.verb == "kick":
            leave(person_id=source.person_id, place_id=source.place_id, reason=REMOVED, actor=source.actor, at=at)
        else:
            raise port.TransportError(reason="not_offered", permanent=True)
    except (PersonUnknown, PersonIsErased) as error:
        raise port.TransportError(reason="no_such_address", permanent=True) from error
    return str(source.pk)


def _redact(place_id: int, message: str, *, at: datetime) -> str:
    held = RoomPost.objects.filter(place=place_id, pk=_answered(message))
    if not held.exists():
        raise port.TransportError(reason="gone", permanent=True)
    held.filter(redacted_at=None).update(redacted_at=at, content={}, speaker_person_id=None)
    return message


def posts_of(*, place_id: int, after: int = 0, limit: int = 100) -> list[Post]:
    """Posts with numbers above `after`, oldest first. One query."""
    rows = RoomPost.objects.filter(place=place_id, number__gt=after).order_by("number")
    return [_post_seen(row) for row in rows[:limit]]


def last_posts(*, place_id: int, before: int | None = None, limit: int = 50) -> list[Post]:
    """The newest posts (below number `before`), newest last. One query."""
    rows = RoomPost.objects.filter(place=place_id).order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return [_post_seen(row) for row in reversed(rows[:limit])]


def inbox_of(*, person_ids: Sequence[int], before: int | None = None, limit: int = 50) -> list[InboxSeen]:
    """Letters to a person, all their records together, newest first; below id `before`. One query."""
    rows = InboxLetter.objects.filter(person_id__in=person_ids).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        InboxSeen(row.pk, _content(row.content), row.about_kind, row.about, row.at, row.seen_at) for row in rows[:limit]
    ]


def unseen_letters(*, person_id: int) -> int:
    """How many letters a person has not seen yet."""
    members = records_of(person_id=person_id)
    return InboxLetter.objects.filter(person_id__in=members, seen_at=None).count()


@transaction.atomic
def mark_seen(*, person_ids: Sequence[int], up_to: int, at: datetime, first: int = 0) -> int:
    """Letters from one id up to another were shown to the person, whole. Returns how many were new; each is told once."""
    shown = InboxLetter.objects.filter(person_id__in=person_ids, pk__gte=first, pk__lte=up_to, seen_at=None)
    keys = [bytes(one.key) for one in shown.select_for_update().order_by("pk")]
    if not keys:
        return 0
    InboxLetter.objects.filter(key__in=keys).update(seen_at=at)
    told = [
        Told(
            LetterOpened(
                letter=one.pk,
                letter_class=one.letter_class,
                channel=one.channel,
                about_kind=one.about_kind,
                about=one.about,
            ),
            one.person_id,
            None,
        )
        for one in Letter.objects.filter(key__in=keys).order_by("pk")
    ]
    tell(told, at=at, actor=f"person:{person_ids[0]}")
    return len(keys)


def _post_seen(row: RoomPost) -> Post:
    said = None if row.redacted_at is not None or not row.content else _content(row.content)
    return Post(
        id=row.pk,
        place_id=row.place_id,
        number=row.number,
        content=said,
        speaker_person_id=row.speaker_person_id,
        answers=row.answers,
        about_kind=row.about_kind,
        about=row.about,
        at=row.at,
        redacted_at=row.redacted_at,
    )


def _content(kept: dict[str, Any]) -> port.Content:
    return msgspec.convert(kept, port.Content)
