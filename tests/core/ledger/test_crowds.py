"""All at once and nobody in step: writers, retries, two sequencers, readers, and a killer among them.

Bounded by what is told, not by the clock. The default run is short; the slow one goes on for minutes.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from tests.core.ledger import crowd
from tests.core.ledger.crowd import COMMITS, Dies, plain
from tongpin.core.ledger import lanes, sequencer

pytestmark = [COMMITS, pytest.mark.usefixtures("own_ledger")]

SUBJECTS = ("a", "b", "c", "d")
READERS: dict[str, frozenset[str] | None] = {"all": None, "orders": frozenset({"order.amended"})}
LANES = ("money",)
GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


class Crowd:
    """Threads that are ended together; those that may be killed leave their backend's number."""

    def __init__(self, seed: int, *, told: int) -> None:
        self.seed, self.told = seed, told
        self.written = threading.Event()
        self.over = threading.Event()
        self.mortal: dict[int, int] = {}
        self.kills = 0
        self.errors: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def join(self, work: Callable[[random.Random], None]) -> threading.Thread:
        """Starts a member. What it raises fails the test."""
        dice = random.Random(f"{self.seed} {len(self.threads)}")

        def run() -> None:
            try:
                work(dice)
            except BaseException as error:
                self.errors.append(error)
            finally:
                self.mortal.pop(threading.get_ident(), None)
                connection.close()

        thread = threading.Thread(target=run, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def exposed(self) -> None:
        """From here on this thread's connection may be killed."""
        connection.ensure_connection()
        self.mortal[threading.get_ident()] = connection.connection.info.backend_pid

    def write(self, dice: random.Random) -> None:
        for _ in range(self.told):
            try:
                self.exposed()
                with suppress(Dies), transaction.atomic():
                    self._transaction(dice)
            except GONE:
                connection.close()

    def _transaction(self, dice: random.Random) -> None:
        if dice.random() < 0.5:
            crowd.write_elsewhere("before the lock")
        if dice.random() < 0.8:
            subject = dice.choice(SUBJECTS)
            for _ in range(dice.randint(1, 3)):
                crowd.tell(subject, crowd.change(subject))
                time.sleep(dice.choice([0, 0, 0.002]))
            if dice.random() < 0.3:
                with suppress(Dies), transaction.atomic():
                    crowd.tell(subject, crowd.change(subject))
                    raise Dies
        if dice.random() < 0.5:
            crowd.tell_events(dice.sample(range(4000), dice.randint(1, 60)))
        if dice.random() < 0.15:
            raise Dies

    def retry(self, dice: random.Random) -> None:
        """The same batches as another's, in another order of lines; a refusal of any kind fails the test."""
        shared = random.Random(self.seed)
        for _ in range(self.told // 2):
            numbers = shared.sample(range(4000), 80)
            dice.shuffle(numbers)
            with transaction.atomic():
                crowd.tell_events(numbers)

    def sequence(self, dice: random.Random) -> None:
        while not self.over.is_set():
            with suppress(*GONE), plain() as raw:
                self.mortal[threading.get_ident()] = raw.info.backend_pid
                sequencer.run(raw, self.over)

    def read(self, name: str) -> Callable[[random.Random], None]:
        def reading(dice: random.Random) -> None:
            while not self.over.is_set():
                try:
                    self.exposed()
                    limit, dies = dice.randint(1, 40), dice.random() < 0.2
                    if not crowd.fold(name, limit=limit, kinds=READERS[name], dies=dies):
                        time.sleep(0.005)
                except GONE:
                    connection.close()

        return reading

    def react(self, dice: random.Random) -> None:
        while not self.over.is_set():
            try:
                self.exposed()
                if not crowd.react("money", dies=dice.random() < 0.2):
                    time.sleep(0.005)
            except GONE:
                connection.close()

    def kill(self, dice: random.Random) -> None:
        with plain() as raw:
            while not self.over.is_set():
                time.sleep(dice.uniform(0.01, 0.06))
                if victims := list(self.mortal.values()):
                    raw.execute("select pg_terminate_backend(%s)", [dice.choice(victims)])
                    self.kills += 1


@contextmanager
def somebody_in_another_database() -> Iterator[None]:
    """A transaction that stays open in another database of this server, with a number lower than all that follow."""
    name = f"crowd_elsewhere_{os.getpid()}"
    with plain() as raw:
        raw.execute(f"create database {name} template template0")
        try:
            with plain(dbname=name) as other, other.transaction():
                other.execute("create table held (n int)")
                other.execute("insert into held values (1)")
                yield
        finally:
            raw.execute(f"drop database {name} with (force)")


def let_loose(seed: int, *, told: int) -> None:
    """A crowd at work until all is told; then what is left is read, and the oracle is asked."""
    crowd.begin_subjects(*SUBJECTS)
    crowd.react("money")
    members = Crowd(seed, told=told)
    with somebody_in_another_database():
        writing = [members.join(members.write) for _ in range(2)]
        writing += [members.join(members.retry) for _ in range(2)]
        for work in (members.sequence, members.sequence, members.read("all"), members.read("orders"), members.react):
            members.join(work)
        members.join(members.kill)
        for thread in writing:
            thread.join()
        members.over.set()
        for thread in members.threads:
            thread.join(30)
        crowd.read_to_the_end(readers=READERS, lanes=LANES)
    assert not members.errors
    assert members.kills
    crowd.check(readers=READERS, lanes=LANES)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "BATCH", 7)
    monkeypatch.setattr(sequencer, "BLOCKS", 11)


@pytest.mark.whole
@pytest.mark.parametrize("seed", [1, 2])
def test_a_crowd_with_a_killer_in_it_loses_doubles_and_turns_around_nothing(seed: int) -> None:
    let_loose(seed, told=60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 16))
def test_a_large_crowd_does_no_better(seed: int) -> None:
    let_loose(seed, told=600)
