"""An import that is interrupted, at whatever chunk, goes on behind it and ends as one that never was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings
from time_machine import travel

from tests.core.intake.sheets import after, bodies, bought, bring, facts, lines, outcomes, table, told, uploaded
from tests.core.intake.test_tables import HEAD, MEI, QIANG, SHOP, with_
from tongpin.core.intake import conversing, placing, running
from tongpin.core.intake.actions import cancel, start, take_back
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.running import Taken, only_runner, run_batch
from tongpin.core.intake.uploads import path_of
from tongpin.core.people.models import Person
from tongpin.core.people.resolving import Raced
from tongpin.core.places.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    with travel(noon, tick=True):
        yield


class Killed(BaseException):
    """The process ends here."""


def orders(seed: int, number: int = 60) -> bytes:
    """Orders of several lines, equal ones among them, far from each other; refunds, nobody's, masked buyers, bad rows."""
    chance = random.Random(seed)
    rows = []
    for _ in range(number):
        base = chance.choice([MEI, QIANG, with_(MEI, number="A7", account="", name="", phone="")])
        rows.append(
            with_(
                base,
                goods=chance.choice(["绘本", "睡袋"]),
                refund=chance.choice(["", "", "10.00", "20.00"]),
                price=chance.choice([base[7]] * 9 + ["八九"]),
                state=chance.choice(["已付款", "交易成功"]),
            )
        )
    rows.append(with_(QIANG, number="B1", account="", name="林*美", phone="138****2716"))
    return table(HEAD, *rows)


def picture(batch: Batch) -> tuple[Any, ...]:
    """All that an import leaves, without numbers that are drawn."""
    batch.refresh_from_db()
    refunds = sorted((one["order"], one["refund"], one["amount_fen"]) for one in bodies("order.refunded"))
    items = sorted((one["order"], one["line"], one.get("occurrence", 1)) for one in bodies("order.item_added"))

    return batch.state, told(batch.counts), outcomes(batch), facts(), bought(), refunds, items


def fresh_house() -> None:
    """Nothing was ever imported."""
    for batch in Batch.objects.exclude(state="taken_back"):
        take_back(batch=batch, actor="x", at=batch.finished_at or batch.uploaded_at)
    Batch.objects.all().delete()
    from tongpin.core.people.resolving import memory

    memory.forget()


@pytest.mark.parametrize("seed", range(6))
def test_broken_off_at_random_chunks_it_ends_as_in_one_go(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    file, chance = orders(seed), random.Random(seed)
    whole = picture(bring(file, at=noon, shop_name=SHOP))
    fresh_house()
    monkeypatch.setattr(placing, "ROWS", chance.randint(1, 9))
    batch = start(batch=uploaded(file, at=noon, shop_name=SHOP), actor="x", at=noon)
    for _ in range(40):
        error = chance.choice([Killed(), RuntimeError("boom"), OperationalError("gone")])
        with monkeypatch.context() as broken:
            broken.setattr(running, "place_chunk", after(chance.randint(0, 6), placing.place_chunk, error))  # type: ignore[arg-type]
            try:
                run_batch(Batch.objects.get(pk=batch.pk))
            except (Killed, RuntimeError, OperationalError):
                continue
        break
    else:
        run_batch(Batch.objects.get(pk=batch.pk))
    assert picture(batch) == whole


def test_a_chunk_that_fails_in_the_middle_leaves_nothing_of_itself(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the facts were written and before the checkpoint moved."""
    monkeypatch.setattr(placing, "ROWS", 2)
    batch = start(batch=uploaded(table(HEAD, *[QIANG] * 5), at=noon, shop_name=SHOP), actor="x", at=noon)
    with monkeypatch.context() as broken:
        broken.setattr(placing, "move_checkpoint", after(1, placing.move_checkpoint, Killed()))  # type: ignore[arg-type]
        with pytest.raises(Killed):
            run_batch(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.checkpoint, told(batch.counts)["rows"]) == ("running", 3, 2)
    assert (facts()["order.item_added"], Row.objects.count()) == (2, 2)
    run_batch(batch)
    assert (facts()["order.item_added"], outcomes(batch)) == (5, ["new"] * 5)


def test_a_rival_that_met_the_same_person_first_costs_a_second_try(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def once(*arguments: Any, **named: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise Raced
        return placing_resolve(*arguments, **named)

    placing_resolve = placing.resolve_many
    monkeypatch.setattr(placing, "resolve_many", once)
    assert told(bring(table(HEAD, MEI), at=noon, shop_name=SHOP).counts)["people"] == 1
    tries.clear()
    monkeypatch.setattr(conversing, "resolve_many", once)
    chat = lines({"text": "hi", "time": "2026-11-20 10:00:00", "user": "a", "channel": "x"})
    assert told(bring(chat, at=noon, name="a.jsonl").counts)["messages"] == 1


def test_cancelling_stops_between_chunks_and_the_file_goes(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "ROWS", 2)
    batch = start(batch=uploaded(table(HEAD, *[QIANG] * 7), at=noon, shop_name=SHOP), actor="x", at=noon)

    def told_so(one: Batch, share: float) -> None:
        if one.counts.get("rows", 0) >= 4:
            cancel(batch=one, actor="staff:1", at=noon)

    ended = run_batch(batch, told=told_so)
    assert (ended.state, told(ended.counts), ended.checkpoint) == (
        "cancelled",
        {"rows": 4, "new": 4, "people": 1, "orders": 1},
        5,
    )
    assert not path_of(ended).exists()
    assert take_back(batch=ended, actor="staff:1", at=noon) == 8
    assert (facts(), Person.objects.count()) == ({}, 0)


def test_a_chat_broken_off_and_taken_up_again_is_whole(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and equal messages too."""

    def message(n: int) -> dict[str, object]:
        return {
            "team": "t",
            "channel": f"c{n % 2}",
            "conversation": n % 5,
            "ts": f"2026-11-20T10:{n // 6:02}:00",
            "user": f"u{n % 3}",
            "text": "好" if n % 4 else f"第{n}句",
        }

    file = lines(*(message(n) for n in range(60)))
    monkeypatch.setattr(conversing, "MESSAGES", 7)

    def seen() -> list[tuple[object, ...]]:
        threads: dict[object, int] = {}
        found = Message.objects.order_by("place__name", "said_at", "key").values_list(
            "place__name", "key", "words", "thread"
        )
        return [(*one[:3], threads.setdefault(one[3], len(threads))) for one in found]

    def run() -> Batch:
        batch = start(batch=uploaded(file, at=noon, name="a.jsonl"), actor="x", at=noon)
        for number in range(30):
            with monkeypatch.context() as broken:
                broken.setattr(running, "place_window", after(number % 4, conversing.place_window, Killed()))  # type: ignore[arg-type]
                try:
                    return run_batch(Batch.objects.get(pk=batch.pk))
                except Killed:
                    continue
        raise AssertionError

    whole = bring(file, at=noon, name="a.jsonl")
    before = (told(whole.counts), outcomes(whole), seen(), facts())
    fresh_house()
    batch = run()
    assert (told(batch.counts), outcomes(batch), seen(), facts()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_runners_one_has_it(noon: datetime) -> None:
    batch = start(batch=uploaded(table(HEAD, MEI), at=noon, shop_name=SHOP), actor="x", at=noon)
    holds, may_end = Event(), Event()

    def hold() -> None:
        with only_runner(batch.pk):
            holds.set()
            may_end.wait(20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    try:
        assert holds.wait(20)
        with pytest.raises(Taken):
            run_batch(batch)
    finally:
        may_end.set()
        other.join()
    assert run_batch(batch).state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_count_every_row_once(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads place the same rows in small chunks; natural keys let each through once."""
    monkeypatch.setattr(placing, "ROWS", 5)
    file = orders(3, number=120)
    batches = [start(batch=uploaded(file, at=noon, shop_name=SHOP), actor="x", at=noon) for _ in range(2)]
    errors: list[BaseException] = []

    def run(batch: Batch) -> None:
        try:
            run_batch(batch)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(batch,)) for batch in batches]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    counts = [told(Batch.objects.get(pk=batch.pk).counts) for batch in batches]
    assert [one["rows"] for one in counts] == [121, 121]
    assert sum(one.get("orders", 0) for one in counts) == 4
    both = facts()
    refunds = sorted((one["order"], one["amount_fen"]) for one in bodies("order.refunded"))
    alone = bring(file, at=noon, shop_name="另一家店")
    assert told(alone.counts)["orders"] == 4
    assert facts()["order.item_added"] == 2 * both["order.item_added"]
    assert sum(fen for _, fen in refunds) * 2 == sum(one["amount_fen"] for one in bodies("order.refunded"))
