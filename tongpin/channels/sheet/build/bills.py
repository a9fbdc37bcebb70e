"""One row, one movement of a payment bill."""

from ..cells import CellProblem, fold
from ..contacts import name_of
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import BillRow, Buyer, Direction
from ..statuses import DIRECTIONS, bill_state, folded
from .buyer import BuyerBuilder
from .fields import Fields, digest

M = Meaning


class BillBuilder:
    """Builds BillRow. A refund is a movement of its own: its amount is what went back, its direction out."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._transaction = fields.ident(M.TRANSACTION_NUMBER, strict=True)
        self._merchant = fields.ident(M.MERCHANT_ORDER_NUMBER)
        self._refund_number = fields.ident(M.REFUND_NUMBER)
        self._paid = fields.moment(M.PAID_AT, strict=True)
        self._created = fields.moment(M.CREATED_AT, strict=True)
        self._amount = fields.fen(M.AMOUNT, strict=True)
        self._settle = fields.fen(M.SETTLE_AMOUNT)
        self._refund = fields.fen(M.REFUND_AMOUNT)
        self._fee = fields.fen(M.FEE)
        self._status = fields.status(M.ORDER_STATUS)
        self._direction = fields.status(M.DIRECTION)
        self._directed = fields.has(M.DIRECTION)
        self._takings = fields.layout is not None and fields.layout.direction == "in"
        self._counterparty = fields.text(M.COUNTERPARTY)
        self._title = fields.text(M.PRODUCT_TITLE)
        self._kind = fields.text(M.TRADE_KIND)
        self._currency = fields.text(M.CURRENCY)
        self._remark = fields.text(M.SELLER_REMARK)
        self._buyer = BuyerBuilder(fields)

    def __call__(self, row: int, cells: list[Cell]) -> BillRow:
        transaction, merchant = self._transaction(cells), self._merchant(cells)
        refund_number = _unless_zero(self._refund_number(cells))
        if transaction is None and merchant is None:
            raise CellProblem("id_missing")
        at = self._paid(cells) or self._created(cells)
        if at is None:
            raise CellProblem("time_missing")
        settle, refund = self._settle(cells), self._refund(cells)
        amount = self._amount(cells)
        amount = settle if amount is None else amount
        if amount is None:
            raise CellProblem("amount_missing")
        text = self._status(cells)
        status = bill_state(text) if text else None
        direction = self._way(cells, amount)
        if self._takings and status in ("refunded", "revoked"):
            direction, amount = "out", refund or amount
        counterparty = self._counterparty(cells)
        buyer, _ = self._buyer(cells)
        if buyer is None and direction == "in" and counterparty and (name := name_of(counterparty)):
            buyer = Buyer(nickname=name)
        return BillRow(
            row=row,
            key="~" + digest(transaction or merchant, refund_number, size=16),
            at=at,
            amount_fen=abs(amount),
            settle_fen=settle,
            direction=direction,
            status=status,
            status_text=text,
            refund_fen=refund,
            fee_fen=self._fee(cells),
            transaction_number=transaction,
            merchant_order_number=merchant,
            refund_number=refund_number,
            counterparty=counterparty,
            buyer=buyer,
            title=self._title(cells),
            trade_kind=self._kind(cells),
            currency=self._currency(cells) or self._fields.currency,
            remark=self._remark(cells),
            notes=self._fields.take_notes(),
            cells=cells,
        )

    def _way(self, cells: list[Cell], amount: int) -> Direction:
        if not self._directed:
            return "out" if amount < 0 else "in"
        word = folded(self._direction(cells) or "")
        if word not in DIRECTIONS:
            self._fields.notes.append("direction_unreadable")
        return DIRECTIONS.get(word, "neutral")


def _unless_zero(number: str | None) -> str | None:
    """WeChat Pay writes 0 where there is no refund."""
    return None if number is None or fold(number) == "0" else number
