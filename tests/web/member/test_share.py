"""My link, my poster, who came by me, what it earned: on a phone, without a word of reward for sending."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from tests.loop.gather.cast import opened
from tests.loop.share.cast import told
from tests.web.member.buyers import bought, member, phone, queries, shop_open
from tongpin.base.clock import now as present
from tongpin.core.places.joining import join
from tongpin.core.places.models import TrackedCode
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.sell.orders.actions import ship
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.share.commissions.actions import accrue, release_due, take_back
from tongpin.loop.share.commissions.paying_out import pay_out, take_back_payout
from tongpin.loop.share.commissions.queries import lines_of
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.referrals.actions import bind, own_link

pytestmark = pytest.mark.django_db


def inside(noon: datetime, nickname: str = "小美", door: str = "public") -> tuple[Client, int, int]:
    """A member of a community whose door is open: phone, person, community."""
    community = opened(noon, door=door)
    client, person = member(nickname)
    place = web_place_of(community_id=community, at=noon, actor="t")
    join(person_id=person, place_id=place, actor="t", at=noon)
    return client, person, community


def linked(client: Client, to: str) -> str:
    """The code of one's own link, as the page shows it."""
    page = client.post("/me/share/link/", {"to": to}, follow=True).text
    found = re.search(r"/l/([0-9a-z]{10})", page)
    assert found is not None, page
    return found[1]


def test_a_link_is_made_when_it_is_asked_for_and_is_the_same_ever_after(noon: datetime) -> None:
    client, person, community = inside(noon)
    before = client.get("/me/share/").text
    assert ("青禾读书社" in before, "显示我的链接" in before, "/l/" in before) == (True, True, False)
    assert TrackedCode.objects.count() == 0
    code = linked(client, f"community-{community}")
    assert linked(client, f"community-{community}") == code
    assert phone().get(f"/l/{code}")["Location"] == f"/c/{community}/"
    assert phone().get(f"/l/{linked(client, 'shop-0')}")["Location"] == "/shop/"
    assert len(told("referral_link.made")) == 2
    assert client.get("/me/share/?to=community-999").status_code == 404
    assert client.get("/me/share/?to=nonsense").status_code == 404
    assert phone().get("/me/share/")["Location"].startswith("/me/begin/")
    assert person


def test_nothing_is_promised_for_sending(noon: datetime) -> None:
    client, _, community = inside(noon)
    linked(client, f"community-{community}")
    page = client.get("/me/share/").text
    assert "发多少都没有奖励" in page
    assert [word in page for word in ("返现", "佣金", "红包", "赚", "%")] == [False] * 5


def test_a_poster_says_my_own_sentence_and_weighs_little(noon: datetime) -> None:
    client, person, community = inside(noon)
    to = f"community-{community}"
    assert client.get(f"/me/share/poster.png?to={to}").status_code == 404
    linked(client, to)
    plain = client.get(f"/me/share/poster.png?to={to}")
    assert (plain["Content-Type"], len(plain.content) <= 150_000) == ("image/png", True)
    assert Image.open(BytesIO(plain.content)).size == (750, 1334)
    said = client.post(
        "/me/share/words/", {"to": to, "name": "小美", "sentence": "我已经读了 13 天，一起吗？"}, follow=True
    )
    assert "海报换好了" in said.text
    assert client.get(f"/me/share/poster.png?to={to}").content != plain.content
    assert list(Poster.objects.order_by("pk").values_list("person_id", "sentence")) == [
        (person, ""), (person, "我已经读了 13 天，一起吗？"),
    ]  # fmt: skip
    long = client.post("/me/share/words/", {"to": to, "name": "小美", "sentence": "读" * 49})
    assert (long.status_code, "读" * 49 in long.text, "48 个字" in long.text) == (422, True, True)
    assert client.get("/me/share/poster.png?to=shop-0").status_code == 404


def test_who_came_by_me_stands_there_and_what_they_bought_does_not(noon: datetime) -> None:
    client, mei, community = inside(noon)
    _, lu = member("豆豆妈")
    bind(newcomer=lu, inviter=mei, code_id=0, community_id=community, at=noon)
    page = client.get("/me/share/").text
    came = '<time datetime="2026-11-22T' in page, "</time> 来的" in page
    assert ("豆豆妈" in page, came, "¥" in page) == (True, (True, True), False)
    _, niu = member("阿牛")
    bind(newcomer=niu, inviter=lu, code_id=0, community_id=community, at=noon)
    assert "阿牛" not in client.get("/me/share/").text


def test_no_day_is_promised_for_goods_that_have_not_arrived(noon: datetime) -> None:
    offer = shop_open()
    client, mei, _ = inside(noon)
    buyer, lu = member("豆豆妈")
    order_page = bought(buyer, f"/shop/{offer}/buy/")
    order = Order.objects.get()
    accrue(order=order.number, base_fen=6900, buyer=lu, introducer=mei, rate=1000, held_days=7, at=present())
    (line,) = lines_of(person_id=mei)
    before = client.get("/me/share/earned/", headers={"accept-language": "en"}).text
    assert ("free 7 days after it arrives" in before, "free to draw 2" in before) == (True, False)
    steps = client.get(f"/me/share/earned/{line.id}/", headers={"accept-language": "en"}).text
    assert "it counts as arrived 15 days after it was sent" in steps
    ship(order_id=order.pk, at=present(), actor="staff:1")
    assert "after it arrives" in client.get("/me/share/earned/", headers={"accept-language": "en"}).text
    buyer.post(f"{order_page}receive/")
    after = client.get("/me/share/earned/", headers={"accept-language": "en"}).text
    assert ("after it arrives" in after, "free to draw " in after) == (False, True)


def test_what_it_earned_stands_line_by_line_with_its_reckoning(noon: datetime) -> None:
    client, mei, _ = inside(noon)
    _, lu = member("豆豆妈")
    assert "还没有" in client.get("/me/share/earned/").text
    for order, fen in (("A1", 11000), ("A2", 9640), ("A3", 6900)):
        accrue(order=order, base_fen=fen, buyer=lu, introducer=mei, rate=800, held_days=7, at=noon)
    release_due(at=noon + timedelta(days=7), limit=1)
    take_back(order="A3", refund="R1", refunded_fen=6900, at=noon)
    page = client.get("/me/share/earned/").text
    for words in ("¥8.80", "¥7.71", "¥5.52", "¥110.00 × 8%", "¥96.40 × 8%", "已扣回", "可提"):
        assert words in page, words
    assert "豆豆妈" not in page
    last, middle, first = lines_of(person_id=mei)
    one = client.get(f"/me/share/earned/{middle.id}/").text
    for words in ("¥96.40", "8%", "¥7.71", "还没发货", "四舍五入"):
        assert words in one, words
    assert "全部退了" in client.get(f"/me/share/earned/{last.id}/").text
    assert "可以提的" in client.get(f"/me/share/earned/{first.id}/").text
    other, _ = member("别人")
    assert other.get(f"/me/share/earned/{first.id}/").status_code == 404
    assert "¥8.80" in client.get("/me/share/").text


def test_a_paid_order_and_a_full_group_ask_to_tell_a_friend_and_an_open_one_does_not() -> None:
    offer = shop_open()
    client, _ = member()
    page = bought(client, f"/shop/{offer}/buy/")
    assert "身边有没有谁也合适" in client.get(page).text
    told_friend = client.post("/me/share/link/", {"to": f"offer-{offer}"}, follow=True).text
    assert ("纱布浴巾 六层，¥55.00" in told_friend, "/l/" in told_friend) == (True, True)
    client.post(f"{page}cancel/")
    assert "身边有没有谁也合适" not in client.get(page).text
    first, _ = member("豆豆妈")
    group = bought(first, f"/shop/{offer}/open/")
    assert "身边有没有谁也合适" not in first.get(group).text
    for name in ("阿强", "阿牛"):
        bought(phone(), f"{group}join/", nickname=name)
    assert "身边有没有谁也合适" in first.get(group).text


def test_a_members_link_opens_a_door_that_takes_invitations_only(noon: datetime) -> None:
    client, mei, community = inside(noon, door="members")
    code = linked(client, f"community-{community}")
    stranger, friend = phone(), phone()
    form = {"answer_0": "阿强", "answer_1": "有人一起", "nickname": "阿强", "charter": "1", "edition": "1"}
    assert stranger.post(f"/c/{community}/apply/", form).status_code == 422
    friend.get(f"/l/{code}")
    assert friend.post(f"/c/{community}/apply/", form)["Location"] == f"/c/{community}/"
    assert Application.objects.get().inviter_id == mei


def test_the_pages_ask_the_database_a_fixed_number_of_times(noon: datetime) -> None:
    client, mei, community = inside(noon)
    linked(client, f"community-{community}")
    asked = []
    for number in range(5):
        _, one = member(f"朋友{number}")
        bind(newcomer=one, inviter=mei, code_id=0, community_id=community, at=noon)
        accrue(order=f"A{number}", base_fen=5000, buyer=one, introducer=mei, rate=800, held_days=7, at=present())
        asked.append((queries(client, "/me/share/"), queries(client, "/me/share/earned/")))
    assert asked == [asked[0]] * 5
    assert asked[0][0] <= 30


def test_a_link_to_a_group_is_the_members_own(noon: datetime) -> None:
    _, mei, _ = inside(noon)
    link = own_link(person_id=mei, target_kind="group_buy", target=1, at=noon, actor="t")
    assert phone().get(f"/l/{link.code}")["Location"] == "/g/1/"


def test_what_was_paid_out_stands_with_its_day_until_it_was_a_slip(noon: datetime) -> None:
    client, mei, _ = inside(noon)
    _, lu = member("豆豆妈")
    accrue(order="A1", base_fen=11000, buyer=lu, introducer=mei, rate=800, held_days=0, at=noon)
    release_due(at=noon)
    made = pay_out(
        person_id=mei, amount_fen=880, nth=1, way="wechat_transfer", reference="T-1", at=noon, actor="staff:1"
    )
    page = client.get("/me/share/earned/").text
    assert [word in page for word in ("¥8.80", "已发放给我", "微信转账", "T-1")] == [True] * 4
    assert "已发放 ¥8.80" in client.get("/me/share/").text
    take_back_payout(payout_id=made.id, at=noon, actor="staff:1")
    for address in ("/me/share/earned/", "/me/share/"):
        assert "已发放 ¥8.80" not in client.get(address).text
