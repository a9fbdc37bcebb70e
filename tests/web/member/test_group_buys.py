"""A group buy in all its states, for strangers, joiners and payers; and its share link."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.loop.sell.cast import refunds_arrive
from tests.web.member.buyers import TOWEL, bought, buy, member, pay_at_the_till, phone, queries, shop_open
from tongpin.base.clock import now as present
from tongpin.core.places.models import CodeOpening, TrackedCode
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy.actions import close_due, open_group_buy
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat

pytestmark = pytest.mark.django_db


def opened(seats: int = 3) -> int:
    offer = shop_open(terms=replace(TOWEL, group_seats=seats))
    return open_group_buy(key="g", offer_id=offer, at=present(), actor="staff:1")


def test_a_stranger_sees_who_is_in_what_is_missing_and_what_happens_then() -> None:
    group = opened()
    bought(phone(), f"/g/{group}/join/", nickname="小美")
    page = phone().get(f"/g/{group}/").text
    assert re.search(r'还差 <span class="red num">2</span> 人', page)
    for words in ("小美", "空位", "只有真人", "加入，付 ¥55.00", "全额退", "明天"):
        assert words in page, words


def test_a_seat_is_held_then_paid_then_shared_then_left() -> None:
    group = opened()
    client, _ = member("豆豆妈")
    till = buy(client, f"/g/{group}/join/")["Location"]
    held = client.get(f"/g/{group}/").text
    assert ("座位给你留到" in held, "付 ¥55.00" in held) == (True, True)
    assert client.get(f"/g/{group}/join/")["Location"] == f"/g/{group}/"
    assert client.post(f"/me/orders/{Order.objects.get().number}/pay/")["Location"] == till
    assert pay_at_the_till(client, till) == f"/g/{group}/"
    paid = client.get(f"/g/{group}/").text
    assert ("付好了，还差 2 人" in paid, "发给真的想要的朋友" in paid) == (True, True)
    left = client.post(f"/g/{group}/leave/", follow=True).text
    assert "你已退出" in left
    assert "退款单号" in left
    assert GroupBuy.objects.get().taken == 0
    assert Order.objects.get().state == "refunding"


def test_a_held_seat_given_back_costs_nothing() -> None:
    group = opened()
    client, _ = member()
    buy(client, f"/g/{group}/join/")
    assert "没有扣款" in client.post(f"/g/{group}/leave/", follow=True).text
    assert Seat.objects.get().state == "left"


def test_the_last_one_fills_it_and_later_ones_are_told() -> None:
    group = opened(2)
    first, second = phone(), phone()
    bought(first, f"/g/{group}/join/", nickname="小美")
    bought(second, f"/g/{group}/join/", nickname="豆豆妈")
    assert "团满了" in first.get(f"/g/{group}/").text
    late = phone().get(f"/g/{group}/").text
    assert ("这个团满了" in late, "没有扣款" in late) == (True, True)
    assert phone().get(f"/g/{group}/join/")["Location"] == f"/g/{group}/"
    assert {one.state for one in Order.objects.all()} == {"paid"}


def test_while_the_last_seats_are_being_paid_for_nobody_is_sent_to_a_form_that_fails() -> None:
    group = opened(2)
    bought(phone(), f"/g/{group}/join/", nickname="小美")
    buy(phone(), f"/g/{group}/join/", nickname="豆豆妈")
    page = phone().get(f"/g/{group}/").text
    assert "正在付款" in page
    assert f"/g/{group}/join/" not in page


def test_a_group_that_fails_shows_the_refund_and_its_number_and_no_is_an_answer() -> None:
    group = opened()
    client, _ = member()
    bought(client, f"/g/{group}/join/")
    with time_machine.travel(present() + timedelta(hours=25), tick=True):
        assert "到点了" in phone().get(f"/g/{group}/").text
        close_due(at=present())
        page = client.get(f"/g/{group}/").text
        for words in ("这个团没有满", "退款单号", "¥55.00", "这次就不买了"):
            assert words in page, words
        refunds_arrive(present())
        assert "钱已经退回" in client.get(f"/g/{group}/").text
        assert "没有扣款" in phone().get(f"/g/{group}/").text


def test_money_that_comes_too_late_goes_back_and_the_page_says_so() -> None:
    group = opened(2)
    late, _ = member("阿强")
    till = buy(late, f"/g/{group}/join/")["Location"]
    assert Seat.objects.get().state == "held"
    number = till.rstrip("/").rsplit("/", 1)[-1]
    from tests.loop.sell.cast import pay
    from tongpin.core.money.models import Payment

    with time_machine.travel(present() + timedelta(minutes=16), tick=True):
        assert "没有在时间内付款" in late.get(f"/g/{group}/").text
        for name in ("小美", "豆豆妈"):
            bought(phone(), f"/g/{group}/join/", nickname=name)
        pay(Payment.objects.get(number=number).pk, present())
        page = late.get(f"/g/{group}/").text
        assert "已经没有座位" in page
        assert "退款单号" in page


def test_each_sharer_has_one_link_and_it_leads_to_the_group() -> None:
    group = opened()
    client, _ = member()
    bought(client, f"/g/{group}/join/")
    assert client.get(f"/g/{group}/share/")["Location"] == f"/g/{group}/"
    for _round in range(2):
        assert client.post(f"/g/{group}/share/")["Location"] == f"/g/{group}/share/"
    code = TrackedCode.objects.get()
    assert (code.target_kind, code.target) == ("group_buy", group)
    page = client.get(f"/g/{group}/share/").text
    assert (f"/l/{code.code}" in page, "还差 2 人" in page, "朋友圈" in page) == (True, True, True)
    # They are read on another day: a date, never «tomorrow». The button beside them is shown by its script alone.
    words = page[page.index("<textarea") : page.index("</textarea>")]
    ends = timezone.localtime(GroupBuy.objects.get(pk=group).ends)
    assert (f"{ends.month} 月 {ends.day} 日 {ends:%H:%M}" in words, "明天" in words, "今天" in words) == (
        True,
        False,
        False,
    )
    assert re.search(r'<button [^>]*data-copy-from="words"[^>]* hidden>', page)
    assert "member/copy" in page
    friend = phone()
    assert friend.get(f"/l/{code.code}")["Location"] == f"/g/{group}/"
    assert CodeOpening.objects.count() == 1
    buy(friend, f"/g/{group}/join/", nickname="朋友")
    assert Order.objects.order_by("-pk")[0].tracked_code == code.pk
    other, _ = member("阿强")
    other.post(f"/g/{group}/share/")
    assert TrackedCode.objects.count() == 2


def test_who_chose_no_name_is_not_shown_by_a_masked_number() -> None:
    from tongpin.core.people.models import Person

    group = opened()
    client, person = member()
    bought(client, f"/g/{group}/join/")
    Person.objects.filter(pk=person).update(nickname="", name_masked="王**")
    page = phone().get(f"/g/{group}/").text
    assert ("王**" in page, "一位群友" in page) == (False, True)


def test_nobody_leaves_or_shares_for_somebody_else() -> None:
    group = opened()
    bought(phone(), f"/g/{group}/join/")
    other, _ = member("阿强")
    assert other.post(f"/g/{group}/leave/").status_code == 404
    assert phone().post(f"/g/{group}/leave/")["Location"].startswith("/me/begin/")
    assert phone().post(f"/g/{group}/share/")["Location"].startswith("/me/begin/")
    assert phone().get("/g/999/").status_code == 404
    assert GroupBuy.objects.get().taken == 1


def test_the_page_costs_the_same_for_one_seat_and_for_three() -> None:
    group = opened(5)
    counts = []
    for name in ("小美", "豆豆妈", "阿强"):
        client = phone()
        bought(client, f"/g/{group}/join/", nickname=name)
        client.post(f"/g/{group}/share/")
        counts.append([queries(one, f"/g/{group}/") for one in (client, phone())])
        counts[-1].append(queries(client, f"/g/{group}/share/"))
    assert counts[0] == counts[2]
    assert max(counts[0]) <= 20
