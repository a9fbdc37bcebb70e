"""A talk held still while something of it changes, and the lines of its live page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import connection
from django.db.models import F

from tongpin.loop.give.talks.models import Line, Question, Talk, TalkPlace
from tongpin.loop.give.talks.rules import PlaceHeld

log = logging.getLogger(__name__)


class TalkUnknown(LookupError):
    """There is no such talk, segment or question."""

    def __init__(self) -> None:
        super().__init__("there is no such talk; look the number up again")


class NotNow(Exception):
    """A talk is not so far, or too far, for this; `state` says how far it is."""

    def __init__(self, *, state: str) -> None:
        super().__init__("this cannot be done with the talk as it is now; reload the page to see how far it is")
        self.state = state


def held_talk(*, talk_id: int) -> Talk:
    """The talk, its row locked until the transaction ends. Rows that only point to it need not wait. Raises TalkUnknown."""
    talk = Talk.objects.select_for_update(no_key=True).filter(pk=talk_id).first()
    if talk is None:
        raise TalkUnknown
    return talk


def held_question(*, question_id: int) -> tuple[Talk, Question]:
    """A question and its talk, the talk locked. Raises TalkUnknown."""
    talk_id = Question.objects.filter(pk=question_id).values_list("talk_id", flat=True).first()
    if talk_id is None:
        raise TalkUnknown
    return held_talk(talk_id=talk_id), Question.objects.get(pk=question_id)


def append(*, talk: Talk, kind: Line.Kind, at: datetime, ref: int = 0, words: str = "") -> int:
    """The next line of a talk that is held; its number."""
    talk.last_line += 1
    Talk.objects.filter(pk=talk.pk).update(last_line=F("last_line") + 1)
    Line.objects.create(talk=talk, number=talk.last_line, kind=kind, ref=ref, words=words, at=at)
    return talk.last_line


def places_held(*, talk_id: int) -> list[PlaceHeld]:
    """The places of a talk, by number. One query."""
    rows = (
        TalkPlace.objects.filter(talk=talk_id)
        .order_by("place_id")
        .values_list("place_id", "place__platform", "way", "state", "place__closed_at")
    )
    return [
        PlaceHeld(number, platform, way, state, closed is not None) for number, platform, way, state, closed in rows
    ]


def one_by_one(deed: Callable[..., int], *, talk_ids: Iterable[int], at: datetime) -> int:
    """What the clock does with several talks: one that fails is left for the next beat, and no other waits for it. The sum."""
    done = 0
    for talk_id in talk_ids:
        try:
            done += deed(talk_id=talk_id, at=at)
        except Exception as error:
            if connection.connection is None or connection.connection.broken:
                raise  # the database is away for all of them
            log.error("talk %s is left for the next beat: %s", talk_id, type(error).__name__)
    return done
