"""QQ's message manager, text export (消息管理器 导出 txt): one group, or everything with a section for each.

A message is a head line (time, 【title】, name, id) and the lines after it. 12- and 24-hour clocks by the client's
locale; ids stand in () or, as mail addresses, in <>; names may themselves hold brackets. 10000 and 1000000 are QQ
itself; 80000000 is whoever speaks anonymously.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from .building import Builder, name_of
from .inputs import lines
from .times import Times
from .values import MAX_TEXT, Chat, ChatKind, Item, Recognised, Said, Source, as_it_stood, bad

FIRST_LINE = "消息记录（此消息记录为文本格式，不支持重新导入）"
_SEPARATOR = re.compile(r"={16,}\s*")
_SECTION = re.compile(r"\s*消息(分组|对象)\s*[:：]\s*(.*)")
_HALF = "上午|下午|凌晨|早上|中午|晚上|[AP]M"
_HEAD = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\s+"
    rf"((?:{_HALF})?\s*\d{{1,2}}:\d{{2}}:\d{{2}}(?:\s*(?:{_HALF})(?=\s|$))?)(?:\s(.*))?"
)
_WITH_ID = re.compile(r"(.*)(?:\((\d{4,12})?\)|<([^<>]{0,128})>)\s*")
_TITLE = re.compile(r"【([^】]{0,24})】(?=.)")
_PRIVATE = re.compile("好友|联系人|陌生人")
_ROLES = {"群主": "owner", "管理员": "admin"}
_HELD = 4
_SYSTEM, _ANONYMOUS = ("10000", "1000000"), "80000000"


class Head(msgspec.Struct, frozen=True):
    """A head line taken apart. `sender_id` is None for names only and the anonymous; `sure`: an id stood there."""

    time: str
    sender_id: str | None
    name: str
    title: str
    system: bool
    sure: bool


def head_of(line: str) -> Head | None:
    """The head a line is, None for a line of a body."""
    if not line[:1].isdigit() or "\t" in line:
        return None
    found = _HEAD.fullmatch(line[:400].rstrip())
    if found is None:
        return None
    rest = (found[3] or "").strip()
    with_id = _WITH_ID.fullmatch(rest)
    raw, sender_id = (with_id[1], with_id[2] or with_id[3] or None) if with_id else (rest, None)
    system = sender_id in _SYSTEM or (sender_id is None and rest == "系统消息")
    title = _TITLE.match(raw.strip()) if with_id else None
    name = raw.strip()[title.end() :] if title else raw
    known = None if system or sender_id == _ANONYMOUS else sender_id
    return Head(
        f"{found[1]} {found[2].strip()}",
        known,
        name_of(name),
        title[1] if title else "",
        system,
        with_id is not None or system,
    )


def _chat(group: str, name: str, head: Head | None, *, format: str) -> Chat:
    alone = "群" not in group and head is not None and not head.sure
    kind: ChatKind = "private" if alone or _PRIVATE.search(group) else "group"
    return Chat("qq", name_of(name), None, kind, None, format)


class Survey(msgspec.Struct, frozen=True):
    """What the first lines show: heads, and how many have words under them.

    Flags: `ids` people have ids, `blank` a blank line stands before a head.
    """

    heads: int
    spoken: int
    chat: Chat | None
    several: bool
    flags: frozenset[str]


def survey(text: str, *, format: str, zone: ZoneInfo) -> Survey:
    """Count the readable heads of the first lines and learn how this file writes them."""
    group, names, first, before = "", [], None, ""
    heads = sure = spaced = spoken = 0
    fresh = False
    times = Times(zone)
    for line in text.split("\n"):
        section = _SECTION.fullmatch(line)
        if section and section[1] == "分组":
            group = group or section[2]
        elif section:
            names.append(section[2])
        elif (head := head_of(line)) and times.of(head.time):
            heads += 1
            sure += head.sure
            spaced += not before.strip() or bool(_SEPARATOR.fullmatch(before))
            first = first or head
            fresh = True
        elif line.strip():
            spoken += fresh
            fresh = False
        before = line
    chat = _chat(group, names[0] if names else "", first, format=format) if heads or names else None
    flags = frozenset(name for name, count in (("ids", sure), ("blank", spaced)) if count * 2 > heads)
    return Survey(heads, spoken, chat, len(names) > 1, flags)


class _Reading:
    """What is being read: the section, the message begun, and a separator that may yet begin a section."""

    def __init__(self, builder: Builder, recognised: Recognised) -> None:
        self.builder, self.recognised = builder, recognised
        self.group = self.object = ""
        self.new_section = False
        self.head: Head | None = None
        self.row = 0
        self.line = ""
        self.body: list[str] = []
        self.length = 0
        self.too_long = False

    def begin(self, head: Head, row: int, line: str) -> Iterator[Item]:
        yield from self.end()
        if self.new_section:
            self.new_section = False
            chat = _chat(self.group, self.object, head, format=self.recognised.format)
            self.builder.place = chat.key
            if chat != self.recognised.chat:
                yield chat
        self.head, self.row, self.line = head, row, line

    @staticmethod
    def section(line: str) -> re.Match[str] | None:
        return _SECTION.fullmatch(line) if "消息" in line[:12] else None

    def open_section(self, section: re.Match[str]) -> None:
        self.new_section = True
        if section[1] == "分组":
            self.group, self.object = section[2], ""
        else:
            self.object = section[2]

    def may_begin(self, head: Head, before: str) -> bool:
        """Whether this file writes its heads so; else somebody has quoted one."""
        if "blank" in self.recognised.flags:
            return not before.strip() or bool(_SEPARATOR.fullmatch(before))
        return head.sure or "ids" not in self.recognised.flags

    def add(self, line: str) -> None:
        if self.length <= MAX_TEXT:
            self.body.append(line)
        self.length += len(line) + 1

    def end(self) -> Iterator[Item]:
        head, body = self.head, self.body
        self.head, self.body, self.length = None, [], 0
        if head is None:
            return
        if self.too_long:
            self.too_long = False
            yield bad(self.row, "line_too_long", "", self.line, (self.line,))
            return
        said = self.builder.say(
            self.row, time=head.time, text="\n".join(body), kind="system" if head.system else "text",
            sender_id=head.sender_id, sender_name=head.name if not head.system else "",
        )  # fmt: skip
        if isinstance(said, Said):
            member = self.builder.meet(head.sender_id, head.name, role=_ROLES.get(head.title))
            if member:
                yield member
        yield from as_it_stood((said,), ("\n".join((self.line, *body)).rstrip("\n"),))


def read(source: Source, recognised: Recognised, builder: Builder) -> Iterator[Item]:
    """Members, messages and notices; `row` is the line of a message's head."""
    reading = _Reading(builder, recognised)
    builder.place = recognised.chat.key if recognised.chat else None
    held: list[str] = []
    before = ""
    for row, line in lines(source, recognised):
        if line is None:
            reading.too_long = reading.head is not None
            if not reading.too_long:
                yield bad(row, "line_too_long")
            continue
        if line[:1] == "=" and _SEPARATOR.fullmatch(line):
            held.append(line)
            if len(held) > _HELD:
                reading.add(held.pop(0))
        elif (section := reading.section(line)) and (held or reading.head is None):
            held = []
            yield from reading.end()
            reading.open_section(section)
        else:
            while held:
                reading.add(held.pop(0))
            head = head_of(line) if line[:1].isdigit() else None
            if head and reading.may_begin(head, before):
                yield from reading.begin(head, row, line)
            elif reading.head is not None:
                reading.add(line)
            elif line.strip() and line.strip() != FIRST_LINE and row > 1:
                yield bad(row, "no_message_begun", "", line, (line,))
        before = line
    for waiting in held:
        reading.add(waiting)
    yield from reading.end()
