"""From cells to typed rows: one builder per kind of table, all on the same readers of fields.

A builder is made once for a recognised table and called for every row; it raises CellProblem for a row that can become
nothing. Which kinds there are stands in one literal dict.
"""

from collections.abc import Callable
from typing import Final

from ..delimited import Cell
from ..layouts import Kind
from ..rows import TypedRow
from .bills import BillBuilder
from .customers import CustomerBuilder
from .fields import Fields
from .items import ItemBuilder
from .orders import OrderBuilder
from .vouchers import VoucherBuilder

Builder = Callable[[int, list[Cell]], TypedRow]

BUILDERS: Final[dict[Kind, Callable[[Fields], Builder]]] = {
    "orders": OrderBuilder,
    "items": ItemBuilder,
    "customers": CustomerBuilder,
    "bills": BillBuilder,
    "vouchers": VoucherBuilder,
}

__all__ = ["BUILDERS", "Builder", "Fields"]
