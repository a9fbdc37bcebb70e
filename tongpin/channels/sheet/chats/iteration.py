"""The one way through a recognised export: a stream of conversations, members, messages, notices and bad rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from . import chatlab, plain, qq, wechat
from .building import Builder
from .values import BadRow, Chat, Item, Mapping, Member, Recognised, Refused, Source, bad

_FIXED: dict[str, Callable[[Source, Recognised, Builder], Iterator[Item]]] = {
    "chatlab_json": chatlab.read_json,
    "chatlab_jsonl": chatlab.read_jsonl,
    "qq_txt": qq.read,
}
_WECHAT: dict[str, Callable[[Source, Recognised, Builder, Mapping | None], Iterator[Item]]] = {
    "memotrace_csv": wechat.read_memotrace,
    "chatlog_csv": wechat.read_chatlog,
    "pywxdump_csv": wechat.read_pywxdump,
}
_CHOOSING = ("memotrace_csv",)
"""These tell their conversations apart by labels of their own."""
_TABLES = ("plain_csv", *_WECHAT)
_ROWS_OF_JSON = ("plain_jsonl", "chatlab_jsonl")


def iterate(
    source: Source, recognised: Recognised, *, zone: ZoneInfo, mapping: Mapping | None = None
) -> Iterator[Item]:
    """What the file holds, in its order, a Chat before its own messages. `source` is at its beginning and stays open.

    A mapping with a time and a text column reads any CSV or JSONL its way, also one whose own format was refused.
    Raises Refused(reason) for a file that cannot be taken as a whole.
    """
    if mapping is not None and mapping.time and mapping.text:
        return _by_mapping(source, recognised, zone, mapping)
    several = recognised.reason == "several_conversations" and mapping is not None and mapping.only
    if not recognised.importable and not several:
        raise Refused(recognised.reason)
    builder = Builder(zone=zone)
    only = frozenset(mapping.only) if mapping is not None else frozenset()
    if recognised.format in _FIXED:
        return _chosen(_with_chat(recognised, _FIXED[recognised.format](source, recognised, builder)), only)
    if recognised.format in _WECHAT:
        items = _with_chat(recognised, _WECHAT[recognised.format](source, recognised, builder, mapping))
        return items if recognised.format in _CHOOSING else _chosen(items, only)
    if recognised.columns is None:
        raise Refused("mapping_needed")
    columns = msgspec.structs.replace(recognised.columns, only=mapping.only) if mapping else recognised.columns
    return _by_mapping(source, recognised, zone, columns)


def _by_mapping(source: Source, recognised: Recognised, zone: ZoneInfo, mapping: Mapping) -> Iterator[Item]:
    builder = Builder(zone=zone)
    if recognised.format in _TABLES:
        return _with_chat(recognised, plain.read_csv(source, recognised, builder, mapping))
    if recognised.format in _ROWS_OF_JSON:
        return _with_chat(recognised, plain.read_jsonl(source, recognised, builder, mapping))
    raise Refused(recognised.reason or "unknown_format")


def _with_chat(recognised: Recognised, items: Iterator[Item]) -> Iterator[Item]:
    if recognised.chat is not None:
        yield recognised.chat
    yield from items


def _chosen(items: Iterator[Item], only: frozenset[str]) -> Iterator[Item]:
    """Only the conversations of these names or outside ids; the rows of the others say that they were not chosen, and
    nothing of what they hold."""
    if not only or "*" in only:
        yield from items
        return
    names: dict[str | None, str] = {}
    taken: set[str | None] = set()
    here: str | None = None
    for item in items:
        if not isinstance(item, BadRow):
            here = item.key if isinstance(item, Chat) else item.place
        if isinstance(item, Chat):
            names[item.key] = item.place_name or item.place_external_id or ""
            if only & {item.place_name, item.place_external_id}:
                taken.add(item.key)
                yield item
        elif isinstance(item, BadRow):
            yield item if here in taken or not names else msgspec.structs.replace(item, text="", cells=())
        elif item.place in taken:
            yield item
        elif not isinstance(item, Member):
            yield bad(item.row, "other_conversation", "", names.get(item.place, ""))
