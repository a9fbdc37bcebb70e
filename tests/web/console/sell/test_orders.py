"""Orders in the console: by state, by number, shipped, given back once, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.sell.cast import kinds_told, pay, refunds_arrive
from tests.web.console.sell.cast import Buy
from tests.web.console.shop_files import at_work, url
from tongpin.core.money.actions import drop_refund
from tongpin.core.money.models import Refund
from tongpin.core.places.models import Community
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Held
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.actions import address_order
from tongpin.loop.sell.orders.models import Order, OrderReturn
from tongpin.loop.sell.orders.wishing import ask_return
from tongpin.loop.sell.orders.writing import Recipient
from tongpin.loop.sell.plays.group_buy.actions import join, open_group_buy

pytestmark = pytest.mark.django_db


def back(order: int, client: Client, **more: Any) -> Any:
    form = {"once": "abc", "amount": "20", "reason": "quality", "sure": "1", **more}
    return client.post(url("order_refund", order), form)


def test_orders_are_listed_by_state_with_their_buyers(operator: Client, buy: Buy) -> None:
    assert "No order yet" in operator.get(url("orders")).text
    paid, unpaid = buy("小美"), buy("阿强", paid=False)
    page = operator.get(url("orders")).text
    assert [word in page for word in ("小美", "阿强", paid.number, unpaid.number, "¥69.00")] == [True] * 5
    to_ship = operator.get(f"{url('orders')}?state=to_ship").text
    assert (paid.number in to_ship, unpaid.number in to_ship) == (True, False)
    assert "None in this state" in operator.get(f"{url('orders')}?state=shipped").text
    assert (">to ship 1<" in page, ">to be paid 1<" in page, "1 order is paid and waits to be sent." in page) == (
        True, True, True,
    )  # fmt: skip


def test_a_number_that_is_typed_leads_to_its_order_and_never_stands_in_an_address(operator: Client, buy: Buy) -> None:
    placed = buy("小美")
    found = operator.post(url("orders"), {"number": f" {placed.number.lower()} "})
    assert (found.status_code, found["Location"]) == (302, url("order", placed.order_id))
    missed = operator.post(url("orders"), {"number": "T000000-AAAA-BBBB"})
    assert (missed.status_code, "No order here has this number" in missed.text) == (422, True)
    assert 'value="T000000-AAAA-BBBB"' in missed.text


def test_an_order_shows_its_money_and_a_masked_recipient(operator: Client, buy: Buy) -> None:
    page = operator.get(url("order", buy("小美", quantity=2).order_id)).text
    assert [word in page for word in ("纱布浴巾 六层", "¥138.00", "小美", "138****2716", "Test payments")] == [True] * 5
    assert [word in page for word in ("13800002716", "林小美", "501")] == [False] * 3


def test_an_order_is_shipped_with_its_parcel_and_received(operator: Client, buy: Buy) -> None:
    order = buy("小美").order_id
    for _ in range(2):
        operator.post(url("order_ship", order), {"carrier": "顺丰", "parcel": "SF1234567890123"})
    page = operator.get(url("order", order)).text
    assert ("SF1234567890123" in page, "顺丰" in page) == (True, True)
    operator.post(url("order_receive", order))
    assert (Order.objects.get().state, kinds_told("order.shipped", "order.received")) == (
        "received", ["order.shipped", "order.received"],
    )  # fmt: skip


def test_what_is_not_paid_cannot_be_shipped(operator: Client, buy: Buy) -> None:
    order = buy("小美", paid=False).order_id
    answer = operator.post(url("order_ship", order), {"carrier": "", "parcel": ""}, follow=True)
    assert ("It is not paid. Nothing was changed." in answer.text, Order.objects.get().state) == (True, "placed")


def test_a_parcel_number_that_is_too_long_is_kept_beside_its_error(operator: Client, buy: Buy) -> None:
    long = operator.post(url("order_ship", buy("小美").order_id), {"carrier": "顺丰", "parcel": "9" * 61})
    assert (long.status_code, "9" * 61 in long.text, Order.objects.get().state) == (422, True, "paid")


def test_what_was_given_up_by_hand_can_be_given_back_anew(operator: Client, buy: Buy, noon: datetime) -> None:
    order = buy("小美").order_id
    back(order, operator, amount="69")
    page = operator.get(url("order", order)).text
    assert url("order_refund", order) not in page
    Refund.objects.update(status="failed", failure="refused")
    drop_refund(refund_id=Refund.objects.get().pk, at=noon, actor="staff:1")
    assert url("order_refund", order) in operator.get(url("order", order)).text
    assert 'value="69"' in operator.get(url("order_refund", order)).text
    back(order, operator, amount="69", once="again")
    assert list(Refund.objects.order_by("pk").values_list("status", flat=True)) == ["dropped", "waiting"]


def test_money_goes_back_once_though_the_last_step_is_pressed_twice(operator: Client, buy: Buy) -> None:
    order = buy("小美").order_id
    page = operator.get(url("order_refund", order)).text
    assert 'value="69"' in page
    sure = back(order, operator, sure="")
    assert ("Give ¥20.00 back to 小美" in sure.text, "stays as it is" in sure.text, Refund.objects.count()) == (
        True, True, 0,
    )  # fmt: skip
    answers = [back(order, operator)["Location"] for _ in range(2)]
    assert answers == [url("order", order)] * 2
    assert list(Refund.objects.values_list("amount_fen", "reason")) == [(2000, "quality")]
    assert "will be asked of the provider" in operator.get(url("order", order)).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "69.01"}, "More than is left of what was paid."),
        ({"amount": "69.01", "sure": ""}, "More than is left of what was paid."),
        ({"amount": "-1"}, "An amount is above zero"),
        ({"reason": "made_up"}, "wrong"),
    ],
)
def test_what_cannot_go_back_is_refused_beside_the_field(
    operator: Client, buy: Buy, wrong: dict[str, str], told: str
) -> None:
    answer = back(buy("小美").order_id, operator, **wrong)
    assert (answer.status_code, told in answer.text, Refund.objects.count()) == (422, True, 0)


def test_giving_all_back_ends_the_order_and_says_so_first(operator: Client, buy: Buy, noon: datetime) -> None:
    order = buy("小美").order_id
    sure = back(order, operator, amount="69", sure="").text
    assert ("is over" in sure, "are not put back on the shelf" in sure) == (True, True)
    back(order, operator, amount="69")
    assert Order.objects.get().state == "refunding"
    refunds_arrive(noon)
    assert Order.objects.get().state == "refunded"
    assert "the buyer has it" in operator.get(url("order", order)).text
    again = back(order, operator, amount="1", once="other")
    assert (again.status_code, Refund.objects.count()) == (302, 1)


def test_an_order_that_is_ended_gives_money_and_goods_back(operator: Client, buy: Buy) -> None:
    order = buy("小美", quantity=2).order_id
    assert Offer.objects.get().stock_left == 28
    page = operator.get(url("order_cancel", order)).text
    assert ("End it and give ¥138.00 back" in page, Order.objects.get().state) == (True, "paid")
    operator.post(url("order_cancel", order), {"reason": "sold_out"})
    found = Order.objects.get()
    assert (found.state, found.reason, Offer.objects.get().stock_left) == ("refunding", "sold_out", 30)


def test_an_order_of_a_running_group_waits_for_it(operator: Client, towel: int, noon: datetime, meet: Any) -> None:
    group = open_group_buy(key="g", offer_id=towel, at=noon, actor="staff:1")
    held = join(group_id=group, person_id=meet("小美"), provider="sandbox", at=noon, actor="person:1")
    pay(held.payment.id, noon)
    page = operator.get(url("order", held.order_id)).text
    assert ("waits for its group" in page, "It is on its way" in page, url("group_buy", group) in page) == (
        True, False, True,
    )  # fmt: skip
    assert held.number in operator.get(f"{url('orders')}?state=held").text
    answer = operator.post(url("order_ship", held.order_id), {}, follow=True)
    assert ("when the group fills it can be sent" in answer.text, Order.objects.get().state) == (True, "paid")


def test_a_teammate_sees_orders_of_their_community_alone(buy: Buy, noon: datetime) -> None:
    own = Community.objects.create(name="绘本妈妈营", founded_at=noon).pk
    ours, theirs = buy("小美", community=own), buy("阿强")
    client = at_work(Held("operator", own))
    page = client.get(url("orders")).text
    assert (ours.number in page, theirs.number in page) == (True, False)
    assert [client.get(url("order", one.order_id)).status_code for one in (ours, theirs)] == [200, 404]
    assert client.post(url("orders"), {"number": theirs.number}).status_code == 422
    assert back(theirs.order_id, client).status_code == 404
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(("role", "sees"), [("viewer", 403), ("analyst", 200)])
def test_who_may_not_act_changes_nothing(buy: Buy, role: Any, sees: int) -> None:
    order, client = buy("小美").order_id, at_work(Held(role))
    assert [client.get(url("orders")).status_code, client.get(url("order", order)).status_code] == [sees, sees]
    answers = [
        client.post(url("order_ship", order), {}), client.post(url("order_receive", order)),
        client.post(url("order_cancel", order)), back(order, client), client.get(url("order_refund", order)),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [403] * 5
    assert (Order.objects.get().state, Refund.objects.count()) == ("paid", 0)


def test_three_orders_cost_the_same_queries_as_one(operator: Client, buy: Buy) -> None:
    numbers = []
    for i in range(3):
        order = buy(f"客人{i}").order_id
        back(order, operator, once=f"r{i}", amount="1")
        for page in (url("orders"), f"{url('orders')}?state=to_ship", url("order", order), url("order_refund", order)):
            operator.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert operator.get(page).status_code == 200
            numbers.append(len(seen))
    assert numbers[:4] == numbers[8:]
    assert max(numbers) <= 20


def test_older_orders_stand_on_the_next_page(operator: Client, buy: Buy) -> None:
    first = buy("小美")
    rows = [Order.objects.get() for _ in range(50)]
    for i, row in enumerate(rows):
        row.pk, row.number, row.key = None, f"T261122-0000-{i:04}", f"k{i}"
    Order.objects.bulk_create(rows)
    newest = operator.get(url("orders")).text
    below = Order.objects.order_by("-pk")[49].pk
    assert (f"?below={below}" in newest, first.number in newest) == (True, False)
    assert first.number in operator.get(f"{url('orders')}?below={below}").text


def test_whoever_packs_looks_at_the_address_and_it_is_audited(buy: Buy) -> None:
    bought = buy("小美")
    home = Recipient("林小美", "13812345678", "杭州市西湖区文一西路 1 号")
    address_order(order_id=bought.order_id, recipient=home)
    packer, looker = at_work(Held("owner")), at_work(Held("viewer"))
    show = url("order_show", bought.order_id, "phone")
    assert "13812345678" not in packer.get(url("order", bought.order_id)).text
    assert "13812345678" in packer.post(show, headers={"HX-Request": "true"}).text
    assert "13812345678" in packer.post(show).text
    assert looker.post(show).status_code == 403
    assert packer.post(url("order_show", bought.order_id, "secret")).status_code == 404
    assert AuditLine.objects.filter(action="person.contact_seen").count() == 2


def sent_and_asked(operator: Client, buy: Buy, noon: datetime) -> int:
    order = buy("小美").order_id
    operator.post(url("order_ship", order), {"carrier": "", "parcel": ""})
    ask_return(order_id=order, reason="damaged", words="盖子碎了", at=noon, actor="person:1")
    return order


def test_what_a_buyer_asks_back_is_refused_with_why_or_given_back(operator: Client, buy: Buy, noon: datetime) -> None:
    order = sent_and_asked(operator, buy, noon)
    listed = operator.get(f"{url('orders')}?state=asked_back").text
    assert (Order.objects.get().number in listed, ">ask for money back 1<" in listed) == (True, True)
    page = operator.get(url("order", order)).text
    assert [word in page for word in ("damaged on the way", "盖子碎了", "waits for your answer")] == [True] * 3
    silent = operator.post(url("order_return_refuse", order), {"answer": " "})
    assert (silent.status_code, OrderReturn.objects.get().state) == (422, "asked")
    for _ in range(2):
        operator.post(url("order_return_refuse", order), {"answer": "拆封后不能退"})
    page = operator.get(url("order", order)).text
    assert ("拆封后不能退" in page, url("order_return_refuse", order) in page) == (True, False)
    ask_return(order_id=order, reason="quality", at=noon, actor="person:1")
    form = operator.get(url("order_refund", order)).text
    assert '<option value="quality" selected' in form
    back(order, operator)
    assert [one.state for one in OrderReturn.objects.order_by("nth")] == ["refused", "refunded"]
    assert "None in this state" in operator.get(f"{url('orders')}?state=asked_back").text


def test_who_may_not_change_goods_answers_no_buyer(operator: Client, buy: Buy, noon: datetime) -> None:
    order = sent_and_asked(operator, buy, noon)
    refused = at_work(Held("viewer")).post(url("order_return_refuse", order), {"answer": "x"})
    assert (refused.status_code, OrderReturn.objects.get().state) == (403, "asked")
