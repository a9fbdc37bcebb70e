"""Offers in the console: the shelf, putting up, new prices, stock, groups, taking down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from tests.loop.sell.cast import kinds_told, on_shelf
from tests.web.console.shop_files import at_work, url
from tongpin.core.goods.models import Product
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held
from tongpin.loop.sell.offers.models import Offer, OfferPrice
from tongpin.loop.sell.plays.group_buy.models import GroupBuy

pytestmark = pytest.mark.django_db


def asked(**more: Any) -> dict[str, Any]:
    return {
        "once": "abc", "name": "纱布浴巾 六层", "words": "六层纱布，越洗越软", "unsuited": "怕掉毛的人", "community": "0",
        "price": "¥69", "group_price": "55", "group_seats": "3", "group_hours": "24", "stock": "30", "per_person": "2",
        "postage": "", "cost": "32.50", "ends": "", **more,
    }  # fmt: skip


def test_a_product_is_put_up_once_and_leads_to_its_page(operator: Client) -> None:
    first, again = (operator.post(url("offer_new"), asked()) for _ in range(2))
    offer = Offer.objects.get()
    assert [first["Location"], again["Location"]] == [url("offer", offer.pk)] * 2
    assert (offer.title, offer.price_fen, offer.group_price_fen, offer.group_seats, offer.stock_left) == (
        "纱布浴巾 六层", 6900, 5500, 3, 30,
    )  # fmt: skip
    assert (offer.words, offer.unsuited, offer.per_person, offer.cost_fen, offer.postage_fen) == (
        "六层纱布，越洗越软", "怕掉毛的人", 2, 3250, 0,
    )  # fmt: skip
    page = operator.get(url("offer", offer.pk)).text
    assert [word in page for word in ("纱布浴巾 六层", "¥69.00", "¥55.00", "怕掉毛的人", "on sale", "¥36.50")] == [
        True
    ] * 6


def test_without_a_price_together_there_is_no_group_buy(operator: Client) -> None:
    operator.post(url("offer_new"), asked(group_price=""))
    offer = Offer.objects.get()
    assert (offer.group_price_fen, offer.group_seats) == (None, None)
    assert "Open a group" not in operator.get(url("offer", offer.pk)).text


def test_the_link_that_members_open_is_there_to_copy(operator: Client, towel: int, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://house.example.com"
    link = f'data-copy="https://house.example.com{reverse("member:product", args=[towel])}"'
    assert [link in operator.get(page).text for page in (url("offers"), url("offer", towel))] == [True, True]
    operator.post(url("offer_close", towel))
    assert link not in operator.get(url("offer", towel)).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"price": "六十九"}, "This is no amount."),
        ({"price": "0"}, "An amount is above zero"),
        ({"price": "69.999"}, "nothing smaller than a fen"),
        ({"group_price": "70"}, "Together it must be cheaper than alone."),
        ({"group_seats": ""}, "A group buy needs both"),
        ({"stock": "2"}, "There is not enough stock for one group."),
        ({"ends": "2026-11-01T10:00"}, "This moment is past."),
        ({"name": "加我 13800002716"}, "it names a thing, without mail or phone"),
        ({"community": "99"}, "wrong"),
    ],
)
def test_what_cannot_be_put_up_is_refused_beside_the_field_and_kept(
    operator: Client, wrong: dict[str, str], told: str
) -> None:
    answer = operator.post(url("offer_new"), asked(**wrong))
    assert (answer.status_code, told in answer.text, "怕掉毛的人" in answer.text) == (422, True, True)
    assert (Offer.objects.count(), Product.objects.count()) == (0, 0)


def test_the_shelf_shows_offers_by_state(operator: Client, noon: datetime) -> None:
    assert "Nothing is on the shelf" in operator.get(url("offers")).text
    kept, gone = on_shelf(noon), on_shelf(noon, key="old")
    operator.post(url("offer_close", gone), {"reason": "recalled"})
    Offer.objects.filter(pk=kept).update(stock_left=0)
    links = {
        show: [
            f'href="{url("offer", one)}"' in operator.get(f"{url('offers')}?show={show}").text for one in (kept, gone)
        ]
        for show in ("", "on_sale", "sold_out", "all")
    }
    assert links == {"": [True, False], "on_sale": [False, False], "sold_out": [True, False], "all": [True, True]}
    assert kinds_told("offer.closed") == ["offer.closed"]


def test_older_offers_stand_on_the_next_page(operator: Client, noon: datetime) -> None:
    first = on_shelf(noon)
    for i in range(50):
        on_shelf(noon, key=f"k{i}")
    newest = operator.get(f"{url('offers')}?show=all").text
    below = Offer.objects.order_by("-pk")[49].pk
    assert f"?show=all&amp;below={below}" in newest
    older = operator.get(f"{url('offers')}?show=all&below={below}").text
    assert [f'href="{url("offer", first)}"' in page for page in (newest, older)] == [False, True]


def test_a_new_price_holds_from_now_on_and_the_old_one_stays_on_the_page(operator: Client, towel: int) -> None:
    operator.post(url("offer_price", towel), {"price": "59", "group_price": "49"})
    assert list(OfferPrice.objects.order_by("edition").values_list("price_fen", "group_price_fen")) == [
        (6900, 5500), (5900, 4900),
    ]  # fmt: skip
    page = operator.get(url("offer", towel)).text
    assert [word in page for word in ("¥69.00", "¥59.00", "¥49.00")] == [True] * 3
    refused = operator.post(url("offer_price", towel), {"price": "59", "group_price": "60"})
    assert (refused.status_code, "cheaper than alone" in refused.text, 'value="60"' in refused.text) == (
        422,
        True,
        True,
    )
    assert OfferPrice.objects.count() == 2


def test_stock_is_booked_once_though_the_form_is_sent_twice(operator: Client, towel: int) -> None:
    for _ in range(2):
        operator.post(url("offer_stock", towel), {"quantity": "20", "once": "a"})
    assert Offer.objects.get().stock_left == 50
    page = operator.get(url("offer", towel)).text
    assert ("by hand" in page, "+20" in page) == (True, True)
    refused = operator.post(url("offer_stock", towel), {"quantity": "-51", "once": "b"})
    assert (refused.status_code, "Not so many are left." in refused.text) == (422, True)
    operator.post(url("offer_stock", towel), {"quantity": "-5", "once": "b"})
    assert Offer.objects.get().stock_left == 45
    other = operator.post(url("offer_stock", towel), {"quantity": "-6", "once": "b"}, follow=True)
    assert ("sent once already with another number" in other.text, Offer.objects.get().stock_left) == (True, 45)


def test_a_group_is_opened_once_and_goods_for_it_are_set_aside(operator: Client, towel: int) -> None:
    form = {"once": "g", "seats": "5", "ends": "2026-11-23T20:00"}
    answers = [operator.post(url("offer_group", towel), form) for _ in range(2)]
    group = GroupBuy.objects.get()
    assert [one["Location"] for one in answers] == [url("group_buy", group.pk)] * 2
    assert (group.seats, group.ends.isoformat(), Offer.objects.get().stock_left) == (5, "2026-11-23T12:00:00+00:00", 25)
    too_many = operator.post(url("offer_group", towel), {**form, "once": "h", "seats": "40"})
    assert (too_many.status_code, "Not so many are left" in too_many.text, GroupBuy.objects.count()) == (422, True, 1)


def test_taking_down_says_first_what_it_means(operator: Client, towel: int) -> None:
    page = operator.get(url("offer_close", towel)).text
    assert ("nobody can buy it" in page, Offer.objects.get().closed_at) == (True, None)
    operator.post(url("offer_close", towel), {"reason": "made_up"})
    assert Offer.objects.get().closed_reason == "withdrawn"
    refused = operator.post(url("offer_price", towel), {"price": "1"}, follow=True)
    assert ("taken down meanwhile" in refused.text, Offer.objects.get().price_fen) == (True, 6900)


def test_a_teammate_of_one_community_changes_what_is_offered_there_alone(noon: datetime, towel: int) -> None:
    own, other = (Community.objects.create(name=name, founded_at=noon).pk for name in ("绘本妈妈营", "妈妈晨跑团"))
    offers = {0: towel, own: on_shelf(noon, key="own"), other: on_shelf(noon, key="other")}
    for community, offer in offers.items():
        Offer.objects.filter(pk=offer).update(community=community)
    client = at_work(Held("operator", own))
    seen = {place: client.get(url("offer", offer)).status_code for place, offer in offers.items()}
    assert seen == {0: 200, own: 200, other: 404}
    changed = {
        place: client.post(url("offer_price", offer), {"price": "60"}).status_code for place, offer in offers.items()
    }
    assert changed == {0: 404, own: 302, other: 404}
    shelf = client.get(url("offers")).text
    assert [f'href="{url("offer", offer)}"' in shelf for offer in offers.values()] == [True, True, False]
    assert client.post(url("offer_new"), asked(community="0")).status_code == 422
    assert client.post(url("offer_new"), asked(community=str(own))).status_code == 302


def test_who_only_looks_changes_nothing_and_sees_no_cost(noon: datetime, operator: Client) -> None:
    operator.post(url("offer_new"), asked())
    offer, client = Offer.objects.get().pk, at_work(Held("viewer"))
    page = client.get(url("offer", offer)).text
    assert ("¥69.00" in page, "¥32.50" in page, "New price" in page) == (True, False, False)
    answers = [
        client.get(url("offer_new")), client.post(url("offer_new"), asked(once="x")),
        client.post(url("offer_price", offer), {"price": "1"}), client.post(url("offer_stock", offer), {"quantity": "1"}),
        client.post(url("offer_group", offer), {}), client.post(url("offer_close", offer)),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [403] * 6
    assert (Offer.objects.count(), OfferPrice.objects.count(), GroupBuy.objects.count()) == (1, 1, 0)


def test_three_offers_cost_the_same_queries_as_one(operator: Client, noon: datetime) -> None:
    numbers = []
    for i in range(3):
        offer = on_shelf(noon, key=f"k{i}")
        operator.post(url("offer_stock", offer), {"quantity": "1", "once": "s"})
        operator.post(url("offer_group", offer), {"once": f"g{i}", "seats": "2", "ends": "2026-11-23T20:00"})
        for page in (url("offers"), f"{url('offers')}?show=all", url("offer", offer)):
            operator.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert operator.get(page).status_code == 200
            numbers.append(len(seen))
    assert numbers[:3] == numbers[6:]
    assert max(numbers) <= 20


def test_an_offer_that_ended_can_be_bought_no_more(operator: Client, towel: int, noon: datetime) -> None:
    Offer.objects.filter(pk=towel).update(ends=noon - timedelta(minutes=1))
    page = operator.get(url("offer", towel)).text
    assert ("over" in page, "Open a group" in page) == (True, False)
    assert operator.get(url("offer", 1 << 40)).status_code == 404
