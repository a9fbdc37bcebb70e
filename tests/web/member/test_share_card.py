"""What a shared link looks like: whole addresses, a picture with its size, and the picture on the pages themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image
from pytest_django import Settings

from tests.core.files.making import drawn
from tests.web.member.buyers import phone, queries, shop_open
from tongpin.base.clock import now as present
from tongpin.core.files.queries import FileSeen
from tongpin.loop.sell.offers.actions import close_offer
from tongpin.loop.sell.offers.picturing import picture_offer
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.web.member.share_card import OWN

pytestmark = pytest.mark.django_db
META = re.compile(r'<meta property="(og:[a-z:]+)" content="([^"]*)">')


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, settings: Settings) -> None:
    settings.FILES = tmp_path / "files"
    settings.PUBLIC_URL = "https://house.example.com"


def told(address: str) -> dict[str, str]:
    return dict(META.findall(phone().get(address).text))


def pictured(offer: int, says: str = "三条叠好的浴巾") -> FileSeen:
    return picture_offer(offer_id=offer, content=drawn(), says=says, at=present(), actor="staff:1")


def test_a_product_is_shared_with_its_picture_title_and_price() -> None:
    offer = shop_open()
    one = pictured(offer)
    card = told(f"/shop/{offer}/?k=abc")
    assert card == {
        "og:title": card["og:title"],
        "og:description": "¥55.00",
        "og:type": "website",
        "og:url": f"https://house.example.com/shop/{offer}/",
        "og:image": f"https://house.example.com/f/{one.name}",
        "og:image:width": "640",
        "og:image:height": "400",
        "og:image:alt": "三条叠好的浴巾",
    }
    assert card["og:title"]


def test_a_group_buy_is_shared_with_the_picture_of_what_it_buys() -> None:
    offer = shop_open()
    group = open_group_buy(key="g", offer_id=offer, at=present(), actor="staff:1")
    one = pictured(offer)
    card = told(f"/g/{group}/")
    assert (card["og:image"], card["og:url"]) == (
        f"https://house.example.com/f/{one.name}", f"https://house.example.com/g/{group}/",
    )  # fmt: skip
    assert "还差" in card["og:description"]


def test_without_a_picture_the_card_has_the_houses_own_which_is_there() -> None:
    card = told(f"/shop/{shop_open()}/")
    assert (card["og:image"], "og:image:alt" in card) == ("https://house.example.com/static/member/together.png", False)
    found = finders.find(OWN.name)
    assert isinstance(found, str)
    assert Image.open(found).size == (OWN.width, OWN.height)


def test_the_picture_stands_on_the_pages_with_its_size_and_words() -> None:
    offer = shop_open()
    one = pictured(offer, says='三条"叠好"的 <浴巾>')
    words = "三条&quot;叠好&quot;的 &lt;浴巾&gt;"
    page = phone().get(f"/shop/{offer}/").text
    assert f'<a href="/f/{one.name}"><img src="/f/{one.name}/small" width="640" height="400" alt="{words}">' in page
    small = f'<img class="thumb" src="/f/{one.name}/small" width="64" height="64" alt="{words}" loading="lazy">'
    assert small in phone().get("/shop/").text
    group = open_group_buy(key="g", offer_id=offer, at=present(), actor="staff:1")
    assert small in phone().get(f"/g/{group}/").text
    close_offer(offer_id=offer, at=present(), actor="staff:1")
    assert f'src="/f/{one.name}/small"' in phone().get(f"/shop/{offer}/").text


def test_pictures_cost_the_shop_no_query_more_for_three_than_for_one() -> None:
    pictured(shop_open())
    one = queries(phone(), "/shop/")
    for key in ("b", "c"):
        pictured(shop_open(key=key))
    assert queries(phone(), "/shop/") == one
