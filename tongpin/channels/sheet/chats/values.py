"""What a chat export holds: places, members, things said, notices, and rows that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, Literal, TypeAlias

import msgspec

from ..reading import Opened

Kind = Literal[
    "text", "image", "voice", "video", "file", "sticker", "link", "location", "red_packet", "transfer",
    "poke", "call", "share", "reply", "forward", "card", "system", "other",
]  # fmt: skip
NoticeKind = Literal["joined", "left", "recalled", "renamed", "other"]
ChatKind = Literal["group", "private"]

SELF = "@self"
"""The sender id of whoever exported the file, where the file does not name them."""

HEAD_BYTES = 256 * 1024
"""How much of a file `recognise` likes to see; less is fine."""

MAX_TEXT = 20_000
MAX_LINE = 1 << 20
MAX_DEPTH = 64
MAX_NAME = 100


class Chat(msgspec.Struct, frozen=True):
    """A conversation. It stands before the first thing said in it; `owner_external_id` is who exported it."""

    platform: str
    place_name: str
    place_external_id: str | None
    kind: ChatKind
    owner_external_id: str | None
    format: str

    @property
    def key(self) -> str | None:
        """What `Said.place` and `Notice.place` carry."""
        return self.place_external_id or self.place_name or None


class Member(msgspec.Struct, frozen=True):
    """Somebody seen in the conversation. Comes again when the names change: the last one holds.

    `external_id` is None where the format knows people by name only.
    """

    external_id: str | None
    name: str
    group_nickname: str | None = None
    aliases: tuple[str, ...] = ()
    role: str | None = None
    place: str | None = None


class Said(msgspec.Struct, frozen=True):
    """One message. `at` is aware UTC. `row`: its first line (txt, JSONL), its row (CSV, workbook), its number (JSON).

    `thread` and `reply_to` hold within one file and place. `note`: "" | text_cut | undecodable.
    """

    row: int
    external_id: str | None
    sender_external_id: str | None
    sender_name: str
    at: datetime
    kind: Kind
    text: str
    reply_to: str | None = None
    thread: str | None = None
    place: str | None = None
    note: str = ""


class Party(msgspec.Struct, frozen=True):
    """Somebody a notice names; `external_id` is SELF for «你»."""

    name: str
    external_id: str | None = None


class Notice(msgspec.Struct, frozen=True):
    """A system row. `who` joined, left or recalled; `by` invited, removed or renamed."""

    row: int
    at: datetime
    kind: NoticeKind
    who: tuple[Party, ...]
    text: str
    by: Party | None = None
    external_id: str | None = None
    place: str | None = None


class BadRow(msgspec.Struct, frozen=True):
    """A row that was not taken. `column` is the field at fault or "", `text` at most 200 characters of it.

    `cells` are the row as the file has it (of a text or JSON lines its one line), so that it can be handed back.
    """

    row: int
    reason: str
    column: str
    text: str
    cells: tuple[str, ...] = ()


class Mapping(msgspec.Struct, frozen=True):
    """Which column (CSV) or key (JSONL, `author.name` reaches inside) feeds which field; "#3" is the third column.

    `only` keeps the conversations of these labels, ("*",) takes all; `headerless` says the first row is a message.
    """

    place: str | None = None
    team: str | None = None
    sender_id: str | None = None
    sender_name: str | None = None
    time: str | None = None
    text: str | None = None
    thread: str | None = None
    reply_to: str | None = None
    message_id: str | None = None
    type: str | None = None
    only: tuple[str, ...] = ()
    headerless: bool = False


class Recognised(msgspec.Struct, frozen=True):
    """What a file's head shows. `reason` says why it is not importable; `columns` is the mapping found in it."""

    format: str
    confidence: float
    chat: Chat | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    headers: tuple[str, ...] = ()
    columns: Mapping | None = None
    conversations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    importable: bool = True
    reason: str = ""


class Refused(ValueError):
    """The file as a whole cannot be taken; `reason` is a code the screens word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Item: TypeAlias = Chat | Member | Said | Notice | BadRow
Source: TypeAlias = Opened | BinaryIO | Iterable[str]
"""A file the sheet reader opened, a binary file at its beginning, or lines already decoded."""


def bad(row: int, reason: str, column: str = "", text: object = "", cells: Iterable[str] = ()) -> BadRow:
    """A refused row with a short excerpt."""
    return BadRow(row, reason, column, str(text)[:200], tuple(cells))


def as_it_stood(items: Iterable[Item], cells: Iterable[str] | Callable[[], Iterable[str]]) -> Iterator[Item]:
    """The same items; a refused row among them bears the cells it was made from, unless nobody chose its conversation:
    words that were not asked for are not kept."""
    for item in items:
        if isinstance(item, BadRow) and not item.cells and item.reason != "other_conversation":
            item = msgspec.structs.replace(item, cells=tuple(cells() if callable(cells) else cells))
        yield item
