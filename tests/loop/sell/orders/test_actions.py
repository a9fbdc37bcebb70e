"""A plain order from placing to receipt or money back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from tests.core.people.cast import read_all
from tests.loop.sell.cast import TOWEL, kinds_told, on_shelf, pay, people, refunds_arrive, told
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.money.actions import drop_refund
from tongpin.core.money.models import Payment, Refund
from tongpin.core.money.refunding import fail_refund
from tongpin.core.people.erasure import erase, register_eraser
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Purchase, Spending
from tongpin.loop.sell.offers.actions import close_offer
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.actions import (
    NotForSale,
    NotNow,
    OrderUnknown,
    Placed,
    address_order,
    cancel,
    lapse_due,
    pay_otherwise,
    place_order,
    receive,
    refund,
    ship,
)
from tongpin.loop.sell.orders.erasing import erase_from_sell
from tongpin.loop.sell.orders.exporting import export_sell
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.queries import (
    order_by_number,
    order_seen,
    orders_by_state,
    orders_in,
    orders_of,
    recipient_of,
    refunds_of_order,
    sold_of,
)
from tongpin.loop.sell.orders.rules import PAY_WITHIN
from tongpin.loop.sell.orders.settling import title
from tongpin.loop.sell.orders.writing import Recipient

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOME = Recipient("林小美", "13812345678", "上海市 徐汇区 1 号")


def order(person: int, *lines: tuple[int, int], at: datetime, key: str = "k1", **more: Any) -> Placed:
    return place_order(
        key=key, person_id=person, lines=lines, provider="sandbox", at=at, actor=f"person:{person}", **more
    )


def left(offer: int) -> int | None:
    return Offer.objects.get(pk=offer).stock_left


def test_an_order_of_the_small_hours_is_numbered_by_the_merchants_day(noon: datetime) -> None:
    placed = order(people(1, noon)[0], (on_shelf(noon), 1), at=datetime(2026, 11, 22, 18, 13, tzinfo=UTC))
    assert placed.number.startswith("T261123-")


def test_an_order_is_paid_sent_and_received(noon: datetime) -> None:
    towel, soap = on_shelf(noon, replace(TOWEL, postage_fen=800)), on_shelf(noon, replace(TOWEL, limit=0), key="soap")
    buyer = people(1, noon)[0]
    placed = order(buyer, (towel, 2), (soap, 1), at=noon, recipient=HOME)
    assert (placed.payment.amount_fen, placed.payment.due, left(towel)) == (3 * 6900 + 800, noon + PAY_WITHIN, 28)
    assert title(placed.order_id) == "纱布浴巾 六层"
    assert [pay(placed.payment.id, noon + MINUTE) for _ in range(2)] == ["settled", "known"]
    assert [ship(order_id=placed.order_id, carrier="SF", parcel="1", at=noon, actor="staff:1") for _ in "ab"] == [
        True,
        False,
    ]
    assert [receive(order_id=placed.order_id, at=noon, actor="person:1") for _ in "ab"] == [True, False]
    assert kinds_told("order.") == [
        "order.placed",
        "order.item_added",
        "order.item_added",
        "order.paid",
        "order.shipped",
        "order.received",
    ]
    seen = order_seen(order_id=placed.order_id)
    assert seen is not None
    assert (seen.state, seen.goods_fen, seen.postage_fen, seen.paid_fen) == ("received", 20700, 800, 21500)
    assert [(line.offer_id, line.quantity, line.amount_fen) for line in seen.lines] == [
        (towel, 2, 13800),
        (soap, 1, 6900),
    ]
    assert (balance(Account("cash:sandbox")), balance(Account("sales")), balance(Account("postage"))) == (
        21500,
        -20700,
        -800,
    )
    assert set(trial_balance().values()) == {0}
    read_all()
    assert Purchase.objects.values_list("order", "person_id", "paid_fen", "items").get() == (
        placed.number,
        buyer,
        21500,
        2,
    )
    assert Spending.objects.values_list("net_fen", flat=True).get() == 21500
    assert recipient_of(order_id=placed.order_id) == HOME
    assert sold_of(offer_ids=[towel, soap]) == {towel: 2, soap: 1}


def test_the_same_order_twice_is_one_order(noon: datetime) -> None:
    towel = on_shelf(noon)
    one, other = people(2, noon)
    first = order(one, (towel, 1), at=noon)
    assert order(one, (towel, 1), at=noon + MINUTE) == first
    merge(kept=other, gone=one, reasons=[], actor="staff:1", at=noon)
    assert order(other, (towel, 1), at=noon + MINUTE) == first
    assert order(other, (towel, 1), at=noon, key="k2").order_id != first.order_id
    assert left(towel) == 28


@pytest.mark.parametrize(
    ("change", "quantity", "why"),
    [
        ({"starts": timedelta(days=1)}, 1, "not_begun"),
        ({"ends": timedelta(days=-1)}, 1, "over"),
        ({"per_person": 2}, 3, "person_limit"),
        ({}, 0, "quantity_out_of_range"),
    ],
)
def test_what_cannot_be_bought_is_refused_and_nothing_stays(
    noon: datetime, change: dict[str, Any], quantity: int, why: str
) -> None:
    terms = {name: noon + one if isinstance(one, timedelta) else one for name, one in change.items()}
    towel, buyer = on_shelf(noon, replace(TOWEL, **terms)), people(1, noon)[0]
    with pytest.raises(NotForSale, match=why), transaction.atomic():
        order(buyer, (towel, quantity), at=noon)
    assert (Order.objects.count(), kinds_told("order."), left(towel)) == (0, [], 30)


def test_what_is_gone_or_unknown_is_refused(noon: datetime) -> None:
    few, many, buyer = on_shelf(noon, replace(TOWEL, limit=3)), on_shelf(noon, key="many"), people(1, noon)[0]
    with pytest.raises(SoldOut), transaction.atomic():
        order(buyer, (many, 1), (few, 4), at=noon)
    assert (Order.objects.count(), Payment.objects.count(), left(many)) == (0, 0, 30)
    order(buyer, (few, 3), at=noon)
    with pytest.raises(SoldOut), transaction.atomic():
        order(buyer, (few, 1), at=noon, key="k2")
    with pytest.raises(NotForSale, match="unknown"):
        order(buyer, (many + 99, 1), at=noon, key="k3")
    close_offer(offer_id=many, at=noon, actor="staff:1")
    with pytest.raises(NotForSale, match="withdrawn"):
        order(buyer, (many, 1), at=noon, key="k4")


def test_an_order_that_is_not_paid_lapses_and_its_goods_are_free(noon: datetime) -> None:
    towel, buyer = on_shelf(noon, replace(TOWEL, limit=3, per_person=3)), people(1, noon)[0]
    placed = order(buyer, (towel, 3), at=noon)
    assert [lapse_due(at=noon + PAY_WITHIN + n * MINUTE) for n in (-1, 0, 1)] == [0, 1, 0]
    assert (Order.objects.get().state, left(towel)) == ("cancelled", 3)
    # Paid after all, while the goods are there: it is taken on.
    assert pay(placed.payment.id, noon + PAY_WITHIN + 2 * MINUTE) == "late"
    assert (Order.objects.get().state, left(towel)) == ("paid", 0)
    assert cancel(order_id=placed.order_id, at=noon, actor="person:1")
    assert len(told("order.cancelled")) == 1


def test_late_money_for_what_is_gone_goes_back(noon: datetime) -> None:
    towel = on_shelf(noon, Terms(price_fen=6900, limit=1))
    slow, quick = people(2, noon)
    placed = order(slow, (towel, 1), at=noon)
    lapse_due(at=noon + PAY_WITHIN)
    pay(order(quick, (towel, 1), at=noon + PAY_WITHIN).payment.id, noon + PAY_WITHIN)
    assert pay(placed.payment.id, noon + PAY_WITHIN + MINUTE) == "late"
    assert Order.objects.get(pk=placed.order_id).state == "refunding"
    assert refunds_arrive(noon + PAY_WITHIN + 2 * MINUTE) == 1
    seen = order_seen(order_id=placed.order_id)
    assert seen is not None
    assert (seen.state, seen.paid_at, seen.refunded_fen, seen.reason) == ("refunded", None, 6900, "came_too_late")
    assert balance(Account("cash:sandbox")) == 6900
    read_all()
    assert Spending.objects.filter(person_id=slow).values_list("orders", "net_fen").first() in (None, (0, 0))


def test_who_cancelled_and_then_paid_has_the_money_back(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    assert [cancel(order_id=placed.order_id, at=noon, actor="person:1") for _ in "ab"] == [True, False]
    assert left(towel) == 30
    pay(placed.payment.id, noon + MINUTE)
    assert refunds_arrive(noon + MINUTE) == 1
    assert (Order.objects.get().state, left(towel), balance(Account("cash:sandbox"))) == ("refunded", 30, 0)


def test_who_paid_two_ways_has_one_of_them_back(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    other = pay_otherwise(order_id=placed.order_id, provider="manual", at=noon, actor="person:1")
    assert pay_otherwise(order_id=placed.order_id, provider="manual", at=noon, actor="person:1") == other
    assert order(buyer, (towel, 1), at=noon).payment == other
    assert pay(other.id, noon) == "settled"
    assert pay(placed.payment.id, noon + MINUTE) == "late"
    assert refunds_arrive(noon + MINUTE) == 1
    seen = order_seen(order_id=placed.order_id)
    assert seen is not None
    assert (seen.state, seen.provider, seen.paid_fen, seen.refunded_fen) == ("paid", "manual", 6900, 0)
    assert (balance(Account("cash:sandbox")), balance(Account("cash:manual"))) == (0, 6900)
    assert balance(Account("receivable", "order", placed.order_id)) == 0
    assert told("order.refunded") == []


def test_another_way_to_pay_ends_with_its_order(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    first, second = (order(buyer, (towel, 1), at=noon, key=key) for key in "ab")
    for placed in (first, second):
        pay_otherwise(order_id=placed.order_id, provider="manual", at=noon, actor="person:1")
    assert cancel(order_id=first.order_id, at=noon, actor="person:1")
    assert lapse_due(at=noon + PAY_WITHIN) == 1
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Payment.objects.values_list("status", flat=True)) == {"closed"}
    for placed in (first, second):
        with pytest.raises(NotNow, match="cancelled"):
            pay_otherwise(order_id=placed.order_id, provider="sandbox", at=noon, actor="person:1")


def test_parts_of_an_order_go_back_once_each(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    back = partial(refund, order_id=placed.order_id, reason="late", at=noon, actor="staff:1")
    with pytest.raises(NotNow, match="not_paid"):
        back(amount_fen=1, key="a")
    pay(placed.payment.id, noon)
    ship(order_id=placed.order_id, at=noon, actor="staff:1")
    first = back(amount_fen=2000, key="a")
    assert back(amount_fen=2000, key="a") == first
    with pytest.raises(NotNow, match="amount_out_of_range"):
        back(amount_fen=4901, key="b")
    assert refunds_arrive(noon) == 1
    assert Order.objects.values_list("state", "refunded_fen").get() == ("shipped", 2000)
    back(amount_fen=4900, key="b")
    assert Order.objects.get().state == "refunding"
    assert refunds_arrive(noon) == 1
    assert Order.objects.values_list("state", "refunded_fen").get() == ("refunded", 6900)
    assert [body["amount_fen"] for _, body in told("order.refunded")] == [2000, 4900]
    assert [(one.amount_fen, one.status) for one in refunds_of_order(order_id=placed.order_id)] == [
        (2000, "done"),
        (4900, "done"),
    ]
    assert balance(Account("cash:sandbox")) == 0
    assert balance(Account("refunds")) == 6900
    assert set(trial_balance().values()) == {0}
    with pytest.raises(NotNow, match="refunded"):
        ship(order_id=placed.order_id, at=noon, actor="staff:1")


def test_a_refund_given_up_by_hand_can_be_asked_anew(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    pay(placed.payment.id, noon)
    cancel(order_id=placed.order_id, at=noon, actor="staff:1")
    asked = Refund.objects.get()
    fail_refund(refund_id=asked.pk, reason="refused", at=noon)
    drop_refund(refund_id=asked.pk, at=noon, actor="staff:1")
    refund(order_id=placed.order_id, amount_fen=6900, reason="again", key="again", at=noon, actor="staff:1")
    assert refunds_arrive(noon) == 1
    assert Order.objects.values_list("state", "refunded_fen").get() == ("refunded", 6900)


@pytest.mark.parametrize("act", [cancel, ship, receive])
def test_an_unknown_order_is_said_to_be_unknown(act: Callable[..., bool]) -> None:
    with pytest.raises(OrderUnknown):
        act(order_id=99, at=datetime(2026, 1, 1), actor="staff:1")


def test_states_allow_only_what_follows(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    with pytest.raises(NotNow, match="not_paid"):
        ship(order_id=placed.order_id, at=noon, actor="staff:1")
    pay(placed.payment.id, noon)
    with pytest.raises(NotNow, match="paid"):
        receive(order_id=placed.order_id, at=noon, actor="staff:1")
    ship(order_id=placed.order_id, at=noon, actor="staff:1")
    with pytest.raises(NotNow, match="shipped"):
        cancel(order_id=placed.order_id, at=noon, actor="staff:1")
    with pytest.raises(NotNow, match="shipped"):
        address_order(order_id=placed.order_id, recipient=HOME)


def test_who_the_parcel_goes_to_is_sealed_handed_out_and_erased(noon: datetime) -> None:
    register_eraser("sell", erase_from_sell)
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    placed = order(buyer, (towel, 1), at=noon)
    assert recipient_of(order_id=placed.order_id) is None
    address_order(order_id=placed.order_id, recipient=HOME)
    assert HOME.address.encode() not in bytes(Order.objects.get().recipient_sealed or b"")
    assert [section.rows for section in export_sell((buyer,))] == [
        [{"order": placed.number, "at": noon, "name": HOME.name, "phone": HOME.phone, "address": HOME.address}],
        [],
    ]
    erase(person_id=buyer, with_words=False, actor="staff:1", at=noon)
    assert Order.objects.values_list("recipient_sealed", "person_id").get() == (None, buyer)


def test_lists_ask_no_more_of_three_than_of_one(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    first = order(buyer, (towel, 1), at=noon, key="1")
    with CaptureQueriesContext(connection) as one:
        orders_of(person_ids=[buyer])
    rest = [order(buyer, (towel, 1), at=noon, key=key) for key in "23"]
    with CaptureQueriesContext(connection) as three:
        assert len(orders_of(person_ids=[buyer])) == 3
    assert len(one) == len(three) == 2
    pay(first.payment.id, noon)
    assert [seen.order_id for seen in orders_in(states=["paid"], ready=True)] == [first.order_id]
    assert [seen.order_id for seen in orders_in(below=rest[1].order_id, limit=1)] == [rest[0].order_id]
    by_state = {state: counted.n for state, counted in orders_by_state().items() if counted}
    assert by_state == {"paid": 1, "placed": 2, "to_ship": 1}
    seen = order_by_number(number=f" {first.number.lower()} ")
    assert seen is not None
    assert seen.order_id == first.order_id
    assert order_by_number(number="T1") is None


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_goes_to_one_of_many(noon: datetime) -> None:
    towel, soap = on_shelf(noon, replace(TOWEL, limit=4)), on_shelf(noon, key="soap")
    crowd = people(20, noon)
    deeds = [
        partial(order, person, *(((towel, 1), (soap, 1)) if n % 2 else ((soap, 1), (towel, 1))), at=noon)
        for n, person in enumerate(crowd)
    ]
    found = at_once(*deeds)
    assert sum(isinstance(one, Placed) for one in found) == 4
    assert sum(isinstance(one, SoldOut) for one in found) == 16
    assert (left(towel), left(soap), Order.objects.count()) == (0, 26, 4)


@pytest.mark.django_db(transaction=True)
def test_one_person_at_two_doors_stays_within_the_limit(noon: datetime) -> None:
    towel, buyer = on_shelf(noon, replace(TOWEL, per_person=2)), people(1, noon)[0]
    found = at_once(*[partial(order, buyer, (towel, 1), at=noon, key=str(n)) for n in range(6)])
    assert sum(isinstance(one, Placed) for one in found) == 2
    assert left(towel) == 28


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_paying_at_once_end_in_one_way(noon: datetime) -> None:
    towel, buyer = on_shelf(noon), people(1, noon)[0]
    for n in range(5):
        placed = order(buyer, (towel, 1), at=noon, key=str(n))
        found = at_once(
            *[
                partial(pay, placed.payment.id, noon),
                partial(cancel, order_id=placed.order_id, at=noon, actor="person:1"),
                partial(pay, placed.payment.id, noon),
            ]
        )
        assert not [one for one in found if isinstance(one, Exception)]
    refunds_arrive(noon)
    assert set(Order.objects.values_list("state", flat=True)) == {"refunded"}
    assert (left(towel), balance(Account("cash:sandbox"))) == (30, 0)
