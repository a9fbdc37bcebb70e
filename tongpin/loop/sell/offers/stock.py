"""Stock (库存): taking and giving back, each by one statement on the offer's row."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongpin.core.facts.offers import StockMoved
from tongpin.core.ledger.actions import record


class SoldOut(Exception):
    """Less is left than was wanted; look at what there is and choose again."""


_MOVE = """
with moved as (
    update offer set stock_left = stock_left + %(change)s,
        stock_limit = stock_limit + case when %(grow)s and stock_left is not null then %(change)s else 0 end
    where id = %(offer)s and (stock_left is null or stock_left + %(change)s >= 0)
    returning id, stock_left, product_id, shop
), noted as (
    insert into stock_movement (offer_id, change, "left", reason, about_kind, about, key, at)
    select id, %(change)s, stock_left, %(reason)s, %(about_kind)s, %(about)s, %(key)s, %(at)s from moved
    where stock_left is not null returning id
)
select m.stock_left, m.product_id, m.shop, n.id from moved m left join noted n on true
"""


def move_stock(
    *,
    offer_id: int,
    change: int,
    reason: str,
    about_kind: str,
    about: int,
    at: datetime,
    actor: str,
    grow: bool = False,
    key: str = "",
) -> int | None:
    """Changes what is left and returns it (None: no limit); `grow` changes the limit too, `key` names it for good.

    Belongs inside the caller's transaction, which also makes sure that it happens once. Raises SoldOut.
    """
    values: dict[str, int | str | bool | datetime] = {
        "offer": offer_id,
        "change": change,
        "reason": reason,
        "about_kind": about_kind,
        "about": about,
        "at": at,
        "grow": grow,
        "key": key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        row = cursor.fetchone()
    if row is None:
        raise SoldOut("not so many are left")
    left, product, shop, movement = row
    if movement is None:
        return None
    told = StockMoved(movement=movement, product=product, change=change, left=left, reason=reason)
    record(told, at=at, place_id=shop, actor=actor)
    return int(left)
