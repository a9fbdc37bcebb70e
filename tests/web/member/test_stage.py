"""The guest's stage: a private link, words, pictures and voice, a bad network, questions, the end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings
from time_machine import travel

from tests.loop.give.talks.cast import GUEST, LIN, live, plain_group, planned, react, room
from tongpin.loop.give.talks.actions import announce, ask, cancel, drop_question, end, hand_question, new_stage_link
from tongpin.loop.give.talks.models import Question, Segment, Talk
from tongpin.web.member.stage_giving import MOST_BODY

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path / "files"
    with travel(noon, tick=False):
        yield


def on_air(noon: datetime, place_ids: list[int] | None = None) -> tuple[int, str]:
    """A live talk and the address of its stage."""
    talk, _at = live(noon, place_ids or [])
    return talk, f"/stage/{new_stage_link(talk_id=talk, at=noon, actor=LIN)}/"


def guest() -> Client:
    """A phone without any session that checks tokens as a real server does."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "orange").save(out, "JPEG")
    return SimpleUploadedFile("停下来的那一页.jpg", out.getvalue(), "image/jpeg")


def test_before_the_hour_the_guest_reads_what_will_happen_and_begins(noon: datetime) -> None:
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon)], at=noon, actor=LIN)
    stage = f"/stage/{new_stage_link(talk_id=talk, at=noon, actor=LIN)}/"
    page = guest().get(stage)
    assert ("开始分享" in page.text, "林老师" in page.text) == (True, True)
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert page["Cache-Control"] == "private, no-store"
    early = guest().post(f"{stage}say/", {"words": "早了", "key": "k"}, headers=JSON)
    assert (early.status_code, Segment.objects.count()) == (422, 0)
    assert guest().post(f"{stage}begin/")["Location"] == stage
    assert Talk.objects.get().state == "live"


def test_words_are_said_once_however_often_a_bad_network_sends_them(noon: datetime) -> None:
    talk, stage = on_air(noon)
    answers = [
        guest().post(f"{stage}say/", {"words": "大家晚上好。", "key": "k1"}, headers=JSON).json() for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert [(one.number, one.words, one.client_key) for one in Segment.objects.filter(talk=talk)] == [
        (1, "大家晚上好。", "k1")
    ]
    assert guest().post(f"{stage}say/", {"words": "没有脚本也行", "key": "k2"})["Location"] == stage
    assert "没有脚本也行" in guest().get(stage).text


def test_a_picture_is_kept_said_and_not_kept_twice(noon: datetime, settings: Settings) -> None:
    talk, stage = on_air(noon)
    for _ in range(2):
        sent = guest().post(f"{stage}say/", {"words": "停下来的那一页", "key": "p", "picture": picture()}, headers=JSON)
        assert sent.status_code == 200, sent.text
    held = Segment.objects.get(talk=talk)
    assert (held.form, held.words, len(held.files)) == ("picture", "停下来的那一页", 1)
    page = guest().get(stage).text
    assert f'src="/f/{held.files[0]}/small" width="320" height="240"' in page


def test_what_is_no_picture_is_refused_with_words_and_what_was_typed_comes_back(noon: datetime) -> None:
    _talk, stage = on_air(noon)
    broken = SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")
    refused = guest().post(f"{stage}say/", {"words": "图注", "key": "p", "picture": broken})
    assert refused.status_code == 422
    assert ("图注" in refused.text, 'role="alert"' in refused.text, Segment.objects.count()) == (True, True, 0)


def test_a_body_that_is_too_large_is_refused_unread(noon: datetime) -> None:
    _talk, stage = on_air(noon)
    sent = guest().post(
        f"{stage}say/", {"words": "x", "key": "k"}, headers={**JSON, "content-length": str(MOST_BODY + 1)}
    )
    assert (sent.status_code, Segment.objects.count()) == (422, 0)


def test_the_stage_says_in_how_many_groups_a_piece_is_and_which_questions_were_handed_on(noon: datetime) -> None:
    talk, stage = on_air(noon, [room("绘本 1 群", noon), plain_group("晨跑 1 群", noon)])
    guest().post(f"{stage}say/", {"words": "等那一页。", "key": "k1"})
    react()
    asked = ask(talk_id=talk, person_id=None, name="豆豆妈", words="要追着读吗？", channel="live", at=noon).question_id
    assert "要追着读吗？" not in guest().get(stage).text
    hand_question(question_id=asked, at=noon, actor=LIN)
    found = guest().get(f"{stage}now/", headers=JSON).json()
    assert found == {
        "state": "live",
        "said": [
            {
                "segment": Segment.objects.get().pk,
                "went": "在直播页上，1 个群里已到 0 个",
                "tone": "waits",
                "redacted": False,
            }
        ],
        "questions": [{"id": asked, "name": "豆豆妈", "words": "要追着读吗？", "also": 0}],
    }
    assert "在回答" in guest().get(f"{stage}?answer={asked}").text
    guest().post(f"{stage}say/", {"words": "不用追。", "key": "k2", "question": str(asked)})
    assert Question.objects.get().state == "answered"


def test_an_answer_to_a_question_that_was_dropped_meanwhile_is_said_all_the_same(noon: datetime) -> None:
    talk, stage = on_air(noon)
    asked = ask(talk_id=talk, person_id=None, name="", words="多少钱？", channel="live", at=noon).question_id
    drop_question(question_id=asked, at=noon, actor=LIN)
    for key, question in (("a", str(asked)), ("b", "999999"), ("c", "x")):
        sent = guest().post(f"{stage}say/", {"words": f"答 {key}", "key": key, "question": question}, headers=JSON)
        assert sent.status_code == 200, sent.text
    assert Segment.objects.filter(talk=talk, question=None).count() == 3


def test_a_slip_is_taken_back_but_nothing_of_another_talk(noon: datetime) -> None:
    talk, stage = on_air(noon)
    slip = guest().post(f"{stage}say/", {"words": "说错了", "key": "k"}, headers=JSON).json()["segment"]
    other, _at = live(noon, [], title="另一场", community_id=Talk.objects.get(pk=talk).community_id)
    elsewhere = Segment.objects.create(talk_id=other, number=1, form="text", words="别人的", client_key="x", at=noon)
    guest().post(f"{stage}back/{elsewhere.pk}/")
    guest().post(f"{stage}back/{slip}/")
    assert [one.redacted_at is not None for one in Segment.objects.order_by("talk")] == [True, False]
    assert "说错了" not in guest().get(stage).text


def test_the_end_closes_the_stage_and_shows_the_replay(noon: datetime) -> None:
    talk, stage = on_air(noon)
    over = guest().post(f"{stage}end/")
    assert over["Location"] == f"/t/{Talk.objects.get(pk=talk).live_code}/"
    late = guest().post(f"{stage}say/", {"words": "还有一句", "key": "k"}, headers=JSON)
    assert (late.status_code, "wrong" in late.json(), Segment.objects.count()) == (410, True, 0)


def test_after_the_end_the_link_thanks_the_guest_and_leads_to_the_replay(noon: datetime) -> None:
    talk, stage = on_air(noon)
    replay = f'href="http://127.0.0.1:8000/t/{Talk.objects.get(pk=talk).live_code}/"'
    guest().post(f"{stage}say/", {"words": "大家晚上好。", "key": "k"})
    assert guest().post(f"{stage}end/").status_code == 302
    over = guest().get(stage)
    assert (over.status_code, "林老师" in over.text, replay in over.text) == (410, True, True)
    assert "这个链接已经关闭" not in over.text
    silent, quiet = on_air(noon)
    guest().post(f"{quiet}end/")
    assert Talk.objects.get(pk=silent).live_code not in guest().get(quiet).text


def test_the_guest_reads_which_groups_get_each_piece_and_which_a_card(noon: datetime) -> None:
    talk = planned(noon)
    stage = f"/stage/{new_stage_link(talk_id=talk, at=noon, actor=LIN)}/"
    english = Client(headers={"accept-language": "en"})
    nobody = english.get(stage).text
    assert ("gets each piece" in nobody, "get a card instead" in nobody, "to every group" in nobody) == (False,) * 3
    told = [room("绘本 1 群", noon), plain_group("晨跑 1 群", noon), plain_group("晨跑 2 群", noon)]
    announce(talk_id=talk, place_ids=told, at=noon, actor=LIN)
    page = english.get(stage).text
    assert "One group gets each piece as well." in page
    assert "2 groups, in WeChat or other apps where we cannot write, get a card instead" in page


def test_of_a_piece_that_was_taken_back_nothing_says_that_it_stands_somewhere(noon: datetime) -> None:
    _talk, stage = on_air(noon)
    english = Client(headers={"accept-language": "en"})
    slip = guest().post(f"{stage}say/", {"words": "说错了", "key": "k"}, headers=JSON).json()["segment"]
    guest().post(f"{stage}back/{slip}/")
    told = english.get(f"{stage}now/", headers=JSON).json()["said"]
    assert told == [{"segment": slip, "went": "off the live page and out of the groups", "tone": "", "redacted": True}]
    page = english.get(stage).text
    assert ("off the live page and out of the groups</span>" in page, f"back/{slip}/" in page) == (True, False)


def test_a_wrong_link_opens_nothing_and_trying_many_shuts_the_door(noon: datetime) -> None:
    on_air(noon)
    client = guest()
    tried = [client.get(f"/stage/{'x' * 30}{n}/").status_code for n in range(22)]
    assert (tried[0], tried[-1]) == (404, 429)
    assert client.post("/stage/short/say/", {"words": "x", "key": "k"}).status_code == 429


def test_a_renewed_link_shuts_the_one_before(noon: datetime) -> None:
    talk, stage = on_air(noon)
    again = f"/stage/{new_stage_link(talk_id=talk, at=noon, actor=LIN)}/"
    assert (guest().get(stage).status_code, guest().get(again).status_code) == (404, 200)


def test_a_talk_ended_or_called_off_by_the_host_takes_nothing_from_the_stage(noon: datetime) -> None:
    talk, stage = on_air(noon)
    end(talk_id=talk, at=noon, actor=GUEST)
    assert guest().post(f"{stage}say/", {"words": "晚了", "key": "k"}).status_code == 410
    draft = planned(noon, title="取消的")
    shut = f"/stage/{new_stage_link(talk_id=draft, at=noon, actor=LIN)}/"
    cancel(talk_id=draft, reason="other", at=noon, actor=LIN)
    off = guest().post(f"{shut}begin/")
    assert (off.status_code, "这场分享取消了" in off.text) == (410, True)
    assert Talk.objects.get(pk=draft).state == "cancelled"
