"""Workers beside each other: who is alive is known by a lock that goes with its connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.core.sending.cast import group, said
from tongpin.core.sending.claiming import claim_letters
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import queue_letters
from tongpin.core.sending.standing import Standing

pytestmark = pytest.mark.django_db(transaction=True)


class Worker:
    """A standing on a connection of its own, which can be cut."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self.standing = Standing()

    def does(self, deed: Callable[[], Any]) -> Any:
        return self._thread.submit(deed).result(timeout=30)

    def cut(self) -> None:
        def broken() -> None:
            assert connection.connection is not None
            connection.connection.close()
            connection.close()

        self.does(broken)

    def end(self) -> None:
        self.does(lambda: connection.close())  # looked up in its own thread: each has its own
        self._thread.shutdown()


def claimed_by(one: Worker, place: str, noon: datetime) -> str:
    name = one.standing.claims_as(kind="fake")
    queue_letters(letters=[said(place, place_id=group(place, noon))], at=noon)
    assert claim_letters(channel="fake", worker=name, at=noon, limit=1).claims
    return name


def test_who_is_there_is_never_lost_to_another_and_who_went_is(noon: datetime) -> None:
    here, there = Worker(), Worker()
    try:
        here.does(here.standing.hold)
        there.does(there.standing.hold)
        mine, theirs = claimed_by(here, "a", noon), claimed_by(there, "b", noon)
        assert here.does(here.standing.lost) == there.does(there.standing.lost) == frozenset()
        there.cut()
        assert here.does(here.standing.lost) == {theirs}
        assert there.does(there.standing.lost) == frozenset()
        there.does(there.standing.hold)
        assert here.does(here.standing.lost) == frozenset()
        here.does(here.standing.let_go)
        assert there.does(there.standing.lost) == {mine}
    finally:
        here.end()
        there.end()


def test_a_name_of_an_earlier_edition_is_nobody_s_and_other_names_are_left_alone(noon: datetime) -> None:
    here = Worker()
    try:
        here.does(here.standing.hold)
        for name, place in (("worker:fake", "a"), ("w1", "b")):
            queue_letters(letters=[said(place, place_id=group(place, noon))], at=noon)
            claim_letters(channel="fake", worker=name, at=noon, limit=1)
        assert here.does(here.standing.lost) == {"worker:fake"}
        Letter.objects.update(state="sent")
        assert here.does(here.standing.lost) == frozenset()
    finally:
        here.end()
