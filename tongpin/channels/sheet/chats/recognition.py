"""Which chat export a file is, from its first bytes; formats that come later are refused by name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ..reading import Opened
from . import chatlab, plain, qq, wechat
from .building import rounded
from .inputs import as_text, decode_head, is_text
from .json_stream import plain as decoded
from .json_stream import shallow
from .times import has_seconds
from .values import HEAD_BYTES, Chat, Recognised

_UTC = ZoneInfo("UTC")
_STAMP = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+(?:上午|下午)?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[APap]\.?[Mm]\.?)?"
_WHATSAPP = re.compile(rf"[\u200e\u202a]?(?:\[{_STAMP}\]|{_STAMP}\s-)\s[^:\n]{{1,80}}: ")
_JSON_LIST = re.compile(r"\[\s*(?:[\[{\"\]]|$)")
_LINE = re.compile(r"\ufeff?\[LINE\]")
_SLACK_FILES = frozenset(("channels.json", "users.json", "groups.json", "dms.json", "mpims.json", "org_users.json"))
_SAMPLE = 2_000


def recognise(head: bytes | str, *, name: str = "") -> Recognised:
    """The format of a file by its head (about HEAD_BYTES of it) and, for Slack's parts, its name. Never raises."""
    if isinstance(head, str):
        encoding, text = "utf-8", head.removeprefix("\ufeff")
    elif is_text(head):
        encoding, text = decode_head(head)
    else:
        return _no("", "not_text", confidence=0.0)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    body = text.lstrip()
    if not body:
        return _no("", "empty", confidence=0.0)
    is_json = body[0] in "{#" or _JSON_LIST.match(body)
    found = _json(body, name) if is_json else _qq(text) or _foreign_text(body) or _csv(text)
    return msgspec.structs.replace(found, encoding=encoding)


def recognise_opened(opened: Opened) -> Recognised:
    """The same for a file the sheet reader has opened: unpacked, decoded, also a workbook. Raises Unreadable."""
    if opened.is_workbook:
        with opened.rows(limit=_SAMPLE) as rows:
            table = [cells for row in rows if any(cells := as_text(row.cells))]
        return _table(table) if table else _no("", "empty", confidence=0.0)
    with opened.source() as source:
        head = source.read(HEAD_BYTES)
    found = recognise(head.decode(opened.encoding, "replace"), name=opened.member or opened.path)
    return msgspec.structs.replace(found, encoding=opened.encoding)


def _no(format: str, reason: str, *, confidence: float = 0.95, **more: Any) -> Recognised:
    return Recognised(format, confidence, importable=False, reason=reason, **more)


def _json(body: str, name: str) -> Recognised:
    entries = [line for line in body.split("\n") if line.strip() and not line.startswith("#")]
    first = decoded(entries[0].encode()) if entries else None
    if isinstance(first, dict) and not ("messages" in first and ("chatlab" in first or "meta" in first)):
        whole = len(entries) == 1 or entries[1].lstrip().startswith("{")
        # Slack's own files are lists; a line with the same keys is anybody's.
        if whole and _foreign_json(set(first), first, name) in ("", "slack_export"):
            return _jsonl(entries, first)
    if not body.startswith("{"):
        return _json_array(body, name)
    raw = shallow(body.encode())
    keys = set(raw)
    if "chatlab" in keys or ({"meta", "messages"} <= keys and "session" not in keys):
        meta = {key: decoded(value) for key, value in shallow(raw.get("meta", b"")).items()} if "meta" in raw else None
        chat = chatlab.chat_of(meta, format="chatlab_json") if meta else None
        warnings = () if chat else ("place_unnamed",)
        return Recognised("chatlab_json", 1.0 if "chatlab" in keys else 0.8, chat=chat, warnings=warnings)
    sample = {key: decoded(value) for key, value in raw.items() if len(value) < 4096}
    format = _foreign_json(keys, sample, name)
    return _no(format, "format_comes_later") if format else _no("", "unknown_format", confidence=0.0)


def _foreign_json(keys: set[str], sample: dict[str, Any], name: str) -> str:
    if "weflow" in keys or {"session", "messages"} <= keys:
        return "weflow_json"
    if {"chatInfo", "metadata"} <= keys or {"chatInfo", "messages"} <= keys:
        return "qq_chat_exporter_json"
    if {"guild", "channel"} <= keys:
        return "discord_json"
    kind = str(sample.get("type", ""))
    if ("messages" in keys and kind.endswith(("_chat", "_group", "_supergroup", "_channel", "saved_messages"))) or (
        {"about", "chats"} <= keys or {"personal_information", "contacts"} <= keys
    ):
        return "telegram_json"
    if {"seq", "talker", "isSelf"} <= keys:
        return "chatlog_json"
    if name.rsplit("/", 1)[-1] in _SLACK_FILES or ({"ts", "user", "text"} <= keys and kind == "message"):
        return "slack_export"
    return ""


def _json_array(body: str, name: str) -> Recognised:
    start = body[1:].lstrip()
    keys = shallow(start.encode()) if start.startswith("{") else {}
    sample = {key: decoded(value) for key, value in keys.items() if len(value) < 4096}
    format = _foreign_json(set(keys), sample, name)
    return _no(format, "format_comes_later") if format else _no("", "unknown_format", confidence=0.0)


def _jsonl(entries: list[str], first: dict[str, Any]) -> Recognised:
    if "_type" in first:
        chat = chatlab.chat_of(first.get("meta"), format="chatlab_jsonl") if first["_type"] == "header" else None
        return Recognised("chatlab_jsonl", 1.0 if chat else 0.8, chat=chat, warnings=() if chat else ("place_unnamed",))
    rows = [row for row in map(decoded, (e.encode() for e in entries[:_SAMPLE])) if isinstance(row, dict)]
    headers = tuple(dict.fromkeys(key for row in rows for key in row))

    def cells(key: str) -> Iterator[str]:
        return (str(row[key]) for row in rows if row.get(key) not in (None, ""))

    found = _plain("plain_jsonl", headers, {header: list(cells(header)) for header in headers})
    if found.columns and found.columns.place:
        pick = plain.key_picker(first)
        return msgspec.structs.replace(found, chat=plain.chat_of(found.columns, pick, found))
    return found


def _plain(format: str, headers: tuple[str, ...], cells: dict[str, list[str]]) -> Recognised:
    columns = plain.find_columns(headers)
    if columns is None:
        return _no(format, "mapping_needed", confidence=0.1, headers=headers)
    columns, warnings = plain.settle(columns, cells)
    more = sum(map(bool, (columns.place, columns.thread, columns.reply_to, columns.message_id, columns.sender_id)))
    chat = Chat("unknown", "", None, "group", None, format)
    return Recognised(
        format, min(0.6 + 0.1 * more, 0.9), chat=chat, headers=headers, columns=columns, warnings=warnings
    )


def _qq(text: str) -> Recognised | None:
    survey = qq.survey(text, format="qq_txt", zone=_UTC)
    titled = qq.FIRST_LINE in text[:200]
    known = "ids" in survey.flags
    if not titled and not (survey.heads if known else survey.heads > 1 and survey.spoken * 2 > survey.heads):
        return None  # a log with a time on every line is no conversation
    warnings = ("several_conversations",) if survey.several else ()
    confidence = 1.0 if titled else 0.9 if known else 0.6
    return Recognised("qq_txt", confidence, chat=survey.chat, warnings=warnings, flags=survey.flags)


def _foreign_text(body: str) -> Recognised | None:
    sample = body.split("\n")[:40]
    if _LINE.match(body):
        return _no("line_txt", "format_comes_later")
    if sum(bool(_WHATSAPP.match(line)) for line in sample) * 3 >= len([line for line in sample if line.strip()]):
        return _no("whatsapp_txt", "format_comes_later")
    return None


def _csv(text: str) -> Recognised:
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    if not first.count(delimiter):
        return _no("", "unknown_format", confidence=0.0)
    try:
        table = [row for row in csv.reader(text.split("\n")[:_SAMPLE], delimiter=delimiter) if any(row)]
    except csv.Error:
        return _no("", "unknown_format", confidence=0.0)
    # The last row may be cut.
    return msgspec.structs.replace(_table(table[:-1] if len(table) > 2 else table), delimiter=delimiter)


def _table(table: list[list[str]]) -> Recognised:
    """By the header in the first row and the rows below it."""
    columns, rows = wechat.header_of(table[0]), table[1:]
    headers = tuple(cell.strip() for cell in table[0])
    found = _wechat(columns, rows)
    if found is None:
        positions = {header: at for at, header in reversed(list(enumerate(headers)))}
        cells = {h: [row[at] for row in rows if len(row) > at and row[at]] for h, at in positions.items()}
        found = _plain("plain_csv", headers, cells)
        if found.columns and found.columns.place and rows:
            chat = plain.chat_of(found.columns, plain.cell_picker(rows[0], positions), found)
            found = msgspec.structs.replace(found, chat=chat)
    return msgspec.structs.replace(found, headers=headers)


def _wechat(columns: dict[str, int], rows: list[list[str]]) -> Recognised | None:
    if columns.keys() >= set(wechat.MEMOTRACE):
        return _memotrace(columns, rows)
    pickers = [wechat.picker(row, columns) for row in rows]
    if columns.keys() >= set(wechat.CHATLOG):
        chat = wechat.chatlog_chat(pickers[0], format="chatlog_csv") if pickers else None
        found = Recognised("chatlog_csv", 1.0, chat=chat)
        return _resaved(found, [pick("time") for pick in pickers], [])
    if columns.keys() >= set(wechat.PYWXDUMP) and columns.keys() & {"msg", "content"}:
        room = next(filter(None, (pick("room_name").strip() for pick in pickers)), "")
        chat = wechat.pywxdump_chat(room, format="pywxdump_csv") if room else None
        found = Recognised("pywxdump_csv", 1.0, chat=chat or Chat("wechat", "", None, "group", None, "pywxdump_csv"))
        return _resaved(found, [pick("createtime") for pick in pickers], [pick("msgsvrid") for pick in pickers])
    return None


def _resaved(found: Recognised, times: list[str], ids: list[str]) -> Recognised:
    """A file a spreadsheet program has saved again lost seconds or digits: its messages could not be known again."""
    if rounded(ids):
        return msgspec.structs.replace(found, importable=False, reason="ids_rounded")
    if times and not any(map(has_seconds, filter(None, times))):
        return msgspec.structs.replace(found, importable=False, reason="seconds_lost")
    return found


def _memotrace(columns: dict[str, int], rows: list[list[str]]) -> Recognised:
    pickers = [wechat.picker(row, columns) for row in rows]
    senders = {pick("sender").strip() for pick in pickers} - {""}
    everything = any(wechat.WXID.fullmatch(sender) is None for sender in senders)
    labels = tuple(dict.fromkeys(wechat.memotrace_label(pick, everything=everything) for pick in pickers))
    owner = next((s for pick in pickers if pick("issender").strip() == "1" and (s := pick("sender").strip())), None)
    several = len(labels) > 1
    chat = Chat("wechat", labels[0] if everything and not several else "", None, "group", None, "memotrace_csv")
    if owner and not everything:
        chat = msgspec.structs.replace(chat, owner_external_id=owner)
    return Recognised(
        "memotrace_csv", 1.0, chat=None if several else chat, conversations=labels,
        flags=frozenset({"all"} if everything else ()), importable=not several,
        reason="several_conversations" if several else "",
    )  # fmt: skip
