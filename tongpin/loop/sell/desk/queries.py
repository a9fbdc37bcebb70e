"""What waits at the seller's desk. One query, whatever the number of rows: Today asks it on every visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tongpin.core.team.rules import Communities, Scope

COUNTED = 100
"""More than this is said as «100 or more»; nothing is counted over a whole table."""

GROUPS = 3
ENDING = timedelta(hours=3)

_WAITING = """
select 'ship', count(*)::int, min(ready_at), 0::bigint, '', 0, 0, 0 from (
    select ready_at from shop_order where state = 'paid' and ready_at is not null
    and (%(all)s or community = any(%(communities)s)) order by ready_at limit %(most)s) a
union all select 'transfer', count(*)::int, min(due) filter (where due > %(now)s), 0, '', 0, 0, 0 from (
    select due from payment where status = 'pending' and provider = 'manual' and begun_at is not null limit %(most)s) b
union all select 'return', count(*)::int, min(asked_at), 0, '', 0, 0, 0 from (
    select r.asked_at from order_return r join shop_order o on o.id = r.order_id where r.state = 'asked'
    and (%(all)s or o.community = any(%(communities)s)) order by r.asked_at limit %(most)s) d
union all select 'refund', count(*)::int, min(asked_at), coalesce(sum(amount_fen), 0)::bigint, '', 0, 0, 0 from (
    select asked_at, amount_fen from refund where status = 'failed' limit %(most)s) c
union all (select 'group', id::int, ends, price_fen + postage_fen, title, seats, taken, community from group_buy
    where state = 'running' and ends > %(now)s and ends <= %(soon)s and seats > taken + held
    and (%(all)s or community = any(%(communities)s)) order by ends, id limit %(groups)s)
"""


@dataclass(frozen=True, slots=True)
class Heap:
    """So many wait (COUNTED and more are said as that); `since` the oldest or the soonest; `fen` what they are over."""

    count: int
    since: datetime | None
    fen: int = 0


@dataclass(frozen=True, slots=True)
class EndingGroup:
    """A group that ends soon with seats free."""

    id: int
    title: str
    ends: datetime
    seats: int
    taken: int
    each_fen: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Orders to ship, wishes for money back, transfers to look for, refunds that are stuck, groups about to end."""

    to_ship: Heap
    returns: Heap
    transfers: Heap
    refunds: Heap
    ending: tuple[EndingGroup, ...]

    @classmethod
    def empty(cls) -> Desk:
        """Nothing waits, or nothing that this teammate may see."""
        return cls(Heap(0, None), Heap(0, None), Heap(0, None), Heap(0, None), ())


def desk(*, scope: Scope, now: datetime) -> Desk:
    """What waits within the communities of `scope`; transfers and refunds are the whole house's. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING,
            {
                "all": not isinstance(scope, Communities),
                "communities": sorted(scope.ids) if isinstance(scope, Communities) else [],
                "most": COUNTED,
                "groups": GROUPS,
                "now": now,
                "soon": now + ENDING,
            },
        )
        rows = cursor.fetchall()
    heaps = {row[0]: Heap(row[1], row[2], row[3]) for row in rows if row[0] != "group"}
    ending = tuple(EndingGroup(row[1], row[4], row[2], row[5], row[6], row[3]) for row in rows if row[0] == "group")
    return Desk(heaps["ship"], heaps["return"], heaps["transfer"], heaps["refund"], ending)
