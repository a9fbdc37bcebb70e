"""Readers of cells by meaning, compiled once per table: `getter(M.PAID_AT)(cells)` gives a typed value.

Exports repeat themselves (a price, a moment, a city), so readers remember what they read, within a bound.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, tzinfo
from decimal import Decimal
from hashlib import blake2b
from typing import Final, TypeVar

from ..cells import CellProblem, fold, id_of, text_of, value_of
from ..delimited import Cell
from ..layouts import BY_ID, Layout
from ..meaning import READS, Meaning
from ..moments import Moments, day_of
from ..money import count_of, fee_of, fen_of, price_of
from ..recognised import Recognised

M = Meaning
Value = TypeVar("Value")
Getter = Callable[[list[Cell]], Value | None]

_REMEMBERED: Final = 20_000


class Fields:
    """What the columns of one recognised table give. `notes` collects the codes of the row in hand."""

    def __init__(self, recognised: Recognised, *, zone: tzinfo, latest: datetime | None = None) -> None:
        self.notes: list[str] = []
        self.layout: Layout | None = BY_ID.get(recognised.layout)
        self.currency = recognised.currency
        self._recognised = recognised
        self._zone = zone
        self._latest = latest

    def has(self, *meanings: Meaning) -> bool:
        """Whether any column has one of these meanings."""
        return any(self._recognised.indices(meaning) for meaning in meanings)

    def take_notes(self) -> tuple[str, ...]:
        if not self.notes:
            return ()
        notes = tuple(dict.fromkeys(self.notes))
        self.notes.clear()
        return notes

    def text(self, meaning: Meaning) -> Getter[str]:
        return self._getter(meaning, value_of, strict=True)

    def status(self, meaning: Meaning) -> Getter[str]:
        """Text as it stands: «-» and «/» say something in a column of states."""
        return self._getter(meaning, lambda cell: text_of(cell) or None, strict=True)

    def ident(self, meaning: Meaning, *, strict: bool = False) -> Getter[str]:
        """An id; a damaged one makes the row impossible only where `strict`."""
        rounded = any(column.note == "ids_rounded" for column in self._recognised.columns if column.meaning is meaning)
        return self._getter(meaning, lambda cell: id_of(cell, rounded=rounded), strict=strict)

    def fen(self, meaning: Meaning, *, strict: bool = False) -> Getter[int]:
        return self._getter(meaning, fee_of if READS[meaning] == "fee" else fen_of, strict=strict)

    def price(self, meaning: Meaning) -> Getter[tuple[int, Decimal | None]]:
        """(fen rounded, exact fen where it has parts)."""
        return self._getter(meaning, _split_price, strict=True)

    def count(self, meaning: Meaning, *, strict: bool = False) -> Getter[int | Decimal]:
        return self._getter(meaning, _count, strict=strict)

    def day(self, meaning: Meaning) -> Getter[str]:
        return self._getter(meaning, day_of, strict=False)

    def moment(self, meaning: Meaning, *, strict: bool = False) -> Getter[datetime]:
        getters = [
            self._single(column.index, Moments(self._zone, order=column.date_order, latest=self._latest).of)
            for column in self._recognised.columns
            if column.meaning is meaning
        ]
        return self._any_of(getters, meaning, strict=strict)

    def moment_reader(self) -> Moments:
        """For dates that stand elsewhere than in a time column."""
        return Moments(self._zone, latest=self._latest)

    def cells(self, meaning: Meaning) -> tuple[int, ...]:
        """Indices of the columns with this meaning."""
        return self._recognised.indices(meaning)

    def _getter(self, meaning: Meaning, read: Callable[[Cell], Value | None], *, strict: bool) -> Getter[Value]:
        getters = [self._single(index, _remembering(read)) for index in self._recognised.indices(meaning)]
        return self._any_of(getters, meaning, strict=strict)

    def _any_of(self, getters: list[Getter[Value]], meaning: Meaning, *, strict: bool) -> Getter[Value]:
        if not getters:
            return _nothing
        first = getters[0] if len(getters) == 1 else _first_filled(getters)
        return first if strict else self._lenient(first, f"{meaning.value}_unreadable")

    def _single(self, index: int, read: Callable[[Cell], Value | None]) -> Getter[Value]:
        def get(cells: list[Cell]) -> Value | None:
            try:
                return read(cells[index])
            except CellProblem as problem:
                raise CellProblem(problem.reason, column=index, text=problem.text) from None

        return get

    def _lenient(self, getter: Getter[Value], note: str) -> Getter[Value]:
        def get(cells: list[Cell]) -> Value | None:
            try:
                return getter(cells)
            except CellProblem:
                self.notes.append(note)
                return None

        return get


def _nothing(_cells: list[Cell]) -> None:
    return None


def _first_filled(getters: list[Getter[Value]]) -> Getter[Value]:
    def get(cells: list[Cell]) -> Value | None:
        for getter in getters:
            value = getter(cells)
            if value is not None:
                return value
        return None

    return get


def _remembering(read: Callable[[Cell], Value | None]) -> Callable[[Cell], Value | None]:
    seen: dict[Hashable, Value | None] = {}

    def remembered(cell: Cell) -> Value | None:
        try:
            return seen[cell]
        except KeyError:
            pass
        value = read(cell)
        if len(seen) >= _REMEMBERED:
            seen.clear()
        seen[cell] = value
        return value

    return remembered


def _split_price(cell: Cell) -> tuple[int, Decimal | None] | None:
    price = price_of(cell)
    if price is None:
        return None
    exact = price * 100
    whole = exact.to_integral_value()
    # A price may be a part of a fen, but what is left of 0.1 + 0.2 is noise.
    if abs(exact - whole) <= Decimal("0.0001"):
        return int(whole), None
    return int((exact + (Decimal("0.5") if exact > 0 else Decimal("-0.5"))).to_integral_value("ROUND_DOWN")), exact


def _count(cell: Cell) -> int | Decimal | None:
    count = count_of(cell)
    if count is None:
        return None
    return int(count) if count == count.to_integral_value() else count


def digest(*parts: object, size: int = 8) -> str:
    """A key of content, in hex: the same for texts that fold to the same (cells.fold)."""
    texts = ["" if part is None else fold(part) if isinstance(part, str) else str(part) for part in parts]
    return blake2b("\x1f".join(texts).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def minute(moment: datetime | None) -> str:
    """For keys: spreadsheet programs drop the seconds when they save a table as text."""
    return "" if moment is None else moment.strftime("%Y%m%d%H%M")
