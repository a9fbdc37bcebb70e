"""The clock: what fails at one beat holds up nothing else, and is done at the next."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from time_machine import travel

from tests.loop.give.talks.cast import LATER, LIN, live, planned, room
from tongpin.core.sending.models import Letter
from tongpin.loop.give.talks import announcing, ending
from tongpin.loop.give.talks.actions import announce
from tongpin.loop.give.talks.models import Talk
from tongpin.reactions import rhythm

pytestmark = pytest.mark.django_db


def test_a_deed_that_fails_stops_no_other_and_says_nothing_of_what_it_handled(
    noon: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fails(*, at: datetime) -> int:
        raise ValueError("小美的话")

    def works(*, at: datetime) -> int:
        done.append(at.isoformat())
        return 1

    with caplog.at_level(logging.ERROR):
        rhythm.each({"the first": works, "the second": fails, "the third": works}, at=noon)
    assert done == [noon.isoformat()] * 2
    ((_, _, words),) = caplog.record_tuples
    assert words.startswith("the second waits for the next beat: ValueError in fails, line ")
    assert "小美" not in words


def test_reminding_that_fails_keeps_no_forgotten_talk_alive(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, began = live(noon, [])

    def broken(**_: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr(rhythm.talks, "remind_due", broken)
    with travel(began + timedelta(hours=3), tick=False):
        rhythm.mind_talks(timestamp=0)
    assert Talk.objects.get(pk=talk).state == "ended"


def test_of_several_talks_the_one_that_fails_is_left_for_the_next_beat(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = planned(noon), planned(noon)
    for talk, name in ((first, "r1"), (second, "r2")):
        announce(talk_id=talk, place_ids=[room(name, noon)], at=noon, actor=LIN)
    tell = announcing.tell_places

    def stumbles(*, talk: Talk, **more: Any) -> Any:
        if talk.pk == first:
            raise RuntimeError("林老师")
        return tell(talk=talk, **more)

    soon = noon + LATER - timedelta(minutes=5)
    monkeypatch.setattr(announcing, "tell_places", stumbles)
    assert announcing.remind_due(at=soon) == 1
    monkeypatch.setattr(announcing, "tell_places", tell)
    assert announcing.remind_due(at=soon + timedelta(minutes=1)) == 1
    assert list(Letter.objects.filter(queued_at__gte=soon).order_by("pk").values_list("about", flat=True)) == [
        second,
        first,
    ]
    assert [one for _, _, one in caplog.record_tuples] == [f"talk {first} is left for the next beat: RuntimeError"]


def test_a_talk_whose_end_fails_lets_the_others_end(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, began), (second, _) = live(noon, []), live(noon, [])
    end = ending.end

    def stumbles(*, talk_id: int, **more: Any) -> bool:
        if talk_id == first:
            raise RuntimeError
        return end(talk_id=talk_id, **more)

    monkeypatch.setattr(ending, "end", stumbles)
    assert ending.end_overdue(at=began + timedelta(hours=2)) == 1
    assert dict(Talk.objects.values_list("pk", "state")) == {first: "live", second: "ended"}
