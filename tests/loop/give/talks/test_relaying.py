"""Every word of the guest in every room, once and in order, whatever is killed or done twice on the way."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.core.sending.cast import Clock, deliver
from tests.examples import examples
from tests.loop.give.talks.cast import (
    GUEST,
    LIN,
    community,
    live,
    on_web,
    plain_group,
    planned,
    react,
    room,
    says,
    somebody,
    speaks,
    told,
)
from tongpin.channels.fake.platform import Platform
from tongpin.channels.port import TransportError
from tongpin.core.ledger import lanes
from tongpin.core.ledger.models import Parked
from tongpin.core.sending.models import Letter
from tongpin.loop.give.talks import relaying
from tongpin.loop.give.talks.actions import (
    NotNow,
    announce,
    end,
    give_segment,
    redact_segment,
    relay,
    relayed,
    start,
)
from tongpin.loop.give.talks.models import Segment, Talk
from tongpin.loop.give.talks.queries import board, lines_after, questions_of
from tongpin.reactions.table import table_of

pytestmark = pytest.mark.django_db(transaction=True)

FILE = "a" * 40


def segments_in(platform: Platform, name: str) -> list[str]:
    """What was said in a room, without cards."""
    return [one for one in platform.said_in(name) if one]


def test_each_room_gets_every_segment_once_and_in_order(noon: datetime) -> None:
    made = community(noon)
    rooms = {name: room(name, noon, of=made) for name in ("r1", "r2", "r3")}
    group = plain_group("绘本 1 群", noon, of=made)
    talk, began = live(noon, [*rooms.values(), group], community_id=made)
    words = [f"第 {n} 句" for n in range(6)]
    for n, one in enumerate(words):
        says(talk, one, began + timedelta(seconds=n))
    react()
    platform = Platform()
    deliver(on_web(platform), Clock(began + timedelta(seconds=10)))
    assert {name: segments_in(platform, name) for name in rooms} == dict.fromkeys(rooms, words)
    assert not Letter.objects.filter(place=group).exists()
    assert [one.content.speaker for one in platform.said if one.content.text] == ["林老师"] * 18


def test_the_relay_done_again_doubles_nothing(noon: datetime) -> None:
    place = room("r1", noon)
    talk, began = live(noon, [place])
    segment = says(talk, "一句", began)
    assert relay(segment_id=segment, at=began) == 1
    react()
    assert relay(segment_id=segment, at=began + timedelta(minutes=1)) == 1
    assert Letter.objects.filter(about_kind="talk_segment").count() == 1


def test_the_replay_does_not_overtake_what_was_said_before_it(noon: datetime) -> None:
    """The lane is behind, or down, when the guest ends."""
    early, late = room("r1", noon), room("r2", noon)
    talk, began = live(noon, [early])
    says(talk, "一", began)
    react()
    says(talk, "二", began + timedelta(seconds=1))
    announce(talk_id=talk, place_ids=[late], at=began + timedelta(seconds=2), actor=LIN)
    says(talk, "三", began + timedelta(seconds=3))
    end(talk_id=talk, at=began + timedelta(seconds=4), actor=GUEST)
    queued = Letter.objects.filter(place=early).order_by("pk").values_list("about_kind", flat=True)
    assert list(queued) == ["talk", *["talk_segment"] * 3, "talk"]
    react()
    platform = Platform()
    deliver(on_web(platform), Clock(began + timedelta(seconds=10)))
    # Cards have no text; the first one was too old to be worth sending.
    assert platform.said_in("r1") == ["一", "二", "三", ""]
    assert segments_in(platform, "r2") == ["三"]
    assert platform.said_in("r2")[-1] == ""


@given(dies=st.lists(st.sampled_from(["before", "after", "fails", "well"]), max_size=12))
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_lane_that_is_killed_anywhere_doubles_nothing_and_keeps_the_order(dies: list[str]) -> None:
    """`before`: the process ends before the letters; `after`: with the letters written and nothing committed."""
    noon = datetime.fromisoformat("2026-11-22T04:00:00+00:00")
    Talk.objects.all().delete()
    Letter.objects.all().delete()
    Parked.objects.all().delete()
    places = [room(name, noon) for name in ("r1", "r2")]
    talk, began = live(noon, places)
    turns, real = list(dies), relaying.queue_letters

    class Killed(BaseException):
        """The process is gone."""

    def rough(**given: Any) -> Any:
        turn = turns.pop(0) if turns else "well"
        if turn == "before":
            raise Killed
        done = real(**given)
        if turn == "after":
            raise Killed
        if turn == "fails":
            raise RuntimeError
        return done

    relaying.queue_letters = rough  # type: ignore[assignment]
    try:
        for n in range(4):
            says(talk, f"{n}", began + timedelta(seconds=n))
            _live_on(Killed)
        for _ in range(len(dies) + 8):
            _live_on(Killed)
            Parked.objects.update(next_try_at=noon)
            _retry(Killed)
    finally:
        relaying.queue_letters = real
    assert not Parked.objects.exists()
    platform = Platform()
    deliver(on_web(platform), Clock(began + timedelta(seconds=10)))
    assert {name: segments_in(platform, name) for name in ("r1", "r2")} == {
        "r1": ["0", "1", "2", "3"],
        "r2": ["0", "1", "2", "3"],
    }


def _live_on(killed: type[BaseException]) -> None:
    with contextlib.suppress(killed):
        react()


def _retry(killed: type[BaseException]) -> None:
    with contextlib.suppress(killed):
        lanes.retry_due("session", table_of("session"))


def test_pictures_and_voice_go_as_they_are(noon: datetime) -> None:
    place = room("r1", noon)
    talk, began = live(noon, [place])
    give_segment(
        talk_id=talk, form="picture", words="停下来的那一页", files=[FILE], client_key="p", at=began, actor=GUEST
    )
    give_segment(talk_id=talk, form="voice", files=[FILE], seconds=38, client_key="v", at=began, actor=GUEST)
    react()
    platform = Platform()
    deliver(on_web(platform), Clock(began))
    said = [one.content for one in platform.said if not one.content.card]
    assert [(one.text, [p.media for p in one.pictures], one.voice and one.voice.seconds) for one in said] == [
        ("停下来的那一页", [FILE], None),
        ("", [], 38),
    ]


def test_the_same_segment_sent_again_by_the_phone_is_one(noon: datetime) -> None:
    talk, began = live(noon, [])
    first = give_segment(talk_id=talk, form="text", words="一", client_key="k", at=began, actor=GUEST)
    again = give_segment(talk_id=talk, form="text", words="一", client_key="k", at=began, actor=GUEST)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.segment_id, again.number, again.line) == (first.segment_id, 1, first.line)
    assert [body for _, body in told("talk.segment_given")] == [
        {"talk": talk, "segment": 1, "form": "text", "length": 1}
    ]


def test_nobody_speaks_before_the_start_or_after_the_end(noon: datetime) -> None:
    talk = planned(noon)
    with pytest.raises(NotNow):
        says(talk, "早", noon)
    start(talk_id=talk, at=noon, actor=GUEST)
    kept = says(talk, "好", noon)
    end(talk_id=talk, at=noon + timedelta(hours=1), actor=GUEST)
    with pytest.raises(NotNow):
        says(talk, "晚", noon + timedelta(hours=1))
    assert says(talk, "好", noon + timedelta(hours=1)) == kept
    assert Segment.objects.count() == 1


def test_what_is_taken_back_is_redacted_where_it_arrived_and_never_sent_where_not(noon: datetime) -> None:
    place = room("r1", noon)
    talk, began = live(noon, [place])
    arrived = says(talk, "到了", began)
    react()
    platform = Platform()
    deliver(on_web(platform), Clock(began))
    waiting = says(talk, "还没到", began)
    react()
    unread = says(talk, "还没转", began)
    for one in (arrived, waiting, unread):
        assert redact_segment(segment_id=one, at=began, actor=LIN)
        assert not redact_segment(segment_id=one, at=began, actor=LIN)
    react()
    deliver(on_web(platform), Clock(began + timedelta(minutes=1)))
    assert segments_in(platform, "r1") == ["到了"]
    assert [(one.verb, one.place) for one in platform.done] == [("redact", "r1")]
    assert len(told("talk.segment_redacted")) == 3
    shown = [(one.kind, one.words, one.redacted) for one in lines_after(talk_id=talk, number=0)]
    assert shown == [
        ("started", "", False),
        *[("segment", "", True)] * 3,
        *[("redaction", "", True)] * 3,
    ]


def test_a_room_that_is_told_while_the_guest_speaks_has_what_follows(noon: datetime) -> None:
    first, second = room("r1", noon), room("r2", noon)
    talk, began = live(noon, [first])
    says(talk, "一", began)
    react()
    announce(talk_id=talk, place_ids=[second], at=began, actor=LIN)
    says(talk, "二", began)
    react()
    platform = Platform()
    deliver(on_web(platform), Clock(began))
    assert (segments_in(platform, "r1"), segments_in(platform, "r2")) == (["一", "二"], ["二"])


def test_receipts_are_told_once_a_segment_is_through(noon: datetime) -> None:
    places = [room(name, noon) for name in ("r1", "r2", "r3")]
    talk, began = live(noon, places)
    says(talk, "一", began)
    assert relayed(talk_id=talk, at=began) == 0
    react()
    assert relayed(talk_id=talk, at=began) == 0
    platform = Platform()

    async def before(thing: Any) -> None:
        if thing.to.value == "r3":
            raise TransportError(reason="not_allowed", permanent=True)

    platform.before = before
    deliver(on_web(platform), Clock(began + timedelta(seconds=2)))
    assert relayed(talk_id=talk, at=began + timedelta(minutes=1)) == 1
    assert relayed(talk_id=talk, at=began + timedelta(minutes=2)) == 0
    [(_, body)] = told("talk.segment_relayed")
    assert (body["talk"], body["segment"], body["reached"], body["failed"]) == (talk, 1, 2, 1)


def test_the_board_says_where_each_segment_is(noon: datetime, django_assert_num_queries: Any) -> None:
    made = community(noon)
    rooms = [room(name, noon, of=made) for name in ("r1", "r2")]
    group = plain_group("绘本 1 群", noon, of=made)
    talk, began = live(noon, [*rooms, group], community_id=made)
    says(talk, "一", began)
    react()
    deliver(on_web(Platform()), Clock(began + timedelta(seconds=3)))
    says(talk, "二", began + timedelta(seconds=5))
    react()
    with django_assert_num_queries(8):
        seen = board(talk_id=talk)
    assert seen is not None
    assert {row.name: (row.way, row.pips) for row in seen.rows} == {
        "绘本 1 群": ("cards", ("", "")),
        "r1": ("every", ("delivered", "waiting")),
        "r2": ("every", ("delivered", "waiting")),
    }
    assert [(one.number, one.reached, one.of) for one in seen.segments] == [(1, 2, 2), (2, 0, 2)]
    assert (seen.delivered, seen.waiting, seen.failed, seen.errands_open) == (2, 2, 0, 1)
    [errand] = next(row for row in seen.rows if row.way == "cards").errands
    assert (errand.when, errand.state) == ("before", "given")


def test_a_question_in_a_room_of_a_live_talk_comes_to_the_host(noon: datetime) -> None:
    made = community(noon)
    place, other = room("r1", noon, of=made), room("r2", noon, of=made)
    guest, member = somebody(noon, "林老师"), somebody(noon)
    talk, began = live(noon, [place], community_id=made, guest_person_id=guest)
    speaks(place, member, "每天读几本合适？", began + timedelta(minutes=1))
    speaks(place, member, "讲得真好", began + timedelta(minutes=1))
    speaks(place, guest, "你们听得清吗？", began + timedelta(minutes=1))
    speaks(other, member, "这里在讲什么？", began + timedelta(minutes=1))
    react("bulk")
    assert [(one.words, one.person_id, one.name, one.channel, one.place) for one in questions_of(talk_id=talk)] == [
        ("每天读几本合适？", member, "小美", "web", "r1")
    ]
    assert [body["about"] for _, body in told("question.asked")] == [talk]


def test_two_who_tap_at_once_give_one_segment_and_tell_each_place_once(noon: datetime) -> None:
    places = [room(name, noon) for name in ("r1", "r2")]
    talk = planned(noon)

    def tells() -> int:
        return announce(talk_id=talk, place_ids=places, at=noon, actor=LIN).letters

    assert sorted(at_once(*[tells] * 3)) == [0, 0, 2]
    start(talk_id=talk, at=noon, actor=GUEST)

    def gives() -> bool:
        return give_segment(talk_id=talk, form="text", words="一", client_key="k", at=noon, actor=GUEST).is_new

    assert sorted(at_once(*[gives] * 3)) == [False, False, True]
    [segment] = Segment.objects.all()

    def relays() -> int:
        return relay(segment_id=segment.pk, at=noon)

    assert at_once(*[relays] * 3) == [2, 2, 2]
    assert Letter.objects.filter(about_kind="talk_segment").count() == 2


def test_a_segment_that_is_taken_back_while_it_is_relayed_arrives_nowhere(noon: datetime) -> None:
    talk, began = live(noon, [room("r1", noon)])
    segment = says(talk, "一", began)
    at_once(
        lambda: relay(segment_id=segment, at=began),
        lambda: redact_segment(segment_id=segment, at=began, actor=LIN),
    )
    platform = Platform()
    deliver(on_web(platform), Clock(began))
    assert segments_in(platform, "r1") == []
