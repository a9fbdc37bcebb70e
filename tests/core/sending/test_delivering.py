"""The worker's loop, on a platform in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.core.sending.cast import Clock, deliver, facts, group, on, said, states
from tongpin.channels.fake.platform import CAPABILITIES, FakeChannel, Platform
from tongpin.channels.port import Command, Content, Letter, Picture, TransportError
from tongpin.core.sending.delivering import Delivered, Deliverer
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import Letter as LetterRow
from tongpin.core.sending.queueing import NewCommand, queue_command, queue_letter, queue_letters
from tongpin.core.sending.rules import MOST_FAILURES

pytestmark = pytest.mark.django_db(transaction=True)


def talk(noon: datetime, places: int, segments: int) -> list[str]:
    names = [f"g{n}" for n in range(places)]
    numbers = {name: group(name, noon) for name in names}
    for segment in range(segments):
        letters = [said(f"{name}/{segment}", place_id=number) for name, number in numbers.items()]
        queue_letters(letters=letters, at=noon)
    return names


def test_every_place_gets_everything_once_and_in_order(noon: datetime) -> None:
    platform = Platform()
    names = talk(noon, 12, 5)
    assert deliver(on(platform), Clock(noon)) == Delivered(sent=60)
    assert {name: platform.said_in(name) for name in names} == {
        name: [f"{name}/{n}" for n in range(5)] for name in names
    }
    assert len(facts("letter.sent")) == 60
    assert deliver(on(platform), Clock(noon)) == Delivered()


def test_a_slow_place_keeps_no_other_waiting(noon: datetime) -> None:
    others_done = asyncio.Event()
    platform = Platform()

    async def before(thing: Any) -> None:
        if thing.to.value == "g0":
            await others_done.wait()
        elif len(platform.said) == 5:
            others_done.set()

    platform.before = before
    talk(noon, 3, 3)
    deliver(on(platform), Clock(noon))
    assert [one.to.value for one in platform.said[6:]] == ["g0"] * 3


def test_what_fails_for_a_while_is_tried_again_in_order(noon: datetime) -> None:
    platform, clock, left = Platform(), Clock(noon), [3]

    async def before(thing: Any) -> None:
        if thing.content.text == "g0/1" and left[0]:
            left[0] -= 1
            raise TransportError(reason="no_answer", permanent=False)

    platform.before = before
    talk(noon, 2, 3)
    assert deliver(on(platform), clock) == Delivered(sent=4, again=1)
    assert platform.said_in("g0") == ["g0/0"]
    for seconds in (2, 4, 8):
        clock.move(seconds=seconds)
        deliver(on(platform), clock)
    assert platform.said_in("g0") == ["g0/0", "g0/1", "g0/2"]
    failed = [body for _, body in facts("letter.failed")]
    assert [one["reason"] for one in failed] == ["no_answer"] * 3
    assert [one.get("attempt", 1) for one in failed] == [1, 2, 3]
    assert LetterRow.objects.get(payload__text="g0/1").attempts == 4


def test_what_fails_for_good_is_told_and_lets_the_next_go(noon: datetime) -> None:
    platform = Platform()

    async def before(thing: Any) -> None:
        if thing.content.text == "g0/0":
            raise TransportError(reason="not_allowed", permanent=True)

    platform.before = before
    talk(noon, 1, 2)
    assert deliver(on(platform), Clock(noon)) == Delivered(sent=1, failed=1)
    assert states() == [("failed", "not_allowed"), ("sent", "")]
    row = LetterRow.objects.get(state="failed")
    assert facts("letter.failed") == [
        (
            "letter.failed",
            {
                "letter": row.pk,
                "letter_class": "session",
                "channel": "fake",
                "reason": "not_allowed",
                "permanent": True,
            },
        )
    ]


def test_what_always_fails_is_given_up_in_the_end(noon: datetime) -> None:
    platform, clock = Platform(), Clock(noon)

    async def before(thing: Any) -> None:
        if thing.content.text == "g0/0":
            raise RuntimeError("a bug in the adapter")

    platform.before = before
    talk(noon, 1, 2)
    for _ in range(MOST_FAILURES):
        deliver(on(platform), clock)
        clock.move(minutes=6)
    assert states() == [("failed", "unexpected"), ("sent", "")]


def test_a_rate_limit_rests_the_channel_and_costs_no_letter_its_tries(noon: datetime) -> None:
    platform, clock = Platform(), Clock(noon)

    async def before(thing: Any) -> None:
        if len(platform.said) >= 2 and clock.at == noon:
            raise TransportError(reason="rate_limited", permanent=False, wide=True, retry_after=timedelta(seconds=30))

    platform.before = before
    talk(noon, 5, 1)
    channel = FakeChannel(platform=platform, capabilities=replace(CAPABILITIES, at_once=1))
    assert deliver(channel, clock) == Delivered(sent=2, again=1, released=2, rests_until=noon + timedelta(seconds=30))
    assert len(platform.tries) == 3
    clock.move(seconds=30)
    assert deliver(channel, clock) == Delivered(sent=3)
    assert set(LetterRow.objects.values_list("failures", flat=True)) == {0}


def test_a_platform_that_is_down_for_hours_loses_nothing(noon: datetime) -> None:
    platform, clock = Platform(), Clock(noon)

    async def before(_: Any) -> None:
        if clock.at < noon + timedelta(hours=3):
            raise TransportError(reason="unreachable", permanent=False, wide=True)

    platform.before = before
    talk(noon, 2, 2)
    for _ in range(60):
        deliver(on(platform), clock)
        clock.move(minutes=5)
    assert [platform.said_in(name) for name in ("g0", "g1")] == [["g0/0", "g0/1"], ["g1/0", "g1/1"]]


def test_a_platform_that_never_answers_is_left_after_its_time(noon: datetime) -> None:
    platform = Platform()

    async def before(_: Any) -> None:
        await asyncio.Event().wait()

    platform.before = before
    talk(noon, 1, 1)
    channel = FakeChannel(platform=platform, capabilities=replace(CAPABILITIES, answers_within=0.01))
    assert deliver(channel, Clock(noon)) == Delivered(again=1)
    assert LetterRow.objects.get().reason == "no_answer"


def test_what_a_channel_cannot_say_fails_before_it_leaves(noon: datetime) -> None:
    platform = Platform()
    channel = FakeChannel(
        platform=platform, capabilities=replace(CAPABILITIES, parts=frozenset({"text"}), text_limit=3)
    )
    place = group("g", noon)
    queue_letter(letter=said("long text", place_id=place), at=noon)
    queue_letter(letter=said("x", place_id=place, content=Content(pictures=(Picture(media="p"),))), at=noon)
    assert deliver(channel, Clock(noon)) == Delivered(failed=2)
    assert states() == [("failed", "too_long"), ("failed", "not_offered")]
    assert platform.tries == []


def test_commands_go_the_same_way(noon: datetime) -> None:
    platform = Platform()
    place = group("g", noon)
    command = NewCommand(key="k", verb="open_group", channel="fake", place_id=place, name="妈妈二群")
    queue_command(command=command, at=noon)
    assert deliver(on(platform), Clock(noon)) == Delivered(sent=1)
    (done,) = platform.done
    assert done == Command(key=done.key, verb="open_group", place="g", name="妈妈二群")


def test_an_end_asked_for_finishes_what_is_being_sent_and_gives_the_rest_back(noon: datetime) -> None:
    platform, clock = Platform(), Clock(noon)
    talk(noon, 4, 1)

    async def walk() -> None:
        stop, desk = asyncio.Event(), Desk()

        async def before(_: Any) -> None:
            stop.set()
            await asyncio.sleep(0)

        platform.before = before
        channel = FakeChannel(platform=platform, capabilities=replace(CAPABILITIES, at_once=1))
        try:
            await Deliverer(channel=channel, worker="w1", desk=desk, clock=clock).run(stop=stop, idle=0.01)
        finally:
            await desk.close()

    asyncio.run(walk())
    assert [state for state, _ in states()] == ["sent", "queued", "queued", "queued"]
    assert [one.to.value for one in platform.said] == ["g0"]


def test_two_workers_share_the_places_and_never_one_place(noon: datetime) -> None:
    platform, at_work, doubled = Platform(), set[str](), list[str]()

    async def before(thing: Any) -> None:
        assert isinstance(thing, Letter)
        if thing.to.value in at_work:
            doubled.append(thing.to.value)
        at_work.add(thing.to.value)
        await asyncio.sleep(0.001)

    async def after(thing: Any) -> None:
        at_work.discard(thing.to.value)

    platform.before, platform.after = before, after
    names = talk(noon, 6, 6)

    async def walk() -> None:
        desks = [Desk(), Desk(), Desk()]
        workers = [
            Deliverer(channel=on(platform), worker=f"w{n}", desk=desk, clock=Clock(noon))
            for n, desk in enumerate(desks)
        ]
        try:
            for _ in range(20):
                await asyncio.gather(*(one.deliver_once() for one in workers))
        finally:
            for desk in desks:
                await desk.close()

    asyncio.run(walk())
    assert doubled == []
    assert len(platform.tries) == 36
    assert all(platform.said_in(name) == [f"{name}/{n}" for n in range(6)] for name in names)
