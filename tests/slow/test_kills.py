"""kill -9 of any process, PostgreSQL's master too, at random moments of imports, ingests and readers' batches: nothing is
lost, nothing is doubled, and what is folded from the ledger is what the ledger says."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.slow.house import House, house_at
from tests.slow.sheets import orders
from tongpin.wiring.postgres import Cluster

pytestmark = pytest.mark.slow

KILLS = 5
ROWS = 20_000
CLIENTS = 3
PROGRAMS = ("web", "live", "readers", "worker", "postgres")
SHOP = "绘本小铺"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """On the server it brings itself, with fsync on, as a shop runs it."""
    with house_at(tmp_path_factory.mktemp("kills")) as started:
        yield started


class Client(threading.Thread):
    """Sends batches of events, each until it is acknowledged; now and then one again, as if the answer had been lost."""

    def __init__(self, house: House, number: int, stop: threading.Event) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.house, self.number, self.stop = house, number, stop
        self.dice = random.Random(number)
        self.sent = 0
        self.refused: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            batch = [self.event() for _ in range(40)]
            for _ in range(1 + (self.dice.random() < 0.1)):
                answer = self.house.send(batch)
                if answer.status_code != 200 or answer.json() != {"success": True}:
                    self.refused.append(f"{answer.status_code} {answer.text[:300]}")
            self.stop.wait(0.2)

    def event(self) -> dict[str, Any]:
        n, self.sent = self.sent, self.sent + 1
        who = self.dice.randrange(800)
        one: dict[str, Any] = {"userId": f"u{who}", "messageId": f"c{self.number}-{n}"}
        if n % 10 == 0:
            return {**one, "type": "identify", "traits": {"phone": f"139{who:08d}", "nickname": f"小美{who}"}}
        if n % 37 == 0:
            return {**one, "type": "alias", "previousId": f"a{who}"}
        return {**one, "type": "track", "event": "看商品", "anonymousId": f"a{who}", "properties": {"n": n}}


class Killer(threading.Thread):
    """Kills one kind of process KILLS times, each time a random moment after it is back; the worker in the middle of an
    import for as long as there is one."""

    def __init__(self, house: House, name: str, imported: threading.Event) -> None:
        super().__init__(name=f"killer of {name}", daemon=True)
        self.house, self.target, self.imported = house, name, imported
        self.dice = random.Random(name)
        self.kills = 0
        self.during = 0

    def run(self) -> None:
        while self.kills < KILLS:
            # Web and live are two processes each: the one that listens and the one that answers.
            inner = self.target in ("web", "live") and self.dice.random() < 0.5
            is_worker = self.target == "worker"
            if is_worker and not self.imported.is_set() and not self.at_work():
                time.sleep(0.15)
                continue
            time.sleep(self.dice.uniform(0.0, 2.0 if is_worker else 3.0))
            at_work = is_worker and self.at_work()
            if is_worker and not self.imported.is_set() and not at_work:
                continue
            if self.house.kill(self.target, inner=inner):
                self.kills += 1
                self.during += at_work
            time.sleep(0.3)

    def at_work(self) -> bool:
        """Whether somebody has an import in hand right now."""
        try:
            return bool(
                self.house.one("select exists (select from pg_locks where locktype = 'advisory' and classid = 7200000)")
            )
        except psycopg.OperationalError:
            return False


def import_to_its_end(house: House, number: int, killers: list[Killer]) -> int:
    """Waits for an import that loses its worker again and again; returns how often it was put in line anew.

    The worker looks for such imports every minute and takes one for lost after a minute: here it is asked at once, with a
    clock one minute ahead.
    """
    resumed = 0
    deadline = time.monotonic() + 420
    while True:
        assert time.monotonic() < deadline, (
            f"import {number} did not end; kills {[(k.target, k.kills) for k in killers]}"
        )
        try:
            state = house.one("select state from import_batch where id = %s", [number])
            if state not in ("queued", "running"):
                assert state == "done", f"import {number} ended as {state}"
                return resumed
            in_hand = house.one(
                "select exists (select from pg_locks where locktype = 'advisory' and classid = 7200000)"
            ) or house.one(
                "select exists (select from procrastinate_jobs where status = 'todo' and task_name like '%%run_import')"
            )
            if not in_hand and house.pid_of("worker"):
                resumed += house.inside("tend")
        except (psycopg.OperationalError, AssertionError) as error:
            if isinstance(error, AssertionError) and "OperationalError" not in str(error):
                raise
        time.sleep(0.4)


def outcomes(house: House, dsn: str) -> dict[str, Any]:
    """All that an import left, without numbers that another run may give otherwise."""
    with psycopg.connect(dsn) as own:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return own.execute(query).fetchall()  # type: ignore[arg-type]

        return {
            "batches": rows("select state, counts - 'seconds', checkpoint from import_batch order by id"),
            "rows": rows('select b.id, r.row, r.outcome, r.reason, r."column", r.order_number, r.person_id is not null'
                         " from import_row r join import_batch b on b.id = r.batch_id order by 1, 2"),
            "facts": rows(
                # A chunk that was rolled back leaves gaps in the numbers of products: they are compared by name.
                "select e.kind, e.at, (e.body - 'product')::text, p.name, e.person_id is not null, count(*) from entry e"
                " left join product p on p.id = (e.body->>'product')::bigint"
                " where e.source like 'import:%' and e.kind like 'order.%' group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5"
            ),
            "purchases": rows("select order_number, placed_at, paid_at, cancelled_at, items, items_fen, paid_fen, refunds,"
                              " refunded_fen, facts, person_id is not null from purchase order by order_number"),
            "people": rows("select count(*) from person where via not in ('tracking')"),
            "phones": rows("select count(*), count(distinct person_id) from identity where kind = 'phone' and shown like '138%'"),
        }  # fmt: skip


def undisturbed(house: House, folder: Path, files: list[Path]) -> dict[str, Any]:
    """The same files brought into an empty database of the same server, and nobody kills anything."""
    with psycopg.connect(Cluster(house.home).dsn(dbname="postgres"), autocommit=True) as own:
        own.execute("create database undisturbed template template0")
    dsn = Cluster(house.home).dsn(dbname="undisturbed")
    twin = House(house.home, dsn)
    for argv in (["migrate"], ["import", "--json", "--shop", SHOP, *map(str, files)]):
        done = twin.command(*argv)
        assert done.returncode in (0, 1), done.stdout + done.stderr
    twin.inside("fold")
    return outcomes(twin, dsn)


def test_kills_at_random_moments_lose_and_double_nothing(house: House, tmp_path: Path) -> None:
    head, *lines = orders(ROWS * 9 // 8, seed=5).splitlines()
    files = [tmp_path / "orders-9.csv", tmp_path / "orders-10.csv"]
    # The second file begins in the middle of the first, as next month's export does.
    for path, part in zip(files, (lines[:ROWS], lines[ROWS * 7 // 8 :]), strict=True):
        path.write_bytes("\n".join((head, *part, "")).encode("gb18030"))
    numbers = [house.upload(path.name, path.read_bytes(), shop_name=SHOP) for path in files]
    stop = threading.Event()
    clients = [Client(house, n, stop) for n in range(CLIENTS)]
    imported = threading.Event()
    killers = [Killer(house, name, imported) for name in PROGRAMS]
    began = time.monotonic()
    for one in (*clients, *killers):
        one.start()
    house.begin(numbers[0])
    resumed = import_to_its_end(house, numbers[0], killers)
    house.begin(numbers[1])
    # The supervisor itself: all it started goes with it, and the next `up` clears away what may be left.
    time.sleep(1.5)
    house.kill_supervisor()
    house.start()
    resumed += import_to_its_end(house, numbers[1], killers)
    imported.set()
    print(f"imports ended after {time.monotonic() - began:.0f} s, put in line again {resumed} times")
    by_name = {killer.target: killer for killer in killers}
    for killer in killers:
        killer.join(240)
    killed = {name: killer.kills for name, killer in by_name.items()}
    time.sleep(3)
    stop.set()
    for client in clients:
        client.join(120)
        assert not client.is_alive(), f"{client.name} still waits for an answer"
    print(f"kills {killed}, of the worker {by_name['worker'].during} in the middle of an import")
    assert by_name["worker"].during >= 3, f"the worker was hit {by_name['worker'].during} times while it imported"
    assert all(killed[name] >= KILLS for name in PROGRAMS), f"kills: {killed}"
    assert [client.refused for client in clients] == [[]] * CLIENTS, "answers to clients that retry"
    house.settle()

    sent = Counter(f"c{c.number}-{n}" for c in clients for n in range(c.sent))
    found = Counter(dict(house.rows(
        "select body->>'message', count(*) from entry where kind in ('event.tracked', 'traits.told', 'alias.told') group by 1"
    )))  # fmt: skip
    print(f"{sum(sent.values()):,} events sent, {sum(found.values()):,} in the ledger")
    assert found == sent, (
        f"lost {len(sent - found)} {list(sent - found)[:3]}, doubled {len(found - sent)} {list(found - sent)[:3]}"
    )

    seen, wanted = outcomes(house, house.dsn), undisturbed(house, tmp_path, files)
    for what, rows in wanted.items():
        others = [(one, other) for one, other in zip(seen[what], rows, strict=False) if one != other][:2]
        assert seen[what] == rows, (
            f"{what} differ from an undisturbed run: {len(seen[what])} rows against {len(rows)}, first {others}"
        )
    counts = seen["batches"][0][1]
    assert counts["rows"] == ROWS
    assert sum(counts.get(name, 0) for name in ("new", "known", "changed", "waiting", "rejected")) == ROWS, counts
    print(f"first file {counts}")
    print(f"second file {seen['batches'][1][1]}")
    tables = house.check_projections()
    print(f"tables equal to a rebuild: {tables}")
    parked = house.one("select count(*) from ledger_parked")
    assert parked == 0, f"{parked} facts were parked"
