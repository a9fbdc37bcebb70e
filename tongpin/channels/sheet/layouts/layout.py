"""What a layout is: the header of one kind of export and what its columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..meaning import Meaning
from ..titles import fold_title

Kind = Literal["orders", "items", "customers", "bills", "vouchers"]
RefusedKind = Literal["ledger", "settlement", "products", "logistics", "chat", "unknown"]
DateInNumber = Literal["", "pinduoduo", "youzan"]
Needs = tuple[tuple[Meaning, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`marks`: of each group one title must be there, or it is another layout. `columns`: title → meaning; a title
    that is known but not needed means `ignore`. Of several columns with one meaning the leftmost cell with content
    counts. Titles are compared folded (titles.fold_title)."""

    id: str
    platform: str
    kind: Kind
    marks: tuple[tuple[str, ...], ...]
    columns: Mapping[str, Meaning]
    without: tuple[str, ...] = ()
    currency: str | None = None
    date_in_number: DateInNumber = ""
    carries_order: bool = False  # later rows of an order leave the order's columns blank (Shopify)
    priced: bool = False  # a list of sales where nothing is free (UCI Online Retail)
    direction: Literal["", "in"] = ""  # a merchant's bill holds takings only
    folded: Mapping[str, Meaning] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", {fold_title(title): meaning for title, meaning in self.columns.items()})

    def fits(self, titles: frozenset[str]) -> bool:
        """Whether the folded titles bear this layout's marks."""
        return _bears(titles, self.marks, self.without)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A kind of table that is known and not turned into orders."""

    kind: RefusedKind
    marks: tuple[tuple[str, ...], ...]
    without: tuple[str, ...] = ()

    def fits(self, titles: frozenset[str]) -> bool:
        return _bears(titles, self.marks, self.without)


def _bears(titles: frozenset[str], marks: tuple[tuple[str, ...], ...], without: tuple[str, ...]) -> bool:
    if any(fold_title(title) in titles for title in without):
        return False
    return all(any(fold_title(title) in titles for title in group) for group in marks)
