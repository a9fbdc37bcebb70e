"""Amounts in a cell → integer fen. Never by way of binary fractions."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from .cells import CellProblem, value_of
from .delimited import Cell

_PLAIN: Final = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2})0*)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,13})?(?:\.\d*)?", re.ASCII)
_SIGNS: Final = re.compile(r"^(?:CNY|RMB|GBP|USD|EUR|HKD|[¥￥$£€])|(?:元|圆|CNY|RMB)$")
_WIDE: Final = str.maketrans("０１２３４５６７８９．，－＋（）", "0123456789.,-+()")
_COUNT: Final = re.compile(
    r"[x×*]?\s*([+-]?\d{1,9}(?:,\d{3})*(?:\.\d+)?)\s*(?:件|个|份|张|次|笔|盒|袋|瓶|套|箱|斤|分)?"
)
_ALMOST: Final = Decimal("0.000001")
_FEN: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_LARGEST: Final = Decimal(10) ** 13


def fen_of(cell: Cell) -> int | None:
    """Raises CellProblem: amount_unreadable, or amount_too_fine where real parts of a fen would be lost."""
    if type(cell) is str and (plain := _PLAIN.fullmatch(cell)):
        sign, whole, cents = plain.groups()
        fen = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
        return -fen if sign else fen
    amount = price_of(cell)
    if amount is None:
        return None
    fen_exact = amount.quantize(_FEN, ROUND_HALF_UP)
    # What is left of 0.1 + 0.2 in a spreadsheet cell is noise; anything more is a sum nobody can pay.
    if abs(amount - fen_exact) > _ALMOST:
        raise CellProblem("amount_too_fine", text=value_of(cell) or "")
    return int(fen_exact * 100)


def fee_of(cell: Cell) -> int | None:
    """Fees are booked in parts of a fen by the payment providers; rounded half up."""
    amount = price_of(cell)
    return None if amount is None else rounded_fen(amount)


def price_of(cell: Cell) -> Decimal | None:
    """Yuan, exact. Raises CellProblem("amount_unreadable")."""
    if isinstance(cell, float | int):
        text = repr(cell)
    else:
        text = value_of(cell) or ""
        if not text:
            return None
        text = _bare(text)
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation as unreadable:
        raise CellProblem("amount_unreadable", text=value_of(cell) or "") from unreadable
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise CellProblem("amount_unreadable", text=text)
    return amount


def rounded_fen(amount: Decimal) -> int:
    """Half up, away from zero."""
    return int((amount * _HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))


def count_of(cell: Cell) -> Decimal | None:
    """How many. Raises CellProblem("quantity_unreadable")."""
    if isinstance(cell, float | int):
        text = repr(cell)
    else:
        text = value_of(cell) or ""
        if not text:
            return None
        found = _COUNT.fullmatch(text.translate(_WIDE))
        if not found:
            raise CellProblem("quantity_unreadable", text=text)
        text = found[1].replace(",", "")
    try:
        count = Decimal(text)
    except InvalidOperation as unreadable:
        raise CellProblem("quantity_unreadable", text=text) from unreadable
    if not count.is_finite() or abs(count) >= 10**9:
        raise CellProblem("quantity_unreadable", text=text)
    return count


def currency_in(text: str) -> str | None:
    """The currency a cell's sign names, if it names one beyond doubt."""
    for sign, code in (("¥", "CNY"), ("￥", "CNY"), ("£", "GBP"), ("€", "EUR"), ("元", "CNY")):
        if sign in text:
            return code
    return None


def _bare(text: str) -> str:
    """Digits, commas, sign and point of an amount; «1.2万» and «12,50» are none."""
    bare = text.translate(_WIDE).replace(" ", "").replace("\u00a0", "")
    negative = bare.startswith("(") and bare.endswith(")")
    if negative:
        bare = bare[1:-1]
    sign = ""
    if bare[:1] in "+-":
        sign, bare = bare[:1], bare[1:]
    bare = _SIGNS.sub("", _SIGNS.sub("", bare))
    if not sign and bare[:1] in "+-":
        sign, bare = bare[:1], bare[1:]
    if not bare or not bare.strip(".,") or not _NUMBER.fullmatch(bare):
        raise CellProblem("amount_unreadable", text=text)
    return ("-" if negative else sign) + bare
