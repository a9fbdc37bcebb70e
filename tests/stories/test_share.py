"""Share, walked through in process: a member brings a friend, the friend buys, what that earns is kept, freed, taken
back; the friend brings the next. And the group that nobody fills: everybody has their money back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests.loop.gather.cast import LIN, opened
from tests.loop.sell.cast import refunds_arrive
from tests.reactions.reading import caught_up
from tests.web.member.buyers import bought, phone, shop_open
from tongpin.base.clock import now as present
from tongpin.core.books.queries import crooked_accounts, trial_balance
from tongpin.core.money.setting_up import open_till
from tongpin.core.money.tills import register_till_opener
from tongpin.core.people.models import Person
from tongpin.core.team.rules import Everything
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.admission.queries import applications_waiting
from tongpin.loop.sell.orders.actions import receive, refund, ship
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.settling import register as pay_for_orders
from tongpin.loop.sell.plays.group_buy.actions import close_due
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.settling import register as pay_for_group_buys
from tongpin.loop.share.commissions.actions import set_terms
from tongpin.loop.share.commissions.queries import Earnings, earnings_of
from tongpin.loop.share.referrals.queries import generations, invitation_counts, referral_of
from tongpin.reactions.share_rewards import release_rewards

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _house() -> Iterator[None]:
    register_till_opener(open_till)
    pay_for_orders()
    pay_for_group_buys()
    caught_up()
    yield
    assert (set(trial_balance().values()) <= {0}, crooked_accounts()) == (True, [])


def joined(community: int, called: str, *, link: str = "") -> tuple[Client, int]:
    """Somebody follows a link, applies on a phone of their own and is let in."""
    client = phone()
    client.get(f"/l/{link}" if link else f"/c/{community}/")
    answers = {"answer_0": called, "answer_1": "有人一起", "nickname": called, "charter": "1", "edition": "1"}
    assert client.post(f"/c/{community}/apply/", answers).status_code == 302
    (waiting,) = applications_waiting(scope=Everything(), now=present())
    accept(application_id=waiting.application_id, at=present(), actor=LIN)
    caught_up()
    return client, waiting.person_id


def own_link(client: Client, to: str) -> str:
    page = client.post("/me/share/link/", {"to": to}, follow=True).text
    found = re.search(r"/l/([0-9a-z]{10})", page)
    assert found is not None, page
    return found[1]


def test_a_friend_comes_by_a_link_buys_and_brings_the_next(noon: datetime) -> None:
    with time_machine.travel(noon, tick=False) as clock:
        community = opened(noon)
        offer = shop_open()
        set_terms(community_id=0, rate=1000, held_days=7, at=noon - DAY, actor="staff:1")
        mei, mei_id = joined(community, "小美")
        code = own_link(mei, f"community-{community}")

        # A friend comes by the link and is let in; the friend's friend comes by the friend's.
        lu, lu_id = joined(community, "豆豆妈", link=code)
        niu, niu_id = joined(community, "阿牛", link=own_link(lu, f"community-{community}"))
        bonds = [referral_of(person_id=one, now=noon) for one in (mei_id, lu_id, niu_id)]
        assert [(one.inviter, one.generation) if one else None for one in bonds] == [None, (mei_id, 1), (lu_id, 2)]
        assert generations(community_id=community) == {1: 1, 2: 1}
        assert ("豆豆妈" in (page := mei.get("/me/share/").text), "阿牛" in page) == (True, False)
        assert invitation_counts(person_id=mei_id, now=noon).openings == 1

        # The friend buys: a tenth of the goods is kept for her. What the friend's friend buys earns her nothing.
        clock.shift(timedelta(hours=1))
        paid_at = present()
        order_page = bought(lu, f"/shop/{offer}/buy/")
        bought(niu, f"/shop/{offer}/buy/")
        caught_up()
        assert earnings_of(person_id=mei_id) == Earnings(0, 690, 0, 0, 690, 1)
        assert earnings_of(person_id=lu_id) == Earnings(0, 690, 0, 0, 690, 1)

        # Time passes before it is sent: nothing is free. The days count from when the friend has it in hand.
        clock.move_to(paid_at + 7 * DAY)
        order = Order.objects.get(person_id=lu_id)
        assert release_rewards(at=present()) == 0
        ship(order_id=order.pk, at=present(), actor=LIN)
        clock.shift(DAY)
        lu.post(f"{order_page}receive/")
        caught_up()
        clock.shift(7 * DAY - timedelta(minutes=1))
        release_rewards(at=present())
        assert earnings_of(person_id=mei_id).withdrawable_fen == 0
        clock.shift(timedelta(minutes=1))
        release_rewards(at=present())
        assert earnings_of(person_id=mei_id) == Earnings(690, 0, 0, 0, 690, 1)
        assert invitation_counts(person_id=mei_id, now=present()).counts == 1
        assert "¥6.90" in mei.get("/me/share/earned/").text

        # The friend of the friend sends all of it back while it is kept: that line is gone.
        other = Order.objects.get(person_id=niu_id)
        niu.post(f"/me/orders/{other.number}/cancel/")
        refunds_arrive(present())
        caught_up()
        assert earnings_of(person_id=lu_id) == Earnings(0, 0, 690, 0, 690, 1)
        assert invitation_counts(person_id=lu_id, now=present()).counts == 0


def test_a_refund_after_it_was_free_takes_it_back_from_the_purse(noon: datetime) -> None:
    with time_machine.travel(noon, tick=False) as clock:
        community = opened(noon)
        offer = shop_open()
        set_terms(community_id=community, rate=1000, held_days=7, at=noon - DAY, actor="staff:1")
        mei, mei_id = joined(community, "小美")
        friend = phone()
        friend.get(f"/l/{own_link(mei, f'offer-{offer}')}")
        bought(friend, f"/shop/{offer}/buy/")
        caught_up()
        # The offer is of no community: what the house promises holds, and that is nothing.
        assert earnings_of(person_id=mei_id) == Earnings(0, 0, 0, 0, 0, 0)
        set_terms(community_id=0, rate=2000, held_days=0, at=noon, actor="staff:1")
        clock.shift(DAY)
        bought(friend, f"/shop/{offer}/buy/")
        caught_up()
        release_rewards(at=present())
        assert earnings_of(person_id=mei_id) == Earnings(1380, 0, 0, 0, 1380, 1)
        order = Order.objects.order_by("-pk").first()
        assert order is not None
        ship(order_id=order.pk, at=present(), actor=LIN)
        receive(order_id=order.pk, at=present(), actor=LIN)
        refund(order_id=order.pk, amount_fen=6900, reason="quality", key="k", at=present(), actor=LIN)
        refunds_arrive(present())
        caught_up()
        assert earnings_of(person_id=mei_id) == Earnings(0, 0, 1380, 0, 1380, 1)


def test_a_group_that_nobody_fills_gives_everybody_their_money_back(noon: datetime) -> None:
    with time_machine.travel(noon, tick=False) as clock:
        community = opened(noon)
        offer = shop_open()
        set_terms(community_id=0, rate=1000, held_days=7, at=noon - DAY, actor="staff:1")
        mei, mei_id = joined(community, "小美")
        group = bought(mei, f"/shop/{offer}/open/")
        link = re.search(r"/l/([0-9a-z]{10})", mei.post(f"{group}share/", follow=True).text)
        assert link is not None
        friend = phone()
        assert friend.get(f"/l/{link[1]}")["Location"] == group
        bought(friend, f"{group}join/", nickname="阿强")
        caught_up()
        friend_id = Person.objects.get(nickname="阿强").pk
        bond = referral_of(person_id=friend_id, now=noon)
        assert (bond is not None and bond.inviter, earnings_of(person_id=mei_id).in_return_period_fen) == (mei_id, 550)

        clock.shift(timedelta(hours=25))
        close_due(at=present())
        assert refunds_arrive(present()) == 2
        caught_up()
        assert (GroupBuy.objects.get().state, set(Seat.objects.values_list("state", flat=True))) == (
            "failed",
            {"failed"},
        )
        states = Order.objects.order_by("pk").values_list("state", "paid_fen", "refunded_fen")
        assert list(states) == [("refunded", 5500, 5500)] * 2
        assert earnings_of(person_id=mei_id) == Earnings(0, 0, 550, 0, 550, 1)
        after = referral_of(person_id=friend_id, now=present())
        assert after is not None
        assert after.state == "returned"
        assert "钱已经退回" in friend.get(group).text
