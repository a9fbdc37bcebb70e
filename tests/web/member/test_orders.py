"""My orders: how each stands in words, what can be done about it, and where a refund is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.loop.sell.cast import refunds_arrive
from tests.web.member.buyers import bought, buy, member, phone, queries, shop_open
from tongpin.base.clock import now as present
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.actions import lapse_due, ship
from tongpin.loop.sell.orders.models import Order, OrderReturn
from tongpin.loop.sell.orders.wishing import refuse_return
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy

pytestmark = pytest.mark.django_db


def test_without_orders_the_page_says_what_will_stand_there() -> None:
    client, _ = member()
    assert "还没有订单" in client.get("/me/orders/").text
    assert phone().get("/me/orders/")["Location"].startswith("/me/begin/")


def test_an_order_goes_from_paid_to_sent_to_received_in_words() -> None:
    offer = shop_open()
    client, _ = member()
    page = bought(client, f"/shop/{offer}/buy/")
    order = Order.objects.get()
    assert "已付款" in client.get("/me/orders/").text
    assert "还没有发货" in client.post(f"{page}receive/", follow=True).text
    ship(order_id=order.pk, carrier="顺丰", parcel="SF1234567890", at=present(), actor="staff:1")
    sent = client.get(page).text
    assert ("在路上" in sent, "SF1234567890" in sent, "我收到了" in sent) == (True, True, True)
    assert "不能取消了" in client.post(f"{page}cancel/", follow=True).text
    assert "已收到" in client.post(f"{page}receive/", follow=True).text
    order.refresh_from_db()
    assert order.state == "received"


def test_before_it_is_sent_it_is_cancelled_and_the_refund_is_followed_to_its_end() -> None:
    offer = shop_open()
    client, _ = member()
    page = bought(client, f"/shop/{offer}/buy/")
    assert "取消，退 ¥69.00" in client.get(page).text
    gone = client.post(f"{page}cancel/", follow=True).text
    assert ("正在退款" in gone, "退款单号" in gone) == (True, True)
    assert Offer.objects.get().stock_left == 30
    refunds_arrive(present())
    done = client.get(page).text
    assert ("钱已退回" in done, "回到你手里" in done) == (True, True)


def test_an_unpaid_order_says_until_when_and_then_that_nothing_was_charged() -> None:
    offer = shop_open()
    client, _ = member()
    buy(client, f"/shop/{offer}/buy/")
    page = f"/me/orders/{Order.objects.get().number}/"
    assert ("等你付款" in client.get(page).text, "付 ¥69.00" in client.get(page).text) == (True, True)
    assert "等你付款" in client.get("/me/").text
    with time_machine.travel(present() + timedelta(minutes=31), tick=True):
        assert "没有在时间内付款" in client.get(page).text
        assert "等你付款" not in client.get("/me/").text
        lapse_due(at=present())
        told = client.get(page).text
        assert ("已取消" in told, "没有扣款" in told) == (True, True)
        assert client.post(f"{page}pay/", {"till": "sandbox"})["Location"] == page


def test_an_unpaid_order_is_cancelled_for_nothing() -> None:
    offer = shop_open()
    client, _ = member()
    buy(client, f"/shop/{offer}/buy/")
    page = f"/me/orders/{Order.objects.get().number}/"
    assert "没有扣款" in client.post(f"{page}cancel/", follow=True).text
    assert Order.objects.get().state == "cancelled"


def test_a_group_order_leads_to_its_group_while_that_runs() -> None:
    offer = shop_open()
    group = open_group_buy(key="g", offer_id=offer, at=present(), actor="staff:1")
    client, _ = member()
    bought(client, f"/g/{group}/join/")
    assert f'href="/g/{group}/"' in client.get("/me/").text
    number = Order.objects.get().number
    page = client.get(f"/me/orders/{number}/").text
    assert ("等成团" in page, f"/me/orders/{number}/cancel/" in page) == (True, False)
    assert "不能取消了" in client.post(f"/me/orders/{number}/cancel/", follow=True).text


def test_somebody_elses_order_is_not_there() -> None:
    offer = shop_open()
    client, _ = member()
    page = bought(client, f"/shop/{offer}/buy/")
    other, _ = member("阿强")
    assert other.get(page).status_code == 404
    for act in ("cancel", "receive", "pay"):
        assert other.post(f"{page}{act}/").status_code == 404
    assert "纱布" not in other.get("/me/orders/").text
    assert Order.objects.get().state == "paid"


def test_older_orders_stand_on_further_pages() -> None:
    offer = shop_open()
    client, _ = member()
    for _round in range(21):
        buy(client, f"/shop/{offer}/buy/")
    first = client.get("/me/orders/").text
    assert first.count("/me/orders/T") == 20
    below = Order.objects.order_by("-pk")[19].pk
    assert f"?below={below}" in first
    assert client.get(f"/me/orders/?below={below}").text.count("/me/orders/T") == 1


def test_the_pages_cost_the_same_for_one_order_and_for_three() -> None:
    offer = shop_open()
    client, _ = member()
    counts = []
    for _round in range(3):
        page = bought(client, f"/shop/{offer}/buy/")
        counts.append([queries(client, one) for one in ("/me/orders/", "/me/", page)])
    assert counts[0] == counts[2]
    assert max(counts[0]) <= 20


def test_money_is_asked_back_of_what_was_sent_and_the_answer_stands_on_the_page() -> None:
    offer = shop_open()
    client, _ = member()
    page = bought(client, f"/shop/{offer}/buy/")
    order = Order.objects.get()
    ask = f"{page}return/"
    assert ask not in client.get(page).text, "before it is sent it is cancelled"
    client.post(ask, {"reason": "damaged"})
    ship(order_id=order.pk, at=present(), actor="staff:1")
    assert ask in client.get(page).text
    client.post(ask, {"reason": "made up"})
    assert OrderReturn.objects.count() == 0
    for _ in range(2):
        client.post(ask, {"reason": "damaged", "words": "盖子碎了"})
    seen = client.get(page).text
    assert (OrderReturn.objects.count(), "盖子碎了" in seen, ask in seen) == (1, True, False)
    refuse_return(order_id=order.pk, answer="拆封后不能退", at=present(), actor="staff:1")
    seen = client.get(page).text
    assert ("拆封后不能退" in seen, ask in seen) == (True, True)
    other, _ = member("阿强")
    assert (other.post(ask, {"reason": "late"}).status_code, phone().post(ask).status_code) == (404, 302)
    assert OrderReturn.objects.count() == 1
