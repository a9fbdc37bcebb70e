"""A shop at noon: a towel on the shelf, buyers with names, groups and orders in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from time_machine import travel

from tests.loop.sell.cast import on_shelf, pay
from tests.web.console.sell.cast import HOME, Buy
from tests.web.console.shop_files import at_work
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.team.rules import Held
from tongpin.loop.sell.orders.actions import Placed, place_order
from tongpin.loop.sell.orders.settling import register as register_orders
from tongpin.loop.sell.plays.group_buy.settling import register as register_group_buy


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    register_orders()
    register_group_buy()
    with travel(noon, tick=False):
        yield


@pytest.fixture
def operator(db: None) -> Client:
    return at_work(Held("operator"))


@pytest.fixture
def towel(db: None, noon: datetime) -> int:
    return on_shelf(noon)


@pytest.fixture
def meet(db: None, noon: datetime) -> Callable[[str], int]:
    """meet("小美") is somebody with that nickname."""

    def _meet(nickname: str) -> int:
        return add_by_hand(nickname=nickname, name="", signs=(), actor="staff:1", at=noon).person_id

    return _meet


@pytest.fixture
def buy(towel: int, meet: Callable[[str], int], noon: datetime) -> Buy:
    """buy("小美") orders a towel and pays; `paid=False` does not."""

    def _buy(nickname: str, *, paid: bool = True, quantity: int = 1, community: int = 0) -> Placed:
        placed = place_order(
            key=nickname, person_id=meet(nickname), lines=[(towel, quantity)], provider="sandbox", recipient=HOME,
            community=community, at=noon, actor="person:1",
        )  # fmt: skip
        if paid:
            pay(placed.payment.id, noon)
        return placed

    return _buy
