"""An impatient sender: the same batches again and again, from many connections at once, before anything was answered."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from tests.web.track.conftest import Caller, entries
from tongpin.core.people.models import Identity, Person
from tongpin.core.people.resolving import memory
from tongpin.web.track.app import TrackApplication

SENDERS = 8


def batch(number: int) -> dict[str, Any]:
    """New people with a user id, a device and a phone each; neighbouring batches share half of them."""
    events: list[dict[str, Any]] = []
    for n in range(number * 20, number * 20 + 40):
        common = {"userId": f"u{n}", "anonymousId": f"a{n}", "timestamp": "2026-11-22T03:04:05Z"}
        events.append({"type": "track", "event": "Lesson Read", "messageId": f"{number}-t{n}", **common})
        traits = {"phone": f"138{n:08}", "nickname": f"小美{n}"}
        events.append({"type": "identify", "messageId": f"{number}-i{n}", "traits": traits, **common})
    return {"batch": events, "sentAt": "2026-11-22T03:04:06Z"}


@pytest.mark.parametrize("seed", [1, 2])
def test_retries_of_the_same_batches_side_by_side_never_fail_and_say_each_event_once(caller: Caller, seed: int) -> None:
    memory.forget()
    batches = [batch(number) for number in range(6)]
    another = Caller(TrackApplication(), caller.server, caller.browser)  # as a second web process would be
    answers: Counter[int] = Counter()
    lock = threading.Lock()

    def send(number: int) -> None:
        mine = [one for one in batches for _ in range(3)]
        random.Random(seed * 100 + number).shuffle(mine)
        try:
            for one in mine:
                status, *_ = (caller, another)[number % 2].post("/v1/batch", one)
                with lock:
                    answers[status] += 1
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    another.app.admission.close()
    assert answers == {200: SENDERS * 18}
    told = Counter(one["message"] for one in entries() if "message" in one)
    assert told == {event["messageId"]: 1 for one in batches for event in one["batch"]}
    assert Person.objects.filter(identified=True).count() == 140
    assert Identity.objects.count() == 140 * 3
    assert Counter(Identity.objects.values_list("kind", flat=True)) == {"custom": 140, "device": 140, "phone": 140}
    met = [one["person"] for one in entries() if one["kind"] == "person.met"]
    assert len(met) == len(set(met)) == 140
