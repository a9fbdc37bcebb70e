"""Taking a seat (参团) and giving it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.base.ids import token
from tongpin.core.facts.group_buy import GroupBuyLeft
from tongpin.core.ledger.actions import record, together
from tongpin.core.money.actions import ask_payment
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.people.roots import present_group
from tongpin.loop.sell.orders.returning import give_back_all
from tongpin.loop.sell.orders.stocking import bought
from tongpin.loop.sell.orders.writing import (
    Origin,
    Recipient,
    Wanted,
    Written,
    close_payments,
    known_payment,
    note_payment,
    write_order,
)
from tongpin.loop.sell.plays.group_buy.claiming import claim, hold, let_go, locked
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.queries import Joining, group_as_ruled, joining
from tongpin.loop.sell.plays.group_buy.rules import LIVE, PLAY, SEAT, Comer, held_until, may_join, why_not_left


class GroupUnknown(LookupError):
    """There is no such group or seat; look the number up again."""


class CannotJoin(Exception):
    """No seat for this person now; `reason` is a code of rules.may_join."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this person cannot take a seat now: {reason}")
        self.reason = reason


class CannotLeave(Exception):
    """The seat cannot be given up any more; `reason` says why (filled: ask for the order's money back instead)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the seat cannot be given up now: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Held:
    """A seat kept for somebody until `until`, the order it stands for and the payment it waits for."""

    group_id: int
    seat_id: int
    order_id: int
    number: str
    until: datetime
    payment: PaymentSeen


@transaction.atomic
def join(
    *,
    group_id: int,
    person_id: int,
    provider: str,
    recipient: Recipient | None = None,
    tracked_code: int = 0,
    introducer: int | None = None,
    at: datetime,
    actor: str,
) -> Held:
    """Keeps a seat for a person for a quarter of an hour and asks for the money. Who has a seat gets that same one.

    Raises CannotJoin, GroupUnknown, PersonUnknown, PersonIsErased.
    """
    members = present_group(person_id=person_id)
    group = joining(group_id=group_id, members=members)
    if group is None:
        raise GroupUnknown(f"there is no group {group_id}")
    own = None
    if group.own_seat is not None:
        own = Seat.objects.filter(pk=group.own_seat, state__in=LIVE).select_related("order").first()
    if own is not None and (own.state == "taken" or own.held_until > at):
        return _held(own)
    had = bought(offer_id=group.offer_id, person_ids=members, at=at) if group.per_person else 0
    reason = may_join(group_as_ruled(group, held=0), Comer(False, had, group.per_person), at)
    if reason is not None:
        raise CannotJoin(reason)
    if own is not None and not _lapse(own, at):
        own.refresh_from_db()  # its money came in at this very moment
        return _held(own)
    origin = Origin(PLAY, group_id, group.community, tracked_code or group.tracked_code, introducer)
    with together():
        order = _order(group, person_id, recipient, origin, at, actor)
        held = _seat(group, order, provider, at, actor)
    # Last of all: from here to the end of the transaction everybody else waits for this row. Without a seat all goes back.
    if not claim(group_id=group_id, at=at):
        full = group_as_ruled(GroupBuy.objects.get(pk=group_id), held=group.seats)
        raise CannotJoin(may_join(full, Comer(False, 0, 0), at) or "all_held")
    return held


def _order(
    group: Joining, person_id: int, recipient: Recipient | None, origin: Origin, at: datetime, actor: str
) -> Written:
    line = Wanted(group.offer_id, group.product_id, group.title, group.edition, group.price_fen, 1, group.cost_fen)
    return write_order(
        key=f"{PLAY}:{token(size=20)}",
        person_id=person_id,
        shop=group.shop,
        lines=[line],
        postage_fen=group.postage_fen,
        origin=origin,
        recipient=recipient,
        due_at=held_until(at, group.ends),
        at=at,
        actor=actor,
    )


def _seat(group: Joining, order: Written, provider: str, at: datetime, actor: str) -> Held:
    until = order.due_at
    seat = hold(group_id=group.group_id, person_id=order.person_id, order_id=order.id, until=until, at=at)
    payment = ask_payment(
        about_kind=SEAT,
        about=seat,
        person_id=order.person_id,
        amount_fen=order.payable_fen,
        provider=provider,
        title=group.title,
        due=until,
        at=at,
        actor=actor,
    )
    note_payment(order.id, payment)
    return Held(group.group_id, seat, order.id, order.number, until, payment)


def _held(seat: Seat) -> Held:
    payment = known_payment(seat.order)
    return Held(seat.group_id, seat.pk, seat.order_id, seat.order.number, seat.held_until, payment)


@transaction.atomic
def leave(*, seat_id: int, at: datetime, actor: str) -> bool:
    """Gives a seat up before the group is full: the seat is free again, the money goes back. False where it was left.

    Raises GroupUnknown, CannotLeave.
    """
    group_id = Seat.objects.filter(pk=seat_id).values_list("group_id", flat=True).first()
    if group_id is None:
        raise GroupUnknown(f"there is no seat {seat_id}")
    group = locked(group_id=group_id)
    seat = Seat.objects.select_related("order").get(pk=seat_id)
    if seat.state == "left":
        return False
    if reason := why_not_left(group.state, seat.state):  # type: ignore[arg-type]
        raise CannotLeave(reason)
    was_taken = seat.state == "taken"
    Seat.objects.filter(pk=seat_id).update(state="left", ended_at=at)
    if not was_taken:
        let_go(group_id=group_id)
        close_payments(seat.order, reason="left", at=at, actor=actor)
        return True
    GroupBuy.objects.filter(pk=group_id).update(taken=group.taken - 1)
    told = GroupBuyLeft(group_buy=group_id, seat=seat_id, order=seat.order.number)
    record(told, at=at, person_id=seat.person_id, place_id=group.shop, actor=actor)
    give_back_all(order_id=seat.order_id, reason="left_group", at=at, actor=actor)
    return True


def _lapse(seat: Seat, at: datetime) -> bool:
    """False where it is taken by now. Once it lapsed by another's hand it is none of theirs any more."""
    locked(group_id=seat.group_id)
    if Seat.objects.filter(pk=seat.pk, state="held").update(state="lapsed", ended_at=at):
        let_go(group_id=seat.group_id)
        return True
    return not Seat.objects.filter(pk=seat.pk, state="taken").exists()
