"""One row, one voucher (团购券)."""

from ..cells import CellProblem, fold
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import VoucherRow, VoucherStatus
from ..statuses import VOUCHER_STATUSES, folded
from .buyer import BuyerBuilder
from .fields import Fields

M = Meaning


class VoucherBuilder:
    """Builds VoucherRow. Raises CellProblem("voucher_missing") where the code is blank."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._code = fields.ident(M.VOUCHER_CODE, strict=True)
        self._status = fields.status(M.ORDER_STATUS)
        self._redeemed = fields.moment(M.REDEEMED_AT, strict=True)
        self._bought = fields.moment(M.PAID_AT if fields.has(M.PAID_AT) else M.CREATED_AT)
        self._title = fields.text(M.PRODUCT_TITLE)
        self._store = fields.text(M.STORE)
        self._price = fields.fen(M.PAID_AMOUNT if fields.has(M.PAID_AMOUNT) else M.PAYABLE, strict=True)
        self._settle = fields.fen(M.SETTLE_AMOUNT if fields.has(M.SETTLE_AMOUNT) else M.RECEIVED_AMOUNT, strict=True)
        self._refund = fields.fen(M.REFUND_AMOUNT)
        self._number = fields.ident(M.ORDER_NUMBER)
        self._buyer = BuyerBuilder(fields)
        self._currency = fields.text(M.CURRENCY)
        self._remark = fields.text(M.SELLER_REMARK)

    def __call__(self, row: int, cells: list[Cell]) -> VoucherRow:
        code = self._code(cells)
        if code is None:
            raise CellProblem("voucher_missing", column=self._fields.cells(M.VOUCHER_CODE)[0])
        if "*" in code:
            self._fields.notes.append("code_masked")
        redeemed = self._redeemed(cells)
        text = self._status(cells)
        buyer, _ = self._buyer(cells)
        return VoucherRow(
            row=row,
            key=fold(code),
            code=code,
            status=self._state(text, redeemed is not None),
            status_text=text,
            redeemed_at=redeemed,
            bought_at=self._bought(cells),
            title=self._title(cells),
            store=self._store(cells),
            price_fen=self._price(cells),
            settle_fen=self._settle(cells),
            refund_fen=self._refund(cells),
            order_number=self._number(cells),
            buyer=buyer,
            currency=self._currency(cells) or self._fields.currency,
            remark=self._remark(cells),
            notes=self._fields.take_notes(),
            cells=cells,
        )

    def _state(self, text: str | None, redeemed: bool) -> VoucherStatus | None:
        if not text:
            return "redeemed" if redeemed else None
        state = VOUCHER_STATUSES.get(folded(text))
        if state is None:
            self._fields.notes.append("status_unknown")
        return state
