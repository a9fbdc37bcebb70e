"""The statements that decide about seats. All but the first count on the group's row being theirs until the end."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat


def claim(*, group_id: int, at: datetime) -> bool:
    """Takes hold of a seat, where one is free. Seats whose time ran out are freed first, but only where it matters."""
    if _claim(group_id, at):
        return True
    locked(group_id=group_id)
    return bool(free_overdue(group_id=group_id, at=at)) and _claim(group_id, at)


def _claim(group_id: int, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "update group_buy set held = held + 1"
            " where id = %s and state = 'running' and ends > %s and taken + held < seats",
            [group_id, at],
        )
        return bool(cursor.rowcount)


def locked(*, group_id: int) -> GroupBuy:
    """The group's row, nobody else's until this transaction ends."""
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
    update group_buy g set taken = g.taken + 1, held = g.held - %(from_held)s,
        state = case when g.taken + 1 = g.seats then 'filled' else g.state end,
        filled_at = case when g.taken + 1 = g.seats then %(at)s::timestamptz end
    from group_buy_seat s
    where s.id = %(seat)s and g.id = s.group_id and g.state = 'running' and g.ends > %(moment)s
        and g.taken + g.held - %(from_held)s < g.seats
    returning g.seats - g.taken as missing
), seated as (
    update group_buy_seat set state = 'taken', taken_at = %(at)s, ended_at = null from counted
    where id = %(seat)s returning counted.missing
)
select missing from seated
"""


def take(*, seat_id: int, from_held: bool, moment: datetime, at: datetime) -> tuple[int, bool] | None:
    """A seat is paid: (how many are missing, is the group full by it). None where there is no seat or no group any more.

    The caller holds the group's row. `moment` is when the money was paid, which counts for the deadline.
    """
    values: dict[str, int | datetime] = {"seat": seat_id, "from_held": int(from_held), "at": at, "moment": moment}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    return None if row is None else (int(row[0]), int(row[0]) == 0)
