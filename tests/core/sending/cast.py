"""What tests of sending share: places, people, a clock that is moved by hand, rounds of delivering."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tongpin.channels.fake.platform import FakeChannel, Platform
from tongpin.channels.port import Channel, Content
from tongpin.core.people.models import Person
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.sending.delivering import Delivered, Deliverer
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import NewLetter


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def group(name: str, at: datetime) -> int:
    """A group on the fake platform, whose id there is its name."""
    return know_place(kind=Place.Kind.GROUP, platform="fake", name=name, external_id=name, at=at, actor="t").pk


def somebody(at: datetime) -> int:
    return Person.objects.create(via="test", created_at=at, identified=True).pk


def said(text: str, **more: Any) -> NewLetter:
    """A letter of session to a place, or of service to a person, whose key is its text."""
    letter_class = "session" if "place_id" in more else "service"
    told = {"key": text, "letter_class": letter_class, "channel": "fake", "content": Content(text=text), **more}
    return NewLetter(**told)


def deliver(channel: Channel, clock: Clock, *, worker: str = "w1") -> Delivered:
    """One round of a worker that then ends."""

    async def _deliver() -> Delivered:
        desk = Desk()
        try:
            return await Deliverer(channel=channel, worker=worker, desk=desk, clock=clock).deliver_once()
        finally:
            await desk.close()

    return asyncio.run(_deliver())


def on(platform: Platform) -> FakeChannel:
    return FakeChannel(platform=platform)


def states() -> list[tuple[str, str]]:
    """(state, reason) of all letters, by number."""
    return list(Letter.objects.order_by("pk").values_list("state", "reason"))


def facts(prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Kinds and bodies recorded, in order."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, body::text from entry where kind like %s order by seq", [prefix + "%"])
        return [(kind, json.loads(body)) for kind, body in cursor.fetchall()]
