"""Who heard a talk, what it came to, and what is left of a person who is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.give.talks.cast import (
    GUEST,
    LIN,
    community,
    live,
    plain_group,
    planned,
    react,
    room,
    says,
    somebody,
    speaks,
    told,
)
from tongpin.core.people.erasure import erase
from tongpin.core.people.merging import merge
from tongpin.loop.give.exporting import export_give
from tongpin.loop.give.talks.actions import (
    BadPlaces,
    NotNow,
    ask,
    attach_chat,
    end,
    hear_live,
    open_replay,
    sign_up,
)
from tongpin.loop.give.talks.models import Hearer, Question, Segment, SignUp, Talk
from tongpin.loop.give.talks.queries import lines_after, talk_page

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_a_live_page_is_heard_as_long_as_it_was_open(noon: datetime) -> None:
    talk, began = live(noon, [])
    person = somebody(noon)
    assert hear_live(talk_id=talk, person_id=person, seconds=30, at=began + timedelta(seconds=30)) == 30
    assert hear_live(talk_id=talk, person_id=person, seconds=9000, at=began + timedelta(seconds=60)) == 60
    assert hear_live(talk_id=talk, person_id=person, seconds=-5, at=began + timedelta(seconds=90)) == 60
    end(talk_id=talk, at=began + HOUR, actor=GUEST)
    assert hear_live(talk_id=talk, person_id=person, seconds=30, at=began + HOUR) == 0
    assert told("talk.attended") == [("talk.attended", {"talk": talk, "how": "live", "seconds": 60})]
    assert told("talk.ended")[0][1]["attended"] == 1


def test_the_end_tells_what_it_came_to_and_what_the_guest_gave(noon: datetime) -> None:
    guest = somebody(noon, "林老师")
    made = community(noon)
    talk, began = live(noon, [], community_id=made, guest_person_id=guest)
    says(talk, "一", began)
    says(talk, "二", began)
    ask(talk_id=talk, person_id=None, name="路人", words="几本？", channel="live", at=began)
    end(talk_id=talk, at=began + timedelta(minutes=42, seconds=30), actor=GUEST)
    assert told("talk.ended", "value.given") == [
        (
            "talk.ended",
            {"talk": talk, "community": made, "guest": guest, "seconds": 2550, "segments": 2, "questions": 1},
        ),
        ("value.given", {"about_kind": "talk", "about": talk, "part": "led", "community": made, "minutes": 42}),
    ]


def test_who_spoke_in_a_room_of_the_talk_was_there(noon: datetime) -> None:
    place = room("r1", noon)
    person = somebody(noon)
    talk, began = live(noon, [place])
    speaks(place, person, "讲得真好", began + timedelta(minutes=3))
    end(talk_id=talk, at=began + HOUR, actor=GUEST)
    assert told("talk.attended") == [("talk.attended", {"talk": talk, "how": "group", "messages": 1})]


def test_a_replay_is_told_once_a_person_and_not_of_the_guest_nor_before_the_end(noon: datetime) -> None:
    guest, first, second, other = (somebody(noon, name) for name in ("林老师", "小美", "小美二", "路人"))
    talk, began = live(noon, [], guest_person_id=guest)
    assert not open_replay(talk_id=talk, person_id=first, at=began)
    end(talk_id=talk, at=began + HOUR, actor=GUEST)
    later = began + 2 * HOUR
    assert [open_replay(talk_id=talk, person_id=one, at=later) for one in (guest, first, first, other)] == [
        False,
        True,
        False,
        True,
    ]
    merge(kept=first, gone=second, reasons=["by hand"], actor=LIN, at=later)
    assert not open_replay(talk_id=talk, person_id=second, at=later)
    erase(person_id=other, with_words=False, actor=LIN, at=later)
    assert not open_replay(talk_id=talk, person_id=other, at=later)
    assert not open_replay(talk_id=talk, person_id=999_999, at=later)
    assert told("talk.replayed") == [("talk.replayed", {"talk": talk})] * 2
    seen = talk_page(talk_id=talk)
    assert seen is not None
    assert seen.heard == 0
    (section,) = [one for one in export_give((first,)) if one.code == "talks_heard"]
    assert [row["how"] for row in section.rows] == ["replay"]


def test_an_attached_chat_counts_as_if_it_had_been_heard_live(noon: datetime) -> None:
    group = plain_group("一群", noon)
    guest, spoke, merged, early, late = (somebody(noon, name) for name in ("林老师", "小美", "小美二", "早", "晚"))
    talk, began = live(noon, [], guest_person_id=guest)
    over = began + HOUR
    with pytest.raises(NotNow):
        attach_chat(talk_id=talk, place_id=group, at=began, actor=LIN)
    end(talk_id=talk, at=over, actor=GUEST)
    for person, at in (
        (spoke, began),
        (spoke, over),
        (merged, over + timedelta(minutes=30)),
        (guest, began),
        (None, began),
        (early, began - timedelta(minutes=11)),
        (late, over + timedelta(minutes=31)),
    ):
        speaks(group, person, f"{person} {at}", at)
    merge(kept=spoke, gone=merged, reasons=["by hand"], actor=LIN, at=over)
    found = attach_chat(talk_id=talk, place_id=group, at=over + HOUR, actor=LIN)
    assert (found.people, found.messages) == (1, 3)
    again = attach_chat(talk_id=talk, place_id=group, at=over + 2 * HOUR, actor=LIN)
    assert (again.people, again.messages) == (0, 0)
    assert told("talk.attended") == [("talk.attended", {"talk": talk, "how": "chat_export", "messages": 3})]
    assert list(Hearer.objects.values_list("person_id", flat=True)) == [spoke]
    with pytest.raises(BadPlaces):
        attach_chat(talk_id=talk, place_id=999_999, at=over, actor=LIN)


def test_more_of_a_chat_adds_those_who_were_not_known(noon: datetime) -> None:
    group = plain_group("一群", noon)
    one, two = somebody(noon), somebody(noon, "王可")
    talk, began = live(noon, [])
    end(talk_id=talk, at=began + HOUR, actor=GUEST)
    speaks(group, one, "好", began)
    attach_chat(talk_id=talk, place_id=group, at=began + HOUR, actor=LIN)
    speaks(group, one, "真好", began)
    speaks(group, two, "谢谢", began)
    found = attach_chat(talk_id=talk, place_id=group, at=began + 2 * HOUR, actor=LIN)
    assert (found.people, found.messages) == (1, 1)


def given_by(noon: datetime) -> tuple[int, int, int]:
    """A talk of a guest with a question and a sign-up of a listener: talk, guest, listener."""
    guest, listener = somebody(noon, "林老师"), somebody(noon)
    talk, began = live(noon, [room("r1", noon)], guest_person_id=guest)
    sign_up(talk_id=talk, person_id=listener, at=began, actor="t")
    hear_live(talk_id=talk, person_id=listener, seconds=5, at=began + timedelta(seconds=5))
    ask(talk_id=talk, person_id=listener, name="小美", words="几本？", channel="live", at=began)
    says(talk, "三本", began)
    react()
    return talk, guest, listener


def test_a_listener_who_is_erased_leaves_a_question_without_a_name(noon: datetime) -> None:
    _, _, listener = given_by(noon)
    erase(person_id=listener, with_words=False, actor=LIN, at=noon + timedelta(days=1))
    assert list(Question.objects.values_list("person_id", "name", "words")) == [(None, "", "几本？")]
    assert not Hearer.objects.exists()
    assert not SignUp.objects.exists()


def test_a_guest_who_is_erased_with_their_words_leaves_none(noon: datetime) -> None:
    from tongpin.core.sending.models import Letter

    talk, guest, listener = given_by(noon)
    erase(person_id=guest, with_words=True, actor=LIN, at=noon + timedelta(days=1))
    assert list(Segment.objects.values_list("words", "files")) == [("", [])]
    assert list(Talk.objects.values_list("guest_person_id", "guest_name")) == [(None, "")]
    assert [one.redacted for one in lines_after(talk_id=talk, number=1)] == [True]
    assert [one.payload for one in Letter.objects.filter(about_kind="talk_segment")] == [{}]
    erase(person_id=listener, with_words=True, actor=LIN, at=noon + timedelta(days=1))
    assert list(Question.objects.values_list("words", flat=True)) == [""]


def test_an_erased_guest_gives_nothing_when_the_talk_ends(noon: datetime) -> None:
    talk, guest, _ = given_by(noon)
    erase(person_id=guest, with_words=False, actor=LIN, at=noon + timedelta(days=1))
    assert end(talk_id=talk, at=noon + timedelta(days=1), actor=LIN)
    assert told("value.given") == []


def test_a_person_gets_what_they_gave_asked_and_heard(noon: datetime) -> None:
    _, guest, listener = given_by(noon)
    gave = {section.code: list(section.rows) for section in export_give((guest,))}
    assert [row["words"] for row in gave["talk_segments"]] == ["三本"]
    assert len(gave["talks_given"]) == 1
    heard = {section.code: len(list(section.rows)) for section in export_give((listener,))}
    mine = {"talks_given": 0, "talk_segments": 0, "questions": 1, "talks_heard": 1, "talk_sign_ups": 1}
    assert heard | mine == heard


def test_the_page_counts_who_signed_up_and_heard(noon: datetime) -> None:
    talk, _, _ = given_by(noon)
    page = talk_page(talk_id=talk)
    assert page is not None
    assert (page.signed_up, page.heard, page.segments, page.last_line) == (1, 1, 1, 2)
    assert talk_page(talk_id=planned(noon) + 1) is None
