"""Any CSV or JSONL of messages by a mapping: found by itself where the headers are plain, else given by the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from .building import Builder, id_of, name_of, rounded
from .inputs import lines, records
from .json_stream import Unread, decode
from .kinds import named_kind, wechat_kind
from .times import has_seconds
from .values import BadRow, Chat, Item, Mapping, Recognised, Refused, Said, Source, as_it_stood, bad

# Field → headers, folded: lower case, without spaces and underscores. The first that is there is taken.
NAMES: dict[str, tuple[str, ...]] = {
    "time": ("ts", "time", "timestamp", "datetime", "createtime", "createdat", "sentat", "senttime", "sendtime",
             "messagetime", "msgtime", "date", "时间", "发送时间",
             "消息时间", "发言时间", "聊天时间", "日期时间", "日期"),
    "text": ("text", "message", "content", "msg", "body", "messagetext", "内容", "消息内容", "聊天内容", "发言内容",
             "消息", "发言", "文本", "文字内容"),
    "sender_name": ("sendername", "nickname", "nick", "displayname", "screenname", "fullname", "authorname",
                    "senderdisplayname", "speaker", "sender", "from", "author", "name", "发送人", "发送者", "发言人",
                    "发言者", "昵称", "群昵称", "用户昵称", "成员", "说话人", "姓名"),
    "sender_id": ("senderid", "userid", "fromid", "authorid", "memberid", "uid", "wxid", "openid", "externaluserid",
                  "qq", "qq号", "username",
                  "user", "handle", "login", "用户id", "发送人id", "发送者id", "微信号", "账号"),
    "place": ("channel", "channelname", "room", "roomname", "groupname", "group", "chatname", "chat", "place",
              "群", "群名", "群名称", "群聊", "群聊名称", "频道", "聊天室"),
    "team": ("team", "workspace", "server", "guild", "团队", "工作区"),
    "thread": ("thread", "threadid", "threadts", "topic", "topicid", "conversation", "conversationid",
               "话题", "主题", "会话", "会话id"),
    "reply_to": ("replyto", "replytoid", "replytomessageid", "inreplyto", "inreplytoid", "parentid", "quotedid",
                 "回复", "回复id", "引用", "引用id"),
    "message_id": ("messageid", "msgid", "mid", "msgsvrid", "platformmessageid", "uuid", "id", "消息id", "消息编号"),
    "type": ("type", "msgtype", "messagetype", "kind", "typename", "类型", "消息类型"),
}  # fmt: skip
_NOT_CHAT = (
    "订单",
    "金额",
    "单价",
    "快递",
    "price",
    "amount",
    "order",
    "sku",
    "score",
    "rating",
    "评分",
    "评论",
    "收货",
)
_OBJECT = msgspec.json.Decoder(dict[str, Any])

_MOST_PLACES = 5_000
_FEW_PLACES = 10
_PLACE_OR_THREAD = ("conversation", "conversationid", "会话", "会话id")

Picker = Callable[[str], object]


def fold(header: str) -> str:
    """A header as compared: lower case, without spaces, underscores, hyphens and marks."""
    return "".join(c for c in name_of(header).lower() if c not in " _-:：.")


def find_columns(headers: Iterable[str]) -> Mapping | None:
    """The mapping plain headers give: time, text and a sender must be there; None otherwise.

    `conversation` is a thread (see `settle`). `user` alone is both id and name.
    """
    folded: dict[str, str] = {}
    for header in headers:
        folded.setdefault(fold(header), header)
    if any(word in header for header in folded for word in _NOT_CHAT):
        return None
    found = {field: next((folded[name] for name in names if name in folded), None) for field, names in NAMES.items()}
    if not found["time"] or not found["text"] or not (found["sender_name"] or found["sender_id"]):
        return None
    mapping: Mapping = msgspec.structs.replace(Mapping(), **found)
    return mapping


def settle(mapping: Mapping, cells: dict[str, list[str]]) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping corrected by what stands in the columns, and warnings.

    A conversation without a channel beside it is a place, if there are few; an id column that only counts rows, or was
    rounded by a spreadsheet program, is none.
    """
    warnings: list[str] = []
    thread = mapping.thread or ""
    if not mapping.place and fold(thread) in _PLACE_OR_THREAD and len(set(cells.get(thread, ()))) <= _FEW_PLACES:
        mapping = msgspec.structs.replace(mapping, place=thread, thread=None)
    if mapping.place and len(set(cells.get(mapping.place, ()))) > 1:
        warnings.append("several_conversations")
    if mapping.message_id and row_numbers(cells.get(mapping.message_id, [])):
        mapping = msgspec.structs.replace(mapping, message_id=None)
        warnings.append("ids_are_row_numbers")
    if mapping.message_id and rounded(cells.get(mapping.message_id, [])):
        mapping = msgspec.structs.replace(mapping, message_id=None)
        warnings.append("ids_rounded")
    times = cells.get(mapping.time or "", [])
    if times and not any(map(has_seconds, times)):
        warnings.append("times_without_seconds")
    return mapping, tuple(warnings)


def row_numbers(ids: list[str]) -> bool:
    """Whether an id column only counts the file's rows: such ids mean other messages in the next export."""
    numbers = [int(cell) for cell in ids if cell.isdecimal() and len(cell) < 10]
    return len(numbers) == len(ids) > 0 and numbers in (list(range(len(ids))), list(range(1, len(ids) + 1)))


def read_csv(source: Source, recognised: Recognised, builder: Builder, mapping: Mapping) -> Iterator[Item]:
    """Messages of a CSV; `row` is the line of the record's beginning."""
    columns: dict[str, int] | None = {} if mapping.headerless else None
    picking = _Picking(mapping, recognised, builder)
    for record in records(source, recognised):
        if isinstance(record, BadRow):
            yield record
            continue
        row, cells = record
        if columns is None:
            columns = {}
            for position, cell in enumerate(cells):
                columns.setdefault(cell.strip().removeprefix("\ufeff"), position)
            _must_exist(mapping, columns)
            continue
        yield from as_it_stood(picking.items(row, cell_picker(cells, columns)), cells)


def _must_exist(mapping: Mapping, columns: dict[str, int]) -> None:
    for name in (mapping.time, mapping.text, mapping.sender_id or mapping.sender_name):
        if not name or (not name.startswith("#") and name not in columns):
            raise Refused("column_not_found")


def cell_picker(cells: list[str], columns: dict[str, int]) -> Picker:
    def pick(name: str) -> str:
        position = columns.get(name, -1)
        if position < 0 and name.startswith("#") and name[1:].isdecimal():
            position = int(name[1:]) - 1
        return cells[position] if 0 <= position < len(cells) else ""

    return pick


def read_jsonl(source: Source, recognised: Recognised, builder: Builder, mapping: Mapping) -> Iterator[Item]:
    """Messages of a JSONL file; `row` is the line."""
    picking = _Picking(mapping, recognised, builder)
    for row, line in lines(source, recognised):
        if line is None:
            yield bad(row, "line_too_long")
        elif line and not line.isspace() and not line.startswith("#"):
            element = decode(line, _OBJECT)
            if isinstance(element, Unread):
                yield bad(row, element.reason, "", element.start.decode("utf-8", "replace"), (line,))
            else:
                yield from as_it_stood(picking.items(row, key_picker(element)), (line,))


def key_picker(element: dict[str, Any]) -> Picker:
    def pick(name: str) -> object:
        if name in element or "." not in name:
            return element.get(name)
        value: Any = element
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    return pick


class _Picking:
    """Turns picked cells into values, opening a conversation whenever the place changes."""

    def __init__(self, mapping: Mapping, recognised: Recognised, builder: Builder) -> None:
        self.mapping, self.recognised, self.builder = mapping, recognised, builder
        self.announced: set[str] = set()
        self.only = frozenset(mapping.only)
        if recognised.chat:
            builder.place = recognised.chat.key
            self.announced.add(recognised.chat.key or "")

    def items(self, row: int, pick: Picker) -> Iterator[Item]:
        mapping, builder = self.mapping, self.builder
        if mapping.place:
            chat = chat_of(mapping, pick, self.recognised)
            if self.only and chat.place_name not in self.only and "*" not in self.only:
                yield bad(row, "other_conversation", mapping.place, chat.place_name)
                return
            if chat.key != builder.place:
                builder.place = chat.key
                if chat.key and chat.key not in self.announced:
                    if len(self.announced) >= _MOST_PLACES:
                        raise Refused("too_many_places")
                    self.announced.add(chat.key)
                    yield chat
        time = pick(mapping.time or "")
        sender_id = id_of(pick(mapping.sender_id)) if mapping.sender_id else None
        name = name_of(pick(mapping.sender_name)) if mapping.sender_name else ""
        word = pick(mapping.type) if mapping.type else None
        said = builder.say(
            row, time=time, text=pick(mapping.text or ""), kind=_kind(word), sender_id=sender_id,
            sender_name=name or (sender_id or ""),
            message_id=pick(mapping.message_id) if mapping.message_id else None,
            reply_to=pick(mapping.reply_to) if mapping.reply_to else None,
            thread=pick(mapping.thread) if mapping.thread else None, time_column=mapping.time or "",
        )  # fmt: skip
        if isinstance(said, Said):
            member = builder.meet(sender_id, said.sender_name)
            if member:
                yield member
        yield said


def _kind(word: object) -> Any:
    """The kind of a type cell: numbers are WeChat's, words are words; nothing and unknown words are text."""
    if word is None or word == "":
        return "text"
    number = isinstance(word, int) or (isinstance(word, str) and word.isdecimal() and len(word) < 16)
    kind = wechat_kind(int(str(word)), 0) if number else named_kind(str(word))
    return "text" if kind == "other" else kind


def chat_of(mapping: Mapping, pick: Picker, recognised: Recognised) -> Chat:
    """The conversation of a row: its place, within its team where there is one."""
    name, team = name_of(pick(mapping.place or "")), name_of(pick(mapping.team)) if mapping.team else ""
    platform = recognised.chat.platform if recognised.chat else "unknown"
    return Chat(platform, name, f"{team}/{name}" if team else None, "group", None, recognised.format)
