"""Opening a group (开团)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tongpin.core.facts.group_buy import GroupBuyOpened
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present, records_of
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.rules import MOST_SEATS, Standing, why_not_on_sale
from tongpin.loop.sell.offers.stock import SoldOut, move_stock
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.loop.sell.plays.group_buy.rules import PLAY


class NoGroupBuy(Exception):
    """No group can be opened for this offer now; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no group can be opened for this offer now: {reason}")
        self.reason = reason


@transaction.atomic
def open_group_buy(
    *,
    key: str,
    offer_id: int,
    person_id: int | None = None,
    seats: int | None = None,
    ends: datetime | None = None,
    community: int = 0,
    tracked_code: int = 0,
    at: datetime,
    actor: str,
) -> int:
    """Opens a group at the price of now and sets goods for all its seats aside; returns it.

    A teammate (no `person_id`) may choose seats and end; a member opens at the offer's own terms and has one running
    group of an offer. The same key, or a member who has a running one: that group. Raises NoGroupBuy, SoldOut,
    PersonUnknown, PersonIsErased.
    """
    if known := _running_or_known(key, offer_id, person_id):
        return known
    offer = _offered(offer_id, at)
    assert offer.group_price_fen is not None
    number, until = _size(offer, person_id is None, seats, ends, at)
    group, is_new = GroupBuy.objects.get_or_create(
        key=key[:60],
        defaults={
            "offer": offer,
            "product_id": offer.product_id,
            "shop": offer.shop,
            "title": offer.title,
            "opened_by": person_id,
            "community": community or offer.community,
            "tracked_code": tracked_code,
            "seats": number,
            "price_fen": offer.group_price_fen,
            "alone_fen": offer.price_fen,
            "postage_fen": offer.postage_fen,
            "cost_fen": offer.cost_fen,
            "edition": offer.edition,
            "per_person": offer.per_person,
            "opened_at": at,
            "ends": until,
        },
    )
    if is_new:
        move_stock(
            offer_id=offer_id,
            change=-number,
            reason="group_opened",
            about_kind=PLAY,
            about=group.pk,
            at=at,
            actor=actor,
        )
        told = GroupBuyOpened(
            group_buy=group.pk, offer=offer_id, product=offer.product_id, seats=number, price_fen=group.price_fen,
            ends=until, community=group.community, tracked_code=tracked_code,
        )  # fmt: skip
        record(told, at=at, person_id=person_id, place_id=offer.shop, actor=actor)
    return group.pk


def _offered(offer_id: int, at: datetime) -> Offer:
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None or offer.group_price_fen is None or offer.group_seats is None:
        raise NoGroupBuy("not_offered")
    standing = Standing(offer.starts, offer.ends, offer.closed_at is not None, offer.stock_left)
    if reason := why_not_on_sale(standing, at):
        if reason == "sold_out":
            raise SoldOut("nothing is left")
        raise NoGroupBuy(reason)
    return offer


def _size(offer: Offer, by_team: bool, seats: int | None, ends: datetime | None, at: datetime) -> tuple[int, datetime]:
    number = seats if by_team and seats is not None else offer.group_seats or 0
    until = ends if by_team and ends is not None else at + timedelta(hours=offer.group_hours)
    until = min(until, offer.ends) if offer.ends else until
    if until <= at:
        raise NoGroupBuy("over")
    if not 2 <= number <= MOST_SEATS:
        raise NoGroupBuy("seats_out_of_range")
    return number, until


def reopen(*, group_id: int, moment: datetime, at: datetime) -> bool:
    """Money came for a group that had ended unpaid: it runs on while it has time and there are goods for all its seats.

    False where it does not, and where who opened it has another by now. The caller holds the group's row.
    """
    group = GroupBuy.objects.filter(pk=group_id, state="unpaid", ends__gt=moment).first()
    if group is None or group.opened_by is None:
        return False
    theirs = GroupBuy.objects.filter(offer=group.offer_id, opened_by__in=records_of(person_id=group.opened_by))
    if theirs.filter(state="running").exists():
        return False
    try:
        move_stock(
            offer_id=group.offer_id, change=-group.seats, reason="paid_late", about_kind=PLAY, about=group_id, at=at,
            actor="system",
        )  # fmt: skip
    except SoldOut:
        return False
    GroupBuy.objects.filter(pk=group_id).update(state="running", failed_at=None)
    return True


def _running_or_known(key: str, offer_id: int, person_id: int | None) -> int | None:
    known = GroupBuy.objects.filter(key=key[:60]).values_list("pk", flat=True).first()
    if known is not None or person_id is None:
        return known
    members = members_of(root=present(person_id=person_id).pk)
    own = GroupBuy.objects.filter(offer=offer_id, state="running", opened_by__in=members)
    return own.values_list("pk", flat=True).first()
