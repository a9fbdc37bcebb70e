"""Putting up, pricing, filling and taking down an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from tests.loop.sell.cast import TOWEL, kinds_told, on_shelf, told
from tongpin.loop.sell.offers.actions import (
    CountedOtherwise,
    OfferIsClosed,
    OfferUnknown,
    TermsWrong,
    add_stock,
    close_ended_offers,
    close_offer,
    open_offer,
    price_offer,
)
from tongpin.loop.sell.offers.models import Offer, OfferPrice, StockMovement
from tongpin.loop.sell.offers.queries import (
    Moved,
    Priced,
    all_offers,
    movements_of,
    offer_seen,
    offers_on_sale,
    prices_of,
)
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.sell.offers.stock import SoldOut, move_stock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_offer_is_put_up_once_and_tells_its_prices(noon: datetime) -> None:
    offer = on_shelf(noon)
    assert on_shelf(noon, replace(TOWEL, price_fen=1)) == offer
    product = Offer.objects.get().product_id
    assert told("offer.opened", "offer.priced") == [
        ("offer.opened", {"offer": offer, "product": product, "limit": 30}),
        ("offer.priced", {"offer": offer, "product": product, "edition": 1, "price_fen": 6900}),
        ("offer.priced", {"offer": offer, "product": product, "edition": 1, "price_fen": 5500, "reference_fen": 6900,
                          "audience": "group_buy", "from_quantity": 3}),
    ]  # fmt: skip
    seen = offer_seen(offer_id=offer, now=noon)
    assert seen is not None
    assert (seen.price_fen, seen.reference_fen, seen.group_price_fen, seen.group_seats) == (6900, None, 5500, 3)
    assert (seen.product_name, seen.left, seen.limit, seen.why_not) == ("纱布浴巾", 30, 30, None)


def test_a_page_strikes_out_only_a_price_that_was_asked(noon: datetime) -> None:
    offer = on_shelf(noon)
    lower = partial(price_offer, offer_id=offer, price_fen=5900, group_price_fen=4900, actor="staff:1")
    assert [lower(at=noon + DAY), lower(at=noon + 2 * DAY)] == [2, 2]
    seen = offer_seen(offer_id=offer, now=noon + 3 * DAY)
    assert seen is not None
    assert (seen.price_fen, seen.reference_fen, seen.edition) == (5900, 6900, 2)
    assert prices_of(offer_id=offer) == (Priced(1, 6900, 5500, noon), Priced(2, 5900, 4900, noon + DAY))
    assert [body.get("reference_fen") for _, body in told("offer.priced")][2:] == [6900, 5900]


def test_terms_that_do_not_go_together_change_nothing(noon: datetime) -> None:
    with pytest.raises(TermsWrong, match="group_not_cheaper"), transaction.atomic():
        on_shelf(noon, replace(TOWEL, group_price_fen=9999))
    with pytest.raises(TermsWrong, match="title_unfit"), transaction.atomic():
        open_offer(key="x", product_id=1, title="问 13812345678", terms=TOWEL, at=noon, actor="staff:1")
    with pytest.raises(OfferUnknown), transaction.atomic():
        open_offer(key="x", product_id=99, title="x", terms=TOWEL, at=noon, actor="staff:1")
    assert (Offer.objects.count(), OfferPrice.objects.count(), kinds_told("offer.")) == (0, 0, [])
    offer = on_shelf(noon)
    with pytest.raises(TermsWrong, match="group_half_told"):
        plain = on_shelf(noon, Terms(price_fen=100), key="plain")
        price_offer(offer_id=plain, price_fen=90, group_price_fen=80, at=noon, actor="staff:1")
    assert offer_seen(offer_id=offer, now=noon) is not None
    assert offer_seen(offer_id=offer + 99, now=noon) is None


def test_an_offer_is_taken_down_once(noon: datetime) -> None:
    offer = on_shelf(noon)
    assert close_offer(offer_id=offer, at=noon, actor="staff:1")
    assert not close_offer(offer_id=offer, at=noon, actor="staff:1")
    assert kinds_told("offer.closed") == ["offer.closed"]
    with pytest.raises(OfferIsClosed):
        price_offer(offer_id=offer, price_fen=1, at=noon, actor="staff:1")
    with pytest.raises(OfferUnknown):
        close_offer(offer_id=offer + 99, at=noon, actor="staff:1")
    with pytest.raises(OfferUnknown):
        add_stock(key="k", offer_id=offer + 99, quantity=1, at=noon, actor="staff:1")


def test_what_has_ended_is_taken_down_by_the_clock(noon: datetime) -> None:
    on_shelf(noon, replace(TOWEL, ends=noon + DAY), key="short")
    kept = on_shelf(noon)
    assert [close_ended_offers(at=noon + n * DAY) for n in range(3)] == [0, 1, 0]
    assert [one.offer_id for one in offers_on_sale(now=noon + DAY)] == [kept]
    assert [body["reason"] for _, body in told("offer.closed")] == ["over"]


def test_stock_moves_are_written_down(noon: datetime) -> None:
    offer = on_shelf(noon, replace(TOWEL, limit=5))
    assert [add_stock(key="k", offer_id=offer, quantity=3, at=noon, actor="staff:1") for _ in range(2)] == [8, 8]
    move_stock(offer_id=offer, change=-8, reason="ordered", about_kind="order", about=7, at=noon, actor="system")
    with pytest.raises(SoldOut):
        move_stock(offer_id=offer, change=-1, reason="ordered", about_kind="order", about=8, at=noon, actor="system")
    with pytest.raises(TermsWrong):
        add_stock(key="k2", offer_id=offer, quantity=0, at=noon, actor="staff:1")
    assert movements_of(offer_id=offer) == (
        Moved(-8, 0, "ordered", "order", 7, noon),
        Moved(3, 8, "by_hand", "", 0, noon),
    )
    assert [(body["change"], body["left"]) for _, body in told("stock.moved")] == [(3, 8), (-8, 0)]
    seen = offer_seen(offer_id=offer, now=noon)
    assert seen is not None
    assert (seen.limit, seen.why_not) == (8, "sold_out")


@pytest.mark.django_db(transaction=True)
def test_what_came_in_is_counted_once_however_often_it_is_sent(noon: datetime) -> None:
    offer = on_shelf(noon)
    count = partial(add_stock, key="form", offer_id=offer, quantity=5, at=noon, actor="staff:1")
    assert at_once(*[count] * 6) == [35] * 6
    with pytest.raises(CountedOtherwise):
        add_stock(key="form", offer_id=offer, quantity=6, at=noon, actor="staff:1")
    with pytest.raises(TermsWrong, match="no_key"):
        add_stock(key="", offer_id=offer, quantity=5, at=noon, actor="staff:1")
    assert add_stock(key="form", offer_id=on_shelf(noon, key="b"), quantity=5, at=noon, actor="staff:1") == 35
    assert (len(told("stock.moved")), StockMovement.objects.count()) == (2, 2)
    assert Offer.objects.get(pk=offer).stock_limit == 35


def test_an_offer_without_a_limit_never_runs_out(noon: datetime) -> None:
    offer = on_shelf(noon, replace(TOWEL, limit=0))
    gone = move_stock(offer_id=offer, change=-99, reason="ordered", about_kind="order", about=7, at=noon, actor="s")
    assert gone is None
    assert add_stock(key="k", offer_id=offer, quantity=1, at=noon, actor="staff:1") is None
    assert StockMovement.objects.count() == 0


def test_lists_ask_no_more_of_three_than_of_one(noon: datetime) -> None:
    on_shelf(noon, key="a")
    with CaptureQueriesContext(connection) as one:
        offers_on_sale(now=noon, community=3)
    on_shelf(noon, key="b")
    last = on_shelf(noon, key="c")
    with CaptureQueriesContext(connection) as three:
        assert len(offers_on_sale(now=noon, community=3)) == 3
    assert len(one) == len(three) == 3
    assert [one.offer_id for one in all_offers(now=noon, below=last, limit=1)] == [last - 1]


def test_the_table_itself_refuses_stock_below_zero(noon: datetime) -> None:
    on_shelf(noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.update(stock_left=-1)


@pytest.mark.django_db(transaction=True)
def test_stock_never_goes_below_zero_whoever_comes_at_once(noon: datetime) -> None:
    offer = on_shelf(noon, replace(TOWEL, limit=7))

    def take(number: int) -> int | None:
        with transaction.atomic():
            return move_stock(
                offer_id=offer, change=-1, reason="ordered", about_kind="order", about=number, at=noon, actor="system"
            )

    found = at_once(*[partial(take, number) for number in range(20)])
    assert sorted(one for one in found if isinstance(one, int)) == [0, 1, 2, 3, 4, 5, 6]
    assert sum(isinstance(one, SoldOut) for one in found) == 13
    assert Offer.objects.get().stock_left == 0
