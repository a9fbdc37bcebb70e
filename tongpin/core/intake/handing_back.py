"""Handing back (退回): the rejected rows of an import as a file, each with its cells and the reason beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from tongpin.channels.sheet.meaning import LABELS, Meaning
from tongpin.channels.sheet.rows import BadRow
from tongpin.channels.sheet.titles import as_written
from tongpin.channels.sheet.writing import WrittenAs, write_rejected
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import rejected_of
from tongpin.core.intake.recognising import chat_found, table_found

CHAT_TITLES = ("行号", "原文")
"""Titles of what a conversation's rows are handed back with: their number, and their line where it has no columns."""


def hand_back(
    *,
    batch: Batch,
    target: str | Path | BinaryIO,
    format: WrittenAs,
    reason_title: str = "原因",
    chat_titles: tuple[str, str] = CHAT_TITLES,
    word: Callable[[str], str] = lambda reason: reason,
) -> int:
    """Writes the rejected rows of an import; returns how many. `word` puts a reason into words.

    A table can be mended there and imported again: the reason's column means nothing to any layout. Of a conversation
    the number of the row stands in front, for not every line can be mended; rows of conversations that were not chosen
    come without their words.
    """
    return write_rejected(
        _rows(batch),
        target,
        titles=titles_of_rejected(batch, chat_titles=chat_titles),
        format=format,
        reason_title=reason_title,
        word=lambda row: word(row.reason),
    )


def titles_of_rejected(batch: Batch, *, chat_titles: tuple[str, str] = CHAT_TITLES) -> list[str]:
    """The header over the rows that are handed back. A table without one gets names its columns are recognised by."""
    if batch.kind == "messages":
        found = chat_found(batch)[1]
        if not found.headers or found.format.endswith("jsonl"):
            return list(chat_titles)
        headless = bool(batch.mapping.get("headerless"))
        return [chat_titles[0], *(f"{n}." if headless else title for n, title in enumerate(found.headers, 1))]
    table = table_found(batch)
    if table.header_row:
        # As it stood in the file: equal titles without the number that tells them apart.
        return [as_written(column.title) for column in table.columns]
    return [LABELS[one.meaning] if one.meaning is not Meaning.IGNORE else one.title for one in table.columns]


def _rows(batch: Batch) -> Iterator[BadRow]:
    rows = rejected_of(batch_id=batch.pk)
    if batch.kind != "messages":
        yield from rows
        return
    for row in rows:
        yield msgspec.structs.replace(row, cells=[row.row, *row.cells])


__all__ = ["hand_back", "titles_of_rejected"]
