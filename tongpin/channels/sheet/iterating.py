"""All rows of a recognised table as typed rows, one at a time. Preamble, header and footers are no rows."""

from collections import Counter
from collections.abc import Generator, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, Literal, Self, cast

from .build import BUILDERS, Fields
from .cells import CellProblem, text_of
from .layouts import Kind
from .meaning import Meaning
from .packing import LIMITS, Limits
from .reading import Cell, Progress, RawRow
from .recognised import Recognised
from .rows import BadRow, TypedRow
from .titles import fold_title

M = Meaning
Skipped = Literal["blank", "header", "total", "footer", "remark"]

_TOTALS: Final = ("合计", "总计", "小计", "共计", "汇总", "total", "subtotal", "grand total", "sum")
_SUMMARY: Final = ("总交易单数", "交易总单数")
_ODD_STARTS: Final = frozenset("-=—*#_合总小共汇交TtSsGg \t\ufeff`")
_SHOWN: Final = 200


def iterate(
    path: str | Path,
    recognised: Recognised,
    *,
    zone: tzinfo,
    latest: datetime | None = None,
    after_row: int = 0,
    limits: Limits = LIMITS,
) -> "Rows":
    """Stream the typed rows. `latest`: now, so that later moments are refused; `after_row`: where an import left off.

    Raises ValueError where the table is not importable, Unreadable where the file breaks off.
    """
    if not recognised.importable:
        raise ValueError(f"this table is not importable: {recognised.reason}")
    return Rows(path, recognised, zone=zone, latest=latest, after_row=after_row, limits=limits)


class Rows(Iterator[TypedRow]):
    """Iterate once; `progress` and `skipped` are up to date between rows. Close it when you stop early."""

    def __init__(
        self,
        path: str | Path,
        recognised: Recognised,
        *,
        zone: tzinfo,
        latest: datetime | None,
        after_row: int,
        limits: Limits,
    ) -> None:
        self.skipped: Counter[Skipped] = Counter()
        self._recognised = recognised
        self._reader = recognised.opened.at(path).rows(limits=limits)
        self._fields = Fields(recognised, zone=zone, latest=latest)
        self._after = after_row
        self._titles = [column.title for column in recognised.columns]
        self._head = {fold_title(title) for title in self._titles}
        self._first_title = fold_title(self._titles[0]) if recognised.header_row else ""
        self._first_letter = self._titles[0][:1] if recognised.header_row else ""
        self._keys = _key_columns(recognised)
        self._in_footer = False
        self._rows = self._iterate()

    def __next__(self) -> TypedRow:
        return next(self._rows)

    @property
    def progress(self) -> Progress:
        return self._reader.progress

    def close(self) -> None:
        self._rows.close()
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _iterate(self) -> Generator[TypedRow, None, None]:
        recognised = self._recognised
        build = BUILDERS[cast(Kind, recognised.kind)](self._fields)
        header, width, after = recognised.header_row, recognised.width, self._after
        for raw in self._reader:
            number = raw.number
            if number <= header:
                continue
            cells = raw.cells
            if self._is_odd(cells) and raw.flaw is None and self._skip(cells):
                continue
            typed: TypedRow
            if raw.flaw is not None:
                typed = self._flawed(raw)
            elif len(cells) > width and any(text_of(cell) for cell in cells[width:]):
                typed = BadRow(row=number, reason="cells_shifted", text=_shown(cells[width]), cells=cells)
            else:
                read = cells if len(cells) >= width else cells + [None] * (width - len(cells))
                try:
                    typed = build(number, read)
                except CellProblem as problem:
                    if self._skip(cells):
                        continue
                    typed = self._bad(number, cells, problem)
            if number > after:
                yield typed

    def _is_odd(self, cells: list[Cell]) -> bool:
        """Cheap: most rows begin with a letter that no header, footer or blank row begins with."""
        if self._in_footer or not cells:
            return True
        first = cells[0]
        if type(first) is not str:
            return first is None
        if not first or first[0] in _ODD_STARTS:
            return True
        return first[0] == self._first_letter

    def _skip(self, cells: list[Cell]) -> bool:
        """Whether this row is none of the table's, and count it as what it is."""
        texts = [text_of(cell) for cell in cells]
        if not any(texts):
            self.skipped["blank"] += 1
            return True
        if self._is_header(texts):
            self._in_footer = False
            self.skipped["header"] += 1
            return True
        what = self._footing(texts)
        if what:
            self.skipped[what] += 1
        return what is not None

    def _is_header(self, texts: list[str]) -> bool:
        """The header again, in files that were put together from several."""
        if not self._first_title or fold_title(texts[0]) != self._first_title:
            return False
        filled = [fold_title(text) for text in texts if text]
        return sum(title in self._head for title in filled) * 2 > len(filled)

    def _footing(self, texts: list[str]) -> Skipped | None:
        filled = [text for text in texts if text]
        # A full row below a line of dashes is a row: nothing is lost to a cell that only looked like an end.
        self._in_footer = self._in_footer and len(filled) * 2 <= len(self._titles)
        if self._in_footer:
            return "footer"
        first = filled[0]
        dashes = len(first) >= 4 and not first.strip("-=—_") and texts[0] == first and len(filled) == 1
        if dashes or texts[0] in _SUMMARY:
            self._in_footer = True
            return "footer"
        keyless = all(index >= len(texts) or not texts[index] or texts[index] == first for index in self._keys)
        if keyless and first.lower().rstrip(":： ").startswith(_TOTALS):
            return "total"
        alone = len(filled) == 1 and len(self._titles) >= 4 and not first.isascii() and texts[0] == first
        return "remark" if alone and keyless and (":" in first or "：" in first or len(first) > 12) else None

    def _flawed(self, raw: RawRow) -> BadRow:
        texts = [text_of(cell).replace("\0", "") for cell in raw.cells]
        shown = next((text for text in texts if "\ufffd" in text), texts[0] if texts else "")
        cells = [cell.replace("\0", "") if isinstance(cell, str) else cell for cell in raw.cells]
        assert raw.flaw is not None
        return BadRow(row=raw.number, reason=raw.flaw, text=shown[:_SHOWN], cells=cells)

    def _bad(self, number: int, cells: list[Cell], problem: CellProblem) -> BadRow:
        self._fields.notes.clear()
        column = self._titles[problem.column] if 0 <= problem.column < len(self._titles) else ""
        return BadRow(row=number, reason=problem.reason, column=column, text=problem.text[:_SHOWN], cells=cells)


def _key_columns(recognised: Recognised) -> tuple[int, ...]:
    """Columns that a real row of this kind has filled and a line of totals has not."""
    for meaning in (M.ORDER_NUMBER, M.VOUCHER_CODE, M.TRANSACTION_NUMBER, M.GROUP_NUMBER, M.PHONE, M.SHOP_ACCOUNT):
        if found := recognised.indices(meaning):
            return found
    return (*recognised.indices(M.PAID_AT), *recognised.indices(M.CREATED_AT))


def _shown(cell: Cell) -> str:
    return text_of(cell)[:_SHOWN]
