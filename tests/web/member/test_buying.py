"""Buying on a phone: one form, one press, one order; what is wrong stands beside the field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from tests.at_once import at_once
from tests.web.member.buyers import (
    SENT_TO,
    TOWEL,
    bought,
    buy,
    filled_form,
    member,
    pay_at_the_till,
    phone,
    queries,
    shop_open,
)
from tongpin.base.clock import now as present
from tongpin.core.money.models import Payment
from tongpin.core.money.setting_up import set_up_till
from tongpin.core.people.models import Person
from tongpin.loop.sell.offers.actions import add_stock
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.queries import recipient_of
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.web.look.gate import MEMBER_COOKIE

pytestmark = pytest.mark.django_db


def test_a_stranger_buys_pays_and_finds_the_order_again() -> None:
    offer = shop_open()
    client = phone()
    answer = buy(client, f"/shop/{offer}/buy/")
    assert answer["Location"].startswith("/till/sandbox/")
    assert client.cookies[MEMBER_COOKIE].value
    till = client.get(answer["Location"]).text
    assert ("测试收款" in till, "¥69.00" in till) == (True, True)
    back = pay_at_the_till(client, answer["Location"])
    order = Order.objects.get()
    assert (back, order.state) == (f"/me/orders/{order.number}/", "paid")
    known = recipient_of(order_id=order.pk)
    assert known is not None
    assert (known.name, known.phone, known.address) == tuple(SENT_TO.values())
    page = client.get(back).text
    assert ("已付款" in page, "王小美" in page) == (True, True)
    assert phone().get(back).status_code == 302


def test_the_amount_stands_in_the_button_and_grows_with_the_number() -> None:
    offer = shop_open(terms=replace(TOWEL, postage_fen=800))
    client = phone()
    assert "付 ¥77.00" in client.get(f"/shop/{offer}/buy/").text
    form = filled_form(client, f"/shop/{offer}/buy/", set="2")
    page = client.post(f"/shop/{offer}/buy/", form)
    assert (page.status_code, "付 ¥146.00" in page.text, "王小美" in page.text) == (200, True, True)
    assert Order.objects.count() == 0
    client.post(f"/shop/{offer}/buy/", filled_form(client, f"/shop/{offer}/buy/", count="2"))
    assert Order.objects.get().payable_fen == 14600


def test_a_doubled_press_is_one_order_of_one_person_also_for_a_stranger() -> None:
    offer = shop_open()
    first, second = phone(), phone()
    form = filled_form(first, f"/shop/{offer}/buy/")
    answers = [one.post(f"/shop/{offer}/buy/", form) for one in (first, second)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert (Order.objects.count(), Person.objects.count()) == (1, 1)
    assert Offer.objects.get(pk=offer).stock_left == 29
    number = Order.objects.get().number
    assert [one.get(f"/me/orders/{number}/").status_code for one in (first, second)] == [200, 200]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["buy", "open"])
def test_presses_at_the_same_moment_are_one_order_of_one_person(way: str) -> None:
    address = f"/shop/{shop_open()}/{way}/"
    form = filled_form(phone(), address)
    answers = at_once(*[lambda: phone().post(address, form)["Location"]] * 4)
    assert len(set(answers)) == 1
    assert answers[0].startswith("/till/sandbox/")
    assert (Order.objects.count(), Person.objects.count()) == (1, 1)


def test_a_doubled_press_of_opening_a_group_is_one_group_with_one_seat() -> None:
    offer = shop_open()
    client = phone()
    form = filled_form(client, f"/shop/{offer}/open/")
    for one in (client, phone()):
        one.post(f"/shop/{offer}/open/", form)
    assert (GroupBuy.objects.count(), Seat.objects.count(), Order.objects.count()) == (1, 1, 1)


def test_pressed_again_with_another_address_the_newer_one_counts() -> None:
    offer = shop_open()
    client, _ = member()
    form = filled_form(client, f"/shop/{offer}/buy/")
    client.post(f"/shop/{offer}/buy/", form)
    client.post(f"/shop/{offer}/buy/", form | {"address": "上海市徐汇区漕溪路 2 号"})
    known = recipient_of(order_id=Order.objects.get().pk)
    assert known is not None
    assert known.address == "上海市徐汇区漕溪路 2 号"


def test_a_key_that_is_not_ours_buys_nothing_and_a_new_one_is_given() -> None:
    offer = shop_open()
    client = phone()
    form = filled_form(client, f"/shop/{offer}/buy/")
    answer = client.post(f"/shop/{offer}/buy/", form | {"key": "made-up"})
    assert (answer.status_code, "再看一眼" in answer.text, "made-up" in answer.text) == (422, True, False)
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("nickname", "", "告诉我们怎么称呼你"),
        ("name", " ", "谁收"),
        ("phone", "12", "完整的电话"),
        ("address", "杭州", "完整的地址"),
        ("till", "wechat", "选一种付款方式"),
        ("website", "http://ads.example", "没有扣款"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(field: str, given: str, said: str) -> None:
    offer = shop_open()
    client = phone()
    answer = buy(client, f"/shop/{offer}/buy/", **{field: given})
    assert (answer.status_code, said in answer.text) == (422, True)
    kept = [value for name, value in SENT_TO.items() if name != field]
    assert all(value in answer.text for value in kept)
    assert (Order.objects.count(), Person.objects.count()) == (0, 0)


def test_without_a_till_that_is_on_no_button_is_shown() -> None:
    offer = shop_open()
    set_up_till(kind="sandbox", settings={}, is_on=False, at=present(), actor="staff:1")
    client = phone()
    page = client.get(f"/shop/{offer}/buy/").text
    assert "暂时不能收款" in page
    assert 'form="checkout"' not in page
    assert buy(client, f"/shop/{offer}/buy/").status_code == 422
    assert Order.objects.count() == 0


def test_who_comes_after_the_last_one_is_told_and_not_charged() -> None:
    offer = shop_open()
    client = phone()
    form = filled_form(client, f"/shop/{offer}/buy/")
    add_stock(key="k", offer_id=offer, quantity=-30, at=present(), actor="staff:1")
    answer = client.post(f"/shop/{offer}/buy/", form)
    assert (answer.status_code, "卖完了" in answer.text) == (422, True)
    assert (Order.objects.count(), Person.objects.count()) == (0, 0)


def test_who_bought_before_finds_the_address_filled_in() -> None:
    offer = shop_open()
    client, _ = member()
    bought(client, f"/shop/{offer}/buy/")
    page = client.get(f"/shop/{offer}/buy/").text
    assert ("王小美" in page, "文一路" in page, 'name="nickname"' in page) == (True, True, False)
    assert "王小美" not in phone().get(f"/shop/{offer}/buy/").text


def test_a_refused_attempt_may_be_tried_again() -> None:
    offer = shop_open()
    client = phone()
    till = buy(client, f"/shop/{offer}/buy/")["Location"]
    assert "没有付成" in client.post(till, {"outcome": "refused"}, follow=True).text
    assert Order.objects.get().state == "placed"
    pay_at_the_till(client, till)
    assert Order.objects.get().state == "paid"


def test_paying_by_hand_shows_lines_and_the_order_s_number_and_changing_ones_mind_works() -> None:
    offer = shop_open("sandbox", "manual")
    client = phone()
    answer = buy(client, f"/shop/{offer}/buy/", till="manual")
    order = Order.objects.get()
    assert answer["Location"] == f"/me/orders/{order.number}/pay/"
    page = client.get(answer["Location"]).text
    assert ("招商银行" in page, f"{order.number}</dd>" in page, "69.00" in page) == (True, True, True)
    assert Payment.objects.get().number not in page, "nobody types 26 letters"
    other = client.post(f"/me/orders/{order.number}/pay/", {"till": "sandbox"})
    assert other["Location"].startswith("/till/sandbox/")
    pay_at_the_till(client, other["Location"])
    assert Order.objects.get().state == "paid"


def test_forms_without_the_token_are_refused() -> None:
    offer = shop_open()
    strict = Client(enforce_csrf_checks=True)
    for address in (f"/shop/{offer}/buy/", f"/shop/{offer}/open/"):
        assert strict.post(address, {"name": "x"}).status_code == 403
    assert Order.objects.count() == 0


def test_the_form_costs_the_same_after_one_order_and_after_three() -> None:
    offer = shop_open()
    group = open_group_buy(key="g", offer_id=offer, at=present(), actor="staff:1")
    client, _ = member()
    counts = []
    for _round in range(3):
        bought(client, f"/shop/{offer}/buy/")
        counts.append((queries(client, f"/shop/{offer}/buy/"), queries(client, f"/g/{group}/join/")))
    assert counts[0] == counts[2]
    assert max(counts[0]) <= 20
