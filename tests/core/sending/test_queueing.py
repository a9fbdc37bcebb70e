"""Into the queue: once, in order, live only."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from tests.core.sending.cast import facts, group, said, somebody, states
from tongpin.channels.port import Content
from tongpin.core.ledger.models import Origin
from tongpin.core.sending.models import Command, Letter
from tongpin.core.sending.queueing import (
    BadLetter,
    LetterConflict,
    NewCommand,
    NewLetter,
    queue_command,
    queue_letter,
    queue_letters,
)

pytestmark = pytest.mark.django_db


def test_the_same_key_is_the_same_letter_and_told_once(noon: datetime) -> None:
    place = group("g1", noon)
    first = queue_letter(letter=said("a", place_id=place, about_kind="talk", about=7), at=noon)
    again = queue_letter(letter=said("a", place_id=place, about_kind="talk", about=7), at=noon + timedelta(minutes=1))
    assert (first, Letter.objects.count()) == (again, 1)
    assert facts("letter.") == [
        (
            "letter.queued",
            {"letter": first, "letter_class": "session", "channel": "fake", "about_kind": "talk", "about": 7},
        )
    ]


def test_the_same_key_for_something_else_is_refused_and_nothing_changed(noon: datetime) -> None:
    place, other = group("g1", noon), group("g2", noon)
    queue_letter(letter=said("a", place_id=place), at=noon)
    for changed in (
        said("a", place_id=place, content=Content(text="b")),
        said("a", place_id=other),
        said("a", place_id=place, letter_class="promotion"),
    ):
        with pytest.raises(LetterConflict), transaction.atomic():
            queue_letter(letter=changed, at=noon)
    assert [one.payload for one in Letter.objects.all()] == [{"text": "a"}]


def test_many_keep_their_order(noon: datetime) -> None:
    places = [group(f"g{n}", noon) for n in range(3)]
    queue_letter(letter=said("t1/1", place_id=places[1]), at=noon)
    wanted = [said(f"t{s}/{n}", place_id=place) for s in range(3) for n, place in enumerate(places)]
    numbers = queue_letters(letters=wanted, at=noon)
    fresh = [number for number, one in zip(numbers, wanted, strict=True) if one.key != "t1/1"]
    assert fresh == sorted(fresh)
    assert numbers[4] == min(numbers)
    assert len(facts("letter.queued")) == 9


def test_what_is_not_live_never_leaves(noon: datetime) -> None:
    place = group("g1", noon)
    letter = queue_letter(letter=said("a", place_id=place), at=noon, origin=Origin.HISTORY)
    queue_command(
        command=NewCommand(key="k", verb="kick", channel="fake", place_id=place, person_id=somebody(noon)),
        at=noon,
        origin=Origin.DEMO,
    )
    assert states() == [("withheld", "not_live")]
    assert [(one.state, one.reason) for one in Command.objects.all()] == [("withheld", "not_live")]
    assert facts("letter.") == [
        ("letter.withheld", {"letter": letter, "letter_class": "session", "channel": "fake", "reason": "not_live"})
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place_id": None}, "only one of them"),
        ({"person_id": 1}, "only one of them"),
        ({"channel": "pigeon"}, "no such channel"),
        ({"key": ""}, "give a key"),
        ({"place_id": 999_999}, "no place"),
        ({"place_id": None, "person_id": 1, "letter_class": "session"}, "held in places"),
        ({"place_id": None, "address": "a@example.com", "letter_class": "promotion"}, "of service"),
    ],
)
def test_what_cannot_be_queued_says_what_to_give(noon: datetime, changed: dict[str, object], words: str) -> None:
    base: dict[str, object] = {
        "key": "a",
        "letter_class": "service",
        "channel": "fake",
        "content": Content(text="a"),
        "place_id": group("g1", noon),
    }
    with pytest.raises(BadLetter, match=words):
        queue_letter(letter=NewLetter(**(base | changed)), at=noon)  # type: ignore[arg-type]
    assert Letter.objects.count() == 0


def test_a_command_that_lacks_something_is_refused(noon: datetime) -> None:
    with pytest.raises(BadLetter, match="needs a message"):
        queue_command(command=NewCommand(key="k", verb="redact", channel="fake", place_id=group("g1", noon)), at=noon)


def test_an_address_is_sealed_and_its_queue_says_nothing_of_it(noon: datetime) -> None:
    queue_letter(letter=said("a", address="xiaomei@example.org"), at=noon)
    row = Letter.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("select l::text from letter l")
        assert "xiaomei" not in cursor.fetchone()[0]
    assert row.address_sealed is not None


@pytest.mark.django_db(transaction=True)
def test_writers_to_one_place_commit_in_the_order_of_their_numbers(noon: datetime) -> None:
    place = group("g1", noon)
    inside, go = threading.Event(), threading.Event()
    found: dict[str, int] = {}

    def slow() -> None:
        with transaction.atomic():
            found["slow"] = queue_letter(letter=said("slow", place_id=place), at=noon)
            inside.set()
            go.wait(10)
        connection.close()

    def quick() -> None:
        found["quick"] = queue_letter(letter=said("quick", place_id=place), at=noon)
        connection.close()

    first, second = threading.Thread(target=slow), threading.Thread(target=quick)
    first.start()
    inside.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    go.set()
    first.join(10)
    second.join(10)
    assert found["slow"] < found["quick"]
