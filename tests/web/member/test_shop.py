"""The shop and a product's page: every price before anything is asked, and what is sold out or over says so."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.loop.sell.cast import on_shelf
from tests.web.member.buyers import TOWEL, bought, member, phone, queries, shop_open
from tongpin.base.clock import now as present
from tongpin.loop.sell.offers.actions import add_stock, close_offer, price_offer
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.web import look

pytestmark = pytest.mark.django_db


def test_an_empty_shop_says_so_and_leads_on() -> None:
    page = phone().get("/shop/").text
    assert "现在没有在卖的" in page
    assert "/discover/" in page


def test_every_price_and_the_true_stock_stand_on_the_page_of_a_product() -> None:
    offer = shop_open()
    listed = phone().get("/shop/").text
    assert ("¥55.00" in listed, "¥69.00" in listed) == (True, True)
    page = phone().get(f"/shop/{offer}/").text
    assert "剩 30 件" in page
    assert ("¥69.00" in page, "¥55.00" in page) == (True, True)
    assert (f"/shop/{offer}/buy/" in page, f"/shop/{offer}/open/" in page) == (True, True)


def test_a_running_group_stands_there_with_what_is_missing_and_until_when() -> None:
    offer = shop_open()
    client, _ = member()
    bought(client, f"/shop/{offer}/open/")
    page = phone().get(f"/shop/{offer}/").text
    assert "还差 2 人" in page
    assert "明天" in page
    assert "/g/" in page


def test_a_price_is_struck_out_only_where_it_was_really_asked() -> None:
    offer = shop_open()
    assert "<s " not in phone().get(f"/shop/{offer}/").text
    price_offer(offer_id=offer, price_fen=5900, group_price_fen=4900, at=present(), actor="staff:1")
    assert '<s class="was">¥69.00</s>' in phone().get(f"/shop/{offer}/").text


def test_what_is_sold_out_over_or_withdrawn_offers_no_button_that_fails() -> None:
    offer = shop_open(terms=replace(TOWEL, limit=3))
    add_stock(key="a", offer_id=offer, quantity=-3, at=present(), actor="staff:1")
    page = phone().get(f"/shop/{offer}/").text
    assert "卖完了" in page
    assert f"/shop/{offer}/buy/" not in page
    assert phone().get(f"/shop/{offer}/buy/")["Location"] == f"/shop/{offer}/"
    close_offer(offer_id=offer, at=present(), actor="staff:1")
    assert "不卖了" in phone().get(f"/shop/{offer}/").text
    later = on_shelf(present(), replace(TOWEL, starts=present() + timedelta(days=2)), key="later")
    assert "开卖" in phone().get(f"/shop/{later}/").text
    assert phone().get("/shop/999/").status_code == 404


def test_too_few_left_for_a_whole_group_is_said_and_no_group_is_offered() -> None:
    offer = shop_open(terms=replace(TOWEL, limit=3))
    add_stock(key="b", offer_id=offer, quantity=-1, at=present(), actor="staff:1")
    page = phone().get(f"/shop/{offer}/").text
    assert "不够开一个团" in page
    assert f"/shop/{offer}/open/" not in page


def test_the_pages_cost_the_same_for_one_row_and_for_three() -> None:
    first = shop_open()
    client, _ = member()
    open_group_buy(key="g0", offer_id=first, at=present(), actor="staff:1")
    one = queries(client, "/shop/"), queries(client, f"/shop/{first}/")
    for name in ("one", "two"):
        on_shelf(present(), key=name)
        open_group_buy(key=name, offer_id=first, at=present(), actor="staff:1")
    three = queries(client, "/shop/"), queries(client, f"/shop/{first}/")
    assert one == three
    assert max(three) <= 20


def test_the_first_load_of_each_page_weighs_little() -> None:
    offer = shop_open()
    client, _ = member()
    group = bought(client, f"/shop/{offer}/open/")
    client.post(f"{group}share/")
    house = Path(look.__file__).parent
    shared = sum(
        len(gzip.compress(path.read_bytes()))
        for path in (house.parent / "member" / "static" / "member" / "member.css", house / "static/vendor/icons.svg")
    )
    addresses = ("/shop/", f"/shop/{offer}/", f"/shop/{offer}/buy/", group, f"{group}share/", "/me/orders/", "/me/")
    weights = {one: len(gzip.compress(client.get(one).content)) for one in addresses}
    assert max(weights.values()) <= 12_000
    assert max(weights.values()) + shared <= 150_000
