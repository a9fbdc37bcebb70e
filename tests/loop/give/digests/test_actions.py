"""A digest from its draft to its page: real messages, consent of each, those who gave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.loop.gather.cast import told
from tests.loop.give.talks.cast import GUEST, LIN, community, live, plain_group, room, somebody
from tongpin.core.people.erasure import Erasing
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Person
from tongpin.core.people.visitors import begin_session
from tongpin.core.places.hearing import Heard, hear_many
from tongpin.core.places.models import Message
from tongpin.core.sending.models import Errand, Letter
from tongpin.loop.give.digests.actions import (
    BadDigest,
    DigestUnknown,
    NotQuoted,
    NotYet,
    answer_consent,
    ask_consent,
    draft_from_place,
    draft_from_talk,
    leave_out,
    publish,
    write_up,
)
from tongpin.loop.give.digests.models import Digest, Giver, Quote
from tongpin.loop.give.digests.phrases import asking_by_hand
from tongpin.loop.give.digests.queries import DigestSeen, digest_seen, digests_of
from tongpin.loop.give.erasing import erase_from_give
from tongpin.loop.give.exporting import export_give
from tongpin.loop.give.talks.actions import end, give_segment

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = "先约好几点回来，再谈跑不跑；跑不成的那天，快走二十分钟也算数"
SECOND = "我是和楼下邻居换班，她跑周一三五，我跑二四六，孩子一起玩，两家都省心"


def chat(place: int, at: datetime, *lines: tuple[int | None, str]) -> list[int]:
    """People say things in a place, a minute apart; the numbers of the messages."""
    heard = [
        Heard(f"{place}:{at.timestamp()}:{n}", person, at + timedelta(minutes=n), "text", words)
        for n, (person, words) in enumerate(lines)
    ]
    with transaction.atomic():
        hear_many(place_id=place, heard=heard, batch=None)
    return list(Message.objects.filter(place=place).order_by("said_at").values_list("pk", flat=True))


def evening(at: datetime, name: str = "跑步 1 群") -> tuple[int, int, int, int]:
    """A group in which 小美 and 阿强 said something; (group, digest, 小美, 阿强)."""
    mei, qiang = somebody(at), somebody(at, "阿强")
    group = plain_group(name, at, of=community(at))
    chat(group, at, (mei, FIRST), (qiang, SECOND), (mei, "学到了"), (None, "有人吗"))
    digest = draft_from_place(place_id=group, first=at - HOUR, last=at + HOUR, title=" 带娃出门跑步 ", at=at, actor=LIN)
    return group, digest, mei, qiang


def shown(digest: int) -> list[tuple[str, str]]:
    return [(one.name, one.words) for one in digest_seen(digest_id=digest).shown]


def agree(digest: int, person: int, at: datetime, agrees: bool = True) -> None:
    answer_consent(digest_id=digest, person_id=person, agrees=agrees, how="hand", at=at, actor=LIN)


def test_a_draft_is_made_of_real_messages_and_tells_nobody(noon: datetime) -> None:
    group, digest, mei, qiang = evening(noon)
    seen = digest_seen(digest_id=digest)
    assert (seen.title, seen.source_name, seen.messages, seen.people, seen.state) == (
        "带娃出门跑步",
        "跑步 1 群",
        4,
        2,
        "draft",
    )
    assert [(one.person_id, one.words, one.answers, one.thanks, one.consent, one.shown) for one in seen.quotes] == [
        (mei, FIRST, 1, 0, "unasked", False),
        (qiang, SECOND, 0, 1, "unasked", False),
    ]
    assert {one.name for one in seen.givers} == {"小美", "阿强"}
    assert Letter.objects.count() == Errand.objects.count() == 0
    drafted = {"digest": digest, "about_kind": "place", "about": group, "quotes": 2}
    assert told("digest.drafted", "digest.quoted", "value.given") == [("digest.drafted", drafted)]


def test_the_same_stretch_is_the_same_digest(noon: datetime) -> None:
    group, digest, *_ = evening(noon)
    again = draft_from_place(place_id=group, first=noon - HOUR, last=noon + HOUR, title="x", at=noon, actor=LIN)
    assert (again, Digest.objects.count(), Quote.objects.count()) == (digest, 1, 2)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"last": timedelta(0)}, "ends_before"),
        ({"last": 40 * DAY}, "too_long"),
        ({"first": 2 * HOUR, "last": 3 * HOUR}, "nothing"),
        ({"title": "  "}, "no_title"),
        ({"place": 0}, "unknown"),
    ],
)
def test_what_makes_no_digest_is_said_and_nothing_is_kept(noon: datetime, asked: dict[str, Any], reason: str) -> None:
    mei = somebody(noon)
    group = plain_group("跑步 1 群", noon, of=community(noon))
    chat(group, noon, (mei, FIRST))
    with pytest.raises(BadDigest) as refused:
        draft_from_place(
            place_id=asked.get("place", group),
            first=noon + asked.get("first", timedelta(0)),
            last=noon + asked.get("last", HOUR),
            title=asked.get("title", "跑步"),
            at=noon,
            actor=LIN,
        )
    assert (refused.value.reason, Digest.objects.count(), told("digest.drafted")) == (reason, 0, [])


def test_everybody_quoted_is_asked_once_in_their_box(noon: datetime) -> None:
    _, digest, mei, qiang = evening(noon)
    begin_session(person_id=mei, at=noon)
    agree(digest, qiang, noon)
    assert ask_consent(digest_id=digest, at=noon, actor=LIN) == 1
    assert ask_consent(digest_id=digest, at=noon, actor=LIN) == 0
    (letter,) = Letter.objects.all()
    assert (letter.person_id, letter.channel, letter.letter_class) == (mei, "web", "service")
    assert f"/d/{Digest.objects.get().code}/" in str(letter.payload)
    assert {one.person_id: one.consent for one in digest_seen(digest_id=digest).quotes} == {
        mei: "asked",
        qiang: "given",
    }


def test_nobody_is_said_to_be_asked_whom_no_message_reaches(noon: datetime) -> None:
    _, digest, mei, qiang = evening(noon)
    begin_session(person_id=qiang, at=noon - 200 * DAY)
    assert ask_consent(digest_id=digest, at=noon, actor=LIN) == 0
    assert Letter.objects.count() == 0
    phone = somebody(noon, "小美二号")
    begin_session(person_id=phone, at=noon)
    merge(kept=phone, gone=mei, reasons=[], actor=LIN, at=noon)
    assert ask_consent(digest_id=digest, at=noon, actor=LIN) == 1
    assert {one.person_id: one.consent for one in digest_seen(digest_id=digest).quotes} == {
        mei: "asked",
        qiang: "unasked",
    }


def test_what_is_asked_by_hand_says_which_words_and_is_kept_nowhere() -> None:
    text = asking_by_hand(title="跑步", quotes=[("小美", FIRST), ("阿强", f"{SECOND}\n{SECOND}")])
    lead, mine, theirs, _ = text.splitlines()
    assert (mine[:2], mine[2:].lstrip("：: ")) == ("小美", FIRST)
    assert (theirs[:2], theirs[2:].lstrip("：: ")) == ("阿强", f"{SECOND} {SECOND}"[:60] + "…")
    assert ("跑步" in lead, Errand.objects.count(), Letter.objects.count()) == (True, 0, 0)


def test_only_what_was_agreed_to_is_published_and_those_who_gave_are_told(noon: datetime) -> None:
    _, digest, mei, qiang = evening(noon)
    with pytest.raises(NotYet, match="one sentence"):
        publish(digest_id=digest, at=noon, actor=LIN)
    write_up(digest_id=digest, title="带娃出门跑步", conclusion="先说清楚几点回来。", actor=LIN)
    agree(digest, qiang, noon, agrees=False)
    with pytest.raises(NotYet, match="nobody agreed"):
        publish(digest_id=digest, at=noon, actor=LIN)
    agree(digest, mei, noon)
    assert publish(digest_id=digest, at=noon, actor=LIN) == 1
    assert shown(digest) == [("小美", FIRST)]
    message = Quote.objects.get(person=mei).message_id
    number = digest_seen(digest_id=digest).community_id
    gave = {"about_kind": "digest", "about": digest, "part": "contributed", "community": number}
    facts = told("digest.published", "digest.quoted", "value.given")
    assert facts[1] == ("digest.quoted", {"digest": digest, "message": message, "community": number})
    assert facts[0][0] == "digest.published"
    assert facts[0][1]["quotes"] == 1
    assert facts[2:] == [("value.given", gave), ("value.given", gave)]
    publish(digest_id=digest, at=noon + HOUR, actor=LIN)
    assert told("digest.published", "digest.quoted", "value.given") == facts


def test_the_group_is_told_by_an_errand_and_a_room_of_ours_by_a_letter(noon: datetime) -> None:
    group, digest, mei, _ = evening(noon)
    own = room("读书房", noon, of=digest_seen(digest_id=digest).community_id)
    chat(own, noon, (mei, FIRST))
    other = draft_from_place(place_id=own, first=noon - HOUR, last=noon + HOUR, title="读书房", at=noon, actor=LIN)
    for one in (digest, other):
        write_up(digest_id=one, title="跑步", conclusion="先说几点回来。", actor=LIN)
        agree(one, mei, noon)
        publish(digest_id=one, at=noon, actor=LIN)
    errand, letter = Errand.objects.get(), Letter.objects.get()
    assert (errand.place_id, errand.kind, errand.url.endswith(f"/d/{Digest.objects.get(pk=digest).code}/")) == (
        group,
        "paste_group",
        True,
    )
    assert (letter.place_id, letter.letter_class) == (own, "session")


def published(at: datetime) -> tuple[int, int, int]:
    _, digest, mei, qiang = evening(at)
    write_up(digest_id=digest, title="跑步", conclusion="先说几点回来。", actor=LIN)
    agree(digest, mei, at)
    publish(digest_id=digest, at=at, actor=LIN)
    return digest, mei, qiang


def test_consent_is_taken_back_and_given_late_at_any_time(noon: datetime) -> None:
    digest, mei, qiang = published(noon)
    agree(digest, mei, noon, agrees=False)
    assert shown(digest) == []
    agree(digest, qiang, noon)
    assert shown(digest) == [("阿强", SECOND)]
    assert len(told("digest.quoted")) == 2
    with pytest.raises(NotQuoted):
        agree(digest, somebody(noon, "路人"), noon)


def test_what_is_left_out_recalled_or_erased_stands_there_no_more(noon: datetime) -> None:
    digest, mei, qiang = published(noon)
    agree(digest, qiang, noon)
    leave_out(digest_id=digest, quote_id=Quote.objects.get(person=mei).pk, out=True, actor=LIN)
    assert shown(digest) == [("阿强", SECOND)]
    leave_out(digest_id=digest, quote_id=Quote.objects.get(person=mei).pk, out=False, actor=LIN)
    Message.objects.filter(person_id=qiang).update(recalled_at=noon)
    assert shown(digest) == [("小美", FIRST)]
    erase_from_give(Erasing((mei,), False, (), noon))
    assert shown(digest) == []
    assert list(Giver.objects.values_list("person_id", flat=True)) == [qiang]
    with pytest.raises(DigestUnknown):
        leave_out(digest_id=digest + 9, quote_id=1, out=True, actor=LIN)


def test_a_merged_person_answers_for_their_other_record(noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    phone = somebody(noon, "小美二号")
    merge(kept=phone, gone=mei, reasons=[], actor=LIN, at=noon)
    answer_consent(digest_id=digest, person_id=phone, agrees=True, how="page", at=noon, actor=f"person:{phone}")
    assert [one.consent for one in digest_seen(digest_id=digest).quotes] == ["given", "unasked"]


def test_a_talk_becomes_a_digest_of_its_guest_and_its_groups(noon: datetime) -> None:
    guest, mei = somebody(noon, "林老师"), somebody(noon)
    Person.objects.filter(pk=guest).update(internal=True)
    here = community(noon)
    group = plain_group("绘本 1 群", noon, of=here)
    talk, begun = live(noon, [group], community_id=here, guest_person_id=guest)
    with pytest.raises(BadDigest, match="once the talk has ended"):
        draft_from_talk(talk_id=talk, at=begun, actor=LIN)
    give_segment(
        talk_id=talk, form="text", words="先让孩子自己翻，再问他看到什么，不要急着念字。", files=(), client_key="1", at=begun, actor=GUEST
    )  # fmt: skip
    chat(group, begun + timedelta(minutes=1), (mei, FIRST))
    end(talk_id=talk, at=begun + HOUR, actor=GUEST)
    digest = draft_from_talk(talk_id=talk, at=begun + HOUR, actor=LIN)
    assert draft_from_talk(talk_id=talk, at=begun + HOUR, actor=LIN) == digest
    seen = digest_seen(digest_id=digest)
    assert [(one.source, one.name) for one in seen.quotes] == [("segment", "林老师"), ("message", "小美")]
    assert (seen.about_kind, seen.source_name, bool(seen.live_code)) == ("talk", "睡前十分钟，怎么读", True)
    write_up(digest_id=digest, title="怎么读", conclusion="先让孩子自己翻。", actor=LIN)
    agree(digest, guest, begun + HOUR)
    assert publish(digest_id=digest, at=begun + 2 * HOUR, actor=LIN) == 1
    assert told("digest.quoted") == [], "a guest's segment is told by the talk"
    assert guest not in set(Giver.objects.values_list("person_id", flat=True))


def test_digests_are_listed_and_handed_out(noon: datetime) -> None:
    digest, mei, _ = published(noon)
    (line,) = digests_of()
    assert (line.id, line.quoted, line.agreed, line.state) == (digest, 2, 1, "published")
    assert isinstance(digest_seen(code=line.code), DigestSeen)
    (section,) = [one for one in export_give((mei,)) if one.code == "quoted"]
    assert section.rows == [{"number": digest, "title": "跑步", "state": "given", "at": noon}]


def test_a_draft_takes_in_the_chat_that_is_added_and_keeps_what_was_decided(noon: datetime) -> None:
    own = community(noon)
    room_place, plain = room("绘本 1 群", noon, of=own), plain_group("晨跑 1 群", noon, of=own)
    talk, at = live(noon, [room_place, plain], community_id=own)
    mei, qiang = somebody(noon), somebody(noon, "阿强")
    chat(room_place, at, (mei, FIRST), (qiang, "学到了"))
    ended = at + HOUR
    end(talk_id=talk, at=ended, actor=LIN)
    digest = draft_from_talk(talk_id=talk, at=ended, actor=LIN)
    assert [one.words for one in digest_seen(digest_id=digest).quotes] == [FIRST]
    leave_out(digest_id=digest, quote_id=digest_seen(digest_id=digest).quotes[0].id, out=True, actor=LIN)
    chat(plain, at + timedelta(minutes=5), (qiang, SECOND), (mei, "谢谢"))
    for _ in range(2):
        assert draft_from_talk(talk_id=talk, at=ended + HOUR, actor=LIN) == digest
        seen = digest_seen(digest_id=digest)
        assert [(one.words, one.left_out, one.consent) for one in seen.quotes] == [
            (FIRST, True, "unasked"),
            (SECOND, False, "unasked"),
        ]
        assert ({one.person_id for one in seen.givers}, seen.messages) == ({mei, qiang}, 4)
    assert [one.place for one in seen.quotes] == ["绘本 1 群", "晨跑 1 群"]
    agree(digest, qiang, ended)
    write_up(digest_id=digest, title="跑步", conclusion="先约好。", actor=LIN)
    publish(digest_id=digest, at=ended, actor=LIN)
    chat(
        plain,
        at + timedelta(minutes=20),
        (mei, "我家是把鞋放在门口，早上看见鞋就出门了，省了一半的犹豫"),
        (qiang, "谢谢"),
    )
    draft_from_talk(talk_id=talk, at=ended + DAY, actor=LIN)
    assert len(digest_seen(digest_id=digest).quotes) == 2
