"""Tracked events (埋点) as they are sent: Segment-spec JSON into arrivals and ledger lines. No database here.

What a server key sends is believed; what a browser key sends is a claim: its user ids are weak identities within that
key, its phone and mail are not looked at, and nobody is merged on its word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec

from tongpin.base.ids import digest
from tongpin.core.people.resolving import Arrival
from tongpin.core.people.signs import Sign, mail_address, phone_number

EVENT_LIMIT = 32 * 1024
BATCH_LIMIT = 500 * 1024
BATCH_EVENTS = 2500
NAME_LIMIT = 200
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)

Text = str | int | float | None


class Event(msgspec.Struct):
    """One event. Free parts stay as raw JSON: they are copied, not understood."""

    type: Text = None
    userId: Text = None
    anonymousId: Text = None
    messageId: Text = None
    timestamp: str | None = None
    originalTimestamp: str | None = None
    event: Text = None
    name: Text = None
    category: Text = None
    previousId: Text = None
    groupId: Text = None
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()
    writeKey: Text = None
    sentAt: str | None = None


class Envelope(msgspec.Struct):
    """A batch: its events and what they share."""

    batch: list[msgspec.Raw]
    writeKey: Text = None
    sentAt: str | None = None
    context: msgspec.Raw = msgspec.Raw()


class WholeEnvelope(msgspec.Struct):
    """A batch read in one go: what almost every batch allows."""

    batch: list[Event]
    writeKey: Text = None
    sentAt: str | None = None
    context: msgspec.Raw = msgspec.Raw()


class Context(msgspec.Struct):
    """The parts of a context that are kept; the rest (address, device fingerprints) is not."""

    campaign: msgspec.Raw = msgspec.Raw()
    page: msgspec.Raw = msgspec.Raw()
    library: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()


class Problem(NamedTuple):
    """An event that cannot be used: a reason code and what exactly."""

    reason: str
    detail: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """The write key that events came with."""

    id: int
    is_server: bool
    namespace: str


class Told(NamedTuple):
    """Contact traits of an identify, on their way to the person."""

    nickname: str
    name: str


class Ready(NamedTuple):
    """An event that can be written: who, when, and the entry's parts."""

    arrival: Arrival
    at: str
    kind: str
    digest: bytes
    body: str
    told: Told | None
    raw: bytes


_event = msgspec.json.Decoder(Event)
_envelope = msgspec.json.Decoder(Envelope)
_whole = msgspec.json.Decoder(WholeEnvelope)
_context = msgspec.json.Decoder(Context)
_object = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode
_ESCAPES = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})"
)
"""An escaped backslash or a whole surrogate pair (kept), or NUL or half a pair (left out)."""
_KINDS = {
    "track": "event.tracked",
    "page": "page.viewed",
    "screen": "screen.viewed",
    "identify": "traits.told",
    "group": "group.told",
    "alias": "alias.told",
}
_NONE: frozenset[Sign] = frozenset()
_PERSONAL = frozenset(
    "name firstName lastName first_name last_name fullName username nickname email mail phone mobile tel telephone"
    " address avatar birthday idcard id_card".split()
)


def decode_batch(body: bytes) -> Envelope:
    """Raises msgspec.DecodeError where the body is no batch."""
    return _envelope.decode(body)


def decode_whole(body: bytes) -> WholeEnvelope | None:
    """The batch in one go; None where any event in it is odd or may be too large and must be looked at by itself."""
    try:
        found = _whole.decode(body)
    except msgspec.DecodeError:
        return None
    return found if len(body) <= EVENT_LIMIT or all(_size(event) <= EVENT_LIMIT for event in found.batch) else None


def _size(event: Event) -> int:
    """At least the size of an event's free parts; its other fields are cut where they are long."""
    return len(memoryview(event.properties)) + len(memoryview(event.traits)) + len(memoryview(event.context))


def decode_event(raw: bytes | msgspec.Raw) -> Event | Problem:
    """One event, or why it is none."""
    if len(memoryview(raw)) > EVENT_LIMIT:
        return Problem("too_large", f"{len(memoryview(raw))} bytes; at most {EVENT_LIMIT}", b"")
    try:
        return _event.decode(raw)
    except msgspec.DecodeError as error:
        return Problem("not_understood", str(error)[:200], bytes(raw))


def _text(value: Text, *, limit: int = NAME_LIMIT) -> str:
    if value is None:
        return ""
    return value.strip()[:limit] if type(value) is str else str(value)[:limit]


def moment(text: str | None) -> datetime | None:
    """An ISO time with or without zone (UTC then), or None."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def drift(sent_at: str | None, received_at: datetime) -> timedelta:
    """How far the sender's clock is behind ours: received − sent. Added to what its events say."""
    sent = moment(sent_at)
    return received_at - sent if sent else timedelta(0)


def happened_at(event: Event, received_at: datetime, clock: timedelta) -> datetime | None:
    """When it happened by our clock; None where the sender's time cannot be true even after correction."""
    said = moment(event.originalTimestamp) or moment(event.timestamp)
    if said is None:
        return received_at
    at = said + clock
    return at if OLDEST <= at <= received_at + AHEAD else None


def prepare(
    event: Event, *, kind: str, key: Key, raw: bytes, received_at: datetime, clock: timedelta
) -> Ready | Problem:
    """What an event says, ready to be written."""
    fact = _KINDS.get(kind)
    if fact is None:
        return Problem("unknown_type", f"type {kind[:40]!r}: use track, page, screen, identify, group or alias", raw)
    user, device = _text(event.userId), _text(event.anonymousId)
    if not user and not device:
        return Problem("nobody", "userId or anonymousId is needed", raw)
    name = _text(event.event) if kind == "track" else _text(event.name)
    if kind == "track" and not name:
        return Problem("no_event", "a track needs its event's name", raw)
    try:
        at = happened_at(event, received_at, clock)
    except OverflowError:
        at = None
    if at is None:
        return Problem("clock", "the time is far from any possible one, even after correction by sentAt", raw)
    message = _text(event.messageId, limit=100) or str(uuid4())
    signs: list[Sign] = []
    if user:
        signs.append(Sign("custom" if key.is_server else "claimed_user", key.namespace, user))
    told = None
    body = f'{{"write_key":{key.id},"message":{_json(message)}'
    if not key.is_server:
        body += ',"claimed":true'
    if fact in ("event.tracked", "page.viewed", "screen.viewed"):
        body += f',"name":{_json(name)}'
        if _is_object(event.properties):
            body += f',"properties":{str(event.properties, "utf-8")}'
    else:
        more, told = _traits_of(event, kind, key, signs)
        if isinstance(more, Problem):
            return more
        body += more
    if device:
        signs.append(Sign("device", key.namespace, device))
    context = _kept_context(event.context)
    body += f',"context":{context}}}' if context else "}"
    arrival = Arrival(tuple(signs), True, _NONE, told.nickname if told else "")
    return Ready(arrival, at.isoformat(), fact, digest(f"{fact}\x1f{key.id}\x1f{message}"), body, told, raw)


def _traits_of(event: Event, kind: str, key: Key, signs: list[Sign]) -> tuple[str | Problem, Told | None]:
    """The rest of the body for identify, group and alias, and the signs they bring."""
    if kind == "alias":
        previous = _text(event.previousId)
        if not previous or not _text(event.userId):
            return Problem("alias", "an alias needs previousId and userId", b""), None
        if key.is_server:
            signs.append(Sign("custom", key.namespace, previous))
        signs.append(Sign("device", key.namespace, previous))
        return "", None
    traits = _traits(event)
    if kind == "group":
        group = _text(event.groupId)
        if not group:
            return Problem("group", "a group needs its groupId", b""), None
        return f',"group":{_json(group)},"traits":{_encode(_plain(traits)).decode()}', None
    told = None
    if key.is_server:
        if phone := phone_number(_text(traits.get("phone") or traits.get("mobile"))):
            signs.append(Sign("phone", "", phone))
        if mail := mail_address(_text(traits.get("email") or traits.get("mail"))):
            signs.append(Sign("mail", "", mail))
    nickname = _text(traits.get("nickname") or traits.get("username"))
    name = _text(traits.get("name")) or " ".join(
        filter(None, (_text(traits.get("firstName")), _text(traits.get("lastName"))))
    )
    if nickname or (name and key.is_server):
        told = Told(nickname, name if key.is_server else "")
    return f',"traits":{_encode(_plain(traits)).decode()}', told


def _traits(event: Event) -> dict[str, Any]:
    """Traits stand in `traits`, or in `context.traits` as Rudder sends them."""
    for raw in (event.traits, _inner_traits(event.context)):
        if _is_object(raw):
            return _object.decode(raw)
    return {}


def _inner_traits(raw: msgspec.Raw) -> msgspec.Raw:
    return _context.decode(raw).traits if _is_object(raw) else msgspec.Raw()


def _plain(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Traits without names and contact data: those go to the person, sealed, never into the ledger."""
    return {k: v for k, v in traits.items() if k not in _PERSONAL}


def _kept_context(raw: msgspec.Raw) -> str:
    view = memoryview(raw)
    if len(view) <= 2:
        return ""
    return _cut_context(bytes(view)) if len(view) <= 1000 else _cut_context.__wrapped__(bytes(view))


@lru_cache(maxsize=4096)
def _cut_context(raw: bytes) -> str:
    """The kept parts of a context as JSON. An SDK sends the same one with most of its events."""
    try:
        context = _context.decode(raw)
    except msgspec.DecodeError:
        return ""
    kept = [
        f'"{name}":{str(part, "utf-8")}'
        for name, part in (("campaign", context.campaign), ("page", context.page), ("library", context.library))
        if _is_object(part)
    ]
    return "{" + ",".join(kept) + "}" if kept else ""


def _is_object(raw: msgspec.Raw) -> bool:
    view = memoryview(raw)
    return len(view) > 2 and view[0] == 0x7B


def _json(value: str) -> str:
    return _encode(value).decode()


def needs_cleaning(body: bytes) -> bool:
    """True where JSON holds escapes PostgreSQL cannot store: NUL, or halves of a surrogate pair."""
    return _ESCAPES.search(body) is not None


def cleaned(body: bytes) -> bytes:
    """The same JSON without what cannot be stored. Numbers and everything else stay as they were written."""
    return _UNSTORABLE.sub(lambda found: found[0] if found[1] else b"", body)
