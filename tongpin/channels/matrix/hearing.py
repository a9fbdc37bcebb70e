"""What the homeserver tells us (a transaction of the application service), as arrivals.

Events come from anybody's homeserver: one that is not as it should be is left out, and never holds up those beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tongpin.channels.matrix.configuration import Homeserver
from tongpin.channels.port import Arrival, Attachment, BadPayload

_MEDIA: Final = {"m.image": "picture", "m.sticker": "picture", "m.audio": "voice", "m.video": "video", "m.file": "file"}
_LAST: Final = 253_402_300_799_000
"""Milliseconds up to the year 9999."""


class _Transaction(msgspec.Struct):
    events: list[msgspec.Raw]


class _Event(msgspec.Struct):
    type: str
    event_id: str
    room_id: str
    sender: str
    origin_server_ts: int
    content: dict[str, Any]
    state_key: str | None = None
    redacts: str = ""
    unsigned: dict[str, Any] = {}
    prev_content: dict[str, Any] = {}


_transaction = msgspec.json.Decoder(_Transaction)
_event = msgspec.json.Decoder(_Event)


def arrivals_in(*, payload: bytes, server: Homeserver) -> list[Arrival]:
    """Messages, edits, redactions, reactions, joins, leaves and knocks, in order. Raises BadPayload (unreadable)."""
    try:
        events = _transaction.decode(payload).events
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadPayload(reason="unreadable") from error
    found = (_arrival(raw, server) for raw in events)
    return [one for one in found if one is not None]


def _arrival(raw: msgspec.Raw, server: Homeserver) -> Arrival | None:
    try:
        event = _event.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not (event.event_id and event.room_id and event.sender and 0 <= event.origin_server_ts <= _LAST):
        return None
    read = _READERS.get(event.type)
    if read is None or (event.type == "m.room.member") != (event.state_key is not None):
        return None
    told = read(event)
    if told is None:
        return None
    sender = told.pop("sender", event.sender)
    return Arrival(
        key=event.event_id,
        place=event.room_id,
        sender=sender,
        at=datetime.fromtimestamp(event.origin_server_ts / 1000, UTC),
        ours=server.is_ours(sender),
        **told,
    )


def _said(event: _Event) -> dict[str, Any] | None:
    relates = _part(event.content, "m.relates_to")
    if relates.get("rel_type") == "m.replace":
        about, content = _text(relates, "event_id"), _part(event.content, "m.new_content")
        return {"kind": "edited", "about": about, "text": _words(content)} if about and content else None
    if not event.content:
        return None  # Redacted before it was told to us.
    is_thread = relates.get("rel_type") == "m.thread"
    reply = _text(_part(relates, "m.in_reply_to"), "event_id")
    attachment = _attachment(event)
    words = _words(event.content)
    if reply:
        words = _without_quote(words)
    if not words and attachment is None:
        return None
    return {
        "kind": "message",
        "text": words,
        "attachments": (attachment,) if attachment else (),
        "in_reply_to": "" if is_thread and relates.get("is_falling_back") is True else reply,
        "thread": _text(relates, "event_id") if is_thread else "",
    }


def _words(content: dict[str, Any]) -> str:
    """What it says. Of a file the body is its name, unless the name is given apart: then it is a caption."""
    body = _text(content, "body")
    if _text(content, "msgtype") in _MEDIA:
        name = _text(content, "filename")
        return body if name and name != body else ""
    return body


def _without_quote(words: str) -> str:
    """Older clients repeat above a reply what it answers."""
    if not words.startswith("> "):
        return words
    lines = words.split("\n")
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).lstrip("\n")


def _attachment(event: _Event) -> Attachment | None:
    content = event.content
    kind = _MEDIA.get(event.type) or _MEDIA.get(_text(content, "msgtype"))
    uri = _text(content, "url")
    if kind is None or not uri.startswith("mxc://"):
        return None
    about = _part(content, "info")
    size, length = about.get("size"), about.get("duration")
    return Attachment(
        kind=kind,  # type: ignore[arg-type]
        reference=uri[:300],
        media_type=_text(about, "mimetype")[:100],
        name=(_text(content, "filename") or _text(content, "body"))[:200],
        size=size if isinstance(size, int) and 0 <= size < 2**53 else 0,
        seconds=length / 1000 if isinstance(length, int | float) and 0 <= length < 1e9 else 0.0,
    )


def _reacted(event: _Event) -> dict[str, Any] | None:
    relates = _part(event.content, "m.relates_to")
    about, mark = _text(relates, "event_id"), _text(relates, "key")
    if relates.get("rel_type") != "m.annotation" or not (about and mark):
        return None
    return {"kind": "reaction", "about": about, "text": mark[:100]}


def _redacted(event: _Event) -> dict[str, Any] | None:
    about = _text(event.content, "redacts") or event.redacts
    return {"kind": "redacted", "about": about} if about else None


def _moved(event: _Event) -> dict[str, Any] | None:
    """Who came, went, or asks to come in. A changed name is no coming, an invitation not yet one."""
    now = _text(event.content, "membership")
    before = _text(_part(event.unsigned, "prev_content") or event.prev_content, "membership")
    who = {"sender": event.state_key, "sender_name": _text(event.content, "displayname")[:200]}
    if not event.state_key:
        return None
    if now == "join" and before != "join":
        return {"kind": "joined", **who}
    if now in {"leave", "ban"} and before in {"join", ""}:
        return {"kind": "left", **who}
    if now == "knock" and before != "knock":
        return {"kind": "asked_to_join", "text": _text(event.content, "reason")[:1000], **who}
    return None


_READERS: dict[str, Callable[[_Event], dict[str, Any] | None]] = {
    "m.room.message": _said,
    "m.sticker": _said,
    "m.reaction": _reacted,
    "m.room.redaction": _redacted,
    "m.room.member": _moved,
}


def _part(content: dict[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _text(content: dict[str, Any], name: str) -> str:
    found = content.get(name)
    return found if isinstance(found, str) else ""


__all__: Sequence[str] = ["arrivals_in"]
