"""The statements that decide about seats. All but the first count on the group's row being theirs until the end.

Whoever wants a group's row stands in a queue for it first. Without the queue every change of the row wakes everybody who
waits for it, only to wait anew for the row as it is now: with 64 buyers that took more of PostgreSQL than all the rest.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat


def hold(*, group_id: int, person_id: int, order_id: int, until: datetime, at: datetime) -> int:
    """Writes a held seat and returns it. It counts only once `claim` got hold of one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into group_buy_seat (group_id, person_id, order_id, state, held_until, joined_at)"
            " values (%s, %s, %s, 'held', %s, %s) returning id",
            [group_id, person_id, order_id, until, at],
        )
        return int(cursor.fetchone()[0])


def claim(*, group_id: int, at: datetime) -> bool:
    """Takes hold of a seat, where one is free. Seats whose time ran out are freed first, but only where it matters."""
    if _claim(group_id, at):
        return True
    locked(group_id=group_id)
    return bool(free_overdue(group_id=group_id, at=at)) and _claim(group_id, at)


_QUEUED = "(select pg_advisory_xact_lock(7100070, (%(group)s::bigint %% 2147483647)::int) is not null)"

_CLAIM = f"""
update group_buy set held = held + 1
where id = %(group)s and state = 'running' and ends > %(at)s and taken + held < seats and {_QUEUED}
"""


def _claim(group_id: int, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"group": group_id, "at": at})
        return bool(cursor.rowcount)


_LOCK_BOTH = f"""
select g.id from group_buy g, shop_order o
where g.id = %(group)s and o.id = (select order_id from group_buy_seat where id = %(seat)s) and {_QUEUED} for update
"""


def lock_seat(*, seat_id: int) -> None:
    """The row of a seat's group and the one of its order, nobody else's until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select group_id from group_buy_seat where id = %s", [seat_id])
        row = cursor.fetchone()
        if row is not None:
            cursor.execute(_LOCK_BOTH, {"group": row[0], "seat": seat_id})


def locked(*, group_id: int) -> GroupBuy:
    """The group's row, nobody else's until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {_QUEUED}", {"group": group_id})
    return GroupBuy.objects.select_for_update(of=("self",)).get(pk=group_id)


def free_overdue(*, group_id: int, at: datetime) -> int:
    """Frees seats that were held too long; returns how many. Their payments are closed by `lapse_due` or found late."""
    freed = Seat.objects.filter(group=group_id, state="held", held_until__lte=at).update(state="lapsed", ended_at=at)
    if freed:
        let_go(group_id=group_id, count=freed)
    return freed


def let_go(*, group_id: int, count: int = 1) -> None:
    """Held seats are held no more."""
    with connection.cursor() as cursor:
        cursor.execute("update group_buy set held = held - %s where id = %s", [count, group_id])


_TAKE = """
with counted as (
    update group_buy set taken = taken + 1, held = held - %(from_held)s,
        state = case when taken + 1 = seats then 'filled' else state end,
        filled_at = case when taken + 1 = seats then %(at)s::timestamptz end
    where id = %(group)s and state = 'running' and ends > %(moment)s and taken + held - %(from_held)s < seats
    returning seats - taken as missing
), seated as (
    update group_buy_seat set state = 'taken', taken_at = %(at)s, ended_at = null from counted
    where id = %(seat)s returning counted.missing
)
select missing from seated
"""


def take(*, group_id: int, seat_id: int, from_held: bool, moment: datetime, at: datetime) -> int | None:
    """A seat is paid: how many are still missing. None where there is no seat or no group any more.

    The caller holds the group's row. `moment` is when the money was paid, which counts for the deadline.
    """
    values: dict[str, int | datetime] = {
        "group": group_id,
        "seat": seat_id,
        "from_held": int(from_held),
        "at": at,
        "moment": moment,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])
