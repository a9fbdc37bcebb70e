"""Taken back: what waits never leaves, what left is redacted everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.core.sending.cast import Clock, deliver, facts, group, on, said, states
from tongpin.channels.fake.platform import Platform
from tongpin.core.sending.models import Command, Letter
from tongpin.core.sending.queries import letters_about
from tongpin.core.sending.queueing import queue_letters
from tongpin.core.sending.redacting import TakenBack, cancel_letters, redact

pytestmark = pytest.mark.django_db(transaction=True)


def segments(noon: datetime, count: int = 2) -> None:
    letters = [
        said(f"{name}/{n}", place_id=group(name, noon), about_kind="segment", about=n)
        for n in range(count)
        for name in ("g0", "g1")
    ]
    queue_letters(letters=letters, at=noon)


def test_what_left_is_redacted_in_every_place_and_asked_for_once(noon: datetime) -> None:
    platform = Platform()
    segments(noon)
    deliver(on(platform), Clock(noon))
    assert redact(about_kind="segment", about=0, at=noon, reason="recalled") == TakenBack(0, 2, 0)
    assert redact(about_kind="segment", about=0, at=noon, reason="recalled") == TakenBack(0, 2, 0)
    deliver(on(platform), Clock(noon))
    sent = {one.place_id: one.platform_id for one in Letter.objects.filter(about=0)}
    assert {(one.verb, one.place, one.message) for one in platform.done} == {
        ("redact", "g0", sent[group("g0", noon)]),
        ("redact", "g1", sent[group("g1", noon)]),
    }
    assert len(platform.done) == 2
    assert [one.redact_asked_at for one in letters_about(about_kind="segment", about=0)] == [noon, noon]


def test_what_waits_is_cancelled_and_told(noon: datetime) -> None:
    platform = Platform()
    segments(noon)
    assert cancel_letters(about_kind="segment", about=1, at=noon, reason="talk_ended") == 2
    deliver(on(platform), Clock(noon))
    assert states() == [("sent", ""), ("sent", ""), ("cancelled", "talk_ended"), ("cancelled", "talk_ended")]
    assert len(platform.said) == 2
    numbers = list(Letter.objects.filter(about=1).order_by("pk").values_list("pk", flat=True))
    assert facts("letter.cancelled") == [
        ("letter.cancelled", {"letter": number, "reason": "talk_ended"}) for number in numbers
    ]


def test_what_is_leaving_in_that_moment_is_redacted_when_it_arrived(noon: datetime) -> None:
    platform, found = Platform(), list[TakenBack]()

    async def before(thing: Any) -> None:
        if not found and not platform.said:
            found.append(redact(about_kind="segment", about=0, at=noon, reason="recalled"))
            connection.close()

    platform.before = before
    segments(noon, 1)
    deliver(on(platform), Clock(noon))
    assert found == [TakenBack(0, 0, 2)]
    assert Command.objects.count() == 2
    deliver(on(platform), Clock(noon))
    assert {(one.place, one.message) for one in platform.done} == {
        (one.to.value, platform._ids[one.key]) for one in platform.said
    }
