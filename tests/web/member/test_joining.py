"""Joining on a phone: the page, the questions, waiting, being in. Everything works without a script."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation

from tests.loop.gather.cast import LIN, opened, prepared
from tongpin.base.clock import now as present
from tongpin.core.people.models import Person
from tongpin.core.places.models import CodeOpening
from tongpin.core.team.rules import Everything
from tongpin.loop.gather.admission.actions import SHUT, set_questions
from tongpin.loop.gather.admission.deciding import accept, refuse
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.admission.queries import applications_waiting
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.entrances.actions import close_entrance, make_entrance
from tongpin.web.member import phrases

pytestmark = pytest.mark.django_db
ANSWERS = {"answer_0": "小美", "answer_1": "有人一起"}
WHOLE = {**ANSWERS, "nickname": "小美", "charter": "1", "edition": "1"}


@pytest.fixture
def phone() -> Client:
    translation.activate("zh-hans")
    return Client(headers={"accept-language": "zh-hans"})


@pytest.fixture
def made(noon: datetime) -> int:
    return opened(noon)


def test_a_way_in_that_was_given_up_shows_who_we_are_and_lets_nobody_apply(
    phone: Client, made: int, noon: datetime
) -> None:
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN)
    phone.get(f"/l/{way.code}")
    assert f'href="/c/{made}/apply/"' in phone.get(f"/c/{made}/").text
    close_entrance(entrance_id=way.id, reason="paused", at=noon, actor=LIN)
    assert phone.get(f"/l/{way.code}")["Location"] == f"/c/{made}/"
    phone.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = phone.get(f"/c/{made}/").text
    told = ("青禾读书社", "The way in by which you came is closed", "itself is open to everybody", 'href="?by=page"')
    assert ([one in page for one in told], f'href="/c/{made}/apply/"' in page) == ([True] * 4, False)
    assert phone.get(f"/c/{made}/apply/")["Location"] == f"/c/{made}/"
    refused = phone.post(f"/c/{made}/apply/", WHOLE)
    assert (refused.status_code, "The way in by which you came is closed" in refused.text) == (422, True)
    assert (waiting(), Person.objects.count()) == ([], 0)
    phone.get(f"/c/{made}/?by=page")
    assert phone.post(f"/c/{made}/apply/", WHOLE)["Location"] == f"/c/{made}/"
    assert Application.objects.get().entrance_id is None


@pytest.mark.parametrize(("door", "beside"), [("members", "Ask one of them for their link"), ("seeds", "")])
def test_a_closed_way_in_names_the_other_doors_there_are(noon: datetime, door: str, beside: str) -> None:
    made = opened(noon, door=door)
    way = make_entrance(
        community_id=made, channel="counter", name="柜台", offline=True, paid=False, door="seeds", at=noon, actor=LIN
    )
    close_entrance(entrance_id=way.id, reason="over", at=noon, actor=LIN)
    page = Client(headers={"accept-language": "en"}).get(f"/l/{way.code}", follow=True).text
    assert ("way in by which you came is closed" in page, beside in page, "?by=page" in page) == (True, True, False)


def waiting() -> list[int]:
    return [one.application_id for one in applications_waiting(scope=Everything(), now=present())]


def test_a_printed_code_leads_through_the_questions_into_the_community(
    phone: Client, made: int, noon: datetime
) -> None:
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN)
    followed = phone.get(f"/l/{way.code}")
    assert (followed.status_code, followed["Location"]) == (302, f"/c/{made}/")
    assert "青禾读书社" in phone.get(f"/c/{made}/").text
    assert phone.post(f"/c/{made}/apply/", WHOLE)["Location"] == f"/c/{made}/"
    (number,) = waiting()
    row = Application.objects.get(pk=number)
    assert (row.entrance_id, row.person.nickname) == (way.id, "小美")
    assert "申请收到了" in phone.get(f"/c/{made}/").text
    accept(application_id=number, at=present(), actor=LIN)
    inside = phone.get(f"/c/{made}/").text
    assert "申请" not in inside
    assert "小美" in inside


def test_the_welcome_goes_step_by_step(phone: Client, made: int) -> None:
    phone.post(f"/c/{made}/apply/", WHOLE)
    accept(application_id=waiting()[0], at=present(), actor=LIN)
    steps = []
    for _ in range(10):
        page = phone.get(f"/c/{made}/").text
        if 'name="step"' not in page:
            break
        steps.append(page.split('name="step" value="')[1].split('"')[0])
        phone.post(f"/c/{made}/step/", {"step": steps[-1]})
    assert steps == sorted(steps, key=["welcomed", "rules_read", "how_it_works", "introduced", "first_act"].index)
    assert len(steps) >= 1
    assert "前面还有一步" in phone.post(f"/c/{made}/step/", {"step": steps[0] + "x"}, follow=True).text


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("nickname", "告诉我们怎么称呼你"),
        ("answer_0", "写一两句"),
        ("charter", "勾选同意公约才能加入"),
        ("edition", "再读一遍"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(
    phone: Client, made: int, left_out: str, said: str
) -> None:
    given = {name: value for name, value in WHOLE.items() if name != left_out}
    answer = phone.post(f"/c/{made}/apply/", given)
    assert answer.status_code == 422
    assert said in answer.text
    kept = [value for name, value in given.items() if name in ("nickname", "answer_0")]
    assert all(value in answer.text for value in kept)
    assert (Person.objects.count(), Application.objects.count()) == (0, 0)


def test_a_program_that_fills_every_field_applies_for_nothing(phone: Client, made: int) -> None:
    assert phone.post(f"/c/{made}/apply/", {**WHOLE, "website": "http://ads.example"}).status_code == 422
    assert (Person.objects.count(), Application.objects.count()) == (0, 0)


def test_before_it_is_open_nobody_is_asked_anything(phone: Client, noon: datetime) -> None:
    shut = prepared(noon)
    page = phone.get(f"/c/{shut}/").text
    assert "还在筹备" in page
    assert f"/c/{shut}/apply/" not in page
    assert phone.post(f"/c/{shut}/apply/", WHOLE).status_code == 422
    assert Application.objects.count() == 0


def test_applying_twice_is_one_application_and_answers_can_be_changed(phone: Client, made: int) -> None:
    phone.post(f"/c/{made}/apply/", WHOLE)
    assert "小美" in phone.get(f"/c/{made}/apply/").text
    phone.post(f"/c/{made}/apply/", {"answer_0": "小美妈", "answer_1": "有人一起"})
    (mine,) = applications_waiting(scope=Everything(), now=present())
    assert mine.answers[0].words == "小美妈"
    assert (Person.objects.count(), Application.objects.count()) == (1, 1)


def test_who_is_refused_learns_why_and_may_ask_again(phone: Client, made: int) -> None:
    phone.post(f"/c/{made}/apply/", WHOLE)
    refuse(application_id=waiting()[0], reason="answers_thin", at=present(), actor=LIN)
    assert "看不出" in phone.get(f"/c/{made}/").text
    phone.post(f"/c/{made}/apply/", ANSWERS | {"charter": "1", "edition": "1"})
    assert len(waiting()) == 1


def test_who_changes_their_mind_takes_the_application_back(phone: Client, made: int) -> None:
    phone.post(f"/c/{made}/apply/", WHOLE)
    assert "已撤回" in phone.post(f"/c/{made}/withdraw/", follow=True).text
    assert waiting() == []


def test_a_link_nobody_made_says_so_and_counts_nothing(phone: Client) -> None:
    answer = phone.get("/l/nothere123")
    assert (answer.status_code, "打不开" in answer.text) == (404, True)
    assert not CodeOpening.objects.exists()


def test_a_preview_of_a_link_is_no_opening(phone: Client, made: int, noon: datetime) -> None:
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN)
    assert phone.head(f"/l/{way.code}").status_code == 302
    assert not CodeOpening.objects.exists()
    phone.get(f"/l/{way.code}")
    assert CodeOpening.objects.count() == 1


def test_without_a_session_one_is_told_where_to_begin(phone: Client, made: int) -> None:
    for address in ("/me/", "/me/privacy/erase/"):
        assert phone.get(address)["Location"].startswith("/me/begin/?next=")
    assert "青禾读书社" in phone.get("/me/begin/").text
    assert "青禾读书社" in phone.get("/discover/").text


def test_the_page_costs_the_same_for_one_member_and_for_three(phone: Client, made: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for name in ("小美", "豆豆妈", "阿强"):
        other = Client(headers={"accept-language": "zh-hans"})
        other.post(f"/c/{made}/apply/", WHOLE | {"nickname": name})
        accept(application_id=waiting()[0], at=present(), actor=LIN)
        with CaptureQueriesContext(connection) as seen:
            phone.get(f"/c/{made}/")
        with CaptureQueriesContext(connection) as mine:
            other.get(f"/c/{made}/")
        counts.append((len(seen), len(mine)))
    assert counts[0] == counts[2]
    assert max(counts[0]) <= 20


def test_every_shut_door_says_why() -> None:
    assert all(phrases.shut_door(reason) for reason in (*SHUT, "ended"))


def test_a_choice_asks_to_choose_and_what_may_stay_empty_says_so(noon: datetime) -> None:
    made = opened(noon)
    asked = (
        Question(kind="choice", text="想买什么", choices=("吃的", "用的")),
        Question(text="最近用着好的", required=False),
    )
    set_questions(community_id=made, questions=asked, at=noon, actor=LIN)
    phone = Client(headers={"accept-language": "en"})
    page = phone.post(f"/c/{made}/apply/", {"nickname": "小美", "charter": "1", "edition": "1"}).text
    assert ("Choose one of these." in page, "Write a sentence" in page) == (True, False)
    label = page[page.index("最近用着好的") :]
    assert ("optional" in label[:80], "optional" in page[: page.index("最近用着好的")]) == (True, False)
