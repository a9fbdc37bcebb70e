"""Errands: what a human does for a channel, and what a human is asked for by hand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.sending.cast import Clock, facts, group, said, states
from tongpin.channels.errand.todo import ErrandChannel
from tongpin.channels.port import Card, Content
from tongpin.core.ledger.models import Origin
from tongpin.core.sending.delivering import Delivered, Deliverer, HouseErrands
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.errands import (
    ErrandCancelled,
    NewErrand,
    NoSuchErrand,
    copy_errand,
    decline_errand,
    decline_errands,
    do_errand,
    give_errands,
    miss_due,
)
from tongpin.core.sending.models import Errand, Letter
from tongpin.core.sending.queries import open_errands
from tongpin.core.sending.queueing import NewLetter, queue_letter
from tongpin.core.sending.redacting import redact

pytestmark = pytest.mark.django_db(transaction=True)

CARD = Content(text="今晚八点", card=Card(title="开讲", url="https://example.com/t/1"))


def relay(noon: datetime, **more: object) -> int:
    """A card for a plain group, given to a human."""
    letter = NewLetter(
        key="card", letter_class="session", channel="errand", content=CARD, place_id=group("妈妈一群", noon),
        about_kind="talk", about=7, **more,
    )  # type: ignore[arg-type]  # fmt: skip
    queue_letter(letter=letter, at=noon)
    assert go_round(noon) == Delivered(given=1)
    return Errand.objects.get().pk


def go_round(at: datetime) -> Delivered:
    async def walk() -> Delivered:
        desk = Desk()
        channel = ErrandChannel(errands=HouseErrands(desk=desk, clock=Clock(at)))
        try:
            return await Deliverer(channel=channel, worker="w1", desk=desk, clock=Clock(at)).deliver_once()
        finally:
            await desk.close()

    return asyncio.run(walk())


def test_a_letter_becomes_an_errand_and_one_tap_sends_it(noon: datetime) -> None:
    errand = relay(noon)
    (seen,) = open_errands()
    assert (seen.kind, seen.text, seen.url) == (
        "paste",
        "今晚八点\n\n开讲\nhttps://example.com/t/1",
        "https://example.com/t/1",
    )
    assert states() == [("given", "")]
    assert copy_errand(errand_id=errand) == 1
    later = noon + timedelta(minutes=3)
    assert do_errand(errand_id=errand, staff_id=4, at=later, actor="staff:4") is True
    assert do_errand(errand_id=errand, staff_id=5, at=later, actor="staff:5") is False
    letter = Letter.objects.get()
    assert (letter.state, letter.platform_id, letter.done_at) == ("sent", str(errand), later)
    assert open_errands() == []
    row = Errand.objects.get()
    assert (row.state, row.taps, row.done_by) == ("done", 2, 4)
    about = {"about_kind": "talk", "about": 7}
    assert facts("errand.") == [
        ("errand.given", {"errand": errand, "errand_kind": "paste", **about}),
        ("errand.done", {"errand": errand, "errand_kind": "paste", "staff": 4, **about}),
    ]
    assert [body["lag_ms"] for _, body in facts("letter.sent")] == [180_000]


def test_what_nobody_does_in_time_is_missed_and_may_still_be_done(noon: datetime) -> None:
    errand = relay(noon, not_after=noon + timedelta(hours=1))
    assert miss_due(at=noon + timedelta(hours=1)) == 0
    assert miss_due(at=noon + timedelta(hours=1, seconds=1)) == 1
    assert miss_due(at=noon + timedelta(hours=2)) == 0
    assert states() == [("failed", "errand_missed")]
    assert do_errand(errand_id=errand, staff_id=4, at=noon + timedelta(hours=2), actor="staff:4")
    assert states() == [("sent", "")]
    assert [kind for kind, _ in facts("errand.")] == ["errand.given", "errand.missed", "errand.done"]


def test_declined_is_missed_with_its_reason(noon: datetime) -> None:
    errand = relay(noon)
    assert decline_errand(errand_id=errand, reason="group_gone", at=noon, actor="staff:4") is True
    assert decline_errand(errand_id=errand, reason="group_gone", at=noon, actor="staff:4") is False
    assert facts("errand.missed") == [
        ("errand.missed", {"errand": errand, "errand_kind": "paste", "reason": "group_gone"})
    ]


def test_what_was_taken_back_is_not_asked_of_anybody(noon: datetime) -> None:
    errand = relay(noon)
    redact(about_kind="talk", about=7, at=noon, reason="called_off")
    assert (states(), open_errands()) == ([("cancelled", "called_off")], [])
    with pytest.raises(ErrandCancelled):
        do_errand(errand_id=errand, staff_id=4, at=noon, actor="staff:4")


def test_what_a_human_pasted_is_taken_back_by_a_human(noon: datetime) -> None:
    errand = relay(noon)
    do_errand(errand_id=errand, staff_id=4, at=noon, actor="staff:4")
    redact(about_kind="talk", about=7, at=noon, reason="recalled")
    assert go_round(noon) == Delivered(given=1)
    (seen,) = open_errands()
    assert (seen.kind, seen.message) == ("redact", str(errand))
    do_errand(errand_id=seen.id, staff_id=4, at=noon, actor="staff:4")
    assert [kind for kind, _ in facts("command.")] == ["command.done"]


def by_hand(*keys: str, place_id: int | None = None, staff_id: int | None = None) -> list[NewErrand]:
    return [
        NewErrand(key=key, kind="post_moments", text=f"晒单 {key}", place_id=place_id, staff_id=staff_id, about=3,
                  about_kind="talk")
        for key in keys
    ]  # fmt: skip


def test_an_errand_by_hand_is_given_once_and_only_live(noon: datetime) -> None:
    asked = by_hand("moments:1", place_id=group("g", noon), staff_id=4)
    assert give_errands(errands=asked, at=noon, origin=Origin.HISTORY) == []
    assert give_errands(errands=asked, at=noon) == give_errands(errands=asked, at=noon)
    assert [kind for kind, _ in facts("errand.")] == ["errand.given"]
    assert [one.id for one in open_errands(staff_id=4)] == [one.id for one in open_errands()]
    assert open_errands(staff_id=5) == []


def test_many_errands_are_given_in_their_order_each_once_and_told_as_one_would_be(noon: datetime) -> None:
    first = give_errands(errands=by_hand("b", "a"), at=noon, actor="staff:1")
    later = noon + timedelta(hours=1)
    again = give_errands(errands=by_hand("a", "c", "b"), at=later, actor="staff:1")
    assert (again[2], again[0]) == tuple(first)
    assert [(one.id, one.text) for one in sorted(open_errands(), key=lambda one: one.id)] == [
        (first[0], "晒单 b"),
        (first[1], "晒单 a"),
        (again[1], "晒单 c"),
    ]
    told = {"errand_kind": "post_moments", "about_kind": "talk", "about": 3}
    assert facts("errand.") == [("errand.given", {"errand": one, **told}) for one in (*first, again[1])]


def test_giving_many_asks_the_database_no_more_often_than_giving_two(noon: datetime) -> None:
    counts = []
    for keys in (["a", "b"], [f"k{n}" for n in range(40)]):
        with CaptureQueriesContext(connection) as seen:
            given = give_errands(errands=by_hand(*keys), at=noon)
        counts.append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            assert decline_errands(errand_ids=given, reason="off", at=noon, actor="staff:1") == len(keys)
        counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_many_declined_at_once_fail_what_stands_behind_them_and_pass_over_what_is_done(noon: datetime) -> None:
    behind, done = relay(noon), give_errands(errands=by_hand("a"), at=noon)[0]
    do_errand(errand_id=done, staff_id=4, at=noon, actor="staff:4")
    numbers = [behind, done, 999_999]
    assert decline_errands(errand_ids=numbers, reason="off", at=noon, actor="staff:4") == 1
    assert decline_errands(errand_ids=numbers, reason="off", at=noon, actor="staff:4") == 0
    assert decline_errands(errand_ids=[], reason="off", at=noon, actor="staff:4") == 0
    assert facts("errand.missed") == [("errand.missed", {"errand": behind, "errand_kind": "paste", "reason": "off"})]
    ((_, failed),) = facts("letter.failed")
    assert (failed["reason"], failed["permanent"], failed.get("attempt", 1)) == ("errand_missed", True, 2)
    assert states() == [("failed", "errand_missed")]


def test_an_errand_nobody_knows_is_refused(noon: datetime) -> None:
    with pytest.raises(NoSuchErrand):
        do_errand(errand_id=1, staff_id=1, at=noon, actor="staff:1")


def test_letters_of_other_channels_stay_where_they_are(noon: datetime) -> None:
    queue_letter(letter=said("a", place_id=group("g", noon)), at=noon)
    assert go_round(noon) == Delivered()
