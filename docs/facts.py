"""Writes docs/facts.md from the vocabulary: `python docs/facts.py --write`, or `--check` that it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import msgspec
from check import kept

from tongpin.core.facts.catalogue import CATALOGUE, SPEAKERS
from tongpin.core.facts.form import Fact
from tongpin.core.facts.lake import COMMON, Column, own
from tongpin.core.facts.sentences import SENTENCES
from tongpin.core.facts.sentences.codes import CODES
from tongpin.core.facts.sentences.grammar import Slot, parse

PAGE = Path(__file__).resolve().parent / "facts.md"
ROOMS = {"core": "Core 底座", "gather": "Gather 聚", "give": "Give 予", "sell": "Sell 售", "share": "Share 传"}
INTRODUCTION = """\
<!-- Written by docs/facts.py. Change the vocabulary, then run: python docs/facts.py --write -->

# The vocabulary: every fact Tongpin knows

{count} words in `tongpin/core/facts/`, one module per speaker. A fact says **that** something happened, to whom, where
and when; what people wrote, their names and how to reach them stand in tables of their own, where they can be erased.
Why these words, and how one is changed: [decision 0003](decisions/0003-vocabulary.md).

How to read an entry:

- **key**: what makes the fact the same fact when it is told again. `person` and `place` are those of the entry.
- **in order of**: facts with the same value of this reach a reader in the order in which they were recorded.
- **further**: persons besides the entry's own, by role.
- **lane**: where consequences run (session, money, people, bulk). A *quiet* fact is frequent: readers pass over it
  unless they ask for it.
- a field's type, then `= default` where it has one, `?` where it may be unknown; in brackets the table of its codes
  (they stand at the end). An id says what it points to; *about* is the id of the thing whose kind stands in the field
  before. Money is in fen, *share* is 0 to 1, *basis points* are hundredths of a percent.
- **「…」**: what it says on a timeline, after the person's name (or alone: ▸). `[…]` stands where its value is told.

Every fact also has the entry's own columns:
{common}.
"""


def page() -> str:
    """The whole page."""
    common = ", ".join(f"`{column.name}`" for column in COMMON)
    parts = [INTRODUCTION.format(count=len(CATALOGUE), common=common)]
    for room, modules in SPEAKERS.items():
        parts.append(f"\n## {ROOMS[room]}\n")
        for module in modules:
            parts.append(f"\n### {module.__name__.rpartition('.')[2]}\n\n{_first_line(module)}\n")
            parts += [_word(cls) for cls in _said_by(module)]
    parts.append("\n## Codes in words\n\nCodes that the console words; others are shown as they are.\n\n")
    parts += [f"- **{table}**: {_codes(words)}\n" for table, words in sorted(CODES.items())]
    return "".join(parts)


def _said_by(module: ModuleType) -> Iterator[type[Fact]]:
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Fact) and thing.__module__ == module.__name__:
            yield thing


def _first_line(module: ModuleType) -> str:
    return " ".join((module.__doc__ or "").split())


def _word(cls: type[Fact]) -> str:
    said = SENTENCES[cls.kind]
    traits = [f"key {', '.join(cls.key_fields)}", f"in order of {cls.subject}"]
    if cls.further:
        traits.append(f"further {', '.join(cls.further)}")
    traits.append(f"{cls.step}, lane {cls.lane}" + (", quiet" if cls.quiet else ""))
    if cls.version > 1:
        traits.append(f"version {cls.version}")
    return (
        f"\n#### `{cls.kind}`\n\n{' '.join((cls.__doc__ or '').split())}\n\n"
        f"- {' · '.join(traits)}\n- {' · '.join(_fields(cls))}\n"
        f"- {'▸' if said.stands_alone else ''}「`{said.zh}`」 / `{said.en}`\n"
    )


def _fields(cls: type[Fact]) -> list[str]:
    required = {field.name for field in msgspec.structs.fields(cls) if field.required}
    return [_field(cls.kind, column, required=column.name in required) for column in own(cls.kind)] or ["no fields"]


def _field(kind: str, column: Column, *, required: bool) -> str:
    table = _table(kind, column)
    meaning = column.meaning or {"int64": "number", "float64": "number", "string": "code"}.get(column.type, column.type)
    many = "several " if column.type.startswith("list") else ""
    shown = f"`{column.name}` {many}{meaning}" + (f" ({table})" if table else "") + ("?" if column.nullable else "")
    empty = required or column.default in (None, 0, "", False, [], {})
    return shown if empty and required else f"{shown} =" + (" none" if empty else f" {column.default}")


def _table(kind: str, column: Column) -> str:
    said = SENTENCES[kind]
    for piece in parse(said.en) + parse(said.zh):
        for part in piece.parts:
            if isinstance(part, Slot) and part.field == column.name and (part.hint or part.field) in CODES:
                return part.hint or part.field
    return ""


def _codes(words: dict[str, tuple[str, str]]) -> str:
    return ", ".join(f"`{code}` {zh}" for code, (_, zh) in words.items())


if __name__ == "__main__":
    sys.exit(kept(PAGE, page, words=__doc__))
