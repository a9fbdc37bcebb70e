"""The answer of recognition: a plain value that can be shown, stored with an import and used again."""

from typing import Literal

import msgspec

from .layouts import Kind, RefusedKind
from .meaning import Meaning
from .moments import DateOrder
from .reading import Opened

Certainty = Literal["sure", "guess", "ask", "ignored"]

ColumnNote = Literal[
    "",
    "same_title_first",  # two columns have this name and this one was taken: is that right?
    "same_title",  # the other one
    "unknown_title",
    "empty",
    "masked",  # phones with hidden digits: for suggestions only
    "hidden",  # nothing left to read
    "strips_marks",  # tabs, apostrophes, ="…" in front are removed
    "yuan_to_fen",
    "net_of_refunds",
    "local_time",
    "date_order",  # 03/04/2026: the person has to say which comes first
    "ids_damaged",
    "ids_rounded",
    "encrypted",
]

NotImportable = Literal[
    "",
    "columns_missing",  # `missing` says which
    "layouts_tie",  # `rivals` says which; pass the kind
    "date_order_unclear",  # pass date_order
    "header_not_found",  # pass a mapping by column number
    "kind_unclear",  # readable columns, but no order, item, customer, bill or voucher in them; pass kind or mapping
    "table_empty",
    "ledger",
    "settlement",
    "products",
    "logistics",
    "chat_export",  # import it as messages
    "not_a_table",
]


class Column(msgspec.Struct, frozen=True):
    """One column. `index` counts from 0; `title` tells equal ones apart («分销员#2»; «#3» where there is none)."""

    index: int
    title: str
    meaning: Meaning
    certainty: Certainty
    note: ColumnNote = ""
    sample: str = ""
    date_order: DateOrder = ""


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """What a table is. `layout` is empty for tables read by plain column names; `header_row` 0 means no header."""

    opened: Opened
    kind: Kind | RefusedKind
    importable: bool
    reason: NotImportable = ""
    layout: str = ""
    platform: str = ""
    confidence: float = 0.0
    header_row: int = 0
    columns: tuple[Column, ...] = ()
    missing: tuple[tuple[Meaning, ...], ...] = ()
    rivals: tuple[str, ...] = ()
    fingerprint: str = ""
    currency: str | None = None

    @property
    def width(self) -> int:
        return len(self.columns)

    def without_samples(self) -> "Recognised":
        """For storing: samples are cells of the file and may be a person's phone."""
        return msgspec.structs.replace(
            self, columns=tuple(msgspec.structs.replace(column, sample="") for column in self.columns)
        )

    def indices(self, meaning: Meaning) -> tuple[int, ...]:
        """Columns with this meaning, from left to right."""
        return tuple(column.index for column in self.columns if column.meaning is meaning)
