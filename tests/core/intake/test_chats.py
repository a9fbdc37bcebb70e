"""Conversations come in: places, members, messages with threads and answers; a longer export adds only what is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.intake.sheets import bodies, bring, facts, lines, outcomes, table, told, uploaded
from tests.core.intake.test_taking_back import CHAT, said
from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.intake.recognising import MappingProblem
from tongpin.core.intake.running import run_batch
from tongpin.core.people.erasure import erase, register_eraser
from tongpin.core.people.models import Identity, Person
from tongpin.core.places.actions import found_community, know_place
from tongpin.core.places.erasing import erase_from_places
from tongpin.core.places.models import Membership, Message, Place, Thread

pytestmark = pytest.mark.django_db
HEADER = {"_type": "header", **CHAT}


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    register_eraser("places", erase_from_places)
    register_eraser("intake", erase_from_intake)
    yield


def test_a_group_with_its_members_and_words(noon: datetime) -> None:
    member = {"_type": "member", "platformId": "wxid_a", "accountName": "阿林", "groupNickname": "林老师"}
    file = lines(
        HEADER, member, said(1, "wxid_a", "大家好"), said(2, "wxid_b", "好"), {"_type": "message", "sender": "wxid_b"}
    )
    batch = bring(file, at=noon, name="群聊.jsonl")
    assert outcomes(batch)[:2] == ["new", "new"]
    assert told(batch.counts) == {"rows": 3, "new": 2, "rejected": 1, "people": 2, "messages": 2}
    place = Place.objects.get()
    assert (place.kind, place.platform, place.name, place.external_id) == ("group", "wechat", "绘本群", "1@chatroom")
    assert list(Message.objects.order_by("said_at").values_list("words", "kind")) == [
        ("大家好", "text"),
        ("好", "text"),
    ]
    assert list(Membership.objects.order_by("person").values_list("called", flat=True)) == ["林老师", "wxid_b"]
    assert sorted(Person.objects.values_list("nickname", flat=True)) == ["wxid_b", "林老师"]
    assert facts() == {"person.met": 2, "member.joined": 2, "message.heard": 2}
    assert [one["length"] for one in bodies("message.heard")] in ([3, 1], [1, 3])


def test_a_longer_export_that_overlaps_adds_only_what_is_new(noon: datetime) -> None:
    """Three equal messages of one second among them: they are occurrences."""
    rows = [said(n // 3, "wxid_a", "好") for n in range(9)]
    bring(lines(HEADER, *rows[:6]), at=noon, name="a.jsonl")
    longer = bring(lines(HEADER, *rows[3:]), at=noon, name="b.jsonl")
    assert told(longer.counts) == {"rows": 6, "known": 3, "new": 3, "messages": 3}
    assert Message.objects.count() == 9
    assert told(bring(lines(HEADER, *rows), at=noon, name="c.jsonl").counts) == {"rows": 9, "known": 9}


def thread_message(n: int, conversation: int, **more: object) -> dict[str, object]:
    row = {
        "team": "t",
        "channel": "c",
        "conversation": conversation,
        "ts": f"2026-11-20T10:{n:02}:00",
        "user": f"u{n % 3}",
    }
    return {**row, "text": f"第{n}句", **more}


def test_threads_go_on_in_a_longer_export_and_stay_apart_in_another(noon: datetime) -> None:
    """The file numbers its conversations; another file's first conversation is another one."""
    first = [thread_message(n, n % 2 + 1) for n in range(6)]
    bring(lines(*first), at=noon, name="a.jsonl")
    assert Thread.objects.count() == 2
    bring(lines(*first, thread_message(6, 1), thread_message(7, 7)), at=noon, name="b.jsonl")
    assert Thread.objects.count() == 3
    assert sorted(_sizes()) == [1, 3, 4]
    bring(lines(*(thread_message(n, n % 2 + 1) for n in range(20, 24))), at=noon, name="c.jsonl")
    assert sorted(_sizes()) == [1, 2, 2, 3, 4]


def _sizes() -> list[int]:
    return [Message.objects.filter(thread=one).count() for one in Thread.objects.all()]


def test_several_channels_in_one_file_are_places_of_their_own(noon: datetime) -> None:
    rows = [
        {"channel": f"c{n % 3}", "time": f"2026-11-20 10:{n:02}:00", "user": "bob", "text": f"{n}"} for n in range(9)
    ]
    batch = bring(lines(*rows), at=noon, name="a.jsonl")
    assert told(batch.counts) == {"rows": 9, "new": 9, "people": 3, "messages": 9}
    assert sorted(Place.objects.values_list("name", flat=True)) == ["c0", "c1", "c2"]
    assert [Message.objects.filter(place=one).count() for one in Place.objects.all()] == [3, 3, 3]


def test_an_account_of_an_unnamed_platform_is_somebody_of_its_team_only(noon: datetime) -> None:
    """«bob» of one export is not «bob» of another."""

    def file(team: str, channel: str) -> bytes:
        return lines({"team": team, "channel": channel, "time": "2026-11-20 10:00:00", "user": "bob", "text": "hi"})

    for team, channel in (("a", "x"), ("a", "y"), ("b", "x")):
        bring(file(team, channel), at=noon, name=f"{team}.jsonl")
    assert (Place.objects.count(), Person.objects.count(), Membership.objects.count()) == (3, 2, 3)
    assert sorted(Identity.objects.values_list("namespace", flat=True)) == ["team:a", "team:b"]


def test_answers_are_tied_to_what_they_answer(noon: datetime) -> None:
    rows = [
        said(1, "wxid_a", "几点开始?", platformMessageId="m1"),
        said(2, "wxid_b", "八点", platformMessageId="m2", replyToMessageId="m1"),
    ]
    bring(lines(HEADER, *rows), at=noon, name="a.jsonl")
    question, answer = Message.objects.order_by("said_at")
    assert (question.reply_to, answer.reply_to) == (None, question.pk)
    assert [one.get("answered") for one in bodies("message.heard") if one.get("reply_to")] == [question.person_id]


def test_a_place_named_by_hand_is_the_place_its_export_names(noon: datetime) -> None:
    community = found_community(name="绘本社群", actor="staff:1", at=noon)
    named = know_place(kind=Place.Kind.GROUP, platform="wechat", name="绘本 2 群", at=noon, actor="staff:1")
    batch = bring(
        lines(HEADER, said(1, "wxid_a", "好")), at=noon, name="a.jsonl", place_name="绘本 2 群", community=community
    )
    named.refresh_from_db()
    assert (Place.objects.count(), batch.shop_id, named.community_id) == (1, named.pk, community.pk)


def test_notices_are_rows_of_nobody(noon: datetime) -> None:
    notice = {
        "_type": "message",
        "sender": "system",
        "timestamp": 1_790_000_009,
        "type": 80,
        "content": '"阿林"邀请"小美"加入了群聊',
    }
    batch = bring(lines(HEADER, said(1, "wxid_a", "好"), notice), at=noon, name="a.jsonl")
    assert outcomes(batch) == ["new", "new notice_joined"]
    assert Message.objects.get(kind="system").person_id is None


def test_a_csv_without_plain_columns_is_read_by_a_mapping(noon: datetime) -> None:
    file = table(["甲", "乙", "丙"], ["2026-11-20 10:00:00", "小美", "绘本到了吗"])
    batch = uploaded(
        file, at=noon, kind="messages", place_name="群", mapping={"time": "甲", "sender_name": "乙", "text": "丙"}
    )
    from tongpin.core.intake.actions import start

    assert told(run_batch(start(batch=batch, actor="x", at=noon)).counts) == {
        "rows": 1,
        "new": 1,
        "people": 1,
        "messages": 1,
    }
    with pytest.raises(MappingProblem):
        uploaded(file, at=noon, kind="messages", place_name="群", mapping={"words": "丙"})


def test_nothing_brings_back_the_words_of_who_was_erased(noon: datetime) -> None:
    short = [said(1, "wxid_a", "别忘了我"), said(2, "wxid_b", "好")]
    bring(lines(HEADER, *short), at=noon, name="a.jsonl")
    person = Person.objects.get(nickname="wxid_a").pk
    erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    longer = bring(
        lines(HEADER, *short, said(3, "wxid_a", "我又来了"), said(4, "wxid_b", "谁?")), at=noon, name="b.jsonl"
    )
    assert told(longer.counts) == {"rows": 4, "known": 2, "new": 2, "messages": 2}
    assert sorted(Message.objects.values_list("words", flat=True)) == ["", "", "好", "谁?"]
    assert Person.objects.exclude(erased_at=None).count() == 1
    assert Message.objects.filter(person_id=person).count() == 0


def test_without_their_words_what_the_erased_said_stays_as_nobodys(noon: datetime) -> None:
    bring(lines(HEADER, said(1, "wxid_a", "八点开始")), at=noon, name="a.jsonl")
    erase(person_id=Person.objects.get().pk, with_words=False, actor="staff:1", at=noon)
    bring(lines(HEADER, said(1, "wxid_a", "八点开始"), said(2, "wxid_a", "九点结束")), at=noon, name="b.jsonl")
    assert sorted(Message.objects.values_list("words", "person_id")) == [("九点结束", None), ("八点开始", None)]


def test_a_file_of_nothing_but_bad_rows_is_all_rejected(noon: datetime) -> None:
    rows = [HEADER, *({"_type": "message", "n": n} for n in range(2500))]
    batch = bring("\n".join(json.dumps(one) for one in rows).encode(), at=noon, name="a.jsonl")
    assert told(batch.counts) == {"rows": 2500, "rejected": 2500}
