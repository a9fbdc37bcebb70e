"""ChatLab standard format 0.0.x, JSON and JSONL: github.com/ChatLab/ChatLab, docs/standard/chatlab-format.md.

In JSON the description (meta) normally precedes the messages; where it follows them, the file names no place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec

from .building import Builder, id_of, name_of
from .inputs import lines, pieces
from .json_stream import Broken, Document, Unread, decode, plain
from .kinds import CHATLAB
from .values import Chat, Item, Kind, Member, Recognised, Source, as_it_stood, bad

_ROLES = ("owner", "admin")


class Line(msgspec.Struct):
    """A message, a member or a header, as loosely as people write them."""

    kind: Any = msgspec.field(name="_type", default=None)
    sender: Any = None
    accountName: Any = None
    groupNickname: Any = None
    timestamp: Any = None
    type: Any = None
    content: Any = None
    platformMessageId: Any = None
    replyToMessageId: Any = None
    platformId: Any = None
    aliases: Any = None
    roles: Any = None
    meta: Any = None


_LINE = msgspec.json.Decoder(Line)


def chat_of(meta: object, *, format: str) -> Chat | None:
    """The conversation a `meta` object describes."""
    if not isinstance(meta, dict):
        return None
    return Chat(
        name_of(meta.get("platform")).lower() or "unknown",
        name_of(meta.get("name")),
        id_of(meta.get("groupId")),
        "private" if meta.get("type") == "private" else "group",
        id_of(meta.get("ownerId")),
        format,
    )


def read_json(source: Source, recognised: Recognised, builder: Builder) -> Iterator[Item]:
    """Members and messages of a ChatLab JSON document; `row` is a message's number, from 1."""
    row = 0
    document = Document(pieces(source, recognised))
    builder.place = recognised.chat.key if recognised.chat else None
    try:
        for key in document.members():
            if key == "meta" and builder.place is None and row == 0:
                chat = chat_of(plain(document.value() or b""), format=recognised.format)
                if chat:
                    builder.place = chat.key
                    yield chat
            elif key == "members" and document.starts() == b"[":
                members = document.elements(_LINE)
                for number, element in enumerate(members, 1):
                    yield from as_it_stood(_member(element, number, builder), partial(_written, element))
            elif key == "messages" and document.starts() == b"[":
                for element in document.elements(_LINE):
                    row += 1
                    yield from as_it_stood(_message(element, row, builder), partial(_written, element))
            else:
                document.skip()
    except Broken as broken:
        yield bad(row + 1, broken.reason)


def read_jsonl(source: Source, recognised: Recognised, builder: Builder) -> Iterator[Item]:
    """Members and messages of a ChatLab JSONL file; `row` is the line. A later header begins another conversation."""
    builder.place = recognised.chat.key if recognised.chat else None
    for row, text in lines(source, recognised):
        if text is None:
            yield bad(row, "line_too_long")
            continue
        if not text or text.isspace() or text.startswith("#"):
            continue
        element = decode(text, _LINE)
        kind = None if isinstance(element, Unread) else element.kind
        if kind == "header" and isinstance(element, Line):
            chat = chat_of(element.meta, format=recognised.format)
            if chat and chat != recognised.chat:
                builder.place = chat.key
                yield chat
        elif kind == "member":
            yield from as_it_stood(_member(element, row, builder), (text,))
        elif kind in ("message", None):
            yield from as_it_stood(_message(element, row, builder), (text,))
        else:
            yield bad(row, "line_unknown", "_type", kind, (text,))


def _written(element: Line | Unread) -> tuple[str, ...]:
    """An element of a document as JSON, for a row that is handed back; of one that was not read its beginning."""
    if isinstance(element, Unread):
        return (element.start.decode("utf-8", "replace"),)
    told = {name: value for name, value in msgspec.to_builtins(element).items() if value is not None}
    return (msgspec.json.encode(told).decode(),)


def _member(element: Line | Unread, row: int, builder: Builder) -> Iterator[Item]:
    if isinstance(element, Unread):
        yield bad(row, element.reason, "members", element.start.decode("utf-8", "replace"))
        return
    external_id = id_of(element.platformId)
    aliases = tuple(filter(None, map(name_of, element.aliases))) if isinstance(element.aliases, list) else ()
    member = builder.meet(
        external_id, name_of(element.accountName), nickname=name_of(element.groupNickname) or None,
        aliases=aliases[:20], role=_role(element.roles),
    )  # fmt: skip
    if member:
        yield member
    elif not external_id:
        yield bad(row, "member_without_id", "platformId")


def _role(roles: object) -> str | None:
    if not isinstance(roles, list):
        return None
    ids = [role.get("id") for role in roles if isinstance(role, dict)]
    return next((role for role in _ROLES if role in ids), None)


def _code(value: object) -> int:
    try:
        return int(value) if isinstance(value, int | float | str) else -1
    except (ValueError, OverflowError):
        return -1


def _message(element: Line | Unread, row: int, builder: Builder) -> Iterator[Item]:
    if isinstance(element, Unread):
        yield bad(row, element.reason, "", element.start.decode("utf-8", "replace"))
        return
    sender, name = id_of(element.sender), name_of(element.accountName)
    nickname = name_of(element.groupNickname)
    code = element.type
    kind: Kind = "text" if code is None else CHATLAB.get(_code(code), "other")
    said = builder.say(
        row, time=element.timestamp, text=element.content, kind=kind, sender_id=sender, sender_name=nickname or name,
        message_id=element.platformMessageId, reply_to=element.replyToMessageId, time_column="timestamp",
    )  # fmt: skip
    if kind != "system":
        member: Member | None = builder.meet(sender, name, nickname=nickname or None)
        if member:
            yield member
    yield said
