"""Today below the to-dos: the loop at a glance, warnings with reason and act, the calendar of two days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from tests.loop.gather.cast import LIN, opened, somebody
from tests.web.console.loop.figured import k_figure, loop_figure, way, weeks_figure
from tests.web.console.shop_files import at_work, url
from tongpin.core.team.rules import Held
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.give.talks.planning import plan_talk
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.putting_up import put_up
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.loop.share.commissions.models import Commission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


def today(*roles: Held, login: str = "boss") -> str:
    return at_work(*(roles or (Held("owner"),)), login=login).get(url("today")).text


def test_the_loop_stands_on_today_and_opens_to_its_people(noon: datetime) -> None:
    somebody(noon)
    assert "No figures yet" in today()
    ways = (way(0, gather=132, give=41, sell=25, share=19, orders=28, net_fen=824_000, cost_fen=40_900),)
    loop_figure(noon, *ways, slices=(1, 2, 3), gather_before=118, gather_to_give=58, give_to_sell=14, gifts=186)
    k_figure(noon, 0.31, 86)
    page = today(login="two")
    for told in ("+132", "of 132 new members <b>58</b> gave something", "43.9%", "186 gifts", "¥8,240", "28 orders", "0.31",
                 url("loop"), url("loop_people", "gather"), url("orders"), 'points="3.0,'):  # fmt: skip
        assert told in page, told
    k_figure(noon, 0.31, 12)
    assert "Not enough data: 12 / 30" in today(login="three")


def test_a_warning_stands_with_its_reason_and_what_to_do(noon: datetime) -> None:
    made = opened(noon, "绘本妈妈营")
    other = opened(noon, "晨跑团")
    way_in = make_entrance(
        community_id=made, channel="short_video", name="短视频主页", offline=False, paid=True, at=noon, actor=LIN
    )
    somebody(noon)
    assert "Nothing to look at yet" in today()
    weeks_figure(noon, *([10] * 8), 0, community=made)
    assert "Nothing to warn of" in today(login="calm")
    weeks_figure(noon, 10, 10, 10, 10, 5, 5, 5, 5, 0, community=other)
    loop_figure(noon, way(way_in.id, gather=22, cost_fen=18_000), community=made)
    page = today(login="two")
    for told in ("Giving gets weaker", "晨跑团: <b>20</b> gifts of value", "−50%", "Money does not come back", "«短视频主页» cost <b>¥180</b>",
                 url("entrance", made, way_in.id), url("community", other)):  # fmt: skip
        assert told in page, told
    # Without the right to money nothing is said of it; of another community nothing at all.
    hand = today(Held("assistant"), login="hand")
    assert ("Giving gets weaker" in hand, "¥180" in hand) == (True, False)
    assert "Giving gets weaker" not in today(Held("operator", made), login="other")
    with travel(noon + timedelta(days=4), tick=False):
        assert "Giving gets weaker" not in today(login="late")


def test_the_calendar_tells_what_ends_today_and_tomorrow(noon: datetime) -> None:
    somebody(noon)
    assert "Nothing is dated" in today()
    terms = Terms(price_fen=8900, group_price_fen=6900, group_seats=3)
    offer = put_up(key="box", name="绘本月读盒", terms=terms, at=noon, actor=LIN)
    group = open_group_buy(key="first", offer_id=offer, ends=noon + timedelta(hours=9), at=noon, actor=LIN)
    Offer.objects.filter(pk=offer).update(ends=noon + timedelta(hours=2))
    page = today(login="two")
    assert ("Group buy «绘本月读盒» ends" in page, "3 buyers missing" in page, "is sold until now" in page) == (
        True,
        True,
        True,
    )
    assert url("group_buy", group) in page
    GroupBuy.objects.filter(pk=group).update(state="filled")
    assert "Group buy «绘本月读盒» ends" not in today(login="three"), "nothing is to come of a full one"


def test_talks_and_rewards_stand_in_the_calendar_by_the_clock(noon: datetime) -> None:
    made = opened(noon)
    introducer, buyer = somebody(noon), somebody(noon, "豆豆妈")
    told = {"title": "睡前十分钟", "guest_name": "林老师", "at": noon, "actor": LIN}
    talk = plan_talk(community_id=made, starts_at=noon + timedelta(hours=8), **told)  # type: ignore[arg-type]
    tomorrow = noon + timedelta(days=1)
    # The last one's goods have not arrived: its days have not begun, whatever stands in its row.
    for n, (until, days) in enumerate(
        ((tomorrow, 0), (tomorrow + timedelta(hours=1), 0), (noon + timedelta(days=9), 0), (tomorrow, 7))
    ):
        Commission.objects.create(
            order=f"A{n}", introducer=introducer, buyer=buyer, base_fen=10_000, rate=1000, accrued_fen=1000,
            taken_fen=100, held_until=until, held_days=days, accrued_at=noon,
        )  # fmt: skip
    page = today()
    assert ("林老师: «睡前十分钟»" in page, "not announced yet" in page) == (True, True)
    assert url("give_talk", talk) in page
    assert ("Rewards come free" in page, "2 rewards, ¥18" in page) == (True, True)
    assert page.index("睡前十分钟»") < page.index("Rewards come free")


def test_a_community_in_view_narrows_the_day(noon: datetime) -> None:
    one, two = opened(noon, "绘本妈妈营"), opened(noon, "晨跑团")
    somebody(noon)
    for community, people in ((0, 77), (one, 5), (two, 9)):
        loop_figure(noon, way(0, gather=people), community=community)
    weeks_figure(noon, 10, 10, 10, 10, 5, 5, 5, 5, 0, community=two)
    client = at_work(Held("owner"))
    assert ("+77" in client.get(url("today")).text) is True
    client.post(reverse("look:community"), {"community": str(one), "next": url("today")})
    page = client.get(url("today")).text
    assert ("+5" in page, "+77" in page, "Giving gets weaker" in page) == (True, False, False)
