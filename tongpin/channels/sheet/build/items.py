"""One row, one line of an order; returns and adjustments told from sales."""

from ..cells import CellProblem, fold, text_of
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import ItemRow, Line, OrderRow
from .buyer import BuyerBuilder
from .fields import Fields
from .line import LineBuilder
from .orders import OrderBuilder, StateBuilder, TimesBuilder

M = Meaning

_ORDER_SUMS = (M.PAID_AMOUNT, M.NET_AMOUNT, M.PAYABLE, M.GOODS_AMOUNT)
_LINE_COLUMNS = frozenset(
    {
        M.SUB_ORDER_NUMBER, M.LINE_NUMBER, M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU, M.VARIANT, M.QUANTITY, M.UNIT_PRICE,
        M.LINE_AMOUNT, M.IGNORE,
    }
)  # fmt: skip


class ItemBuilder:
    """Builds ItemRow. Raises CellProblem for a row that is no line of an order."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._number = fields.ident(M.ORDER_NUMBER, strict=True)
        self._buyer = BuyerBuilder(fields)
        self._times = TimesBuilder(fields)
        self._timed = fields.has(M.CREATED_AT, M.PAID_AT)
        self._pays_at = fields.has(M.PAID_AT)
        self._state = StateBuilder(fields)
        self._line = LineBuilder(fields)
        self._named_in = next((i for m in (M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU) for i in fields.cells(m)), -1)
        self._refund = fields.fen(M.REFUND_AMOUNT, strict=True)
        self._currency = fields.text(M.CURRENCY)
        self._priced = fields.layout is not None and fields.layout.priced
        # Sums of the order that stand on its lines are kept apart, so that nobody adds them up.
        self._head = OrderBuilder(fields, with_lines=False) if fields.has(*_ORDER_SUMS) else None
        carries = fields.layout is not None and fields.layout.carries_order
        self._carried = [i for m in M if m not in _LINE_COLUMNS for i in fields.cells(m)] if carries else []
        self._last: tuple[str, list[Cell]] | None = None

    def __call__(self, row: int, cells: list[Cell]) -> ItemRow:
        number = self._number(cells)
        if number is None:
            raise CellProblem("id_missing", column=self._fields.cells(M.ORDER_NUMBER)[0])
        read = self._with_order_columns(number, cells) if self._carried else cells
        key = fold(number)
        line = self._line(read, key)
        if line is None:
            raise CellProblem("product_missing", column=self._named_in)
        if self._priced:
            _refuse_adjustments(number, line)
        is_return = (line.quantity or 0) < 0 or (line.amount_fen or 0) < 0 or (self._priced and number[0] in "Cc")
        if self._head is not None:
            head = self._head(row, read)
            return _under(head, row=row, number=number, line=line, is_return=is_return, cells=cells)
        times = self._times(read, number)
        at = times.first_known
        if at is None and self._timed:
            raise CellProblem("time_missing", column=self._times.column)
        state = self._state(read)
        buyer, province = self._buyer(read)
        refund = self._refund(read)
        return ItemRow(
            row=row,
            order_key=key,
            order_number=number,
            line=line,
            is_return=is_return,
            buyer=buyer,
            province=province,
            status=state.status,
            status_text=state.text,
            refund_status=state.refund,
            refund_fen=refund,
            is_paid=self._is_paid(times.paid_at is not None, state.status, state.refund, refund),
            at=at,
            created_at=times.created_at,
            paid_at=times.paid_at,
            completed_at=times.completed_at,
            currency=self._currency(read) or self._fields.currency,
            notes=self._fields.take_notes(),
            cells=cells,
        )

    def _is_paid(self, paid: bool, status: str | None, refund: str | None, refund_fen: int | None) -> bool:
        if paid or status in ("paid", "shipped", "done", "refunded") or refund in ("partial", "done") or refund_fen:
            return True
        return not self._pays_at and not self._state.exists

    def _with_order_columns(self, number: str, cells: list[Cell]) -> list[Cell]:
        """Shopify writes the order's columns on its first row only; the rows below get them back."""
        if self._last is None or self._last[0] != number:
            self._last = (number, cells)
            return cells
        merged = list(cells)
        for index in self._carried:
            if not text_of(merged[index]):
                merged[index] = self._last[1][index]
        return merged


def _under(head: OrderRow, *, row: int, number: str, line: Line, is_return: bool, cells: list[Cell]) -> ItemRow:
    """A line whose row tells of the whole order too: everything but the line is the order's."""
    return ItemRow(
        row=row,
        order_key=head.key,
        order_number=number,
        line=line,
        is_return=is_return,
        buyer=head.buyer,
        province=head.province,
        status=head.status,
        status_text=head.status_text,
        refund_status=head.refund_status,
        is_paid=head.is_paid,
        at=head.paid_at or head.created_at or head.completed_at,
        created_at=head.created_at,
        paid_at=head.paid_at,
        completed_at=head.completed_at,
        currency=head.currency,
        order=head,
        notes=head.notes,
        cells=cells,
    )


def _refuse_adjustments(number: str, line: Line) -> None:
    """In a list of sales, rows without a price are stock-taking and breakage, rows of other letters bookkeeping."""
    if number[0].isalpha() and number[0] not in "Cc":
        raise CellProblem("book_adjustment", text=number)
    price = line.unit_exact if line.unit_exact is not None else line.unit_fen
    if price is None or price <= 0:
        lost = (line.quantity or 0) < 0
        raise CellProblem("stock_adjustment" if lost else "no_price")
