"""Putting letters and commands in the queue, in the caller's transaction; the same key is the same letter.

Writers to one place wait for each other until they commit, so that numbers are committed in order. Whoever queues to
many places does it in one call, which takes them in order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import msgspec
from django.db import connection, transaction

from tongpin.base.ids import digest
from tongpin.channels.port import NEEDS, Content, Verb
from tongpin.channels.registry import channel_kinds
from tongpin.core.facts.sending import LetterQueued, LetterWithheld
from tongpin.core.ledger.actions import Cause
from tongpin.core.ledger.models import Origin
from tongpin.core.ledger.telling import Told
from tongpin.core.people.roots import roots_of
from tongpin.core.sending.keeping import COMMANDS, LETTERS, LetterConflict, Row, keep
from tongpin.core.sending.models import State
from tongpin.core.sending.rules import LetterClass
from tongpin.core.sending.telling import tell
from tongpin.core.team.keys import keyring

ADDRESS = "letter.address"
"""In whose name a bare address is sealed."""

MOST_AT_ONCE = 5000
NOT_LIVE = "not_live"


class BadLetter(ValueError):
    """This cannot be queued; the text says what to give instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter to a place, a person, or a bare address (service only: somebody who is no person here yet).

    key: natural, such as `talk.segment:12:place:5`; never reused. not_after: useless afterwards. answers: our letter it
    replies to; in_reply_to: what it replies to in the platform's own terms. fleeting: forget what it says once it left.
    """

    key: str
    letter_class: LetterClass
    channel: str
    content: Content
    place_id: int | None = None
    person_id: int | None = None
    address: str = ""
    about_kind: str = ""
    about: int = 0
    broadcast: int = 0
    not_before: datetime | None = None
    not_after: datetime | None = None
    answers: int = 0
    in_reply_to: str = ""
    speaker_person_id: int | None = None
    fleeting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommand:
    """Something to be done in a place, to a person, or both. `words`: message, name, until, reason as the port has them.

    in_order: what order is kept by where there is neither place nor person.
    """

    key: str
    verb: Verb
    channel: str
    place_id: int | None = None
    person_id: int | None = None
    message: str = ""
    name: str = ""
    until: datetime | None = None
    reason: str = ""
    about_kind: str = ""
    about: int = 0
    not_before: datetime | None = None
    not_after: datetime | None = None


def queue_letter(
    *, letter: NewLetter, at: datetime, actor: str = "system", origin: Origin = Origin.LIVE, cause: Cause | None = None
) -> int:
    """One letter; see queue_letters."""
    return queue_letters(letters=[letter], at=at, actor=actor, origin=origin, cause=cause)[0]


@transaction.atomic
def queue_letters(
    *,
    letters: Sequence[NewLetter],
    at: datetime,
    actor: str = "system",
    origin: Origin = Origin.LIVE,
    cause: Cause | None = None,
) -> list[int]:
    """Queues letters and gives their numbers in the order of `letters`, which is the order in which a place gets them.

    What is not live is kept as withheld and never leaves. Raises BadLetter, LetterConflict.
    """
    _check_many(letters)
    if not letters:
        return []
    for one in letters:
        _check_letter(one)
    _hold_places({one.place_id for one in letters if one.place_id is not None})
    roots = roots_of(person_ids={one.person_id for one in letters if one.person_id is not None})
    live = origin == Origin.LIVE
    rows = [_letter_row(one, roots, at=at, actor=actor, live=live) for one in letters]
    kept, new = keep(kept_in=LETTERS, rows=rows)
    told = [_told(one, kept[row["key"]], at, live) for one, row in zip(letters, rows, strict=True) if row["key"] in new]
    tell(told, at=at, actor=actor, origin=origin, cause=cause)
    return [kept[row["key"]] for row in rows]


def queue_command(*, command: NewCommand, at: datetime, actor: str = "system", origin: Origin = Origin.LIVE) -> int:
    """One command; see queue_commands."""
    return queue_commands(commands=[command], at=at, actor=actor, origin=origin)[0]


@transaction.atomic
def queue_commands(
    *, commands: Sequence[NewCommand], at: datetime, actor: str = "system", origin: Origin = Origin.LIVE
) -> list[int]:
    """Queues commands and gives their numbers. What is not live is kept as withheld. Raises BadLetter, LetterConflict."""
    _check_many(commands)
    if not commands:
        return []
    for one in commands:
        _check_command(one)
    _hold_places({one.place_id for one in commands if one.place_id is not None})
    roots = roots_of(person_ids={one.person_id for one in commands if one.person_id is not None})
    rows = [_command_row(one, roots, at=at, actor=actor, live=origin == Origin.LIVE) for one in commands]
    kept, _ = keep(kept_in=COMMANDS, rows=rows)
    return [kept[row["key"]] for row in rows]


@cache
def _kinds() -> frozenset[str]:
    return frozenset(channel_kinds())


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def channel(self) -> str: ...


def _check_many(given: Sequence[_Keyed]) -> None:
    if len(given) > MOST_AT_ONCE:
        raise BadLetter(f"queue at most {MOST_AT_ONCE} at once")
    if len({one.key for one in given}) != len(given):
        raise BadLetter("each needs a key of its own")
    for one in given:
        if not one.key:
            raise BadLetter("give a key that is the same whenever this is queued again")
        if one.channel not in _kinds():
            raise BadLetter(f"there is no such channel; there are {', '.join(sorted(_kinds()))}")


def _check_letter(one: NewLetter) -> None:
    if (one.place_id is not None) + (one.person_id is not None) + bool(one.address) != 1:
        raise BadLetter("give a place, a person or an address, and only one of them")
    if one.address and one.letter_class != "service":
        raise BadLetter("only a letter of service may go to somebody we know by address alone")
    if one.letter_class == "session" and one.place_id is None:
        raise BadLetter("a session is held in places: give a place")


def _check_command(one: NewCommand) -> None:
    told = {"place": one.place_id, "person": one.person_id, "message": one.message, "name": one.name}
    for needed in NEEDS[one.verb]:
        if not told[needed]:
            raise BadLetter(f"to {one.verb} needs a {needed}")


def _hold_places(place_ids: set[int]) -> None:
    """Until commit, in order of number; without shutting out those who only point to a place."""
    if not place_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("select id from place where id = any(%s) order by id for no key update", [list(place_ids)])
        held = {row[0] for row in cursor.fetchall()}
    if missing := place_ids - held:
        raise BadLetter(f"there is no place {min(missing)}")


def _letter_row(one: NewLetter, roots: dict[int, int], *, at: datetime, actor: str, live: bool) -> Row:
    content: dict[str, Any] = _slim(msgspec.to_builtins(one.content))
    if one.in_reply_to:
        content["in_reply_to"] = one.in_reply_to
    sealed = keyring().encrypt(one.address, context=ADDRESS).hex() if one.address else None
    return {
        **_row(one, at=at, actor=actor, live=live),
        "key": digest("letter", one.key).hex(),
        "told": _digest_of(one.letter_class, one.channel, one.place_id, one.person_id, one.address, content).hex(),
        "letter_class": one.letter_class,
        "queue": _letter_queue(one, roots),
        "speaker_person_id": one.speaker_person_id,
        "address_sealed": sealed,
        "payload": content,
        "broadcast": one.broadcast,
        "answers": one.answers,
        "fleeting": one.fleeting,
    }


def _row(one: NewLetter | NewCommand, *, at: datetime, actor: str, live: bool) -> Row:
    """What letters and commands have in common."""
    return {
        "channel": one.channel,
        "place_id": one.place_id,
        "person_id": one.person_id,
        "state": State.QUEUED if live else State.WITHHELD,
        "reason": "" if live else NOT_LIVE,
        "not_before": one.not_before or at,
        "not_after": one.not_after,
        "about_kind": one.about_kind,
        "about": one.about,
        "actor": actor[:60],
        "queued_at": at,
        "done_at": None if live else at,
    }


def _letter_queue(one: NewLetter, roots: dict[int, int]) -> str:
    """Order is kept in a place; to a person, within each class: a promotion never delays a letter of service."""
    if one.place_id is not None:
        return f"place:{one.place_id}"
    if one.person_id is not None:
        return f"person:{roots[one.person_id]}:{one.letter_class}"
    return f"address:{keyring().blind(ADDRESS, one.address).hex()}"


def _command_row(one: NewCommand, roots: dict[int, int], *, at: datetime, actor: str, live: bool) -> Row:
    told: dict[str, Any] = {
        "message": one.message,
        "name": one.name,
        "until": one.until.isoformat() if one.until else "",
        "reason": one.reason,
    }
    payload = _slim(told)
    by_person = f"person:{roots[one.person_id]}" if one.person_id is not None else "house"
    return {
        **_row(one, at=at, actor=actor, live=live),
        "key": digest("command", one.key).hex(),
        "told": _digest_of(one.verb, one.channel, one.place_id, one.person_id, payload).hex(),
        "verb": one.verb,
        "queue": f"place:{one.place_id}" if one.place_id is not None else by_person,
        "payload": payload,
    }


def _slim(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}


def _digest_of(*parts: object) -> bytes:
    """Keyed, so that what was said cannot be guessed from it once it is erased."""
    return keyring().blind("letter.told", json.dumps(parts, sort_keys=True, ensure_ascii=False))


def _told(one: NewLetter, number: int, at: datetime, live: bool) -> Told:
    about: dict[str, Any] = {"about_kind": one.about_kind, "about": one.about}
    what: dict[str, Any] = {"letter": number, "letter_class": one.letter_class, "channel": one.channel, **about}
    fact: LetterQueued | LetterWithheld
    if live:
        due = one.not_before if one.not_before and one.not_before > at else None
        fact = LetterQueued(**what, broadcast=one.broadcast, due=due)
    else:
        fact = LetterWithheld(**what, reason=NOT_LIVE)
    return Told(fact, one.person_id, one.place_id)


__all__ = [
    "BadLetter",
    "LetterConflict",
    "NewCommand",
    "NewLetter",
    "queue_command",
    "queue_commands",
    "queue_letter",
    "queue_letters",
]
