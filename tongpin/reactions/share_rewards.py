"""When an order comes, stays or goes back, whoever brought its buyer is rewarded for it, or not.

Nothing here is for passing a link on: a reward is a part of what a newcomer bought and kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tongpin.core.ledger.entries import Entry
from tongpin.loop.sell.orders.queries import OrderSeen, order_by_number, refunds_of_order
from tongpin.loop.sell.plays.group_buy.queries import group_seen
from tongpin.loop.share.commissions.actions import accrue, hold_longer, release_due, take_back
from tongpin.loop.share.commissions.queries import line_seen, lines_of_order, releasable, terms_in
from tongpin.loop.share.commissions.rules import ARRIVES_WITHIN, kept_until
from tongpin.loop.share.referrals.actions import ask_to_share, count_from, disqualify, note_opening, qualify
from tongpin.loop.share.referrals.coming import bind_newcomer
from tongpin.loop.share.referrals.queries import referral_of

A_BATCH = 200


def note_link_opening(entry: Entry) -> None:
    """Somebody followed a tracked code: where it is a person's own link, that is told with the person's name on it."""
    note_opening(
        code_id=int(entry.body["tracked_code"]),
        opening=int(entry.body["opening"]),
        visitor=entry.person_id,
        at=entry.at,
    )


def bind_who_joined(entry: Entry) -> None:
    """Somebody joined: where that is how they first came, and they came by a link, its owner brought them."""
    if entry.person_id is not None:
        bind_newcomer(person_id=entry.person_id)


def reward_introducer(entry: Entry) -> None:
    """An order was paid: the referral qualifies by it, and its introducer earns what the terms of that moment say."""
    order = _own(entry)
    if order is None or entry.person_id is None:
        return
    bind_newcomer(person_id=entry.person_id)
    bond = referral_of(person_id=order.person_id, now=entry.at)
    if bond is None:
        return
    community = order.community or bond.community
    terms = terms_in(community_id=community, at=entry.at)
    # Nobody knows yet when it will arrive: until then it counts from the latest moment one may expect.
    days = ARRIVES_WITHIN.days + terms.held_days
    qualify(newcomer=order.person_id, order=order.number, return_days=days, at=entry.at)
    if terms.rate and not lines_of_order(order=order.number):
        accrue(
            order=order.number,
            base_fen=order.goods_fen,
            buyer=order.person_id,
            introducer=bond.inviter,
            rate=terms.rate,
            held_days=terms.held_days,
            most_fen=terms.most_fen,
            community_id=community,
            at=entry.at,
        )
    # Where this fact was parked for a while, the order may have gone back before it was rewarded.
    _take_back(order, at=entry.at)


def wait_for_arrival(entry: Entry) -> None:
    """The goods were sent: where nobody says that they arrived, they count as arrived after a while."""
    order = _own(entry)
    if order is not None and order.received_at is None:
        _count_from(order, arrived=entry.at + ARRIVES_WITHIN)


def hold_from_arrival(entry: Entry) -> None:
    """The buyer has the goods: the days in which they may go back begin now."""
    order = _own(entry)
    if order is None:
        return
    _count_from(order, arrived=entry.at)
    for line in lines_of_order(order=order.number):
        until = entry.at + timedelta(days=line.held_days)
        hold_longer(order=line.order, until=until, reason="received", at=entry.at)


def take_reward_back(entry: Entry) -> None:
    """Money of an order went back: what it earned goes with it, and the referral where all the goods went back."""
    order = _own(entry)
    if order is not None:
        _take_back(order, at=entry.at)


def ask_buyer_to_share(entry: Entry) -> None:
    """A plain order was paid: its page asks the buyer to tell a friend. In a group buy the full group is the moment."""
    order = _own(entry)
    if order is not None and not order.play:
        ask_to_share(person_id=order.person_id, about_kind="order", about=order.order_id, at=entry.at)


def ask_group_to_share(entry: Entry) -> None:
    """A group is full: its page asks everybody in it to tell a friend."""
    group = group_seen(group_id=int(entry.body["group_buy"]), now=entry.at)
    if group is None:
        return
    for one in group.sitting:
        ask_to_share(person_id=one.person_id, about_kind="group_buy", about=group.group_id, at=entry.at)


def release_rewards(*, at: datetime) -> int:
    """Frees rewards whose goods can no longer go back, for the clock; returns how many. The others wait on.

    An order that is not known to have arrived is asked about again when its days would be over.
    """
    freed = 0
    while due := releasable(at=at, limit=A_BATCH):
        held = sum(_wait(number, at) for number in due)
        done = len(release_due(at=at, limit=A_BATCH))
        freed += done
        if not (held or done):
            break
    return freed


def _wait(number: int, at: datetime) -> bool:
    line = line_seen(commission_id=number)
    order = order_by_number(number=line.order) if line is not None else None
    if line is None or order is None or not line.held_days:
        return False
    until = kept_until(shipped_at=order.shipped_at, received_at=order.received_at, held_days=line.held_days, now=at)
    if order.state == "refunding":
        until = max(until or at, at + timedelta(days=1))
    if until is None:
        return False
    return hold_longer(order=line.order, until=until, reason="not_over", at=at)


def _count_from(order: OrderSeen, *, arrived: datetime) -> None:
    bond = referral_of(person_id=order.person_id, now=arrived)
    if bond is not None:
        terms = terms_in(community_id=order.community or bond.community, at=order.paid_at)
        moment = arrived + timedelta(days=terms.held_days)
        count_from(newcomer=order.person_id, order=order.number, moment=moment)


def _own(entry: Entry) -> OrderSeen | None:
    """The order of our own shop that a fact tells of; None for orders of other shops, whatever their numbers."""
    order = order_by_number(number=str(entry.body["order"]))
    return order if order is not None and order.shop == entry.place_id else None


def _take_back(order: OrderSeen, *, at: datetime) -> None:
    """What has arrived back at the buyer counts against the goods first, the postage last."""
    back = [one for one in refunds_of_order(order_id=order.order_id) if one.status == "done"]
    for one in back:
        take_back(order=order.number, refund=one.number, refunded_fen=one.amount_fen, at=at)
    if back and sum(one.amount_fen for one in back) >= order.goods_fen:
        disqualify(newcomer=order.person_id, order=order.number, at=at)
