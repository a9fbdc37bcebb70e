"""The last events of a write key, as the console shows them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tongpin.core.intake.events import Key, Problem
from tongpin.core.intake.models import TrackRecent
from tongpin.core.intake.recent import SHOWN, KeyTraffic, Showing, events_of, problems_of, traffic
from tongpin.core.intake.tracking import keep_problems
from tongpin.core.people.erasure import forget_identities

pytestmark = pytest.mark.django_db


def noted(showing: Showing, noon: datetime, *names: str, key: int = 7, bad: int = 0) -> None:
    last = [("event.tracked", f'{{"write_key":{key},"name":"{name}"}}') for name in names]
    showing.note(key_id=key, good=len(last), last=last, bad=bad, at=noon, epoch=epoch())


def epoch() -> int:
    """How many erasures there were."""
    with connection.cursor() as cursor:
        cursor.execute("select epoch from identity_epoch")
        return int(cursor.fetchone()[0])


def test_events_are_shown_newest_first_and_counted_for_good(noon: datetime) -> None:
    showing = Showing()
    noted(showing, noon, "加入购物车", "付款成功", bad=1)
    showing.keep()
    noted(showing, noon + timedelta(seconds=1), "申请退款")
    showing.keep(at_once=True)
    assert [event.name for event in events_of(key_id=7)] == ["申请退款", "付款成功", "加入购物车"]
    told = traffic(key_ids=[7, 8])[7]
    assert (told.good, told.bad, list(traffic(key_ids=[7, 8]))) == (3, 1, [7])


def test_only_the_last_are_kept_and_never_more_of_one_than_a_screen(noon: datetime) -> None:
    showing = Showing()
    noted(showing, noon, *(f"第{i}" for i in range(50)))
    long = '{"name":"长","x":"' + "x" * 9000
    showing.note(key_id=7, good=1, last=[("event.tracked", long)], bad=0, at=noon, epoch=epoch())
    showing.keep()
    events = events_of(key_id=7)
    assert (len(events), len(events[0].body), events[0].name) == (SHOWN, 2000, "")
    assert traffic(key_ids=[7])[7].good == 51


def test_writing_waits_two_seconds_unless_it_is_the_end(noon: datetime) -> None:
    showing = Showing()
    noted(showing, noon, "一")
    showing.keep()
    noted(showing, noon, "二")
    showing.keep()
    assert [event.name for event in events_of(key_id=7)] == ["一"]
    showing.keep(at_once=True)
    assert [event.name for event in events_of(key_id=7)] == ["二", "一"]


def test_what_came_before_an_erasure_is_never_written_again(noon: datetime) -> None:
    showing = Showing()
    noted(showing, noon, "前")
    showing.keep()
    noted(showing, noon, "将前")
    forget_identities()
    noted(showing, noon, "后")
    showing.keep(at_once=True)
    assert [event.name for event in events_of(key_id=7)] == ["后"]
    assert traffic(key_ids=[7])[7].good == 3


def test_keys_do_not_see_each_others_events(noon: datetime) -> None:
    showing = Showing()
    noted(showing, noon, "甲", key=1)
    noted(showing, noon, "乙", key=2)
    showing.keep()
    assert ([e.name for e in events_of(key_id=1)], [e.name for e in events_of(key_id=2)]) == (["甲"], ["乙"])


def test_problems_come_with_what_was_sent(noon: datetime) -> None:
    key = Key(7, True, "s")
    keep_problems(key, [Problem("nobody", "userId or anonymousId is needed", b'{"a":1}')], received_at=noon)
    keep_problems(key, [Problem("too_large", "40000 bytes", b"")], received_at=noon)
    assert [(p.reason, p.raw) for p in problems_of(key_id=7)] == [("too_large", ""), ("nobody", '{"a":1}')]


@pytest.mark.parametrize("sealed", [b"", b"\x01nothing of ours"])
def test_what_cannot_be_opened_is_left_out(noon: datetime, sealed: bytes) -> None:
    TrackRecent.objects.create(write_key=7, sealed=sealed, good=5, seen_at=noon)
    assert (events_of(key_id=7), traffic(key_ids=[7])) == ([], {7: KeyTraffic(5, 0, noon)})


@pytest.fixture(autouse=True)
def _no_key_was_used_yet() -> None:
    TrackRecent.objects.all().delete()
