"""What is taken back is gone everywhere: files of a segment, a question of a group, a talk for who signed up, a guest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.files.making import drawn
from tests.loop.give.talks.cast import GUEST, LIN, live, plain_group, planned, react, room, says, somebody, speaks, told
from tongpin.channels.port import Arrival
from tongpin.core.files.actions import keep_picture
from tongpin.core.files.queries import file_seen, read
from tongpin.core.people.erasure import erase
from tongpin.core.places.arriving import hear_arrivals
from tongpin.core.places.models import Message
from tongpin.core.sending.models import Errand, Letter
from tongpin.loop.give.talks.actions import (
    amend_talk,
    announce,
    answer,
    cancel,
    give_segment,
    hand_question,
    hear_live,
    redact_segment,
    sign_up,
)
from tongpin.loop.give.talks.models import Hearer, Question, Segment, Talk
from tongpin.loop.give.talks.queries import lines_after
from tongpin.loop.give.talks.speaking import FILES_OF

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path / "files"
    yield


def picture(talk: int, at: datetime, *, colour: str = "teal", person: int | None = None) -> str:
    kept = keep_picture(
        content=drawn(colour=colour), person_id=person, about_kind=FILES_OF, about=talk, at=at, actor=GUEST
    )
    return kept.name


def shows(talk: int, name: str, key: str, at: datetime) -> int:
    return give_segment(
        talk_id=talk, form="picture", client_key=key, words="那一页", files=(name,), at=at, actor=GUEST
    ).segment_id


def test_files_of_a_segment_that_was_taken_back_are_served_to_nobody(noon: datetime) -> None:
    talk, began = live(noon, [])
    once, twice = picture(talk, began), picture(talk, began, colour="navy")
    slip = shows(talk, once, "a", began)
    both = [shows(talk, twice, key, began) for key in "bc"]
    redact_segment(segment_id=slip, at=began, actor=GUEST)
    redact_segment(segment_id=both[0], at=began, actor=GUEST)
    assert (file_seen(name=once), read(name=once)) == (None, None)
    assert file_seen(name=twice) is not None, "another segment shows it as well"
    assert Segment.objects.get(pk=slip).files == []
    redact_segment(segment_id=both[1], at=began, actor=GUEST)
    assert (file_seen(name=twice), read(name=twice)) == (None, None)


def test_a_question_that_was_taken_back_in_its_group_is_read_by_nobody(noon: datetime) -> None:
    place = room("r1", noon)
    talk, began = live(noon, [place])
    asked = [speaks(place, somebody(noon), words, began) for words in ("请问四岁怎么办？", "请问晚上读多久？")]
    react("bulk")
    first, second = Question.objects.order_by("pk")
    hand_question(question_id=second.pk, at=began, actor=LIN)
    answer(question_id=second.pk, words="十分钟。", at=began, actor=LIN)
    later = began + timedelta(minutes=1)
    for n, message in enumerate(asked):
        key = Message.objects.get(pk=message).key
        arrival = Arrival(kind="redacted", key=f"x{n}", place="r1", sender="s", at=later, about=key)
        hear_arrivals(channel="web", arrivals=[arrival], at=later)
    for _ in range(2):
        react("bulk")
    assert list(Question.objects.order_by("pk").values_list("words", "state")) == [("", "dropped"), ("", "answered")]
    assert told("question.closed") == [("question.closed", {"question": first.pk, "outcome": "recalled"})]
    assert "四岁" not in str(lines_after(talk_id=talk, number=0))


def test_who_signed_up_hears_that_a_talk_moved_or_is_called_off(noon: datetime) -> None:
    talk, person = planned(noon), somebody(noon)
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon)], at=noon, actor=LIN)
    sign_up(talk_id=talk, person_id=person, at=noon, actor=f"person:{person}")
    seen = Talk.objects.get()
    amend_talk(
        talk_id=talk, title=seen.title, guest_name=seen.guest_name, starts_at=seen.starts_at + timedelta(days=1),
        at=noon, actor=LIN,
    )  # fmt: skip
    cancel(talk_id=talk, reason="guest_ill", at=noon, actor=LIN)
    moved, off = Letter.objects.order_by("pk")
    assert [(row.person_id, row.state) for row in (moved, off)] == [(person, "cancelled"), (person, "queued")]
    assert "改到 11月23日 20:00" in moved.payload["card"]["text"]
    assert "取消" in off.payload["card"]["text"]


def test_a_guest_who_looks_at_the_live_page_does_not_hear_themselves(noon: datetime) -> None:
    guest, listener = somebody(noon, "林老师"), somebody(noon)
    talk, began = live(noon, [], guest_person_id=guest)
    later = began + timedelta(seconds=40)
    assert [hear_live(talk_id=talk, person_id=one, seconds=30, at=later) for one in (guest, listener)] == [0, 30]
    assert list(Hearer.objects.values_list("person", flat=True)) == [listener]


@pytest.mark.parametrize("with_words", [True, False])
def test_cards_that_name_an_erased_guest_say_nothing_more(noon: datetime, with_words: bool) -> None:
    guest, fan = somebody(noon, "林老师"), somebody(noon)
    place, group = room("r1", noon), plain_group("晨跑 1 群", noon)
    talk = planned(noon, guest_person_id=guest)
    announce(talk_id=talk, place_ids=[place, group], at=noon, actor=LIN)
    Letter.objects.update(state="sent", platform_id="9")
    sign_up(talk_id=talk, person_id=fan, at=noon, actor="t")
    live_talk, began = live(
        noon, [], guest_person_id=guest, title="第二场", community_id=Talk.objects.get().community_id
    )
    says(live_talk, "一句话", began)
    shown = shows(live_talk, picture(live_talk, began, person=guest), "p", began)
    erase(person_id=guest, with_words=with_words, actor="staff:1", at=began)
    everything = json.dumps(
        [list(Letter.objects.values_list("payload", flat=True)), list(Errand.objects.values_list("text", flat=True)),
         list(Talk.objects.values_list("guest_name", flat=True))], ensure_ascii=False,
    )  # fmt: skip
    assert "林老师" not in everything
    assert set(Errand.objects.values_list("state", flat=True)) == {"missed"}
    words = list(Segment.objects.order_by("number").values_list("words", flat=True))
    assert words == (["", ""] if with_words else ["一句话", "那一页"])
    assert Segment.objects.get(pk=shown).files == []
