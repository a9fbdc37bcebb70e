"""Columns of a table: first by the words in their titles, then described by what the sample shows in them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from .cells import BLANK, looks_damaged, looks_rounded, text_of
from .contacts import is_hidden, phone_of
from .layouts import Layout
from .layouts.generic import GUESSES, SYNONYMS
from .meaning import PERSONAL, READS, Meaning
from .moments import DateOrder, date_order_of
from .reading import Cell, RawRow
from .recognised import Certainty, Column, ColumnNote
from .sample import Sample
from .titles import fold_title, numbered

M = Meaning
_LOOKED_AT: Final = 400
_SHOWN: Final = 40


def columns_of(titles: Sequence[str], layout: Layout | None, sample: Sample, header: int) -> list[Column]:
    """What the titles say. Of several columns with one title, the first that has content is taken."""
    rows = sample.after(header)[:_LOOKED_AT]
    chosen = _chosen_of_same(titles, rows)
    columns: list[Column] = []
    for index, (title, name) in enumerate(zip(titles, numbered(titles), strict=True)):
        meaning, certainty = _by_title(title, layout)
        known = layout is None or not title or fold_title(title) in layout.folded
        note: ColumnNote = "" if known else "unknown_title"
        if titles.count(title) > 1 and title:
            if index != chosen[title]:
                meaning, certainty, note = M.IGNORE, "ignored", "same_title"
            elif meaning is not M.IGNORE:
                certainty, note = "ask", "same_title_first"
        columns.append(Column(index, name, meaning, certainty, note))
    return columns


def _chosen_of_same(titles: Sequence[str], rows: list[RawRow]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for index in reversed(range(len(titles))):
        filled = any(text_of(cell_at(row.cells, index)) not in BLANK for row in rows)
        if filled or titles[index] not in chosen or not _filled(rows, chosen[titles[index]]):
            chosen[titles[index]] = index
    return chosen


def _filled(rows: list[RawRow], index: int) -> bool:
    return any(text_of(cell_at(row.cells, index)) not in BLANK for row in rows)


def _by_title(title: str, layout: Layout | None) -> tuple[Meaning, Certainty]:
    folded = fold_title(title)
    if not folded:
        return M.IGNORE, "ignored"
    if layout is not None:
        meaning = layout.folded.get(folded, M.IGNORE)
        return meaning, "ignored" if meaning is M.IGNORE else "sure"
    if folded in SYNONYMS:
        meaning = SYNONYMS[folded]
        return meaning, "ignored" if meaning is M.IGNORE else "sure"
    bare = folded.removesuffix("(元)").removesuffix("(件)")
    if bare in SYNONYMS and SYNONYMS[bare] is not M.IGNORE:
        return SYNONYMS[bare], "sure"
    for word, meaning in GUESSES:
        if word in folded:
            return meaning, "guess"
    return M.IGNORE, "ignored"


def described(columns: list[Column], sample: Sample, header: int, date_order: DateOrder) -> list[Column]:
    """Add a sample cell, the order of its dates and what a person should know about each column."""
    rows = sample.after(header)
    return [_described(column, rows, date_order) for column in columns]


def _described(column: Column, rows: list[RawRow], date_order: DateOrder) -> Column:
    cells = [cell_at(row.cells, column.index) for row in rows[:_LOOKED_AT]]
    filled = [cell for cell in cells if text_of(cell) not in BLANK]
    shown = (filled[0] if isinstance(filled[0], str) else text_of(filled[0])) if filled else ""
    order: DateOrder = ""
    unclear = False
    if READS[column.meaning] == "time":
        found, needed = date_order_of([text_of(cell_at(row.cells, column.index)) for row in rows])
        order = found or date_order
        unclear = needed and not order
    note: ColumnNote = "date_order" if unclear else column.note or _note(column.meaning, filled)
    certainty: Certainty = "ask" if unclear else column.certainty
    return msgspec.structs.replace(column, sample=shown[:_SHOWN], note=note, certainty=certainty, date_order=order)


def _note(meaning: Meaning, filled: list[Cell]) -> ColumnNote:
    if meaning is M.IGNORE:
        return ""
    if not filled:
        return "empty"
    reads = READS[meaning]
    texts = [text_of(cell) for cell in filled]
    if reads == "id":
        if any(looks_damaged(cell) for cell in filled):
            return "ids_damaged"
        if sum(looks_rounded(text) for text in texts) * 2 > len(texts):
            return "ids_rounded"
    if reads == "phone" or meaning in PERSONAL:
        readings = [phone_of(cell) for cell in filled] if reads == "phone" else []
        if readings and any(reading.masked for reading in readings):
            return "masked"
        if all(is_hidden(text) for text in texts):
            return "hidden"
    if isinstance(filled[0], str) and filled[0].strip(" ") != texts[0]:
        return "strips_marks"
    if meaning is M.NET_AMOUNT:
        return "net_of_refunds"
    if reads in ("money", "price"):
        return "yuan_to_fen"
    if reads == "time":
        return "local_time"
    return "encrypted" if meaning in PERSONAL else ""


def cell_at(cells: Sequence[Cell], index: int) -> Cell:
    """Blank where the row is shorter than the header."""
    return cells[index] if index < len(cells) else None
