"""Outcomes are written together where nobody waits for them, and at once where somebody does."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.sending.cast import Clock, deliver, facts, group, on, said
from tongpin.channels.fake.platform import Platform
from tongpin.core.sending.claiming import claim_due, claim_letters
from tongpin.core.sending.delivering import Delivered
from tongpin.core.sending.gathering import UnderWay
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import queue_letters
from tongpin.core.sending.settling import Outcome, settle

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 60.0


def outcomes(noon: datetime, names: list[str]) -> list[Outcome]:
    numbers = {name: group(name[0], noon) for name in dict.fromkeys(names)}
    queue_letters(letters=[said(name, place_id=numbers[name]) for name in names], at=noon)
    claims = claim_letters(channel="fake", worker="w1", at=noon, limit=99).claims
    return [Outcome(claim=one, fate="sent", at=noon, platform_id=f"p{one.number}") for one in claims]


def gathered(ways: list[tuple[float, Outcome]], *, together: float, most: int = 99) -> list[int]:
    """How many came each time."""

    async def send(after: float, outcome: Outcome) -> Outcome:
        await asyncio.sleep(after)
        return outcome

    async def walk() -> list[int]:
        under_way = UnderWay(together=together, most=most)
        for after, outcome in ways:
            under_way.add(send(after, outcome))
        found = []
        while under_way:
            found.append(len(await under_way.ended()))
        return found

    return asyncio.run(asyncio.wait_for(walk(), LONG / 2))


def test_those_that_come_within_a_moment_are_one_lot_and_the_last_waits_for_nobody(noon: datetime) -> None:
    three = outcomes(noon, ["a", "b", "c"])
    assert gathered([(0.01 * n, one) for n, one in enumerate(three)], together=LONG) == [3]


def test_where_the_next_one_stands_behind_it_nothing_is_waited_for(noon: datetime) -> None:
    first, other = outcomes(noon, ["a1", "a2", "b1"])
    assert (first.claim.others_wait, other.claim.others_wait) == (True, False)
    assert gathered([(0.0, first), (0.05, other)], together=LONG) == [1, 1]
    assert gathered([(0.0, other), (0.05, first)], together=LONG) == [2]


def test_enough_are_enough(noon: datetime) -> None:
    four = outcomes(noon, ["a", "b", "c", "d"])
    assert gathered([(0.0 if n < 2 else 0.05, one) for n, one in enumerate(four)], together=LONG, most=2) == [2, 2]


def test_those_that_ended_while_nobody_looked_are_not_forgotten(noon: datetime) -> None:
    two = outcomes(noon, ["a", "b"])

    async def send(outcome: Outcome) -> Outcome:
        return outcome

    async def walk() -> list[Outcome]:
        under_way = UnderWay(together=0.0, most=9)
        for one in two:
            under_way.add(send(one))
        await asyncio.sleep(0.01)
        assert len(under_way) == 2
        return await under_way.ended()

    assert asyncio.run(walk()) == two


def test_what_fails_with_a_bug_is_heard_at_once(noon: datetime) -> None:
    async def bug() -> Outcome:
        raise LookupError

    async def walk() -> None:
        under_way = UnderWay(together=LONG, most=9)
        under_way.add(bug())
        await under_way.ended()

    with pytest.raises(LookupError):
        asyncio.run(walk())


def test_many_receipts_are_one_transaction_and_few_questions(noon: datetime) -> None:
    some = outcomes(noon, list("abcdefghij"))
    with CaptureQueriesContext(connection) as asked:
        assert settle(outcomes=some) == 10
    assert len(asked) <= 10
    assert len(facts("letter.sent")) == 10
    assert set(Letter.objects.values_list("state", "platform_id")) == {("sent", o.platform_id) for o in some}


def test_each_receipt_keeps_its_own_moment(noon: datetime) -> None:
    some = outcomes(noon, ["a", "b", "c"])
    later = [Outcome(claim=one.claim, fate="sent", at=noon.replace(second=n + 1)) for n, one in enumerate(some)]
    assert settle(outcomes=later) == 3
    assert [body["lag_ms"] for _, body in facts("letter.sent")] == [1000, 2000, 3000]
    with connection.cursor() as cursor:
        cursor.execute("select at from entry where kind = 'letter.sent' order by seq")
        assert [row[0] for row in cursor.fetchall()] == [one.at for one in later]


def test_where_nothing_is_due_it_costs_one_question(noon: datetime) -> None:
    group("a", noon)
    with CaptureQueriesContext(connection) as asked:
        assert claim_due(channel="fake", worker="w1", at=noon, limit=9).claims == []
    assert len(asked) == 1


def test_a_platform_that_forgets_keys_has_each_receipt_written_as_it_comes(noon: datetime) -> None:
    written: list[int] = []
    platform = Platform(idempotent=False)

    async def before(thing: Any) -> None:
        await asyncio.sleep({"a": 0.0, "b": 0.3}[thing.content.text])
        if thing.content.text == "b":
            written.append(await asyncio.to_thread(_sent))

    platform.before = before
    numbers = {name: group(name, noon) for name in "ab"}
    queue_letters(letters=[said(name, place_id=number) for name, number in numbers.items()], at=noon)
    assert deliver(on(platform), Clock(noon)) == Delivered(sent=2)
    assert written == [1]


def _sent() -> int:
    try:
        return Letter.objects.filter(state="sent").count()
    finally:
        connection.close()
