"""What sell puts on Today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.core.team.cast import hire
from tests.loop.sell.cast import pay
from tests.web.console.sell.cast import Buy
from tests.web.console.shop_files import url
from tongpin.core.money.actions import ask_refund
from tongpin.core.money.models import Payment, Refund
from tongpin.core.team.queries import Teammate, teammate_of
from tongpin.core.team.rules import Held, Role
from tongpin.loop.sell.orders.actions import place_order, ship
from tongpin.loop.sell.orders.wishing import ask_return
from tongpin.loop.sell.plays.group_buy.actions import join, open_group_buy
from tongpin.web.console.sell_todo import of_sell

pytestmark = pytest.mark.django_db


def mate(role: Role, community: int | None = None) -> Teammate:
    return teammate_of(staff=hire(Held(role, community)))


def lines(who: Teammate, noon: datetime) -> list[tuple[str, str, str]]:
    with translation.override("en"):
        return [(one.heap, str(one.what), one.href) for one in of_sell(who, noon)]


def test_everything_that_waits_stands_there_with_where_to_go(
    buy: Buy, towel: int, meet: Callable[[str], int], noon: datetime
) -> None:
    paid = buy("小美")
    later = place_order(
        key="m", person_id=meet("阿强"), lines=[(towel, 1)], provider="manual", at=noon, actor="person:2"
    )
    Payment.objects.filter(pk=later.payment.id).update(begun_at=noon)
    ask_refund(payment_id=paid.payment.id, amount_fen=500, reason="quality", key=("k",), at=noon, actor="staff:1")
    Refund.objects.update(status="failed", failure="refused")
    group = open_group_buy(key="g", offer_id=towel, seats=3, ends=noon + timedelta(hours=2), at=noon, actor="staff:1")
    held = join(group_id=group, person_id=meet("婷婷"), provider="sandbox", at=noon, actor="person:3")
    pay(held.payment.id, noon)
    open_group_buy(key="h", offer_id=towel, seats=3, ends=noon + timedelta(hours=4), at=noon, actor="staff:1")
    with CaptureQueriesContext(connection) as seen:
        found = lines(mate("owner"), noon)
    assert found == [
        ("expiring", "Group buy «纱布浴巾 六层»: <b>2 missing</b>", url("group_buy", group)),
        ("waiting", "<b>1</b> order to ship", f"{url('orders')}?state=to_ship"),
        ("expiring", "<b>1</b> payment to look for", f"{url('payments')}#coming"),
        ("waiting", "<b>1</b> refund is stuck", f"{url('payments')}#stuck"),
    ]
    assert len(seen) <= 12


def test_each_sees_what_they_may_do_and_nothing_else(buy: Buy, noon: datetime) -> None:
    buy("小美")
    assert lines(mate("operator"), noon) == [("waiting", "<b>1</b> order to ship", f"{url('orders')}?state=to_ship")]
    assert [lines(mate(role), noon) for role in ("viewer", "analyst", "assistant")] == [[], [], []]
    assert lines(mate("operator", 7), noon) == []


def test_buyers_who_ask_for_money_back_wait_on_today(buy: Buy, noon: datetime) -> None:
    order = buy("小美").order_id
    ship(order_id=order, at=noon, actor="staff:1")
    ask_return(order_id=order, reason="late", at=noon, actor="person:1")
    line = ("waiting", "<b>1</b> buyer asks for money back", f"{url('orders')}?state=asked_back")
    assert lines(mate("owner"), noon) == [line]
    assert lines(mate("viewer"), noon) == []
