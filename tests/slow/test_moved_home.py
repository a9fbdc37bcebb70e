"""A backup taken while writers go on, restored into servers whose transaction counters stand higher and lower: every
reader goes on where it stood, without gap or double, and what is folded is what the ledger says."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.slow.house import House, house_at
from tests.slow.sheets import orders
from tests.wiring.ups import wait_for
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster

pytestmark = pytest.mark.slow

SEGMENT = 1_048_576
"""Transaction ids in one file of the commit log: a counter moved to the start of one never asks for earlier ones."""
COUNTERS = {"lower": 0, "source": 40 * SEGMENT, "higher": 900 * SEGMENT}


@contextmanager
def server_at(folder: Path, counter: int) -> Iterator[Cluster]:
    """A server with fsync on whose next transaction has this number (0: as it was made)."""
    outside = Path(tempfile.mkdtemp(prefix="tongpin-test-")) if os.geteuid() == 0 else folder
    outside.chmod(0o711)
    cluster = Cluster(Home(folder.resolve() / "home"), system=outside)
    server = cluster.open(dies_by=signal.SIGQUIT)
    try:
        if counter:
            server._ground.run("pg_resetwal", "-x", str(counter), "-D", str(server.data))
        server.launch_and_wait()
        yield cluster
    finally:
        server.ask_to_end(signal.SIGQUIT)
        server.stop()
        if outside != folder:
            shutil.rmtree(outside, ignore_errors=True)


class Writer(threading.Thread):
    """Tells of events in small batches, and keeps what it told, so that it can tell of all of it again."""

    def __init__(self, house: House, number: int) -> None:
        super().__init__(daemon=True)
        self.house, self.number, self.stop = house, number, threading.Event()
        self.dice = random.Random(number)
        self.batches: list[list[dict[str, Any]]] = []
        self.acknowledged = 0

    def run(self) -> None:
        while not self.stop.wait(0.02):
            self.batches.append([self.event(n) for n in range(25)])
            answer = self.house.send(self.batches[-1])
            assert answer.status_code == 200, answer.text
            self.acknowledged = len(self.batches)

    def event(self, n: int) -> dict[str, Any]:
        who = self.dice.randrange(300)
        one = {"userId": f"u{who}", "messageId": f"w{self.number}-{len(self.batches)}-{n}"}
        if n % 8 == 0:
            return {**one, "type": "identify", "traits": {"email": f"u{who}@example.com", "nickname": f"小美{who}"}}
        return {**one, "type": "track", "event": "看商品", "anonymousId": f"a{who}", "properties": {"n": n}}

    def ids(self, batches: int) -> Counter[str]:
        return Counter(one["messageId"] for batch in self.batches[:batches] for one in batch)


def in_the_ledger(house: House) -> Counter[str]:
    return Counter(dict(house.rows(
        "select body->>'message', count(*) from entry where kind in ('event.tracked', 'traits.told') group by 1"
    )))  # fmt: skip


def counter_of(house: House) -> int:
    return int(house.one("select pg_current_xact_id()::text::bigint"))


def positions(house: House) -> dict[str, int]:
    return dict(house.rows("select name, pos from reader order by name"))  # type: ignore[arg-type]


def test_readers_go_on_on_a_server_with_a_higher_and_one_with_a_lower_counter(tmp_path: Path) -> None:
    folder = {name: tmp_path / name for name in COUNTERS}
    for one in folder.values():
        one.mkdir()
    archive = tmp_path / "moved.tar"
    with server_at(folder["source"], COUNTERS["source"]) as server:
        with house_at(folder["source"], database=server.dsn()) as house:
            brought = house.bring_in("orders.csv", orders(3000, seed=3).encode("gb18030"), shop_name="绘本小铺")
            assert (brought["state"], brought["rows"]) == ("done", 3000), brought
            writers = [Writer(house, n) for n in range(2)]
            for writer in writers:
                writer.start()
            wait_for(lambda: all(writer.acknowledged > 20 for writer in writers), within=60, what="writers at work")
            # The readers stand still for a while, so that the backup holds what they have not read.
            readers = house.pid_of("readers")
            assert readers
            os.kill(readers, signal.SIGSTOP)
            until = [writer.acknowledged + 15 for writer in writers]
            wait_for(
                lambda: all(w.acknowledged > n for w, n in zip(writers, until, strict=True)), within=60, what="a lag"
            )
            surely = [writer.acknowledged for writer in writers]
            before = counter_of(house)
            done = house.command("backup", "--to", str(archive))
            assert done.returncode == 0, done.stdout + done.stderr
            os.kill(readers, signal.SIGCONT)
            more = [writer.acknowledged + 15 for writer in writers]
            wait_for(
                lambda: all(w.acknowledged > n for w, n in zip(writers, more, strict=True)), within=60, what="writers"
            )
            for writer in writers:
                writer.stop.set()
                writer.join(60)
            keys, told = house.home.keys / "personal.keys", house.told
    written = sum(sum(writer.ids(len(writer.batches)).values()) for writer in writers)
    print(f"{written:,} events told, {sum(surely) * 25:,} surely before the backup")
    for name in ("higher", "lower"):
        with server_at(folder[name], COUNTERS[name]) as server:
            with house_at(folder[name], database=server.dsn(), begin=False) as moved:
                moved.home.make()
                shutil.copy2(keys, moved.home.keys)
                done = moved.command("restore", str(archive), "--yes")
                assert done.returncode == 0, done.stdout + done.stderr
                assert (counter_of(moved) > before) is (name == "higher"), (
                    f"{counter_of(moved)} is not {name} than {before}"
                )
                stood, lag, held = positions(moved), moved.lag(), in_the_ledger(moved)
                print(f"{name}: counter {before:,} → {counter_of(moved):,}; behind when it was backed up: {lag}")
                assert lag["fresh"] > 0, f"nothing was waiting to be sequenced: {lag}"
                certain = sum((w.ids(n) for w, n in zip(writers, surely, strict=True)), Counter())
                assert not certain - held, f"{len(certain - held)} events acknowledged before the backup are not in it"
                moved.told = told
                moved.start()
                # All is told again, as clients do that heard no answer, and more beside it.
                again = [Writer(moved, n) for n in (7, 8)]
                for writer in again:
                    writer.start()
                for writer in writers:
                    for batch in writer.batches:
                        assert moved.send(batch).status_code == 200
                for writer in again:
                    writer.stop.set()
                    writer.join(60)
                moved.settle()
                wanted = sum((w.ids(len(w.batches)) for w in (*writers, *again)), Counter())
                found = in_the_ledger(moved)
                assert found == wanted, f"lost {list(wanted - found)[:3]}, doubled {list(found - wanted)[:3]}"
                went_back = {
                    one: (at, positions(moved)[one]) for one, at in stood.items() if positions(moved)[one] < at
                }
                assert not went_back, f"readers went back: {went_back}"
                places = moved.rows("select count(*), coalesce(sum(hi - lo + 1), 0), max(pos) from feed")[0]
                entries = moved.one("select count(*) from entry")
                assert places[1] == places[2] == entries, f"the feed holds {places} of {entries} entries"
                print(f"{name}: {sum(found.values()):,} events, tables as rebuilt {moved.check_projections()}")
