"""Paying rewards out: who stands free, one payout for two clicks, taking a slip back, a transfer that bounced."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from time_machine import travel

from tests.loop.gather.cast import community, somebody
from tests.web.console.share.test_share_pages import queries
from tests.web.console.shop_files import at_work, url
from tongpin.core.team.rules import Held
from tongpin.loop.share.commissions.actions import accrue, release_due
from tongpin.loop.share.commissions.models import Payout

pytestmark = pytest.mark.django_db
SENT = {"way": "bank", "reference": "T-88", "amount": "880", "nth": "1"}


@pytest.fixture
def mei(noon: datetime) -> int:
    """小美, with 8.80 yuan free."""
    return free("小美", "A1", noon)


def free(name: str, order: str, noon: datetime) -> int:
    one, buyer = somebody(noon, name), somebody(noon, f"{name}的朋友")
    accrue(order=order, base_fen=11000, buyer=buyer, introducer=one, rate=800, held_days=0, at=noon)
    release_due(at=noon)
    return one


@pytest.fixture
def boss() -> Client:
    return at_work(Held("owner"))


def test_who_can_be_paid_stands_above_the_rewards_and_is_paid_by_hand(boss: Client, mei: int, noon: datetime) -> None:
    page = boss.get(url("share_rewards")).text
    assert ("To be paid out" in page, url("share_pay", mei) in page, "free, not paid out" in page) == (True, True, True)
    form = boss.get(url("share_pay", mei)).text
    told = ("Pay exactly ¥8.80", 'name="amount" value="880"', 'name="nth" value="1"', "小美")
    assert [word in form for word in told] == [True] * 4
    with travel(noon, tick=False):
        answer = boss.post(url("share_pay", mei), SENT, follow=True).text
        boss.post(url("share_pay", mei), SENT)
    row = Payout.objects.get()
    assert (row.amount_fen, row.way, row.reference, row.paid_at) == (880, "bank", "T-88", noon)
    said = ("¥8.80 to 小美 are written down", url("share_payout_back", row.pk), "Bank transfer", "T-88", "paid out")
    assert [word in answer for word in said] == [True] * 5
    assert "To be paid out" not in boss.get(url("share_rewards")).text
    assert "Nothing stands free" in boss.get(url("share_pay", mei)).text
    assert "A1" in boss.get(f"{url('share_rewards')}?state=paid").text


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"reference": " "}, 422, "Fill this in."),
        ({"way": "cowries"}, 422, "cowries"),
        ({"amount": "881"}, 200, "Meanwhile another amount stands free: ¥8.80"),
        ({"nth": "2"}, 200, "Something was paid out to them since"),
    ],
)
def test_what_cannot_be_written_down_says_why_and_nothing_is_paid(
    boss: Client, mei: int, wrong: dict[str, str], status: int, said: str
) -> None:
    answer = boss.post(url("share_pay", mei), SENT | wrong, follow=True)
    assert (answer.status_code, said in answer.text, Payout.objects.count()) == (status, True, 0)


def test_a_slip_is_taken_back_for_ten_minutes_and_a_bounced_transfer_later(
    boss: Client, mei: int, noon: datetime
) -> None:
    with travel(noon, tick=False):
        boss.post(url("share_pay", mei), SENT)
        (first,) = Payout.objects.all()
        page = boss.get(url("share_payouts")).text
        assert (url("share_payout_back", first.pk) in page, url("share_payout_returned", first.pk) in page) == (
            True,
            False,
        )
        assert "¥8.80 stand free again" in boss.post(url("share_payout_back", first.pk), follow=True).text
        assert "stood free again before" in boss.post(url("share_payout_back", first.pk), follow=True).text
        assert "was taken back before" in boss.post(url("share_pay", mei), SENT, follow=True).text
        boss.post(url("share_pay", mei), SENT | {"nth": "2", "way": "voucher"})
    second = Payout.objects.latest("pk")
    with travel(noon + timedelta(minutes=11), tick=False):
        assert "more than ten minutes ago" in boss.post(url("share_payout_back", second.pk), follow=True).text
        sure = boss.get(url("share_payout_returned", second.pk)).text
        assert ("Yes, ¥8.80 came back" in sure, "Voucher T-88" in sure) == (True, True)
        answer = boss.post(url("share_payout_returned", second.pk), follow=True).text
        assert boss.post(url("share_payout_back", second.pk + 1)).status_code == 404
    assert ("¥8.80 stand free again" in answer, "came back, stands free again" in answer) == (True, True)
    assert [one.back_reason for one in Payout.objects.order_by("pk")] == ["slip", "returned"]


def test_only_who_may_change_the_house_pays_out(mei: int, noon: datetime) -> None:
    operator = at_work(Held("operator"))
    assert "To be paid out" not in operator.get(url("share_rewards")).text
    assert operator.get(url("share_pay", mei)).status_code == 403
    assert operator.post(url("share_pay", mei), SENT).status_code == 403
    at_work(Held("manager"), login="manager").post(url("share_pay", mei), SENT)
    page = operator.get(url("share_payouts")).text
    assert ("小美" in page, "Take back" in page) == (True, False)
    bound = at_work(Held("operator", community(noon)), login="bound").get(url("share_payouts")).text
    assert ("小美" in bound, "Nothing was paid out yet" in bound) == (False, True)
    assert Payout.objects.count() == 1


def test_three_to_pay_and_three_paid_cost_the_queries_of_one(boss: Client, noon: datetime) -> None:
    asked = []
    boss.get(url("share_rewards"))
    for number in range(3):
        one = free(f"甲{number}", f"A{number}", noon)
        boss.post(url("share_pay", one), SENT)
        free(f"乙{number}", f"B{number}", noon)
        asked.append([queries(boss, url(page)) for page in ("share_rewards", "share_payouts")])
    assert asked[1] == asked[2] == asked[0]
