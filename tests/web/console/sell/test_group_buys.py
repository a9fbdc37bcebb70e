"""Group buys in the console: by state, who sits, what was paid and went back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.sell.cast import pay, refunds_arrive
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held
from tongpin.loop.sell.plays.group_buy.actions import close_due, end_unpaid, join, open_group_buy
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.loop.sell.plays.group_buy.rules import HOLD, LINGER

pytestmark = pytest.mark.django_db
Meet = Callable[[str], int]


def opened(offer: int, noon: datetime, key: str = "g", seats: int = 2) -> int:
    return open_group_buy(key=key, offer_id=offer, seats=seats, at=noon, actor="staff:1")


def sit(group: int, person: int, noon: datetime) -> str:
    held = join(group_id=group, person_id=person, provider="sandbox", at=noon, actor=f"person:{person}")
    pay(held.payment.id, noon)
    return held.number


def test_groups_are_listed_by_state_with_how_many_are_missing(
    operator: Client, towel: int, noon: datetime, meet: Meet
) -> None:
    assert "No group was opened yet" in operator.get(url("group_buys")).text
    running, filled, failed = (opened(towel, noon, key) for key in ("a", "b", "c"))
    sit(running, meet("小美"), noon)
    for name in ("阿强", "婷婷"):
        sit(filled, meet(name), noon)
    GroupBuy.objects.filter(pk=failed).update(ends=noon)
    close_due(at=noon)
    found = {
        state: [
            url("group_buy", one) in operator.get(f"{url('group_buys')}?state={state}").text
            for one in (running, filled, failed)
        ]
        for state in ("", "running", "filled", "failed")
    }
    assert found == {
        "": [True] * 3,
        "running": [True, False, False],
        "filled": [False, True, False],
        "failed": [False, False, True],
    }
    page = operator.get(url("group_buys")).text
    assert ("1 still missing" in page, "group is full" in page, "did not fill" in page) == (True, True, True)


def test_a_group_shows_who_sits_and_what_they_paid(operator: Client, towel: int, noon: datetime, meet: Meet) -> None:
    group = opened(towel, noon, seats=3)
    number = sit(group, meet("小美"), noon)
    join(group_id=group, person_id=meet("阿强"), provider="sandbox", at=noon, actor="person:2")
    page = operator.get(url("group_buy", group)).text
    assert [word in page for word in ("小美", "阿强", number, "¥55.00", "at the till", "2 still missing")] == [True] * 6
    looking = at_work(Held("viewer")).get(url("group_buy", group)).text
    assert ("小美" in looking, number in looking) == (True, False)


def test_a_group_that_failed_shows_what_went_back(operator: Client, towel: int, noon: datetime, meet: Meet) -> None:
    group = opened(towel, noon)
    sit(group, meet("小美"), noon)
    GroupBuy.objects.filter(pk=group).update(ends=noon)
    close_due(at=noon)
    waiting = operator.get(url("group_buy", group)).text
    assert ("money on its way back" in waiting, "¥0.00 arrived" in waiting) == (True, True)
    refunds_arrive(noon)
    page = operator.get(url("group_buy", group)).text
    assert ("¥55.00 arrived" in page, "everybody has the money back" in page) == (True, True)


def test_groups_of_other_communities_are_not_found(towel: int, noon: datetime) -> None:
    own = Community.objects.create(name="绘本妈妈营", founded_at=noon).pk
    ours = open_group_buy(key="a", offer_id=towel, community=own, at=noon, actor="staff:1")
    theirs = opened(towel, noon, "b")
    client = at_work(Held("viewer", own))
    assert [client.get(url("group_buy", one)).status_code for one in (ours, theirs)] == [200, 404]
    page = client.get(url("group_buys")).text
    assert [url("group_buy", one) in page for one in (ours, theirs)] == [True, False]


def test_three_groups_and_three_seats_cost_the_same_queries_as_one(
    operator: Client, towel: int, noon: datetime, meet: Meet
) -> None:
    group, numbers = opened(towel, noon, seats=9), []
    for i in range(3):
        opened(towel, noon + timedelta(seconds=i), key=f"k{i}")
        sit(group, meet(f"客人{i}"), noon)
        for page in (url("group_buys"), url("group_buy", group)):
            operator.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert operator.get(page).status_code == 200
            numbers.append(len(seen))
    assert numbers[:2] == numbers[4:]
    assert max(numbers) <= 20


def test_a_group_that_nobody_paid_says_so_and_is_found(
    operator: Client, towel: int, noon: datetime, meet: Meet
) -> None:
    person = meet("小美")
    group = open_group_buy(key="own", offer_id=towel, person_id=person, at=noon, actor="t")
    end_unpaid(at=noon + HOLD + LINGER)
    assert url("group_buy", group) in operator.get(f"{url('group_buys')}?state=unpaid").text
    page = operator.get(url("group_buy", group)).text
    assert ("its goods are on the shelf again" in page, "everybody has the money back" in page) == (True, False)
