"""What the clock does: seats and groups nobody paid for, and groups whose time ran out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from tongpin.core.facts.group_buy import GroupBuyFailed
from tongpin.core.ledger.actions import record
from tongpin.loop.sell.offers.stock import move_stock
from tongpin.loop.sell.orders.returning import give_back_all
from tongpin.loop.sell.orders.writing import close_payments
from tongpin.loop.sell.plays.group_buy.claiming import locked
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.rules import HOLD, LINGER, PLAY


def lapse_due(*, at: datetime, limit: int = 500) -> int:
    """Closes the payments of seats that were held too long, for the clock; returns how many.

    Seats do not wait for it: whoever wants one frees what is overdue.
    """
    unpaid = Seat.objects.filter(order__state="placed", order__play=PLAY, order__due_at__lte=at)
    found = list(unpaid.select_related("order").order_by("order__due_at")[:limit])
    for seat in found:
        with transaction.atomic():
            locked(group_id=seat.group_id)
            close_payments(seat.order, reason="unpaid", at=at, actor="system")
    return len(found)


def end_unpaid(*, at: datetime, limit: int = 500) -> int:
    """Ends groups that members opened and nobody paid for, for the clock; their goods are free again. Returns how many.

    Without a fact and without a letter: nobody was in them. Money that comes all the same opens one again while there
    are goods (`settling`).
    """
    since = at - LINGER
    waiting = Seat.objects.filter(group=OuterRef("pk"), held_until__gt=since)
    empty = GroupBuy.objects.filter(
        state="running", opened_by__isnull=False, taken=0, held=0, opened_at__lte=since - HOLD
    )
    found = empty.filter(~Exists(waiting)).order_by("pk").values_list("pk", flat=True)
    return sum(_end_unpaid(group, at) for group in list(found[:limit]))


@transaction.atomic
def _end_unpaid(group_id: int, at: datetime) -> bool:
    group = locked(group_id=group_id)
    if (group.state, group.taken, group.held) != ("running", 0, 0):
        return False
    GroupBuy.objects.filter(pk=group_id).update(state="unpaid", failed_at=at)
    move_stock(
        offer_id=group.offer_id, change=group.seats, reason="unpaid", about_kind=PLAY, about=group_id, at=at,
        actor="system",
    )  # fmt: skip
    return True


def close_due(*, at: datetime, limit: int = 100) -> int:
    """Ends groups whose time ran out, for the clock, and gives everybody the money back; returns how many ended.

    A run that was cut short is taken up by the next: what ended is marked first, each refund is a step of its own.
    """
    due = GroupBuy.objects.filter(state="running", ends__lte=at).order_by("ends").values_list("pk", flat=True)
    ended = sum(_fail(group, at) for group in list(due[:limit]))
    owed = Seat.objects.filter(state="failed", order__state="paid").order_by("pk").values_list("order_id", flat=True)
    for order in list(owed[: limit * 10]):
        with transaction.atomic():
            give_back_all(order_id=order, reason="group_failed", at=at, actor="system")
    return ended


@transaction.atomic
def _fail(group_id: int, at: datetime) -> bool:
    group = locked(group_id=group_id)
    if group.state != "running" or group.ends > at:
        return False
    Seat.objects.filter(group=group_id, state="held").update(state="lapsed", ended_at=at)
    Seat.objects.filter(group=group_id, state="taken").update(state="failed", ended_at=at)
    GroupBuy.objects.filter(pk=group_id).update(state="failed", held=0, failed_at=at)
    told = GroupBuyFailed(
        group_buy=group_id, product=group.product_id, seats=group.seats, joined=group.taken, community=group.community
    )
    record(told, at=at, person_id=group.opened_by, place_id=group.shop, actor="system")
    move_stock(
        offer_id=group.offer_id, change=group.seats, reason="group_failed", about_kind=PLAY, about=group_id, at=at,
        actor="system",
    )  # fmt: skip
    return True
