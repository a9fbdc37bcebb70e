"""One row, one order: its sums, its times, its state."""

import re
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from ..cells import CellProblem, fold
from ..delimited import Cell
from ..layouts import DateInNumber
from ..meaning import READS, Meaning
from ..rows import Buyer, Line, OrderRow, OrderStatus, RefundStatus
from ..statuses import order_state, refund_state
from .buyer import BuyerBuilder
from .fields import Fields, digest, minute
from .line import LINE_COLUMNS, LineBuilder

M = Meaning

_DATED_NUMBERS: Final[dict[DateInNumber, re.Pattern[str]]] = {
    "pinduoduo": re.compile(r"(\d{6})-\d{6,}", re.ASCII),
    "youzan": re.compile(r"[A-Z]{1,3}(\d{14})\d*", re.ASCII),
}
_PAID_STATES: Final = frozenset({"paid", "shipped", "done", "refunded"})


class Times(NamedTuple):
    created_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def first_known(self) -> datetime | None:
        return self.paid_at or self.created_at or self.completed_at or self.shipped_at


class TimesBuilder:
    """The moments of an order. A blank one may be read out of the order's number: then only the day is sure."""

    def __init__(self, fields: Fields) -> None:
        self._notes = fields.notes
        self._getters = [
            (meaning.value, fields.moment(meaning, strict=meaning in (M.CREATED_AT, M.PAID_AT)))
            for meaning in (M.CREATED_AT, M.PAID_AT, M.SHIPPED_AT, M.COMPLETED_AT)
            if fields.has(meaning)
        ]
        dated: DateInNumber = fields.layout.date_in_number if fields.layout else ""
        self.column = next((i for m in (M.PAID_AT, M.CREATED_AT) for i in fields.cells(m)), -1)
        self._pattern = _DATED_NUMBERS.get(dated)
        self._in_number = fields.moment_reader()

    def __call__(self, cells: list[Cell], number: str | None) -> Times:
        times = Times(**{name: get(cells) for name, get in self._getters})
        if times.created_at is None and times.paid_at is None and self._pattern and number:
            derived = self._from_number(number)
            if derived:
                self._notes.append("date_from_number")
                return times._replace(created_at=derived)
        return times

    def _from_number(self, number: str) -> datetime | None:
        found = self._pattern.fullmatch(number) if self._pattern else None
        if not found:
            return None
        digits = found[1]
        try:
            return self._in_number.of(digits if len(digits) == 14 else f"20{digits}")
        except CellProblem:
            return None


class State(NamedTuple):
    status: OrderStatus | None
    text: str | None
    refund: RefundStatus | None


_NO_STATE: Final = State(None, None, None)


class StateBuilder:
    """Status and refund by the platforms' words; an unknown word is kept as text with a note."""

    def __init__(self, fields: Fields) -> None:
        self._notes = fields.notes
        self._status = fields.status(M.ORDER_STATUS)
        self._refund = fields.status(M.REFUND_STATUS)
        self.exists = fields.has(M.ORDER_STATUS)
        self._silent = not fields.has(M.ORDER_STATUS, M.REFUND_STATUS)

    def __call__(self, cells: list[Cell]) -> State:
        if self._silent:
            return _NO_STATE
        text = self._status(cells)
        refund_text = self._refund(cells)
        status, refund = order_state(text) if text else (None, None)
        if refund_text:
            refund = refund_state(refund_text) or refund
        if text and status is None and refund is None:
            self._notes.append("status_unknown")
        return State(status, text, refund)


class Sums(NamedTuple):
    goods: int | None = None
    postage: int | None = None
    discount: int | None = None
    payable: int | None = None
    paid: int | None = None
    net: int | None = None
    received: int | None = None
    refund: int | None = None


_SUMS: Final = (
    ("goods", M.GOODS_AMOUNT),
    ("postage", M.POSTAGE),
    ("discount", M.DISCOUNT),
    ("payable", M.PAYABLE),
    ("paid", M.PAID_AMOUNT),
    ("net", M.NET_AMOUNT),
    ("refund", M.REFUND_AMOUNT),
)
_WEIGHTY: Final = frozenset({"goods", "payable", "paid", "net", "refund"})
_TEXTS: Final = (M.STORE, M.SALESPERSON, M.BUYER_REMARK, M.SELLER_REMARK, M.CLOSED_REASON, M.TRANSACTION_NUMBER)


class OrderBuilder:
    """Builds OrderRow. Raises CellProblem for a row that cannot be an order."""

    def __init__(self, fields: Fields, *, with_lines: bool = True) -> None:
        self._fields = fields
        self._number = fields.ident(M.ORDER_NUMBER, strict=True)
        self._numbered = fields.has(M.ORDER_NUMBER)
        self._group = fields.ident(M.GROUP_NUMBER)
        self._grouped = fields.has(M.GROUP_NUMBER)
        self._buyer = BuyerBuilder(fields)
        self._times = TimesBuilder(fields)
        self._timed = fields.has(M.CREATED_AT, M.PAID_AT, M.COMPLETED_AT)
        self._pays_at = fields.has(M.PAID_AT)
        self._state = StateBuilder(fields)
        with_lines = with_lines and fields.has(*LINE_COLUMNS)
        self._line = LineBuilder(fields, counts_alone=True) if with_lines else None
        received = M.RECEIVED_AMOUNT if fields.has(M.RECEIVED_AMOUNT) else M.SETTLE_AMOUNT
        self._sums = [
            (name, fields.fen(meaning, strict=name in _WEIGHTY))
            for name, meaning in (*_SUMS, ("received", received))
            if fields.has(meaning)
        ]
        self._currency = fields.text(M.CURRENCY)
        self._texts = [
            (meaning.value, fields.ident(meaning) if READS[meaning] == "id" else fields.text(meaning))
            for meaning in _TEXTS
            if fields.has(meaning)
        ]

    def __call__(self, row: int, cells: list[Cell]) -> OrderRow:
        number = self._number(cells)
        if number is None and self._numbered:
            raise CellProblem("id_missing", column=self._fields.cells(M.ORDER_NUMBER)[0])
        buyer, province = self._buyer(cells)
        times = self._times(cells, number)
        if times.first_known is None and self._timed:
            raise CellProblem("time_missing", column=self._times.column)
        sums = Sums(**{name: get(cells) for name, get in self._sums})
        state = self._state(cells)
        key = fold(number) if number else ""
        line = self._line(cells, key) if self._line else None
        bare = ""
        if not number:
            key = self._content_key(cells, buyer, times, sums, line)
            bare = self._content_key(cells, None, times, sums, line) if buyer and not self._grouped else ""
        is_paid = self._is_paid(times, state, sums)
        sums = self._settled(sums, state, times, is_paid=is_paid)
        return OrderRow(
            row=row,
            key=key,
            bare_key=bare,
            number=number,
            buyer=buyer,
            province=province,
            status=state.status,
            status_text=state.text,
            refund_status=_refund_status(state, sums),
            is_paid=is_paid,
            created_at=times.created_at,
            paid_at=times.paid_at,
            shipped_at=times.shipped_at,
            completed_at=times.completed_at,
            goods_fen=sums.goods,
            postage_fen=sums.postage,
            discount_fen=sums.discount,
            payable_fen=sums.payable,
            paid_fen=sums.paid,
            received_fen=sums.received,
            refund_fen=sums.refund,
            currency=self._currency(cells) or self._fields.currency,
            lines=(_with_amount(line, sums),) if line else (),
            notes=self._fields.take_notes(),
            cells=cells,
            **{name: get(cells) for name, get in self._texts},
        )

    def _content_key(self, cells: list[Cell], buyer: Buyer | None, times: Times, sums: Sums, line: Line | None) -> str:
        """A key for orders without a number. Group-buys: number in the group-buy, nickname, minute, goods.

        Other tables have no number in a group-buy; there the sum takes its place.
        """
        goods = (line.title, line.variant, line.sku, line.quantity) if line else ()
        when = minute(times.first_known)
        if self._grouped:
            nickname = buyer.nickname if buyer else None
            return "~" + digest(self._group(cells), nickname, when, *goods, size=16)
        who = (buyer.shop_account, buyer.phone, buyer.mail, buyer.name, buyer.nickname) if buyer else ()
        total = next((fen for fen in (sums.paid, sums.payable, sums.net, sums.goods) if fen is not None), None)
        return "~" + digest(*who, when, *goods, total, size=16)

    def _is_paid(self, times: Times, state: State, sums: Sums) -> bool:
        if times.paid_at is not None or state.status in _PAID_STATES or (sums.refund or 0) > 0:
            return True
        if state.refund in ("partial", "done"):
            return True
        # A list without payment times and states is a list of sales.
        return not self._pays_at and not self._state.exists

    def _settled(self, sums: Sums, state: State, times: Times, *, is_paid: bool) -> Sums:
        paid, received, refund = sums.paid, sums.received, sums.refund
        if paid is None and sums.net is not None:
            paid, received, refund = self._from_net(sums, state, times)
        if paid is None and is_paid:
            paid = sums.payable if sums.payable is not None else sums.goods
        if not is_paid:
            payable = sums.payable if sums.payable is not None else paid
            return sums._replace(paid=0, payable=payable, received=received, refund=refund)
        return sums._replace(paid=paid, received=received, refund=refund)

    def _from_net(self, sums: Sums, state: State, times: Times) -> tuple[int | None, int | None, int | None]:
        """Taobao shows what is left after refunds: paid is that plus what was given back."""
        net = sums.net or 0
        if sums.refund is not None:
            return net + sums.refund, net, sums.refund
        if state.status == "cancelled" and times.paid_at is not None and sums.payable is not None and net == 0:
            # Paid, then closed, and no column for refunds: the money went back.
            self._fields.notes.append("refund_inferred")
            return sums.payable, 0, sums.payable
        return net, sums.received if sums.received is not None else net, None


def _refund_status(state: State, sums: Sums) -> RefundStatus | None:
    if state.refund not in (None, "none"):
        return state.refund
    if sums.refund:
        return "done" if sums.paid is not None and sums.refund >= sums.paid else "partial"
    return state.refund


def _with_amount(line: Line, sums: Sums) -> Line:
    if line.amount_fen is not None or sums.goods is None:
        return line
    return msgspec.structs.replace(line, amount_fen=sums.goods)


__all__ = ["OrderBuilder", "State", "StateBuilder", "Times", "TimesBuilder"]
