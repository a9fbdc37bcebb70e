"""A community with rooms of ours and plain groups, a guest, and what the ledger tells of a talk."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.channels.fake.platform import FakeChannel, Platform
from tongpin.core.ledger.bulk import record_many
from tongpin.core.ledger.lanes import react_once
from tongpin.core.ledger.sequencer import sequence_once
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.places.actions import found_community, know_place
from tongpin.core.places.hearing import Heard, hear_many
from tongpin.core.places.models import Community, Message, Place
from tongpin.loop.give.talks.actions import announce, give_segment, plan_talk, start
from tongpin.reactions.table import table_of

LIN = "staff:1"
"""林老师's host."""
GUEST = "guest"
LATER = timedelta(hours=8)
"""How long after the plan a talk starts."""


class OnWeb(FakeChannel):
    """The fake platform in place of our own rooms."""

    kind = "web"


def on_web(platform: Platform) -> OnWeb:
    return OnWeb(platform=platform)


def community(at: datetime, name: str = "青禾读书社") -> int:
    return int(found_community(name=name, actor=LIN, at=at).pk)


def room(name: str, at: datetime, *, of: int | None = None) -> int:
    """A room of ours, whose address is its name."""
    held = Community.objects.get(pk=of) if of else None
    made = know_place(
        kind=Place.Kind.GROUP, platform="web", name=name, external_id=name, community=held, at=at, actor=LIN
    )
    return made.pk


def plain_group(name: str, at: datetime, *, of: int | None = None) -> int:
    """A WeChat group that no software may write to."""
    held = Community.objects.get(pk=of) if of else None
    return know_place(kind=Place.Kind.GROUP, platform="wechat", name=name, community=held, at=at, actor=LIN).pk


def somebody(at: datetime, name: str = "小美") -> int:
    return add_by_hand(nickname=name, actor=LIN, at=at).person_id


def planned(at: datetime, **more: Any) -> int:
    """A draft of 林老师 that starts eight hours later."""
    told = {
        "community_id": more.pop("community_id", None) or community(at),
        "title": "睡前十分钟，怎么读",
        "guest_name": "林老师",
        "starts_at": at + LATER,
        "at": at,
        "actor": LIN,
        **more,
    }
    return plan_talk(**told)


def live(at: datetime, place_ids: list[int], **more: Any) -> tuple[int, datetime]:
    """A talk that was announced in these places and began on time, and when that was."""
    talk = planned(at, **more)
    if place_ids:
        announce(talk_id=talk, place_ids=place_ids, at=at, actor=LIN)
    start(talk_id=talk, at=at + LATER, actor=GUEST)
    react()  # a lane that is new begins here
    react("bulk")
    return talk, at + LATER


def says(talk_id: int, words: str, at: datetime, **more: Any) -> int:
    """The guest says something; the segment."""
    given = give_segment(
        talk_id=talk_id, form="text", words=words, client_key=more.pop("key", words), at=at, actor=GUEST, **more
    )
    return given.segment_id


def speaks(place_id: int, person_id: int | None, words: str, at: datetime, *, key: str = "") -> int:
    """Somebody says something in a place; the message. The fact is recorded live."""
    heard = Heard(key or f"{place_id}:{words}", person_id, at, "text", words)
    with transaction.atomic():
        lines, _ = hear_many(place_id=place_id, heard=[heard], batch=None)
        record_many(lines, recorded_at=now(), actor="t", source="web")
    return int(Message.objects.get(place=place_id, key=heard.key).pk)


def react(lane: str = "session") -> None:
    """The lane catches up."""
    while sequence_once(connection.connection):
        pass
    while react_once(lane, table_of(lane)):  # type: ignore[arg-type]
        pass


def told(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Facts of these kinds in the order of writing, with their bodies."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, body::text from entry where kind = any(%s) order by seq", [list(kinds)])
        return [(kind, json.loads(body)) for kind, body in cursor.fetchall()]
