"""The first rows of a table, its header among them, and which row that is."""

from dataclasses import dataclass
from typing import Final

from .cells import text_of
from .layouts import LAYOUTS, LOGISTICS_TITLES, REFUSED
from .layouts.generic import SYNONYMS
from .reading import Cell, Opened, RawRow
from .titles import fold_title, titles_of

_ROWS: Final = 5_000
_CHARACTERS: Final = 4 << 20
_WIDEST: Final = 1_000
_HEADER_WITHIN: Final = 40

KNOWN_TITLES: Final = (
    frozenset().union(*(layout.folded for layout in LAYOUTS))
    | frozenset(SYNONYMS)
    | frozenset(fold_title(title) for kind in REFUSED for group in kind.marks for title in group)
    | frozenset(fold_title(title) for title in LOGISTICS_TITLES)
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows from the top of the file, preamble and header included."""

    opened: Opened
    rows: tuple[RawRow, ...]

    def after(self, header_row: int) -> list[RawRow]:
        """Rows below the header that have content and no flaw."""
        return [row for row in self.rows if row.number > header_row and row.flaw is None and _is_ordinary(row.cells)]


def take_sample(opened: Opened, *, rows: int = _ROWS) -> Sample:
    """Read the top of the file; JSON has no rows. Raises Unreadable."""
    taken: list[RawRow] = []
    seen = 0
    if opened.format in ("json", "jsonl"):
        return Sample(opened, ())
    with opened.rows(limit=rows) as reader:
        for row in reader:
            taken.append(row)
            seen += sum(len(cell) if isinstance(cell, str) else 8 for cell in row.cells)
            if seen > _CHARACTERS:
                break
    return Sample(opened, tuple(taken))


def find_header(sample: Sample) -> int:
    """The number of the header row, 0 where none of the first rows is one.

    Preambles of bills hold words too; the header is the row with the most known column names.
    """
    best, best_known = 0, 0
    for row in sample.rows[:_HEADER_WITHIN]:
        if len(row.cells) > _WIDEST:
            continue
        titles = [fold_title(title) for title in titles_of(row.cells) if title]
        known = sum(title in KNOWN_TITLES for title in set(titles))
        enough = known >= 2 or (known == 1 and len(titles) == 1)
        if enough and known >= 0.34 * len(titles) and known > best_known:
            best, best_known = row.number, known
    return best


def likely_header(sample: Sample) -> int:
    """The first row, where it holds words only and the rows below hold figures under them; 0 otherwise.

    For tables whose words nobody taught us: a person can then be asked by title, and the answer remembered.
    """
    rows = sample.after(0)[:_HEADER_WITHIN]
    if len(rows) < 2:
        return 0
    titles = titles_of(rows[0].cells)
    if len(titles) < 2 or "" in titles or len(set(titles)) < len(titles) or any(_has_figures(t) for t in titles):
        return 0
    below = [[text_of(cell) for cell in row.cells[: len(titles)]] for row in rows[1:]]
    figures = any(all(_has_figures(row[i]) for row in below if i < len(row) and row[i]) for i in range(len(titles)))
    return rows[0].number if figures and any(_has_figures(cell) for row in below for cell in row) else 0


def header_with(sample: Sample, titles: list[str]) -> int:
    """The first row that has all these titles, 0 where none has."""
    wanted = {fold_title(title.split("#")[0]) for title in titles}
    for row in sample.rows[:_HEADER_WITHIN]:
        if len(row.cells) <= _WIDEST and wanted <= {fold_title(title) for title in titles_of(row.cells)}:
            return row.number
    return 0


def _has_figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_ordinary(cells: list[Cell]) -> bool:
    """Some content, and not the thousands of columns of a hostile or broken line."""
    return len(cells) <= _WIDEST and any(text_of(cell) for cell in cells)
