"""The fold of `purchase` and `person_spending`: orders as buyers' acts, and what each person spent.

Facts are taken one after the other; a withdrawn one is taken out again, a restored one put back. So the rows do not
depend on how the feed was cut into slices.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from tongpin.core.ledger.feed import Slice
from tongpin.core.ledger.projections import Tables

TABLE, SPENDING = "purchase", "person_spending"

ORDERS = (
    "order.amended",
    "order.cancelled",
    "order.claimed",
    "order.item_added",
    "order.paid",
    "order.placed",
    "order.received",
    "order.refunded",
    "order.shipped",
)
KINDS = frozenset({*ORDERS, "fact.withdrawn", "fact.restored", "person.erased", "person.merged", "person.parted"})

_READ = """
with blocks as (
    select * from unnest(%(lo)s::bigint[], %(hi)s::bigint[]) with ordinality as b(lo, hi, n)
), came as materialized (
    select b.n, e.seq, e.kind, e.at, e.person_id, e.place_id, e.body
    from blocks b join entry e on e.seq between b.lo and b.hi where e.kind = any(%(kinds)s)
), facts as (
    select n, seq, 1 as sign, kind, at, person_id, place_id, body from came
    where kind not in ('fact.withdrawn', 'fact.restored')
    union all
    select c.n, c.seq, case when c.kind = 'fact.restored' then 1 else -1 end, e.kind, e.at, e.person_id, e.place_id,
           e.body
    from came c join entry e on e.seq = (c.body->>'entry')::bigint
    where c.kind in ('fact.withdrawn', 'fact.restored') and e.kind = any(%(orders)s)
)
select sign, kind, at::text, person_id, place_id, body->>'order',
       (body->>case when kind in ('person.merged', 'person.parted') then 'gone' when kind = 'order.amended' then 'paid_fen'
                    else 'amount_fen' end)::bigint,
       coalesce((body->>'returned')::boolean, false), body->>'currency', (body->>'occurrence')::int
from facts order by n, seq
"""

_COLUMNS = {
    "place_id": "bigint",
    "order_number": "text",
    "person_id": "bigint",
    "placed_at": "timestamptz",
    "paid_at": "timestamptz",
    "cancelled_at": "timestamptz",
    "items": "int",
    "items_fen": "bigint",
    "returned_fen": "bigint",
    "paid_fen": "bigint",
    "told_fen": "bigint",
    "amendments": "jsonb",
    "refunds": "int",
    "refunded_fen": "bigint",
    "currency": "text",
    "claimed": "boolean",
    "before_claim": "bigint",
    "facts": "int",
}
_NAMES = ", ".join(_COLUMNS)
_TEXTS = ", ".join(f"{name}::text" if kind in ("timestamptz", "jsonb") else name for name, kind in _COLUMNS.items())
"""Moments travel as text: nobody looks at them on the way."""

_KEY_ROWS = "json_to_recordset(%s::json) as k(place bigint, number text)"

# Whoever was erased is nobody's buyer, whatever the ledger still says.
_LIVING = {
    "person_id": "case when p.id is null then x.person_id end",
    "before_claim": "case when q.id is null then x.before_claim end",
}
_WRITE = f"""
insert into {{table}} ({_NAMES})
select {", ".join(_LIVING.get(name, f"x.{name}") for name in _COLUMNS)}
from json_to_recordset(%s::json) as x({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
left join person p on p.id = x.person_id and p.erased_at is not null
left join person q on q.id = x.before_claim and q.erased_at is not null
on conflict (place_id, order_number) do update set
{", ".join(f"{name} = excluded.{name}" for name in list(_COLUMNS)[2:])}
"""

_NET = "case when paid_at is null then 0 else coalesce(paid_fen, items_fen) end - greatest(refunded_fen, returned_fen)"
"""What an order left with us. Goods that came back and the money for them are told by different exports: once counts."""

_SPENT = f"""
with roots as (
    select distinct coalesce(a.root, x.id) as root from unnest(%(people)s::bigint[]) as x(id)
    left join person_alias a on a.person_id = x.id
), members as (
    select root, root as id from roots union all
    select r.root, a.person_id from roots r join person_alias a on a.root = r.root
), sums as (
    select m.root, b.currency, sum(b.orders)::int as orders, sum(b.net_fen)::bigint as net_fen,
           max(b.last_at) as last_at, sum(b.n) as n
    from members m cross join lateral (
        select currency, count(*) filter (where paid_at is not null) as orders, sum({_NET}) as net_fen,
               max(paid_at) as last_at, count(*) as n
        from {{purchase}} where person_id = m.id group by currency
    ) b group by m.root, b.currency
), totals as (
    select distinct on (root) root, orders, net_fen, currency, last_at from sums order by root, n desc, currency
), gone as (
    delete from {{spending}} where person_id in (select id from members union select unnest(%(people)s::bigint[]))
        and person_id not in (select root from totals)
)
insert into {{spending}} as t (person_id, orders, net_fen, currency, last_at)
select root, orders, net_fen, currency, last_at from totals order by root
on conflict (person_id) do update set orders = excluded.orders, net_fen = excluded.net_fen,
    currency = excluded.currency, last_at = excluded.last_at
where (t.orders, t.net_fen, t.currency, t.last_at) is distinct from
      (excluded.orders, excluded.net_fen, excluded.currency, excluded.last_at)
"""


@dataclass(slots=True)
class Bought:
    """A row of `purchase`, its columns in the table's order."""

    place_id: int
    order_number: str
    person_id: int | None = None
    placed_at: str | None = None
    paid_at: str | None = None
    cancelled_at: str | None = None
    items: int = 0
    items_fen: int = 0
    returned_fen: int = 0
    paid_fen: int | None = None
    told_fen: int | None = None
    amendments: dict[str, int] | None = None
    refunds: int = 0
    refunded_fen: int = 0
    currency: str = "CNY"
    claimed: bool = False
    before_claim: int | None = None
    facts: int = 0

    def take(self, fact: _Fact) -> None:
        """Puts a fact in or takes it out again."""
        sign, moment = fact.sign, fact.at if fact.sign > 0 else None
        self.facts += sign
        if fact.kind == "order.placed":
            self.placed_at = moment
        elif fact.kind == "order.paid":
            self.paid_at, self.told_fen = moment, fact.fen if sign > 0 else None
        elif fact.kind == "order.cancelled":
            self.cancelled_at = moment
        elif fact.kind == "order.item_added":
            self.items += sign
            if fact.returned:
                self.returned_fen += sign * abs(fact.fen or 0)
            else:
                self.items_fen += sign * (fact.fen or 0)
        elif fact.kind == "order.refunded":
            self.refunds += sign
            self.refunded_fen += sign * (fact.fen or 0)
        elif fact.kind == "order.amended":
            self._amend(fact)
        if fact.kind == "order.claimed":
            self._claim(fact)
        elif sign > 0 and fact.person is not None:
            if self.claimed:
                self.before_claim = fact.person
            else:
                self.person_id = fact.person
        if sign > 0 and fact.kind in ("order.placed", "order.paid"):
            self.currency = (fact.currency or "CNY")[:3]
        self.paid_fen = self.told_fen
        if self.amendments:
            self.paid_fen = self.amendments[max(self.amendments, key=int)]

    def _amend(self, fact: _Fact) -> None:
        """The sum of the latest amendment that holds goes before the one that was paid."""
        sums = dict(self.amendments or {})
        if fact.sign > 0 and fact.fen is not None:
            sums[str(fact.occurrence)] = fact.fen
        elif fact.sign < 0:
            sums.pop(str(fact.occurrence), None)
        self.amendments = sums or None

    def _claim(self, fact: _Fact) -> None:
        if fact.sign > 0:
            if not self.claimed:
                self.claimed, self.before_claim = True, self.person_id
            self.person_id = fact.person
        elif self.claimed:
            self.claimed, self.person_id, self.before_claim = False, self.before_claim, None


@dataclass(slots=True)
class _Fact:
    sign: int
    kind: str
    at: str
    person: int | None
    place: int | None
    order: str | None
    fen: int | None
    returned: bool
    currency: str | None
    occurrence: int | None


def fold(cursor: Any, part: Slice, tables: Tables) -> None:
    """Adds a slice: reads its facts and the orders they tell of, takes fact after fact, writes the orders back."""
    blocks = {"lo": [lo for lo, _ in part.blocks], "hi": [hi for _, hi in part.blocks]}
    cursor.execute(_READ, {**blocks, "kinds": sorted(KINDS), "orders": list(ORDERS)})
    facts = [_Fact(*row) for row in cursor.fetchall()]
    of_orders = [fact for fact in facts if fact.kind in ORDERS and fact.order]
    rows = _stored(cursor, tables[TABLE], sorted({(fact.place or 0, fact.order or "") for fact in of_orders}))
    concerned: set[int | None] = set()
    for fact in of_orders:
        key = (fact.place or 0, fact.order or "")
        row = rows.get(key) or rows.setdefault(key, Bought(*key))
        concerned.add(row.person_id)
        row.take(fact)
        concerned.add(row.person_id)
        if row.facts <= 0:
            rows[key] = Bought(*key)
    _write(cursor, tables[TABLE], rows)
    for fact in facts:
        if fact.kind in ("person.merged", "person.parted"):
            concerned |= {fact.person, fact.fen}
    if any(fact.kind == "person.erased" for fact in facts):
        concerned |= _unname(cursor, tables[TABLE])
    if people := sorted(person for person in concerned if person is not None):
        listed = "{" + ",".join(map(str, people)) + "}"
        cursor.execute(_SPENT.format(purchase=tables[TABLE], spending=tables[SPENDING]), {"people": listed})


def _stored(cursor: Any, table: str, keys: list[tuple[int, str]]) -> dict[tuple[int, str], Bought]:
    if not keys:
        return {}
    # One look-up each: a shadow table has no statistics yet, and PostgreSQL would rather read it whole.
    cursor.execute(
        f"select b.* from {_KEY_ROWS} cross join lateral (select {_TEXTS} from {table}"
        " where place_id = k.place and order_number = k.number offset 0) b",
        [_key_rows(keys)],
    )
    found = [Bought(*row) for row in cursor.fetchall()]
    for row in found:
        row.amendments = json.loads(row.amendments) if isinstance(row.amendments, str) else None
    return {(row.place_id, row.order_number): row for row in found}


def _key_rows(keys: list[tuple[int, str]]) -> str:
    return msgspec.json.encode([{"place": place, "number": number} for place, number in keys]).decode()


def _write(cursor: Any, table: str, rows: dict[tuple[int, str], Bought]) -> None:
    kept = [rows[key] for key in sorted(rows) if rows[key].facts > 0]
    gone = [key for key in sorted(rows) if rows[key].facts <= 0]
    if kept:
        cursor.execute(_WRITE.format(table=table), [msgspec.json.encode(kept).decode()])
    if gone:
        where = f"(place_id, order_number) in (select k.place, k.number from {_KEY_ROWS})"
        cursor.execute(f"delete from {table} where {where}", [_key_rows(gone)])


def _unname(cursor: Any, table: str) -> set[int | None]:
    """Orders of erased people keep their money and lose their buyer."""
    cursor.execute(
        f"update {table} b set before_claim = null from person p where p.id = b.before_claim and p.erased_at is not null"
    )
    cursor.execute(
        "with known as (select b.place_id, b.order_number, b.person_id from person p"
        f" join {table} b on b.person_id = p.id where p.erased_at is not null)"
        f" update {table} b set person_id = null from known k"
        " where b.place_id = k.place_id and b.order_number = k.order_number returning k.person_id"
    )
    return {int(row[0]) for row in cursor.fetchall()}
