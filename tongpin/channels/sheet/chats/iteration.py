"""The one way through a recognised export: a stream of conversations, members, messages, notices and bad rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from . import chatlab, plain, qq, wechat
from .building import Builder
from .values import Item, Mapping, Recognised, Refused, Source

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
    if recognised.format in _FIXED:
        return _with_chat(recognised, _FIXED[recognised.format](source, recognised, builder))
    if recognised.format in _WECHAT:
        return _with_chat(recognised, _WECHAT[recognised.format](source, recognised, builder, mapping))
    if recognised.columns is None:
        raise Refused("mapping_needed")
    return _by_mapping(source, recognised, zone, recognised.columns)


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
