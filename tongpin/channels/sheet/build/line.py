"""What was bought: the line of an order, its amount and the key that stays the same when the file is saved again."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ..cells import CellProblem
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import Line
from .fields import Fields, digest

M = Meaning

LINE_COLUMNS: Final = (M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU, M.VARIANT, M.QUANTITY)


class LineBuilder:
    """Key: order, own number or product, variant, count, price and amount; never a time, never an occurrence."""

    def __init__(self, fields: Fields, *, counts_alone: bool = False) -> None:
        self._notes = fields.notes
        self._number = fields.ident(M.SUB_ORDER_NUMBER if fields.has(M.SUB_ORDER_NUMBER) else M.LINE_NUMBER)
        self._title = fields.text(M.PRODUCT_TITLE)
        self._product = fields.ident(M.PRODUCT_ID)
        self._sku = fields.ident(M.SKU)
        self._variant = fields.text(M.VARIANT)
        self._quantity = fields.count(M.QUANTITY, strict=True)
        self._counts = fields.cells(M.QUANTITY)
        self._price = fields.price(M.UNIT_PRICE)
        self._amount = fields.fen(M.LINE_AMOUNT, strict=True)
        # A table that says how many, but not of what (CDNOW), still has a line.
        self._counts_alone = counts_alone

    def __call__(self, cells: list[Cell], order_key: str) -> Line | None:
        """None where the row names no goods. Raises CellProblem."""
        title = self._title(cells)
        product = self._product(cells)
        sku = self._sku(cells)
        variant = self._variant(cells)
        nameless = title is None and product is None and sku is None and variant is None
        if nameless and not self._counts_alone:
            return None
        number = self._number(cells)
        quantity = self._quantity(cells)
        if nameless and quantity is None:
            return None
        unit, exact = self._price(cells) or (None, None)
        amount = self._amount(cells)
        if quantity == 0:
            raise CellProblem("quantity_zero", column=self._counts[0], text="0")
        if amount is None:
            amount = _times(quantity, unit, exact)
        elif quantity is not None and quantity < 0 < amount:
            amount = -amount
        price = unit if exact is None else exact.normalize()
        if number is not None:
            key = digest(order_key, number)
        else:
            key = digest(order_key, product, sku, title, variant, quantity, price, amount)
        if isinstance(quantity, Decimal):
            self._notes.append("quantity_fractional")
            quantity = None
        return Line(
            key=key,
            number=number,
            title=title,
            product_id=product,
            sku=sku,
            variant=variant,
            quantity=quantity,
            unit_fen=unit,
            unit_exact=exact,
            amount_fen=amount,
        )


def _times(quantity: int | Decimal | None, unit: int | None, exact: Decimal | None) -> int | None:
    """Quantity times price, half up."""
    if quantity is None or unit is None:
        return None
    if exact is None and isinstance(quantity, int):
        return quantity * unit
    return int((quantity * (exact if exact is not None else Decimal(unit))).quantize(Decimal(1), ROUND_HALF_UP))
