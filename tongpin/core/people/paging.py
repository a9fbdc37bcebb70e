"""Turning pages of people: the orders there are, the mark of a page, and the SQL that finds a page's people.

Candidates are rows `p` of a person's number and the parts of their key `k0, k1…`: walked in the order of an index, or
gathered by a filter that few pass. Conditions know nothing but `p.id`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tongpin.core.people.asking import Asked, with_known_records

Sort = Literal["recent", "name", "new", "spent"]

FEW = 2000
"""Up to so many people of one filter are gathered whole and put in order."""

WINDOWS = (10_000, 6_000, 4_000, 3_000)
"""So many people are walked for one page at most: the more is asked of each, the fewer."""


class BadCursor(ValueError):
    """The mark of the page is not one of ours; begin at the first page."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by a key of the rows `v` of a table."""

    table: str
    key: tuple[str, ...]
    types: tuple[str, ...]
    descending: bool
    person: str
    """The person of a walked row."""
    gathered: str
    """From the gathered numbers `few` to rows `v`."""
    only: str = "true"
    """Rows that are walked: of erased people stand no others than their stones."""
    alone: str = "not exists (select from person_alias z where z.person_id = p.id offset 0)"
    """Leaves each person once, however many records were merged."""


ORDERS: dict[Sort, Order] = {
    "recent": Order(
        table="person_activity",
        key=("v.last_day", "v.person_id"),
        types=("date", "bigint"),
        descending=True,
        person="coalesce((select r.root from person_alias r where r.person_id = v.k1), v.k1)",
        # Of merged records the one with the latest day stands for the person.
        gathered=(
            "few cross join lateral (select w.last_day, w.person_id from person_activity w where w.person_id ="
            " any(few.id || array(select x.person_id from person_alias x where x.root = few.id))"
            " order by 1 desc, 2 desc limit 1) v"
        ),
        alone=(
            "(p.id = p.k1 and p.more = '{}' or not exists (select from person_activity w where"
            " w.person_id = any(p.id || p.more) and (w.last_day, w.person_id) > (p.k0, p.k1) offset 0))"
        ),
    ),
    "name": Order(
        table="person",
        key=("(v.sort_key = '')", "v.sort_key", "v.id"),
        types=("boolean", "text", "bigint"),
        descending=False,
        person="v.k2",
        gathered="few join person v on v.id = few.id",
        only="v.erased_at is null",
    ),
    "new": Order(
        table="person",
        key=("v.id",),
        types=("bigint",),
        descending=True,
        person="v.k0",
        gathered="few join few v on v.id = few.id",
        only="v.erased_at is null",
    ),
    "spent": Order(
        table="person_spending",
        key=("v.net_fen", "v.person_id"),
        types=("bigint", "bigint"),
        descending=True,
        person="v.k1",
        gathered="few join person_spending v on v.person_id = few.id",
    ),
}

COLUMNS = "q.id, q.nickname, q.identified, q.owner, q.via, q.created_at"

_ALIVE = "not exists (select from person z where z.id = p.id and z.erased_at is not null)"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins, and whether it is read towards the first one."""

    key: tuple[Any, ...]
    back: bool


def write_cursor(sort: Sort, key: Sequence[Any] | None, *, back: bool) -> str | None:
    """The mark of a page that begins behind `key`."""
    if key is None:
        return None
    plain = [one.isoformat() if isinstance(one, date) else one for one in key]
    return base64.urlsafe_b64encode(json.dumps([sort, back, plain], ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(mark: str | None, sort: Sort) -> Start | None:
    """Where a mark points. Raises BadCursor."""
    if not mark:
        return None
    try:
        told, back, key = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        expected = {"date": str, "boolean": bool, "text": str, "bigint": int}
        types = ORDERS[sort].types
        if told != sort or type(back) is not bool or len(key) != len(types):
            raise BadCursor("this mark belongs to another order; begin at the first page")
        if any(type(one) is not expected[kind] for one, kind in zip(key, types, strict=True)):
            raise BadCursor("this mark cannot be read; begin at the first page")
        if types[0] == "date":
            date.fromisoformat(key[0])
    except (ValueError, TypeError) as error:
        raise BadCursor("this mark cannot be read; begin at the first page") from error
    return Start(tuple(key), back)


@dataclass(frozen=True, slots=True)
class Way:
    """A page's order, beginning and direction, as SQL."""

    order: Order
    start: Start | None
    window: int
    """So many rows are walked at most."""

    @property
    def values(self) -> tuple[Any, ...]:
        return () if self.start is None else self.start.key

    @property
    def descending(self) -> bool:
        return self.order.descending == (self.start is None or not self.start.back)

    def named(self, row: str) -> list[str]:
        """The parts of the key as candidates carry them."""
        return [f"{row}.k{i}" for i in range(len(self.order.key))]

    def ordering(self, keys: Sequence[str]) -> str:
        return ", ".join(key + (" desc" if self.descending else "") for key in keys)

    def _beyond(self, keys: Sequence[str]) -> str:
        if self.start is None:
            return "true"
        marks = ", ".join(f"%s::{kind}" for kind in self.order.types)
        return f"({', '.join(keys)}) {'<' if self.descending else '>'} ({marks})"

    def _keyed(self) -> str:
        return ", ".join(f"{key} as k{i}" for i, key in enumerate(self.order.key))

    def walk(self, *, last: bool = False) -> str:
        """The next rows of the table in order; or the last of them alone, where there are as many as the window holds."""
        return (
            f"select {self._keyed()} from {self.order.table} v where {self._beyond(self.order.key)}"
            f" and {self.order.only} order by {self.ordering(self.order.key)}"
            f" limit {1 if last else self.window} offset {self.window - 1 if last else 0}"
        )

    def walked(self) -> Asked:
        """Candidates in the order of the index.

        Each step says the order again: joined in any other way the rows lose it, and a page costs the whole window.
        """
        order = self.ordering(self.named("v"))
        person = f"select {self.order.person} as id, v.* from ({self.walk()}) v order by {order}"
        more = "array(select x.person_id from person_alias x where x.root = v.id) as more"
        return Asked(f"select v.*, {more} from ({person}) v order by {order}", self.values)

    def gathered(self, find: Asked) -> Asked:
        """Candidates that a filter finds, out of order."""
        few = (
            "with few as materialized (select distinct coalesce(a.root, x.id) as id"
            f" from ({find.sql}) as x(id) left join person_alias a on a.person_id = x.id)"
        )
        keyed = f"select few.id, {self._keyed()} from {self.order.gathered} where {self._beyond(self.order.key)}"
        return Asked(f"{few} {keyed}", (*find.values, *self.values))


def fetch(cursor: Any, way: Way, find: Asked | None, checks: Sequence[Asked], limit: int) -> list[tuple[Any, ...]]:
    """The people of a page, in order: COLUMNS, then the key. With `find` those that it finds, else as they are walked."""
    if find is None:
        candidates, also = way.walked(), way.order.alone
        checks = [with_known_records(check) for check in checks]
    else:
        candidates, also = way.gathered(find), _ALIVE
    conditions = " and ".join([*(check.sql for check in checks), also])
    cursor.execute(
        f"select {COLUMNS}, {', '.join(way.named('c'))} from (select p.* from ({candidates.sql}) p"
        f" where {conditions} order by {way.ordering(way.named('p'))} limit %s) c"
        f" join person q on q.id = c.id order by {way.ordering(way.named('c'))}",
        [*candidates.values, *(value for check in checks for value in check.values), limit],
    )
    return list(cursor.fetchall())


def end_of_walk(cursor: Any, way: Way) -> tuple[Any, ...] | None:
    """Where the walk stopped, if it stopped before its end."""
    cursor.execute(way.walk(last=True), list(way.values))
    found = cursor.fetchone()
    return tuple(found) if found else None
