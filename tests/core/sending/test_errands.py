"""Errands: what a human does for a channel, and what a human is asked for by hand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.core.sending.cast import Clock, facts, group, said, states
from tongpin.channels.errand.todo import ErrandChannel
from tongpin.channels.port import Card, Content
from tongpin.core.ledger.models import Origin
from tongpin.core.sending.delivering import Delivered, Deliverer, HouseErrands
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.errands import (
    ErrandCancelled,
    NoSuchErrand,
    copy_errand,
    decline_errand,
    do_errand,
    give_errand,
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


def test_an_errand_by_hand_is_given_once_and_only_live(noon: datetime) -> None:
    place = group("g", noon)

    def give(origin: Origin = Origin.LIVE) -> int | None:
        return give_errand(
            key="moments:1", kind="post_moments", text="晒单", at=noon, place_id=place, staff_id=4, origin=origin
        )

    assert give(Origin.HISTORY) is None
    assert give() == give()
    assert [kind for kind, _ in facts("errand.")] == ["errand.given"]
    assert [one.id for one in open_errands(staff_id=4)] == [one.id for one in open_errands()]
    assert open_errands(staff_id=5) == []


def test_an_errand_nobody_knows_is_refused(noon: datetime) -> None:
    with pytest.raises(NoSuchErrand):
        do_errand(errand_id=1, staff_id=1, at=noon, actor="staff:1")


def test_letters_of_other_channels_stay_where_they_are(noon: datetime) -> None:
    queue_letter(letter=said("a", place_id=group("g", noon)), at=noon)
    assert go_round(noon) == Delivered()
