"""Made bodies of every kind: with the least a fact needs, and with everything it may say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import Column, own
from tongpin.core.facts.sentences import SENTENCES
from tongpin.core.facts.sentences.codes import CODES
from tongpin.core.facts.sentences.grammar import Slot, parse


def for_every_kind(test: Callable[[str], None]) -> Callable[[], None]:
    """The test is held against every word of the vocabulary in one go; a failure names the word."""

    def held() -> None:
        for kind in CATALOGUE:
            try:
                test(kind)
            except Exception as wrong:
                wrong.add_note(f"the fact was {kind}")
                raise

    held.__name__, held.__module__ = test.__name__, test.__module__
    return held


PLAIN: dict[str, Any] = {
    "int64": 3,
    "float64": 0.5,
    "string": "made_code",
    "bool": True,
    "timestamp": "2026-11-24T13:00:00Z",
    "json": {"colour": "red"},
    "list<int64>": [1, 2],
    "list<float64>": [0.5],
    "list<string>": ["made_code"],
}


def table_of(kind: str, field: str) -> str:
    """The code table that words a field in its sentence, or nothing."""
    for piece in parse(SENTENCES[kind].en) + parse(SENTENCES[kind].zh):
        for part in piece.parts:
            if isinstance(part, Slot) and part.field == field and part.hint != "raw":
                return part.hint or field
    return ""


def value_of(kind: str, column: Column) -> Any:
    """A made value in JSON's types, worded where its code table has words."""
    if column.meaning == "day":
        return "2026-11-24"
    if column.name == "currency":
        return "CNY"
    if column.name.removesuffix("_kind") in {c.name for c in own(kind) if c.meaning == "about" and c is not column}:
        return "talk"
    known = CODES.get(table_of(kind, column.name)) if column.meaning == "code" else None
    if known:
        code = next(iter(known))
        return [code] if column.type == "list<string>" else code
    return PLAIN[column.type]


def full(kind: str) -> dict[str, Any]:
    """Everything the fact may say."""
    return {column.name: value_of(kind, column) for column in own(kind)}


def minimal(kind: str) -> dict[str, Any]:
    """Only what it cannot do without."""
    needed = {field.name for field in msgspec.structs.fields(CATALOGUE[kind]) if field.required}
    return {name: value for name, value in full(kind).items() if name in needed}
