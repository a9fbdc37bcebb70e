"""Who waits, letting in, refusing, taking a slip back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from tests.loop.gather.cast import opened, somebody
from tests.web.console.gather.conftest import applied
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.models import Membership
from tongpin.core.team.rules import Held
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.entrances.queries import EntranceSeen
from tongpin.loop.gather.welcome.models import Welcome

pytestmark = pytest.mark.django_db


def state(application: int) -> tuple[str, str]:
    row = Application.objects.get(pk=application)
    return row.state, row.reason


def test_who_waits_stands_with_entrance_answers_and_what_is_left_of_the_promise(
    boss: Client, readers: int, counter: EntranceSeen, noon: datetime
) -> None:
    applied(readers, noon - timedelta(hours=20), by=counter)
    applied(readers, noon - timedelta(hours=25), "小林")
    page = boss.get(url("admissions")).text
    for told in (
        "小美", "青禾读书社", "waits for 20 hours", "by «柜台海报»", "4 hours left", "我们怎么称呼你", "有人一起",
        "2 people wait", "1 for more than the promised 24 hours", "came by themselves", "1 hour late",
    ):  # fmt: skip
        assert told in page, told
    assert page.index("小林") < page.index("小美")


def test_an_empty_page_says_what_will_stand_here(boss: Client) -> None:
    assert "Nobody waits" in boss.get(url("admissions")).text


def test_letting_in_can_be_taken_back_for_ten_minutes(boss: Client, readers: int, noon: datetime) -> None:
    one = applied(readers, noon - timedelta(hours=1))
    answer = boss.post(url("admission_accept", readers, one), follow=True)
    back = url("admission_back", readers, one)
    assert ("小美 is in" in answer.text, back in answer.text, "Let in just now" in answer.text) == (True, True, True)
    assert (state(one)[0], Membership.objects.filter(left_at=None).count()) == ("accepted", 1)
    assert Welcome.objects.get().finished_at is None
    answer = boss.post(back, follow=True)
    assert "小美 waits again as before" in answer.text
    assert (state(one)[0], Membership.objects.filter(left_at=None).count()) == ("waiting", 0)


def test_after_ten_minutes_nobody_is_put_out_again(readers: int, noon: datetime) -> None:
    one = applied(readers, noon - timedelta(hours=1))
    boss = at_work(Held("owner"))
    boss.post(url("admission_accept", readers, one))
    with travel(noon + timedelta(minutes=11), tick=False):
        answer = boss.post(url("admission_back", readers, one), follow=True)
    assert "more than ten minutes ago" in answer.text
    assert "Let in just now" not in answer.text
    assert state(one)[0] == "accepted"


def test_refusing_takes_a_reason_from_the_list(boss: Client, readers: int, noon: datetime) -> None:
    one = applied(readers, noon)
    assert boss.post(url("admission_refuse", readers, one, "ugly")).status_code == 404
    answer = boss.post(url("admission_refuse", readers, one, "advertiser"), {"back": "today"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert state(one) == ("refused", "advertiser")


def test_of_two_who_decide_the_second_reads_who_was_first(boss: Client, readers: int, noon: datetime) -> None:
    one = applied(readers, noon)
    at_work(Held("operator"), login="xiaoman").post(url("admission_refuse", readers, one, "full"))
    answer = boss.post(url("admission_accept", readers, one), follow=True)
    assert "decided already: refused by 小满" in answer.text
    assert state(one) == ("refused", "full")


def test_who_helps_in_one_community_decides_there_only(readers: int, noon: datetime) -> None:
    other = opened(noon - timedelta(days=3), "晨跑团")
    here, there = applied(readers, noon, "这边的"), applied(other, noon, "那边的")
    helper = at_work(Held("assistant", readers))
    page = helper.get(url("admissions")).text
    assert ("这边的" in page, "那边的" in page) == (True, False)
    assert helper.post(url("admission_accept", other, there)).status_code == 403
    assert helper.post(url("admission_accept", readers, there)).status_code == 404
    assert helper.post(url("admission_accept", readers, here)).status_code == 302
    assert (state(here)[0], state(there)[0]) == ("accepted", "waiting")


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_read_no_words_of_members_reads_no_answers(role: str, readers: int, noon: datetime) -> None:
    applied(readers, noon)
    mate = at_work(Held(role), login=role)  # type: ignore[arg-type]
    assert mate.get(url("admissions")).status_code == 403
    assert "有人一起" not in mate.get(url("today")).text


def test_three_applications_cost_the_same_queries_as_one(
    boss: Client, readers: int, counter: EntranceSeen, noon: datetime
) -> None:
    numbers = []
    for i in range(3):
        one = applied(readers, noon - timedelta(hours=i), f"新人{i}", by=counter)
        done = applied(readers, noon - timedelta(hours=i), f"进来{i}", by=counter)
        boss.post(url("admission_accept", readers, done))
        boss.get(url("admissions"))
        with CaptureQueriesContext(connection) as asked:
            assert boss.get(url("admissions")).status_code == 200
        numbers.append(len(asked))
        assert state(one)[0] == "waiting"
    assert numbers[0] == numbers[2] <= 20


def test_today_shows_the_first_who_wait_and_counts_all(boss: Client, readers: int, noon: datetime) -> None:
    for i in range(5):
        applied(readers, noon - timedelta(hours=18 - i), f"新人{i}")
    page = boss.get(url("today")).text
    assert "Look at <b>5</b> applications" in page
    assert "the first has waited 18 hours; we promise an answer within 24 hours" in page
    assert page.index("Expiring") < page.index("Look at")
    card = page[page.index("At the door") : page.index("Just now")]
    assert [f"新人{i}" in card for i in range(4)] == [True, True, True, False]
    first = Application.objects.earliest("applied_at").pk
    answer = boss.post(url("admission_accept", readers, first), {"back": "today"}, follow=True)
    assert (answer.redirect_chain[-1][0], "新人0 is in" in answer.text) == ("/", True)


def test_a_refusal_is_reconsidered_for_seven_days(boss: Client, readers: int, noon: datetime) -> None:
    one = applied(readers, noon)
    answer = boss.post(url("admission_refuse", readers, one, "full"), follow=True).text
    again = url("admission_reconsider", readers, one)
    assert ("Refused lately" in answer, answer.count(again)) == (True, 2)
    told = boss.post(again, follow=True).text
    assert ("waits again; the promise" in told, "Refused lately" in told, state(one)[0]) == (True, False, "waiting")
    assert "waits again." in boss.post(again, follow=True).text
    boss.post(url("admission_refuse", readers, one, "full"))
    with travel(noon + timedelta(days=7, seconds=1), tick=False):
        late = at_work(Held("owner"), login="late")
        assert "Refused lately" not in late.get(url("admissions")).text
        assert "more than seven days ago" in late.post(again, follow=True).text
    assert state(one) == ("refused", "full")
    assert at_work(Held("viewer"), login="viewer").post(again).status_code == 403


def test_whom_a_member_brings_did_not_come_by_themselves_and_a_refusal_can_be_thought_over(
    boss: Client, readers: int, noon: datetime
) -> None:
    number = applied(readers, noon)
    Application.objects.filter(pk=number).update(inviter=somebody(noon, "朵朵妈妈"))
    page = boss.get(url("admissions")).text
    assert ("brought by 朵朵妈妈" in page, "came by themselves" in page) == (True, False)
    assert ("For seven days you can think again" in page, "cannot be taken back" in page) == (True, False)
