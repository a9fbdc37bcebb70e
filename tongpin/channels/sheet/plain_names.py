"""Tables without a layout: which kind they are by the meanings of their columns and by what repeats in them."""

from collections import defaultdict
from decimal import Decimal

import msgspec

from .cells import CellProblem, text_of
from .columns import cell_at
from .layouts import LOGISTICS_TITLES, Kind
from .meaning import BUYER_SIGNS, READS, Meaning
from .money import count_of, currency_in, price_of
from .reading import Cell, RawRow
from .recognised import Column
from .titles import fold_title

M = Meaning

TRACKING = frozenset(fold_title(title) for title in LOGISTICS_TITLES)

_ORDER_SUMS = frozenset({M.PAID_AMOUNT, M.NET_AMOUNT, M.PAYABLE, M.GOODS_AMOUNT, M.RECEIVED_AMOUNT})
_MONEY = _ORDER_SUMS | {M.LINE_AMOUNT, M.UNIT_PRICE}
_GOODS = frozenset({M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU})
_TIMES = frozenset({M.PAID_AT, M.CREATED_AT, M.COMPLETED_AT})
_SUMMED_UP = frozenset({M.ORDER_COUNT, M.TOTAL_SPENT, M.BECAME_CUSTOMER_AT, M.LAST_BOUGHT_AT, M.BIRTHDAY, M.POINTS})


def kind_of(present: set[Meaning], columns: list[Column], rows: list[RawRow]) -> Kind | None:
    """None where the columns make no kind of table we know."""
    if M.VOUCHER_CODE in present and present & {M.REDEEMED_AT, M.STORE, M.SETTLE_AMOUNT, M.ORDER_STATUS, M.PAID_AT}:
        return "vouchers"
    if M.TRANSACTION_NUMBER in present and present & {M.DIRECTION, M.COUNTERPARTY}:
        return "bills"
    if M.ORDER_NUMBER in present and present & (_MONEY | _GOODS):
        return "items" if _one_row_is_a_line(present, columns, rows) else "orders"
    if present & _SUMMED_UP and present & BUYER_SIGNS and not present & _GOODS:
        return "customers"
    if present & _MONEY and present & _TIMES and present & (BUYER_SIGNS | _GOODS):
        return "orders"
    # Names and phones beside tracking numbers or goods are a delivery list, not a list of customers.
    delivered = any(fold_title(column.title) in TRACKING for column in columns)
    # An account number alone may stand in any list; a customer has a name, a contact or something told of them.
    told = present & (BUYER_SIGNS - {M.SHOP_ACCOUNT} | _SUMMED_UP | {M.TAGS, M.GENDER, M.IS_MEMBER})
    signs = present & BUYER_SIGNS and told
    if signs and not delivered and not present & (_MONEY | _GOODS | {M.ORDER_NUMBER}):
        return "customers"
    return None


def _one_row_is_a_line(present: set[Meaning], columns: list[Column], rows: list[RawRow]) -> bool:
    if not present & _GOODS:
        return False
    if M.SUB_ORDER_NUMBER in present or M.LINE_NUMBER in present:
        return True
    if any(len(group) > 1 for group in _by_order(columns, rows).values()):
        return True
    return not present & (_ORDER_SUMS | _TIMES)


def settled(columns: list[Column], kind: Kind, rows: list[RawRow]) -> list[Column]:
    """Give words their sense in this kind of table: 金额 is a line's or an order's, 消费金额 a customer's total."""
    renamed: dict[Meaning, Meaning] = {}
    present = {column.meaning for column in columns}
    if kind == "customers":
        renamed = {M.PAID_AMOUNT: M.TOTAL_SPENT, M.CREATED_AT: M.BECAME_CUSTOMER_AT, M.PAID_AT: M.LAST_BOUGHT_AT}
    elif kind == "vouchers":
        renamed = {M.UNIT_PRICE: M.PAID_AMOUNT}
        if M.REDEEMED_AT not in present:
            renamed[M.PAID_AT] = M.REDEEMED_AT
    elif kind == "bills":
        renamed = {M.PAID_AMOUNT: M.AMOUNT, M.CREATED_AT: M.PAID_AT}
    elif kind == "items" and M.LINE_AMOUNT not in present and _is_line_amount(columns, rows):
        renamed = {M.PAID_AMOUNT: M.LINE_AMOUNT}
    renamed = {old: new for old, new in renamed.items() if new not in present}
    return [msgspec.structs.replace(c, meaning=renamed.get(c.meaning, c.meaning)) for c in columns]


def currency_of(columns: list[Column], rows: list[RawRow]) -> str | None:
    """The currency that signs in money cells or titles name, None where they name none or several."""
    found: set[str] = set()
    for column in columns:
        if READS[column.meaning] in ("money", "price"):
            texts = [column.title, *(text_of(cell_at(row.cells, column.index)) for row in rows[:50])]
            found.update(code for text in texts if (code := currency_in(text)))
    return found.pop() if len(found) == 1 else None


def _index(columns: list[Column], meaning: Meaning) -> int:
    return next((column.index for column in columns if column.meaning is meaning), -1)


def _by_order(columns: list[Column], rows: list[RawRow]) -> dict[str, list[list[Cell]]]:
    number = _index(columns, M.ORDER_NUMBER)
    groups: dict[str, list[list[Cell]]] = defaultdict(list)
    for row in rows:
        if 0 <= number < len(row.cells) and (text := text_of(row.cells[number])):
            groups[text].append(row.cells)
    return groups


def _is_line_amount(columns: list[Column], rows: list[RawRow]) -> bool:
    """A line's amount is quantity times price, or differs within an order; an order's sum stands on all its rows."""
    amount, price, count = (_index(columns, m) for m in (M.PAID_AMOUNT, M.UNIT_PRICE, M.QUANTITY))
    if amount < 0:
        return False
    if price >= 0 and count >= 0:
        products = [_is_product(row.cells, amount, price, count) for row in rows]
        judged = [product for product in products if product is not None]
        if judged and sum(judged) * 2 > len(judged):
            return True
    several = [group for group in _by_order(columns, rows).values() if len(group) > 1]
    return any(len({text_of(cell_at(cells, amount)) for cells in group}) > 1 for group in several)


def _is_product(cells: list[Cell], amount: int, price: int, count: int) -> bool | None:
    try:
        paid, each, many = (
            price_of(cell_at(cells, amount)), price_of(cell_at(cells, price)), count_of(cell_at(cells, count))
        )  # fmt: skip
    except CellProblem:
        return None
    if paid is None or each is None or many is None or many == 1:
        return None
    return abs(paid - each * many) < Decimal("0.01")
