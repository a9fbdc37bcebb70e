"""What pages show of groups and seats. Nicknames come from the people's own queries, by person ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from django.db import connection
from django.db.models import QuerySet

from tongpin.base.counted import Counted, counted
from tongpin.loop.sell.orders.queries import RefundTrace, refunds_of_order
from tongpin.loop.sell.orders.writing import Due
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.rules import (
    Comer,
    Group,
    GroupState,
    SeatState,
    Shown,
    may_join,
    missing,
    shown,
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody with a paid seat, in the order of paying. `opened`: they opened the group (团长)."""

    person_id: int
    since: datetime
    opened: bool


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group as everybody may see it. `held` seats wait for a payment now; `free` can be taken now.

    Where it fails, everybody gets `price_fen + postage_fen` back at `ends`. `why_not` is why a stranger cannot join now.
    """

    group_id: int
    offer_id: int
    product_id: int
    title: str
    community: int
    state: GroupState
    seats: int
    taken: int
    held: int
    missing: int
    free: int
    price_fen: int
    alone_fen: int
    postage_fen: int
    opened_by: int | None
    opened_at: datetime
    ends: datetime
    filled_at: datetime | None
    failed_at: datetime | None
    sitting: tuple[Sitting, ...]
    why_not: str | None


@dataclass(frozen=True, slots=True)
class SeatSeen:
    """A seat as its buyer sees it. `until` is set while it is held; refunds are those of its order, oldest first.

    `state`: held, waiting (paid, others are missing), filled, lapsed, left, failed, too_late (paid when there was none).
    """

    seat_id: int
    group_id: int
    person_id: int
    order_id: int
    number: str
    payment_id: int | None
    state: Shown
    order_state: str
    until: datetime | None
    paid_at: datetime | None
    payable_fen: int
    can_leave: bool
    refunds: tuple[RefundTrace, ...]


@dataclass(frozen=True, slots=True)
class Joining:
    """A group as joining needs it; `own_seat` is the seat that one of the comer's records has in it."""

    group_id: int
    state: GroupState
    seats: int
    taken: int
    ends: datetime
    per_person: int
    offer_id: int
    product_id: int
    title: str
    edition: int
    price_fen: int
    postage_fen: int
    cost_fen: int | None
    shop: int
    community: int
    tracked_code: int
    own_seat: int | None


_JOINING = """
select id, state, seats, taken, ends, most_each, offer_id, product_id, title, edition, price_fen, postage_fen, cost_fen,
    shop, community, tracked_code,
    (select s.id from group_buy_seat s
     where s.group_id = g.id and s.person_id = any(%s) and s.state in ('held', 'taken') limit 1)
from group_buy g where id = %s
"""


def joining(*, group_id: int, members: Sequence[int]) -> Joining | None:
    """A group and the seat its comer has there; None where there is no group. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINING, [list(members), group_id])
        row = cursor.fetchone()
    return None if row is None else Joining(*row)


@dataclass(frozen=True, slots=True)
class SeatAtTill:
    """A seat whose money came in, and what taking the money needs to know of its order."""

    seat_id: int
    state: SeatState
    group_id: int
    product_id: int
    tracked_code: int
    order: Due


_AT_TILL = """
select s.id, s.state, s.group_id, g.product_id, o.tracked_code, o.id, o.number, o.person_id, o.shop, o.goods_fen,
    o.postage_fen, o.introducer_person
from group_buy_seat s join group_buy g on g.id = s.group_id join shop_order o on o.id = s.order_id where s.id = %s
"""


def seat_at_till(*, seat_id: int) -> SeatAtTill:
    """The seat a payment is for. The caller holds the rows of its group and its order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_TILL, [seat_id])
        seat, state, group, product, tracked_code, *order = cursor.fetchone()
    return SeatAtTill(seat, state, group, product, tracked_code, Due(*order))


def group_as_ruled(group: GroupBuy | Joining, *, held: int) -> Group:
    """A row as the rules know it."""
    return Group(group.state, group.seats, group.taken, held, group.ends)  # type: ignore[arg-type]


def group_seen(*, group_id: int, now: datetime) -> GroupSeen | None:
    """One group with who is in it; None where there is none."""
    return next(iter(_seen(GroupBuy.objects.filter(pk=group_id), now)), None)


def running_groups(*, offer_id: int, now: datetime, limit: int = 20) -> tuple[GroupSeen, ...]:
    """Groups of an offer that can still be joined, those that end first before the others."""
    rows = GroupBuy.objects.filter(offer=offer_id, state="running", ends__gt=now).order_by("ends", "pk")
    return tuple(_seen(rows[:limit], now))


def groups_in(
    *, states: Sequence[GroupState] = (), now: datetime, below: int | None = None, limit: int = 50
) -> tuple[GroupSeen, ...]:
    """Groups for the console, newest first; `below` is the last number of the page before."""
    rows = GroupBuy.objects.order_by("-pk")
    if states:
        rows = rows.filter(state__in=states)
    return tuple(_seen((rows.filter(pk__lt=below) if below else rows)[:limit], now))


MOST_COUNTED = 1000
_BY_STATE = """
select s.state, (select count(*) from (select from group_buy where state = s.state limit %s) x)
from unnest(%s::text[]) as s(state)
"""


def groups_by_state() -> dict[str, Counted]:
    """How many groups there are in each state, counted up to MOST_COUNTED. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATE, [MOST_COUNTED + 1, list(get_args(GroupState))])
        return {state: counted(n, most=MOST_COUNTED) for state, n in cursor.fetchall()}


def due_group_buys(*, now: datetime, limit: int = 100) -> tuple[int, ...]:
    """Running groups whose time ran out."""
    due = GroupBuy.objects.filter(state="running", ends__lte=now).order_by("ends")
    return tuple(due.values_list("pk", flat=True)[:limit])


def seat_of(*, group_id: int, person_ids: Sequence[int], now: datetime) -> SeatSeen | None:
    """The latest seat of one person's records in a group; None where they never had one."""
    rows = Seat.objects.filter(group=group_id, person_id__in=person_ids).order_by("-pk")[:1]
    return next(iter(_seats(rows, now)), None)


def seat_seen(*, seat_id: int, now: datetime) -> SeatSeen | None:
    """One seat; None where there is none."""
    return next(iter(_seats(Seat.objects.filter(pk=seat_id), now)), None)


def seats_of(*, person_ids: Sequence[int], now: datetime, limit: int = 20) -> tuple[SeatSeen, ...]:
    """Every seat of one person's records, newest first; how their refunds stand is left out."""
    rows = Seat.objects.filter(person_id__in=person_ids).order_by("-pk")[:limit]
    return tuple(_seats(rows, now, traced=False))


def _seats(rows: QuerySet[Seat], now: datetime, *, traced: bool = True) -> list[SeatSeen]:
    found = []
    for one in rows.select_related("group", "order"):
        state = shown(one.group.state, one.state, until=one.held_until, now=now)  # type: ignore[arg-type]
        back = traced and one.order.refunding_fen > 0
        found.append(
            SeatSeen(
                seat_id=one.pk,
                group_id=one.group_id,
                person_id=one.person_id,
                order_id=one.order_id,
                number=one.order.number,
                payment_id=one.order.payment_id,
                state=state,
                order_state=one.order.state,
                until=one.held_until if state == "held" else None,
                paid_at=one.taken_at,
                payable_fen=one.order.payable_fen,
                can_leave=state in ("held", "waiting"),
                refunds=refunds_of_order(order_id=one.order_id) if back else (),
            )
        )
    return found


def _seen(rows: Iterable[GroupBuy], now: datetime) -> list[GroupSeen]:
    groups = list(rows)
    sitting: dict[int, list[Sitting]] = {one.pk: [] for one in groups}
    holding: dict[int, int] = dict.fromkeys(sitting, 0)
    opened_by = {one.pk: one.opened_by for one in groups}
    seats = Seat.objects.filter(group__in=sitting, state__in=("held", "taken", "failed")).order_by("taken_at", "pk")
    for one in seats:
        if one.state == "held":
            holding[one.group_id] += one.held_until > now
        elif one.taken_at is not None:
            opened = one.person_id == opened_by[one.group_id]
            sitting[one.group_id].append(Sitting(one.person_id, one.taken_at, opened))
    return [_group(one, holding[one.pk], tuple(sitting[one.pk]), now) for one in groups]


def _group(one: GroupBuy, held: int, sitting: tuple[Sitting, ...], now: datetime) -> GroupSeen:
    ruled = group_as_ruled(one, held=held)
    why_not = may_join(ruled, Comer(False, 0, 0), now)
    return GroupSeen(
        group_id=one.pk,
        offer_id=one.offer_id,
        product_id=one.product_id,
        title=one.title,
        community=one.community,
        state=ruled.state,
        seats=one.seats,
        taken=one.taken,
        held=held,
        missing=missing(ruled),
        free=one.seats - one.taken - held if why_not is None else 0,
        price_fen=one.price_fen,
        alone_fen=one.alone_fen,
        postage_fen=one.postage_fen,
        opened_by=one.opened_by,
        opened_at=one.opened_at,
        ends=one.ends,
        filled_at=one.filled_at,
        failed_at=one.failed_at,
        sitting=sitting,
        why_not=why_not,
    )
