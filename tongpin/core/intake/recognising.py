"""Recognising an uploaded file, once, and remembering what was found: table or conversation, columns, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from tongpin.channels.sheet.chats.recognition import recognise_opened
from tongpin.channels.sheet.chats.values import Mapping as ChatMapping
from tongpin.channels.sheet.chats.values import Recognised as ChatFound
from tongpin.channels.sheet.reading import Opened, open_file
from tongpin.channels.sheet.recognise import MappingProblem, recognise_file
from tongpin.channels.sheet.recognised import Recognised as TableFound
from tongpin.channels.sheet.refusal import Unreadable
from tongpin.core.intake.models import Batch, RememberedMapping
from tongpin.core.intake.shops import Resolved, open_shop, resolve, to_choose, told_shops
from tongpin.core.intake.uploads import path_of
from tongpin.core.places.models import Place

TABLES = ("orders", "items", "customers", "bills", "vouchers")
_YES_OR_NO = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}
SHOPLESS = frozenset({"bills"})
NAMED_CHATS = frozenset({"format_comes_later", "several_conversations"})
"""Conversations that are known for sure, though not to be imported as they stand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file was taken for. `needs` are codes of what a person must still say before it can be imported."""

    kind: str
    layout: str
    platform: str
    confidence: float
    importable: bool
    reason: str
    needs: tuple[str, ...]


def recognise(
    batch: Batch,
    *,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    date_order: str = "",
    header_row: int | None = None,
    at: datetime,
) -> Verdict:
    """Recognises by content and stores what was found with the batch. Never guesses between two: `needs` says what lacks."""
    path = path_of(batch)
    try:
        opened = open_file(path)
    except Unreadable as refusal:
        return _refuse(batch, refusal.reason)
    if kind in ("", "messages"):
        try:
            chat = recognise_opened(opened)
        except Unreadable as refusal:
            return _refuse(batch, refusal.reason)
        if kind == "messages" or (chat.confidence >= 0.6 and (chat.importable or chat.reason in NAMED_CHATS)):
            return _chat(batch, opened, chat, mapping, at=at)
    return _table(batch, kind, mapping, date_order, header_row)


def _refuse(batch: Batch, reason: str) -> Verdict:
    batch.recognised, batch.kind, batch.layout, batch.state = {}, "", "", Batch.State.UPLOADED
    batch.problem = reason
    batch.save(update_fields=["recognised", "kind", "layout", "state", "problem"])
    return Verdict("", "", "", 0.0, False, reason, ())


def _chat(batch: Batch, opened: Opened, chat: ChatFound, mapping: Mapping[str, str] | None, *, at: datetime) -> Verdict:
    told = _for_chat(mapping)
    own = {"time", "text"} <= set(told) or (chat.reason == "several_conversations" and bool(told.get("only")))
    importable = chat.importable or own
    needs = []
    is_named = (
        told.get("only") or told.get("place") or (chat.chat and (chat.chat.place_name or chat.chat.place_external_id))
    )
    if importable and not batch.place_name and not is_named:
        needs.append("place")
    batch.kind, batch.layout = "messages", chat.format
    batch.mapping = told
    batch.recognised = {"chat": msgspec.to_builtins(chat), "opened": msgspec.to_builtins(opened)}
    batch.problem = "" if importable else chat.reason
    batch.state = Batch.State.READY if importable and not needs else Batch.State.UPLOADED
    batch.save(update_fields=["kind", "layout", "mapping", "recognised", "problem", "state"])
    platform = chat.chat.platform if chat.chat else ""
    return Verdict("messages", chat.format, platform, chat.confidence, importable, batch.problem, tuple(needs))


def _for_chat(mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    """A mapping of a conversation; `only` names several with commas between them, `headerless` is yes or no. Raises
    MappingProblem."""
    told = dict(mapping or {})
    for key in told:
        if key not in ChatMapping.__struct_fields__:
            raise MappingProblem(key)
    if isinstance(told.get("headerless"), str):
        said = told["headerless"].strip().lower()
        if said not in _YES_OR_NO:
            raise MappingProblem(f"headerless={said}")
        told["headerless"] = _YES_OR_NO[said]
    if isinstance(told.get("only"), str):
        told["only"] = [name.strip() for name in told["only"].replace("，", ",").split(",") if name.strip()]
    return told


def _table(
    batch: Batch, kind: str, mapping: Mapping[str, str] | None, date_order: str, header_row: int | None
) -> Verdict:
    path = path_of(batch)
    as_kind: Any = kind or None
    order: Any = date_order
    try:
        found = recognise_file(
            path, as_kind=as_kind, mapping=_by_column(mapping), date_order=order, header_row=header_row
        )
        if not mapping and not found.importable and found.fingerprint:
            kept = RememberedMapping.objects.filter(fingerprint=found.fingerprint).first()
            if kept is not None:
                mapping, kept_kind = kept.mapping, cast(Any, kept.kind)
                found = recognise_file(
                    path,
                    as_kind=as_kind or kept_kind,
                    mapping=_by_column(kept.mapping),
                    date_order=order,
                    header_row=header_row,
                )
                batch.shop_name = batch.shop_name or kept.shop_name
    except Unreadable as refusal:
        return _refuse(batch, refusal.reason)
    told = () if found.kind in SHOPLESS else told_shops(found)
    needs = []
    is_open = found.importable and not batch.shop_name and found.kind not in SHOPLESS and len(told) != 1
    # Of several shops in one file, or of several that are known here, nobody but a person can say which.
    if is_open and (told or not found.platform or to_choose(found.platform)):
        needs.append("shop")
    batch.kind, batch.layout = found.kind, found.layout
    batch.mapping = dict(mapping or {})
    batch.recognised = {"table": msgspec.to_builtins(found), "shops": list(told)}
    batch.problem = "" if found.importable else found.reason
    batch.state = Batch.State.READY if found.importable and not needs else Batch.State.UPLOADED
    batch.save(update_fields=["kind", "layout", "mapping", "recognised", "problem", "state", "shop_name"])
    return Verdict(
        found.kind, found.layout, found.platform, found.confidence, found.importable, batch.problem, tuple(needs)
    )


def _by_column(mapping: Mapping[str, str] | None) -> dict[str | int, str] | None:
    """A mapping with the columns named by number (0 is the first) as numbers: what is stored has texts only."""
    if not mapping:
        return None
    return {int(key) if key.isdecimal() and len(key) < 4 else key: meaning for key, meaning in mapping.items()}


def table_found(batch: Batch) -> TableFound:
    """The stored findings of a table."""
    return msgspec.convert(batch.recognised["table"], TableFound)


def chat_found(batch: Batch) -> tuple[Opened, ChatFound]:
    """The stored findings of a conversation, and how to open its file."""
    opened = msgspec.convert(batch.recognised["opened"], Opened)
    return opened.at(path_of(batch)), msgspec.convert(batch.recognised["chat"], ChatFound)


def chat_mapping(batch: Batch) -> ChatMapping | None:
    """The mapping a user made for a conversation."""
    return msgspec.convert(batch.mapping, ChatMapping) if batch.mapping else None


def remember_mapping(batch: Batch, *, at: datetime) -> None:
    """Keeps what the user said of these columns for the next file with the same header."""
    if not batch.mapping or "table" not in batch.recognised:
        return
    found = table_found(batch)
    if found.fingerprint:
        RememberedMapping.objects.update_or_create(
            fingerprint=found.fingerprint,
            defaults={"kind": batch.kind, "mapping": batch.mapping, "shop_name": batch.shop_name, "kept_at": at},
        )


def shops_told(batch: Batch) -> list[str]:
    """The shops that a table names itself."""
    return list(batch.recognised.get("shops", ()))


def resolved_shop(batch: Batch) -> Resolved:
    """The shop a table is from, and how that is known."""
    told = shops_told(batch)
    return resolve(batch, table_found(batch).platform, told=told[0] if len(told) == 1 else "")


def known_shop(batch: Batch) -> int | None:
    """The shop a table is from, if it is there already."""
    place = resolved_shop(batch).place
    return place.pk if place else None


def shop_of(batch: Batch, *, at: datetime) -> Place:
    """The shop a table is from, opened where it is new."""
    told = shops_told(batch)
    return open_shop(batch, table_found(batch).platform, told=told[0] if len(told) == 1 else "", at=at)


__all__ = [
    "TABLES",
    "MappingProblem",
    "Verdict",
    "chat_found",
    "recognise",
    "remember_mapping",
    "resolved_shop",
    "shop_of",
    "shops_told",
    "table_found",
]
