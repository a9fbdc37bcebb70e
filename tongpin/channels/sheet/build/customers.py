"""One row, one customer as a shop knows them."""

import re
from typing import Final, Literal

from ..cells import CellProblem
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import Buyer, CustomerRow
from .buyer import BuyerBuilder
from .fields import Fields, digest

M = Meaning

_TAG_MARKS: Final = re.compile(r"[,，;；、|\n]")
_GENDERS: Final[dict[str, Literal["male", "female"]]] = {
    "男": "male", "先生": "male", "男性": "male", "m": "male", "male": "male", "1": "male",
    "女": "female", "女士": "female", "女性": "female", "f": "female", "female": "female", "2": "female",
}  # fmt: skip
_YES: Final = frozenset({"是", "yes", "y", "true", "1", "会员", "已开通", "有效"})
_NO: Final = frozenset({"否", "no", "n", "false", "0", "非会员", "未开通", "不是"})


class CustomerBuilder:
    """Builds CustomerRow. Raises CellProblem("contact_missing") for a row that names nobody."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._buyer = BuyerBuilder(fields)
        self._tags = fields.text(M.TAGS)
        self._gender = fields.text(M.GENDER)
        self._birthday = fields.day(M.BIRTHDAY)
        self._member = fields.text(M.IS_MEMBER)
        self._points = fields.count(M.POINTS)
        self._orders = fields.count(M.ORDER_COUNT)
        self._balance = fields.fen(M.BALANCE)
        self._spent = fields.fen(M.TOTAL_SPENT)
        self._since = fields.moment(M.BECAME_CUSTOMER_AT)
        self._last = fields.moment(M.LAST_BOUGHT_AT)
        self._source = fields.text(M.SOURCE)
        self._salesperson = fields.text(M.SALESPERSON)
        self._store = fields.text(M.STORE)
        self._remark = fields.text(M.SELLER_REMARK if fields.has(M.SELLER_REMARK) else M.BUYER_REMARK)

    def __call__(self, row: int, cells: list[Cell]) -> CustomerRow:
        buyer, _ = self._buyer(cells)
        if buyer is None:
            raise CellProblem("contact_missing")
        member = (self._member(cells) or "").lower()
        points, orders = self._points(cells), self._orders(cells)
        return CustomerRow(
            row=row,
            key=_key(buyer),
            buyer=buyer,
            tags=_tags(self._tags(cells)),
            gender=_GENDERS.get((self._gender(cells) or "").lower()),
            birthday=self._birthday(cells),
            is_member=True if member in _YES else False if member in _NO else None,
            points=int(points) if points is not None else None,
            order_count=int(orders) if orders is not None else None,
            balance_fen=self._balance(cells),
            total_spent_fen=self._spent(cells),
            became_customer_at=self._since(cells),
            last_bought_at=self._last(cells),
            source=self._source(cells),
            salesperson=self._salesperson(cells),
            store=self._store(cells),
            remark=self._remark(cells),
            notes=self._fields.take_notes(),
            cells=cells,
        )


def _key(buyer: Buyer) -> str:
    """By the strongest sign there is; names only where there is nothing else."""
    for sign in (buyer.unionid, buyer.openid, buyer.shop_account, buyer.phone, buyer.mail):
        if sign:
            return digest(sign, size=16)
    return digest(buyer.name, buyer.nickname, buyer.masked_phone, size=16)


def _tags(text: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in _TAG_MARKS.split(text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))
