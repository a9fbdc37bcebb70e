"""What a payment for a seat does when it settles, closes or goes back: registered with money by the wiring."""

from __future__ import annotations

from datetime import datetime

from tongpin.core.facts.group_buy import GroupBuyFilled, GroupBuyJoined
from tongpin.core.ledger.actions import tell, together
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.core.money.subjects import Subject, register_subject
from tongpin.core.people.roots import records_of
from tongpin.loop.sell.orders.returning import give_back_late, refund_arrived
from tongpin.loop.sell.orders.writing import mark_cancelled, mark_paid, release
from tongpin.loop.sell.plays.group_buy.claiming import free_overdue, let_go, lock_seat, take
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.opening import reopen
from tongpin.loop.sell.plays.group_buy.queries import SeatAtTill, seat_at_till
from tongpin.loop.sell.plays.group_buy.rules import LIVE, PLAY, SEAT


def register() -> None:
    """Makes seats payable; called by the wiring at start."""
    register_subject(SEAT, Subject(title=title, settled=settled, refunded=refunded, closed=closed, locks=locks))


def title(about: int) -> str:
    """What the seat is called on a bill."""
    return Seat.objects.filter(pk=about).values_list("group__title", flat=True).first() or PLAY


def locks(about: int) -> None:
    """The group's row and the order's, before the payment's: everything about seats happens under the group's."""
    lock_seat(seat_id=about)


def settled(payment: PaymentSeen, *, late: bool, at: datetime) -> None:
    """The seat is theirs; the last one fills the group. Where there is no seat any more the money goes back.

    A seat that lapsed is given all the same while one is free and the group runs, or would if it had been paid.
    """
    seat = seat_at_till(seat_id=payment.about)
    missing, moment = None, min(at, payment.paid_at or at)
    if _may_still_sit(seat, moment, at):
        missing = take(
            group_id=seat.group_id, seat_id=seat.seat_id, from_held=seat.state == "held", moment=moment, at=at
        )
    if missing is None:
        _refuse(seat, payment, at)
        return
    order = seat.order
    with together():
        mark_paid(order=order, payment=payment, ready=False, at=at, actor="system")
        joined = GroupBuyJoined(
            group_buy=seat.group_id, seat=seat.seat_id, order=order.number, missing=missing, product=seat.product_id,
            tracked_code=seat.tracked_code,
        )  # fmt: skip
        tell(joined, at=at, person_id=order.person_id, place_id=order.shop)
        if not missing:
            _fill(seat.group_id, at)


def _may_still_sit(seat: SeatAtTill, moment: datetime, at: datetime) -> bool:
    if seat.state != "lapsed":
        return seat.state == "held"
    free_overdue(group_id=seat.group_id, at=at)
    members = records_of(person_id=seat.order.person_id)
    if Seat.objects.filter(group=seat.group_id, person_id__in=members, state__in=LIVE).exists():
        return False
    reopen(group_id=seat.group_id, moment=moment, at=at)
    return True


def _fill(group_id: int, at: datetime) -> None:
    release(play=PLAY, play_id=group_id, at=at)
    group = GroupBuy.objects.get(pk=group_id)
    told = GroupBuyFilled(group_buy=group.pk, product=group.product_id, seats=group.seats, community=group.community)
    tell(told, at=at, person_id=group.opened_by, place_id=group.shop)


def _refuse(seat: SeatAtTill, payment: PaymentSeen, at: datetime) -> None:
    if seat.state == "held":
        let_go(group_id=seat.group_id)
    if seat.state in ("held", "lapsed"):
        Seat.objects.filter(pk=seat.seat_id).update(state="too_late", ended_at=at)
    give_back_late(order_id=seat.order.id, payment=payment, reason="came_too_late", at=at, actor="system")


def closed(payment: PaymentSeen, *, reason: str, at: datetime) -> None:
    """The seat was not paid: it is free again, and the order ends."""
    seat = Seat.objects.get(pk=payment.about)
    if Seat.objects.filter(pk=seat.pk, state="held").update(state="lapsed", ended_at=at):
        let_go(group_id=seat.group_id)
    mark_cancelled(order_id=seat.order_id, reason=reason, at=at, actor="system")


def refunded(payment: PaymentSeen, refund: RefundSeen, *, at: datetime) -> None:
    """The buyer has the money back."""
    order_id = Seat.objects.values_list("order_id", flat=True).get(pk=payment.about)
    refund_arrived(order_id=order_id, payment=payment, refund=refund, at=at)
