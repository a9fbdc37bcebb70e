"""Hearing as it happens (实时听): what a platform tells us becomes messages, members and live facts, at once.

Told again, everything is known: messages by their keys, comings and goings by their times. A place nobody made known to
us is not listened to, and what we said ourselves is not heard.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import OperationalError, connection, transaction

from tongpin.base.ids import digest
from tongpin.channels.port import Arrival
from tongpin.core.facts.places import MessageEdited, MessageReacted, MessageRecalled
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import Line, record_all
from tongpin.core.people import resolving
from tongpin.core.people.arriving import Learnt, learn_many, lines_of_arrival
from tongpin.core.people.roots import PersonIsErased, PersonUnknown
from tongpin.core.people.signs import STRENGTH, BadSign, Sign, sign
from tongpin.core.places.hearing import Features, Heard, features_of, hear_many, meet_members
from tongpin.core.places.joining import join, leave
from tongpin.core.places.models import Membership, Message, Place

TRIES: Final = 5
KEY: Final = 80
"""Characters of a message's key at most; longer ones stand as their digest."""

MARKS: Final = {"👍": "like", "❤": "like", "😍": "like", "🎉": "like", "👏": "like", "🙏": "thanks"}
"""Marks put on messages, by what they are in a fact; any other is `other`, for it may be words."""

_KINDS: Final = {"picture": "image", "voice": "voice", "video": "video", "file": "file"}


def hear_arrivals(*, channel: str, arrivals: Sequence[Arrival], at: datetime) -> int:
    """Takes what was heard on a platform, in order, in one transaction; returns how much of it was new.

    Of people who were erased nothing is kept but that something was said. Who asks to come in is not taken up here.
    """
    heard = [one for one in arrivals if not one.ours]
    places = _places(channel, {one.place for one in heard})
    known = [one for one in heard if one.place in places]
    if not known:
        return 0
    for attempt in range(TRIES):
        try:
            return _hear(channel, known, places, at)
        except (resolving.Raced, OperationalError):
            # Somebody else met the same person first, or two waited for each other: next time it is known.
            if attempt == TRIES - 1 or connection.in_atomic_block:
                raise
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable")


def _places(channel: str, names: set[str]) -> dict[str, int]:
    found = Place.objects.filter(platform=channel, external_id__in=names, closed_at=None).order_by("-pk")
    return dict(found.values_list("external_id", "pk"))


@transaction.atomic
def _hear(channel: str, arrivals: Sequence[Arrival], places: dict[str, int], at: datetime) -> int:
    people = _people(channel, arrivals, at)
    new = 0
    for (place, is_said), group in groupby(
        zip(arrivals, people, strict=True), key=lambda pair: (places[pair[0].place], pair[0].kind == "message")
    ):
        if is_said:
            new += _say(channel, place, list(group), at)
        else:
            new += sum(_happen(channel, place, one, person, at) for one, person in group)
    return new


def _people(channel: str, arrivals: Sequence[Arrival], at: datetime) -> list[int | None]:
    """Who is meant by each; who only took something back, marked or left is met by none of it."""
    signs = [_sign(channel, one.sender) for one in arrivals]
    met = [
        resolving.Arrival((one,) if one else (), arrival.kind in {"message", "joined"}, nickname=_called(arrival))
        for one, arrival in zip(signs, arrivals, strict=True)
    ]
    resolved = resolving.resolve_many(met, via=_actor(channel), at=at)
    _record(lines_of_arrival(resolved, via=channel, at=at), channel, at)
    learn_many(
        Learnt(person, nickname=one.sender_name)
        for one, person in zip(arrivals, resolved.people, strict=True)
        if person is not None and one.sender_name
    )
    transaction.on_commit(lambda: resolving.remember(resolved))
    return resolved.people


def _sign(channel: str, sender: str) -> Sign | None:
    """Where the platform's ids are a kind of identity of their own they mean somebody everywhere."""
    try:
        return sign(channel, sender) if channel in STRENGTH else sign("chat_account", sender, namespace=channel)
    except BadSign:
        return None


def _called(arrival: Arrival) -> str:
    """What somebody new is called: their name, else what stands before the server in their id."""
    return arrival.sender_name or arrival.sender.removeprefix("@").partition(":")[0]


def _say(channel: str, place_id: int, said: Sequence[tuple[Arrival, int | None]], at: datetime) -> int:
    heard = [
        Heard(
            _key(one.key),
            person,
            min(one.at, at),
            _KINDS[one.attachments[0].kind] if one.attachments else "text",
            one.text if person is not None else "",
            _key(one.in_reply_to),
            _key(one.thread),
        )
        for one, person in said
    ]
    lines, new = hear_many(place_id=place_id, heard=heard, batch=None)
    seen = [(one.person_id, "", "", one.at) for one in heard if one.person_id is not None and one.key in new]
    joined = meet_members(place_id=place_id, members=seen, batch=None, origin_source="heard")
    _record(lines + joined, channel, at)
    return len(new)


def _happen(channel: str, place_id: int, one: Arrival, person: int | None, at: datetime) -> bool:
    """Anything but a message; False where it was known, or is about nobody or nothing we know."""
    moment = min(one.at, at)
    if one.kind in {"joined", "left"}:
        return person is not None and _move(channel, place_id, one, person, moment)
    about = Message.objects.select_for_update().filter(place=place_id, key=_key(one.about)).first()
    if about is None:
        return False
    if one.kind == "edited":
        return person is not None and person == about.person_id and _edit(channel, about, one, moment)
    if one.kind == "redacted":
        return _recall(channel, about, person, moment)
    if one.kind == "reaction" and person is not None:
        mark = MessageReacted(message=about.pk, reaction=MARKS.get(one.text.rstrip("\ufe0f"), "other"))
        told = record(mark, at=moment, person_id=person, place_id=place_id, source=channel, actor=_actor(channel))
        return told.is_new
    return False


def _move(channel: str, place_id: int, one: Arrival, person: int, moment: datetime) -> bool:
    """Comes or goes, unless what we know is later: then we were told of it before."""
    held = Membership.objects.filter(place=place_id, person=person).first()
    try:
        if one.kind == "joined":
            if held is not None and held.left_at is not None and moment <= held.left_at:
                return False
            return join(person_id=person, place_id=place_id, actor=_actor(channel), at=moment, called=one.sender_name)
        if held is not None and moment <= (held.joined_at or held.first_seen_at):
            return False
        return leave(person_id=person, place_id=place_id, reason="", actor=_actor(channel), at=moment)
    except (PersonUnknown, PersonIsErased):
        return False


def _edit(channel: str, message: Message, one: Arrival, moment: datetime) -> bool:
    """Other words. An edition is numbered by when it came, in milliseconds, so that it is the same told again."""
    if message.recalled_at is not None:
        return False
    told = features_of(one.text) if one.text else Features(0, 0, 0, (), {})
    edition = max(int((moment - message.said_at).total_seconds() * 1000), 0)
    fact = MessageEdited(
        message=message.pk,
        edition=edition,
        by="author",
        length=told.length,
        han=told.han,
        links=told.links,
        shingles=told.shingles,
        tokens=tuple(told.tokens),
    )
    is_new = record(
        fact, at=moment, person_id=message.person_id, place_id=message.place_id, source=channel, actor=_actor(channel)
    ).is_new
    if is_new:
        Message.objects.filter(pk=message.pk).update(words=one.text)
    return is_new


def _recall(channel: str, message: Message, person: int | None, moment: datetime) -> bool:
    """Taken back where it was said, so its words go here too."""
    if message.recalled_at is not None:
        return False
    Message.objects.filter(pk=message.pk).update(words="", recalled_at=moment)
    by = "author" if person is not None and person == message.person_id else "host"
    record(
        MessageRecalled(message=message.pk, by=by),
        at=moment,
        person_id=message.person_id,
        place_id=message.place_id,
        source=channel,
        actor=_actor(channel),
    )
    return True


def _key(name: str) -> str:
    return name if len(name) <= KEY else digest("message", name).hex()


def _record(lines: Sequence[Line], channel: str, at: datetime) -> None:
    record_all(lines, recorded_at=at, actor=_actor(channel), source=channel)


def _actor(channel: str) -> str:
    return f"channel:{channel}"


__all__ = ["hear_arrivals"]
