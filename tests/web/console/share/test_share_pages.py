"""Share in the console: who brought whom, links, rewards, and terms with what WeChat forbids."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import community, somebody
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.codes import open_code
from tongpin.core.places.joining import join
from tongpin.core.places.rooms import web_place_of
from tongpin.core.team.rules import Held
from tongpin.loop.share.commissions.actions import accrue, release_due, set_terms, take_back
from tongpin.loop.share.commissions.queries import Totals, editions_of, terms_in, totals
from tongpin.loop.share.commissions.rules import Terms
from tongpin.loop.share.referrals.actions import bind, own_link

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_empty_pages_say_what_will_stand_there() -> None:
    client = at_work(Held("operator"))
    assert "Nobody was brought yet" in client.get(url("share")).text
    assert "Nobody has a link yet" in client.get(url("share_links")).text
    assert "Nothing was earned yet" in client.get(url("share_rewards")).text
    assert "Nothing is promised" in client.get(url("share_terms")).text


def test_who_brought_whom_stands_with_generation_and_what_came_of_it(noon: datetime) -> None:
    made = community(noon)
    mei, lu, niu = (somebody(noon, name) for name in ("小美", "豆豆妈", "阿牛"))
    link = own_link(person_id=mei, target_kind="community", target=made, at=noon, actor="t")
    for visitor in (None, mei, lu):
        open_code(code=link.code, person_id=visitor, at=noon)
    bind(newcomer=lu, inviter=mei, code_id=link.code_id, community_id=made, at=noon)
    bind(newcomer=niu, inviter=lu, code_id=0, community_id=made, at=noon)
    client = at_work(Held("operator"))
    page = client.get(url("share")).text
    assert [word in page for word in ("小美", "豆豆妈", "阿牛", "青禾读书社", ">2</td>")] == [True] * 5
    links = client.get(url("share_links")).text
    assert ("小美" in links, "青禾读书社" in links) == (True, True)
    assert ">2</td>" in links
    assert "<b>1</b>" in links


def test_rewards_are_summed_and_each_is_reckoned(noon: datetime) -> None:
    mei, lu = somebody(noon, "小美"), somebody(noon, "豆豆妈")
    for order, fen in (("A1", 11000), ("A2", 9640), ("A3", 6900)):
        accrue(order=order, base_fen=fen, buyer=lu, introducer=mei, rate=800, held_days=7, most_fen=800, at=noon)
    release_due(at=noon + timedelta(days=7), limit=1)
    take_back(order="A3", refund="R1", refunded_fen=6900, at=noon)
    assert totals() == Totals(771, 800, 0, 552, 0, 3)
    client = at_work(Held("operator"))
    page = client.get(url("share_rewards")).text
    told = ("¥7.71", "¥8.00", "¥5.52", "¥110.00 × 8%", "at most ¥8.00", "taken back whole", "小美")
    assert [word in page for word in told] == [True] * 7
    held = client.get(f"{url('share_rewards')}?state=held").text
    assert ("A2" in held, "A1" in held) == (True, False)
    # Nothing was sent: no day is promised.
    assert ("7 days after the buyer has the goods" in held, "2026-11-29" in held) == (True, False)
    assert at_work(Held("assistant")).get(url("share_rewards")).status_code == 403


def test_terms_are_promised_by_edition_and_say_what_wechat_forbids(noon: datetime) -> None:
    made = community(noon)
    client = at_work(Held("operator"))
    page = client.get(url("share_terms")).text
    assert "Inside WeChat nothing is promised for sharing" in page
    sent = {"community": "0", "rate": "7.5", "held_days": "10", "most": "30"}
    assert client.post(url("share_terms_set"), sent)["Location"] == url("share_terms")
    assert terms_in(community_id=made) == Terms(750, 10, 3000)
    client.post(url("share_terms_set"), sent)
    client.post(url("share_terms_set"), sent | {"community": str(made), "rate": "5", "most": ""})
    assert (len(editions_of(community_id=0)), terms_in(community_id=made)) == (1, Terms(500, 10, 0))
    page = client.get(url("share_terms")).text
    assert [word in page for word in ("7.5%", "10 days", "¥30.00", "5%", "no limit", "青禾读书社")] == [True] * 6
    for wrong in ({"rate": "51"}, {"rate": "7.555"}, {"held_days": "400"}, {"most": "x"}, {"community": "99999"}):
        refused = client.post(url("share_terms_set"), sent | wrong)
        assert (wrong, refused.status_code) == (wrong, 422)
    assert terms_in(community_id=0) == Terms(750, 10, 3000)


def test_who_runs_one_community_sees_and_promises_for_that_one_alone(noon: datetime) -> None:
    own, other = community(noon), community(noon, "别的社")
    mei, lu, niu = (somebody(noon, name) for name in ("小美", "豆豆妈", "阿牛"))
    place = web_place_of(community_id=own, at=noon, actor="t")
    for one in (mei, lu):
        join(person_id=one, place_id=place, actor="t", at=noon)
    bind(newcomer=lu, inviter=mei, code_id=0, community_id=own, at=noon)
    bind(newcomer=niu, inviter=mei, code_id=0, community_id=other, at=noon)
    own_link(person_id=niu, target_kind="shop", target=0, at=noon, actor="t")
    accrue(order="B1", base_fen=5000, buyer=niu, introducer=mei, rate=800, held_days=7, community_id=other, at=noon)
    set_terms(community_id=other, rate=100, held_days=1, at=noon, actor="staff:1")
    client = at_work(Held("operator", own))
    assert [name in client.get(url("share")).text for name in ("豆豆妈", "阿牛")] == [True, False]
    assert "阿牛" not in client.get(url("share_links")).text
    assert "Nothing was earned yet" in client.get(url("share_rewards")).text
    terms = client.get(url("share_terms")).text
    assert "别的社" not in terms
    for number in (0, other):
        sent = {"community": str(number), "rate": "5", "held_days": "7", "most": ""}
        assert client.post(url("share_terms_set"), sent).status_code == 422
    viewer = at_work(Held("analyst"))
    assert "Promise this" not in viewer.get(url("share_terms")).text
    assert viewer.post(url("share_terms_set"), {"community": "0", "rate": "5", "held_days": "7"}).status_code == 403


def test_a_tab_is_shown_to_whoever_may_open_it_and_to_nobody_else(noon: datetime) -> None:
    pages = [url(name) for name in ("share", "share_links", "share_rewards", "share_payouts", "share_terms")]
    for role in ("viewer", "assistant", "analyst", "operator"):
        client = at_work(Held(role), login=role)  # type: ignore[arg-type]
        tabs = re.search(r'(?s)<nav class="tabs".*?</nav>', client.get(url("share")).text)
        assert tabs is not None
        opened = [client.get(page).status_code == 200 for page in pages]
        assert [f'href="{page}"' in tabs[0] for page in pages] == opened
        assert ("See what is promised" in client.get(pages[0]).text) is opened[-1]
        assert all(opened) is (role in ("analyst", "operator"))


def test_the_lists_ask_the_database_a_fixed_number_of_times(noon: datetime) -> None:
    made = community(noon)
    client = at_work(Held("operator"))
    asked = []
    client.get(url("share"))
    for number in range(4):
        one, two = somebody(noon, f"甲{number}"), somebody(noon, f"乙{number}")
        link = own_link(person_id=one, target_kind="community", target=made, at=noon, actor="t")
        bind(newcomer=two, inviter=one, code_id=link.code_id, community_id=made, at=noon)
        accrue(order=f"A{number}", base_fen=5000, buyer=two, introducer=one, rate=800, held_days=7, at=noon)
        asked.append([queries(client, url(page)) for page in ("share", "share_links", "share_rewards", "share_terms")])
    assert asked == [asked[0]] * 4
