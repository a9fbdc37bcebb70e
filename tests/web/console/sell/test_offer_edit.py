"""Changing an offer in the console: what the form holds, what it changes, who may."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.loop.sell.cast import on_shelf
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held
from tongpin.loop.sell.offers.models import Offer, OfferPrice
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.share.commissions.actions import set_terms

pytestmark = pytest.mark.django_db


def asked(**more: Any) -> dict[str, Any]:
    return {
        "name": "纱布浴巾 八层", "words": "八层纱布", "unsuited": "怕重的人", "postage": "8", "per_person": "2",
        "ends": "2026-11-25T20:00", "group_hours": "48", "stock": "", **more,
    }  # fmt: skip


def test_an_offer_is_changed_on_a_page_that_says_what_stays(operator: Client, towel: int) -> None:
    page = operator.get(url("offer", towel)).text
    assert f'href="{url("offer_edit", towel)}"' in page
    form = operator.get(url("offer_edit", towel)).text
    assert [word in form for word in ('value="纱布浴巾 六层"', "keep the name, the postage, the limit")] == [True, True]
    answer = operator.post(url("offer_edit", towel), asked())
    assert (answer.status_code, answer["Location"]) == (302, url("offer", towel))
    offer = Offer.objects.get()
    assert (offer.title, offer.words, offer.unsuited, offer.postage_fen, offer.per_person, offer.group_hours) == (
        "纱布浴巾 八层", "八层纱布", "怕重的人", 800, 2, 48,
    )  # fmt: skip
    assert offer.ends is not None
    assert offer.ends.isoformat() == "2026-11-25T12:00:00+00:00"
    assert 'value="2026-11-25T20:00"' in operator.get(url("offer_edit", towel)).text
    shown = operator.get(url("offer", towel)).text
    assert [word in shown for word in ("纱布浴巾 八层", "八层纱布", "怕重的人", "¥8.00", "at most 2")] == [True] * 5
    assert "Nothing was different." in operator.post(url("offer_edit", towel), asked(), follow=True).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "加我 13800002716"}, "it names a thing, without mail or phone"),
        ({"name": ""}, "Fill this in."),
        ({"postage": "八块"}, "This is no amount."),
        ({"ends": "2026-11-01T10:00"}, "This moment is past."),
        ({"group_hours": "999"}, "336"),
    ],
)
def test_what_cannot_be_offered_is_refused_beside_the_field_and_kept(
    operator: Client, towel: int, wrong: dict[str, str], told: str
) -> None:
    answer = operator.post(url("offer_edit", towel), asked(**wrong))
    assert (answer.status_code, told in answer.text, "怕重的人" in answer.text) == (422, True, True)
    assert Offer.objects.get().title == "纱布浴巾 六层"


def test_what_may_wait_when_it_is_put_up_can_be_said_later(operator: Client, noon: datetime) -> None:
    bare = on_shelf(noon, Terms(price_fen=6900))
    assert "Say how many there are" in operator.get(url("offer", bare)).text
    operator.post(url("offer_edit", bare), asked(stock="30"))
    operator.post(url("offer_price", bare), {"price": "69", "group_price": "55", "group_seats": "3", "cost": ""})
    offer = Offer.objects.get()
    assert (offer.stock_left, offer.group_price_fen, offer.group_seats, offer.cost_fen) == (30, 5500, 3, None)
    half = operator.post(
        url("offer_price", on_shelf(noon, Terms(price_fen=9), key="b")), {"price": "9", "group_price": "5"}
    )
    assert (half.status_code, "A group buy needs both" in half.text) == (422, True)


def test_what_it_costs_us_is_said_later_and_stays_where_nothing_is_said_of_it(operator: Client, towel: int) -> None:
    operator.post(url("offer_price", towel), {"price": "69", "group_price": "55", "cost": "32.50"})
    operator.post(url("offer_price", towel), {"price": "69", "group_price": "55"})
    page = operator.get(url("offer", towel)).text
    assert ("¥36.50" in page, 'value="32.50"' in page, Offer.objects.get().cost_fen) == (True, True, 3250)
    assert (OfferPrice.objects.count(), page.count('<td class="num side-cell">¥69.00</td>')) == (2, 1)
    operator.post(url("offer_price", towel), {"price": "69", "group_price": "55", "cost": ""})
    assert Offer.objects.get().cost_fen is None


def test_an_offer_that_is_down_is_not_changed(operator: Client, towel: int) -> None:
    operator.post(url("offer_close", towel))
    answers = [operator.get(url("offer_edit", towel)), operator.post(url("offer_edit", towel), asked())]
    assert [one["Location"] for one in answers] == [url("offer", towel)] * 2
    assert Offer.objects.get().title == "纱布浴巾 六层"
    assert url("offer_edit", towel) not in operator.get(url("offer", towel)).text


def test_a_reader_and_a_teammate_of_another_community_change_nothing(noon: datetime, towel: int) -> None:
    other = Community.objects.create(name="妈妈晨跑团", founded_at=noon).pk
    told = [
        at_work(role).post(url("offer_edit", towel), asked()).status_code
        for role in (Held("viewer"), Held("operator", other))
    ]
    assert (told, Offer.objects.get().title) == ([403, 404], "纱布浴巾 六层")


def test_an_offer_says_whether_a_reward_is_promised_and_leads_to_the_terms(
    operator: Client, towel: int, noon: datetime
) -> None:
    before = operator.get(url("offer", towel)).text
    assert ("nothing is promised yet" in before, f'href="{url("share_terms")}"' in before) == (True, True)
    set_terms(community_id=0, rate=1000, held_days=7, at=noon, actor="staff:1")
    after = operator.get(url("offer", towel)).text
    assert ("nothing is promised yet" in after, "<dd>10% ·" in after) == (False, True)
