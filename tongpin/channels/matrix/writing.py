"""A letter as the messages of a room, in order: text and card together, then each picture, then the voice."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final, TypeAlias

import msgspec

from tongpin.channels.port import Card, Content, TransportError

Event: TypeAlias = dict[str, Any]

LONGEST: Final = 60_000
"""Bytes of a message; a whole event may have 65,536."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A picture or recording as the homeserver holds it."""

    uri: str
    media_type: str
    size: int
    name: str


def media_of(*, content: Content) -> list[str]:
    """The names in the media store of all that must be there before it can be said."""
    named = [content.card.picture if content.card else "", *(one.media for one in content.pictures)]
    named.append(content.voice.media if content.voice else "")
    return list(dict.fromkeys(name for name in named if name))


def messages_of(*, content: Content, uploads: Mapping[str, Uploaded], in_reply_to: str = "") -> list[Event]:
    """What is sent as `m.room.message`. The first says who speaks and what it answers. Raises TransportError too_long."""
    events: list[Event] = []
    speaker = content.speaker
    if content.card and content.card.picture:
        events.append(_media("m.image", uploads[content.card.picture], "", ""))
    if content.text or content.card:
        events.append(_text(content, speaker))
        speaker = ""
    for picture in content.pictures:
        events.append(_media("m.image", uploads[picture.media], speaker, picture.caption))
        speaker = ""
    if content.voice:
        voice = _media("m.audio", uploads[content.voice.media], speaker, "")
        length = max(int(content.voice.seconds * 1000), 0)
        voice["info"]["duration"] = length
        voice["org.matrix.msc3245.voice"] = {}
        voice["org.matrix.msc1767.audio"] = {"duration": length, "waveform": []}
        events.append(voice)
    if in_reply_to:
        events[0]["m.relates_to"] = {"m.in_reply_to": {"event_id": in_reply_to}}
    if any(len(msgspec.json.encode(one)) > LONGEST for one in events):
        raise TransportError(reason="too_long", permanent=True)
    return events


def _text(content: Content, speaker: str) -> Event:
    plain, page = content.text, _page(content.text)
    if speaker:
        plain, page = said_by(speaker, plain), f"<strong>{escape(said_by(speaker, ''))}</strong>{page}"
    if content.card:
        plain = "\n\n".join(one for one in (plain, _plain_card(content.card)) if one)
        page = "<br><br>".join(one for one in (page, _card(content.card)) if one)
    event: Event = {"msgtype": "m.text", "body": plain}
    if speaker or content.card:
        formatted = {**event, "format": "org.matrix.custom.html", "formatted_body": page}
        # Said twice it may be too long, and the plain words say it all.
        return formatted if len(msgspec.json.encode(formatted)) <= LONGEST else event
    return event


def said_by(speaker: str, words: str) -> str:
    """林老师：大家好"""
    return f"{speaker}{'：' if any(c > '⺀' for c in speaker) else ': '}{words}"


def _page(words: str) -> str:
    return escape(words).replace("\r\n", "\n").replace("\n", "<br>")


def _plain_card(card: Card) -> str:
    return "\n".join(line for line in (card.title, card.text, card.url) if line)


def _card(card: Card) -> str:
    title = f'<a href="{escape(card.url, quote=True)}"><strong>{escape(card.title)}</strong></a>'
    return f"{title}<br>{_page(card.text)}" if card.text else title


def _media(msgtype: str, upload: Uploaded, speaker: str, caption: str) -> Event:
    name = upload.name or msgtype.removeprefix("m.") + (mimetypes.guess_extension(upload.media_type) or "")
    words = said_by(speaker, caption) if speaker and caption else speaker or caption
    return {
        "msgtype": msgtype,
        # A body that differs from the file's name is its caption.
        "body": words or name,
        "filename": name,
        "url": upload.uri,
        "info": {"mimetype": upload.media_type, "size": upload.size},
    }
