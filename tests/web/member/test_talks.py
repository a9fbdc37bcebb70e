"""The page of a talk for members: before, live, replay; signing up, asking; the link on a card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from time_machine import travel

from tests.loop.give.talks.cast import GUEST, LATER, LIN, live, plain_group, planned, says, told
from tests.web.member.buyers import member, phone, queries
from tongpin.core.places.models import CodeOpening, TrackedCode
from tongpin.loop.give.talks.actions import announce, answer, cancel, end, redact_segment, start
from tongpin.loop.give.talks.models import Hearer, Question, SignUp, Talk
from tongpin.loop.give.talks.queries import talk_page
from tongpin.web.look.gate import MEMBER_COOKIE
from tongpin.web.member.talk_rows import jumps_in, rows_of
from tongpin.web.member.templatetags.faces import face

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    cache.clear()
    with travel(noon, tick=False):
        yield


def page_of(talk: int) -> str:
    return f"/t/{Talk.objects.get(pk=talk).live_code}/"


def announced(noon: datetime) -> int:
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon)], at=noon, actor=LIN)
    return talk


def ask(client: Client, talk: int, words: str, **more: str) -> str:
    return client.post(f"{page_of(talk)}ask/", {"words": words, **more}, follow=True).text


def test_a_draft_is_nobodys_business(noon: datetime) -> None:
    talk = planned(noon)
    assert phone().get(page_of(talk)).status_code == 404


def test_before_it_begins_the_page_says_when_and_a_stranger_signs_up_with_a_name(noon: datetime) -> None:
    talk = announced(noon)
    client = phone()
    page = client.get(page_of(talk)).text
    for words in ("睡前十分钟，怎么读", "林老师", "今晚 20:00", "我要听", 'data-until="2026-11-22T20:00:00+08:00"'):
        assert words in page, words
    answered = client.post(f"{page_of(talk)}sign-up/", {"nickname": "豆豆妈"})
    assert answered["Location"] == page_of(talk)
    assert MEMBER_COOKIE in client.cookies
    assert "你已报名" in client.get(page_of(talk)).text
    assert SignUp.objects.filter(talk=talk).count() == 1


def test_who_signed_up_takes_it_back_before_it_begins_and_signs_up_again(noon: datetime) -> None:
    talk = announced(noon)
    client, mei = member()
    off = f"{page_of(talk)}sign-off/"
    assert off not in client.get(page_of(talk)).text
    client.post(f"{page_of(talk)}sign-up/")
    assert off in client.get(page_of(talk)).text
    page = client.post(off, follow=True).text
    assert (off in page, "我要听" in page) == (False, True)
    assert not SignUp.objects.exists()
    client.post(f"{page_of(talk)}sign-up/")
    start(talk_id=talk, at=noon + LATER, actor=GUEST)
    assert off not in client.get(page_of(talk)).text
    client.post(off)
    assert SignUp.objects.get().person_id == mei
    assert phone().post(off).status_code == 302


def test_nobody_is_met_who_gives_no_name_and_programs_fill_the_trap_for_nothing(noon: datetime) -> None:
    talk = announced(noon)
    client = phone()
    page = client.post(f"{page_of(talk)}sign-up/", {"nickname": "  "}, follow=True).text
    assert "怎么称呼你" in page
    client.post(f"{page_of(talk)}sign-up/", {"nickname": "机器", "website": "http://x"})
    assert (SignUp.objects.count(), MEMBER_COOKIE in client.cookies) == (0, False)


def test_while_it_is_live_everything_said_stands_there_without_a_script_and_members_count_as_there(
    noon: datetime,
) -> None:
    talk, at = live(noon, [])
    says(talk, "三岁前，一本书读五十遍很正常。", at)
    slip = says(talk, "说错了", at)
    redact_segment(segment_id=slip, at=at, actor=GUEST)
    client, person = member("小美")
    with travel(at + timedelta(minutes=1), tick=False):
        page = client.get(page_of(talk)).text
        assert "三岁前，一本书读五十遍很正常。" in page
        assert "说错了" not in page
        assert page.count("bubble taken-back") == 1
        assert re.search(r'data-live="http://127.0.0.1:8001/live/\?ticket=[^"]+" data-after="\d+"', page)
        assert "晚到" not in page
        assert Hearer.objects.filter(talk=talk, person=person).exists()
        assert client.post(f"{page_of(talk)}here/", {"seconds": "30"}).status_code == 204
        assert client.post(f"{page_of(talk)}here/", {"seconds": "x"}).status_code == 204


def test_who_comes_late_is_offered_the_clock_the_beginning_and_now(noon: datetime) -> None:
    talk, at = live(noon, [])
    for n in range(26):
        says(talk, f"第 {n} 句", at + timedelta(minutes=n))
    with travel(at + timedelta(minutes=26), tick=False):
        page = phone().get(page_of(talk)).text
    assert "晚到 26 分钟，不要紧" in page
    assert ("从头看" in page, "直接看现在" in page, 'href="#n1"' in page, 'id="now"' in page) == (True,) * 4
    seen = talk_page(talk_id=talk)
    assert seen is not None
    assert [one.words for one in jumps_in(rows_of(seen))] == ["第 0 句", "第 5 句", "第 10 句", "第 15 句", "第 20 句"]


def test_a_question_is_kept_once_however_often_it_is_sent_and_comes_back_with_a_refusal(noon: datetime) -> None:
    talk, _at = live(noon, [])
    client, _person = member("豆豆妈")
    assert "排上了" in ask(client, talk, "要追着读吗？", key="k1")
    ask(client, talk, "要追着读吗？", key="k1")
    assert [(one.name, one.words) for one in Question.objects.all()] == [("豆豆妈", "要追着读吗？")]
    refused = client.post(f"{page_of(talk)}ask/", {"words": "长" * 501, "key": "k2"})
    assert refused.status_code == 422
    assert "长" * 501 in refused.text
    assert client.post(f"{page_of(talk)}ask/", {"words": "改短了？", "key": "k2"}).status_code == 302
    as_json = client.post(f"{page_of(talk)}ask/", {"words": ""}, headers={"accept": "application/json"})
    assert (as_json.status_code, as_json.json()) == (422, {"wrong": "先写下你的问题。"})


def test_a_question_without_a_name_is_asked_once_by_the_form_of_the_page(noon: datetime) -> None:
    talk, _at = live(noon, [])
    client = phone()
    found = re.search(r'name="key" value="(\w{20,})"', client.get(page_of(talk)).text)
    assert found is not None
    for other in (client, phone()):
        assert "排上了" in ask(other, talk, "要追着读吗？", key=found[1])
        cache.clear()
    assert Question.objects.count() == 1
    assert found[1] not in client.get(page_of(talk)).text


def test_who_wants_no_name_on_a_question_has_none_there(noon: datetime) -> None:
    talk, _at = live(noon, [])
    client, _person = member("豆豆妈")
    ask(client, talk, "匿名问一句？", nameless="1")
    ask(phone(), talk, "路过问一句？", name="路人")
    ask(phone(), talk, "不留名？")
    assert [one.name for one in Question.objects.order_by("pk")] == ["一位群友", "路人", ""]


def test_the_replay_has_the_answers_the_clock_and_words_to_send_along(noon: datetime) -> None:
    talk, at = live(noon, [])
    ask(phone(), talk, "子女撕书怎么办？", name="圆圆妈")
    says(talk, "给他一本可以撕的。", at, question_id=Question.objects.get().pk)
    ask(phone(), talk, "回放放多久？")
    answer(question_id=Question.objects.latest("pk").pk, words="一直在。", at=at, actor=LIN)
    end(talk_id=talk, at=at + timedelta(hours=1), actor=GUEST)
    page = phone().get(page_of(talk)).text
    for words in (
        "回看",
        "问与答",
        "子女撕书怎么办？",
        "给他一本可以撕的。",
        "一直在。",
        "转给没赶上的朋友",
        page_of(talk),
    ):
        assert words in page, words
    assert "data-heard" not in page


def test_a_hosts_answer_has_the_hosts_own_face_as_it_comes_and_after_a_reload(noon: datetime) -> None:
    talk, at = live(noon, [])
    ask(phone(), talk, "回放放多久？")
    answer(question_id=Question.objects.get().pk, words="一直在。", at=at, actor=LIN)
    page = phone().get(page_of(talk)).text
    host = str(face("主持人"))
    assert ">主<" in host
    assert (f'<template id="face-host">{host}</template>' in page, page.count(host)) == (True, 2)
    assert ">·</span>" not in page


def test_a_member_who_opens_the_replay_is_told_of_once_and_nobody_else_is(noon: datetime) -> None:
    talk, at = live(noon, [])
    says(talk, "三岁前，一本书读五十遍很正常。", at)
    client, person = member("小美")
    client.get(page_of(talk))
    end(talk_id=talk, at=at + timedelta(hours=1), actor=GUEST)
    phone().get(page_of(talk))
    client.head(page_of(talk))
    client.get(page_of(talk), headers={"sec-purpose": "prefetch;prerender"})
    assert told("talk.replayed") == []
    for _ in range(2):
        assert "回看" in client.get(page_of(talk)).text
    assert told("talk.replayed") == [("talk.replayed", {"talk": talk})]
    assert list(Hearer.objects.filter(how="replay").values_list("person", flat=True)) == [person]


def test_a_talk_that_was_called_off_says_so(noon: datetime) -> None:
    talk = announced(noon)
    cancel(talk_id=talk, reason="guest_ill", at=noon, actor=LIN)
    assert "取消了" in phone().get(page_of(talk)).text
    assert "已经不能报名" in phone().post(f"{page_of(talk)}sign-up/", {"nickname": "小美"}, follow=True).text


def test_the_link_on_a_card_counts_and_leads_to_the_page(noon: datetime) -> None:
    talk = announced(noon)
    code = TrackedCode.objects.get()
    assert phone().get(f"/l/{code.code}")["Location"] == page_of(talk)
    assert CodeOpening.objects.count() == 1


def test_a_long_talk_asks_the_database_no_more_often_than_a_short_one(noon: datetime) -> None:
    talk, at = live(noon, [])
    says(talk, "一", at)
    client = phone()
    few = queries(client, page_of(talk))
    for n in range(20):
        says(talk, f"第 {n} 句", at)
    assert queries(client, page_of(talk)) == few
    assert LATER
