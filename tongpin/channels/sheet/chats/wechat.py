"""WeChat exports in CSV: MemoTrace (WeChatMsg, 留痕), chatlog, PyWxDump and the tools that write its columns.

None is a stable contract; columns are found by name. `localId` and chatlog's MessageID are positions in one phone's
database, not ids of messages, and are not used as such; MsgSvrID is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .building import Builder, id_of, name_of
from .inputs import records
from .json_stream import plain
from .kinds import named_kind, wechat_kind
from .values import (
    SELF,
    BadRow,
    Chat,
    ChatKind,
    Item,
    Kind,
    Mapping,
    Member,
    Notice,
    Recognised,
    Said,
    Source,
    as_it_stood,
    bad,
)  # fmt: skip

MEMOTRACE = ("localid", "talkerid", "type", "subtype", "issender", "createtime", "status", "strcontent", "strtime")
CHATLOG = ("time", "sendername", "sender", "talkername", "talker", "content")
PYWXDUMP = ("type_name", "is_sender", "talker", "createtime")

WXID = re.compile(r"[A-Za-z0-9_@.\-]{3,64}")
_PREFIXED = re.compile(r"([A-Za-z0-9_@.\-]{5,64}):\n")
_LOCAL_MEDIA = re.compile(r"\]\(https?://[^/()\s]{1,100}/(image|voice|video|file)/")
_ME = ("我", "me", "Me")

Cells = Callable[[str], str]


def header_of(cells: list[str]) -> dict[str, int]:
    """Column name, lower case → position; the first of a double name counts."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(cells):
        columns.setdefault(cell.strip().removeprefix("\ufeff").lower(), position)
    return columns


def room_kind(external_id: str | None) -> ChatKind:
    """WeChat's own ids of groups end in @chatroom."""
    return "group" if external_id is None or external_id.endswith("@chatroom") else "private"


def picker(row: list[str], columns: dict[str, int]) -> Cells:
    def pick(name: str) -> str:
        position = columns.get(name, -1)
        return row[position] if 0 <= position < len(row) else ""

    return pick


def _flag(cell: str) -> bool:
    return cell.strip().lower() in ("1", "true", "yes", "是")


def _number(cell: str) -> int:
    try:
        return int(float(cell)) if "." in cell else int(cell)
    except (ValueError, OverflowError):
        return -1


def read_memotrace(source: Source, recognised: Recognised, builder: Builder, mapping: Mapping | None) -> Iterator[Item]:
    """MemoTrace: one conversation, or all of a phone (flag `all`), of which `mapping.only` chooses."""
    columns: dict[str, int] | None = None
    everything = "all" in recognised.flags
    only = set(mapping.only) if mapping and mapping.only else set(recognised.conversations)
    for record in records(source, recognised):
        if isinstance(record, BadRow):
            yield record
            continue
        row, cells = record
        if columns is None:
            columns = header_of(cells)
            continue
        pick = picker(cells, columns)
        label = memotrace_label(pick, everything=everything)
        if only and label not in only and "*" not in only:
            yield bad(row, "other_conversation", "TalkerId", label)
            continue
        if everything and label != builder.place:
            builder.place = label
            yield Chat("wechat", label, None, "group", SELF, recognised.format)
        server_id = cells[9] if "sender" not in columns and len(cells) > 9 and len(cells[9]) >= 10 else None
        taken = _memotrace_row(row, pick, builder, everything=everything, server_id=server_id)
        yield from as_it_stood(taken, cells)


def memotrace_label(pick: Cells, *, everything: bool) -> str:
    """What tells the conversations of a MemoTrace file apart: names where it holds a whole phone, else TalkerId."""
    names = name_of(pick("remark")) or name_of(pick("nickname")) if everything else ""
    return names or pick("talkerid").strip()


def _memotrace_row(
    row: int, pick: Cells, builder: Builder, *, everything: bool, server_id: str | None
) -> Iterator[Item]:
    kind = wechat_kind(_number(pick("type")), max(_number(pick("subtype")), 0))
    content, own = pick("strcontent"), _flag(pick("issender"))
    sender = pick("sender").strip()
    sender_id, name = (None, name_of(sender)) if everything else (id_of(sender), "")
    remark, nickname = ("", "") if everything else (name_of(pick("remark")), name_of(pick("nickname")))
    name = name or nickname or remark
    prefixed = _PREFIXED.match(content[:80]) if not own and not sender_id and not name else None
    if prefixed:
        sender_id, content = prefixed[1], content[prefixed.end() :]
    if own and (not sender_id or name in _ME):
        sender_id, name = sender_id or SELF, "" if name in _ME else name
    time = builder.times.of(pick("createtime").strip()) or pick("strtime")
    aliases = (remark,) if remark and remark != name else ()
    said = builder.say(
        row, time=time, text=content, kind=kind, sender_id=sender_id, sender_name=name, message_id=server_id,
        time_column="CreateTime",
    )  # fmt: skip
    yield from _with_member(said, builder, aliases)


def read_chatlog(source: Source, recognised: Recognised, builder: Builder, mapping: Mapping | None) -> Iterator[Item]:
    """sjzar/chatlog: one or several conversations, told apart by Talker."""
    columns: dict[str, int] | None = None
    conversation = ("", "")
    for record in records(source, recognised):
        if isinstance(record, BadRow):
            yield record
            continue
        row, cells = record
        if columns is None:
            columns = header_of(cells)
            continue
        pick = picker(cells, columns)
        if (pick("talker"), pick("talkername")) != conversation:
            conversation = pick("talker"), pick("talkername")
            chat = chatlog_chat(pick, format=recognised.format)
            if chat.key != builder.place:
                builder.place = chat.key
                if chat != recognised.chat:
                    yield chat
        sender = pick("sender").strip()
        system = sender == "系统消息"
        kind: Kind = "system" if system else "text"
        content = pick("content")
        if "](http" in content:
            content = _LOCAL_MEDIA.sub(r"](/\1/", content)
        said = builder.say(
            row, time=pick("time"), text=content, kind=_chatlog_kind(content) or kind,
            sender_id=None if system else id_of(sender), sender_name="" if system else name_of(pick("sendername")),
            time_column="Time",
        )  # fmt: skip
        yield from as_it_stood(_with_member(said, builder, ()), cells)


def _chatlog_kind(content: str) -> Kind | None:
    return "reply" if content.startswith("> ") and "\n" in content else None


def chatlog_chat(pick: Cells, *, format: str) -> Chat:
    """The conversation of a chatlog row."""
    talker = id_of(pick("talker"))
    return Chat("wechat", name_of(pick("talkername")), talker, room_kind(talker), None, format)


def read_pywxdump(source: Source, recognised: Recognised, builder: Builder, mapping: Mapping | None) -> Iterator[Item]:
    """PyWxDump (msg, src), its older form (content as JSON) and the form without room_name."""
    columns: dict[str, int] | None = None
    for record in records(source, recognised):
        if isinstance(record, BadRow):
            yield record
            continue
        row, cells = record
        if columns is None:
            columns = header_of(cells)
            continue
        pick = picker(cells, columns)
        room = id_of(pick("room_name"))
        if room and room != builder.place:
            builder.place = room
            chat = pywxdump_chat(room, format=recognised.format)
            if chat != recognised.chat:
                yield chat
        talker, own = pick("talker").strip(), _flag(pick("is_sender"))
        # Only PyWxDump itself, which also writes room_name, puts ids here; the others put display names.
        known_id = talker if "room_name" in columns and WXID.fullmatch(talker) else None
        sender_id = SELF if own and not known_id else known_id
        said = builder.say(
            row, time=pick("createtime"), text=_old_content(pick("content")) if "content" in columns else pick("msg"),
            kind=named_kind(pick("type_name")), sender_id=sender_id,
            sender_name="" if known_id or talker in _ME else name_of(talker), message_id=pick("msgsvrid"),
            time_column="CreateTime",
        )  # fmt: skip
        yield from as_it_stood(_with_member(said, builder, ()), cells)


def pywxdump_chat(room: str, *, format: str) -> Chat:
    """The conversation of a PyWxDump file: it has an id and no name."""
    return Chat("wechat", "", room, room_kind(room), None, format)


def _old_content(cell: str) -> str:
    """The words in `{"src": …, "msg": …}`; anything else as it stands."""
    value = plain(cell.encode("utf-8", "replace")) if cell.startswith("{") else None
    if isinstance(value, dict):
        return str(value.get("msg") or value.get("content") or "")
    return cell


def _with_member(said: Said | Notice | BadRow, builder: Builder, aliases: tuple[str, ...]) -> Iterator[Item]:
    if isinstance(said, Said):
        member: Member | None = builder.meet(said.sender_external_id, said.sender_name, aliases=aliases)
        if member:
            yield member
    yield said
