"""Changing what an offer is called and grants, and what stays as it was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.loop.sell.cast import TOWEL, kinds_told, on_shelf, people, told
from tongpin.core.goods.models import Product
from tongpin.loop.sell.offers.actions import (
    OfferIsClosed,
    OfferUnknown,
    TermsWrong,
    close_offer,
    price_offer,
)
from tongpin.loop.sell.offers.amending import Amended, amend_offer
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.queries import Priced, offer_seen, prices_of
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.sell.orders.actions import place_order
from tongpin.loop.sell.orders.models import Order, OrderLine
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.loop.sell.plays.group_buy.models import GroupBuy

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = Amended(
    title="纱布浴巾 八层", words="八层纱布", unsuited="怕重的人", postage_fen=800, per_person=2, group_hours=48
)


def amend(offer: int, at: datetime, wanted: Amended = OTHER) -> bool:
    return amend_offer(offer_id=offer, wanted=wanted, at=at, actor="staff:1")


def test_what_an_offer_says_and_grants_is_changed_and_its_product_called_so(noon: datetime) -> None:
    offer = on_shelf(noon)
    wanted = replace(OTHER, ends=noon + 5 * DAY)
    before = kinds_told("")
    assert [amend(offer, noon + DAY, wanted) for _ in range(2)] == [True, False]
    seen = offer_seen(offer_id=offer, now=noon + DAY)
    assert seen is not None
    assert (seen.title, seen.product_name, seen.words, seen.unsuited) == (
        "纱布浴巾 八层", "纱布浴巾 八层", "八层纱布", "怕重的人",
    )  # fmt: skip
    assert (seen.postage_fen, seen.per_person, seen.ends, seen.group_hours) == (800, 2, noon + 5 * DAY, 48)
    assert (seen.price_fen, seen.group_price_fen, seen.edition, seen.left) == (6900, 5500, 1, 30)
    assert kinds_told("") == [*before, "offer.amended"]


def test_an_order_and_a_running_group_keep_what_they_began_with(noon: datetime) -> None:
    offer = on_shelf(noon)
    (buyer,) = people(1, noon)
    place_order(key="k", person_id=buyer, lines=[(offer, 1)], provider="sandbox", at=noon, actor="person:1")
    group = open_group_buy(key="g", offer_id=offer, at=noon, actor="staff:1")
    kept = [list(one.objects.values()) for one in (Order, OrderLine, GroupBuy)]
    assert amend(offer, noon, replace(OTHER, ends=noon + timedelta(hours=1)))
    assert [list(one.objects.values()) for one in (Order, OrderLine, GroupBuy)] == kept
    running = GroupBuy.objects.get(pk=group)
    assert (running.title, running.postage_fen, running.per_person, running.ends) == (
        "纱布浴巾 六层", 0, 0, noon + DAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (replace(OTHER, title="问 13812345678"), "title_unfit"),
        (replace(OTHER, title=" "), "title_unfit"),
        (replace(OTHER, postage_fen=-1), "postage_out_of_range"),
        (replace(OTHER, per_person=-1), "limit_out_of_range"),
        (replace(OTHER, group_hours=0), "hours_out_of_range"),
    ],
)
def test_what_cannot_be_offered_changes_nothing(noon: datetime, wanted: Amended, why: str) -> None:
    offer = on_shelf(noon)
    before = list(Offer.objects.values()), list(Product.objects.values())
    with pytest.raises(TermsWrong, match=why):
        amend(offer, noon, wanted)
    assert (list(Offer.objects.values()), list(Product.objects.values())) == before


def test_an_offer_that_is_down_or_was_never_up_is_not_changed(noon: datetime) -> None:
    offer = on_shelf(noon)
    close_offer(offer_id=offer, at=noon, actor="staff:1")
    with pytest.raises(OfferIsClosed):
        amend(offer, noon)
    with pytest.raises(OfferUnknown):
        amend(offer + 99, noon)


def test_what_was_sold_without_a_limit_can_be_counted_later(noon: datetime) -> None:
    offer = on_shelf(noon, Terms(price_fen=100))
    kept = Amended(title="纱布浴巾 六层")
    assert [amend(offer, noon, replace(kept, limit=12)), amend(offer, noon, replace(kept, limit=40))] == [True, False]
    seen = offer_seen(offer_id=offer, now=noon)
    assert seen is not None
    assert (seen.left, seen.limit) == (12, 12)
    assert [(body["change"], body["left"]) for _, body in told("stock.moved")] == [(12, 12)]


def test_a_product_put_up_for_one_can_be_sold_to_groups_later(noon: datetime) -> None:
    offer = on_shelf(noon, Terms(price_fen=6900))
    edition = price_offer(
        offer_id=offer, price_fen=6900, group_price_fen=5500, group_seats=3, cost_fen=3250, at=noon, actor="staff:1"
    )
    again = price_offer(offer_id=offer, price_fen=6900, group_price_fen=5500, at=noon, actor="staff:1")
    assert (edition, again) == (2, 2)
    product = Offer.objects.get().product_id
    assert [body for _, body in told("offer.priced")][1:] == [
        {"offer": offer, "product": product, "edition": 2, "price_fen": 6900, "cost_fen": 3250},
        {"offer": offer, "product": product, "edition": 2, "price_fen": 5500, "reference_fen": 6900,
         "cost_fen": 3250, "audience": "group_buy", "from_quantity": 3},
    ]  # fmt: skip
    assert open_group_buy(key="g", offer_id=offer, at=noon, actor="staff:1") == GroupBuy.objects.get().pk


def test_another_cost_does_not_take_a_struck_out_price_away(noon: datetime) -> None:
    offer = on_shelf(noon, TOWEL)
    price_offer(offer_id=offer, price_fen=5900, group_price_fen=4900, at=noon + DAY, actor="staff:1")
    price_offer(offer_id=offer, price_fen=5900, group_price_fen=4900, cost_fen=3000, at=noon + 2 * DAY, actor="staff:1")
    seen = offer_seen(offer_id=offer, now=noon + 3 * DAY)
    assert seen is not None
    assert (seen.reference_fen, seen.edition) == (6900, 3)
    assert prices_of(offer_id=offer)[1:] == (
        Priced(2, 5900, 4900, noon + DAY), Priced(3, 5900, 4900, noon + 2 * DAY),
    )  # fmt: skip
