"""Complete checkouts on one hot group buy: 64 buyers at a time take a seat, begin to pay, and their notices settle.

A checkout is all of it: the seat claimed in the group's one row, the order with its line, the payment, the test gateway's
charge, its signed notice verified, settled, booked twice over, and seven facts. The buyers come through `--processes`
processes of threads, as they come through web processes; each thread bought once before, from another group, so that its
connection is warm as that of a web process is; fsync is on. One seat too few is offered, so the last buyer must be
refused. Beside it, in the same run, what PostgreSQL does by itself: pgbench on one hot row, and on plain inserts.

    bin/bench checkout [--json] [--buyers N] [--at-once N] [--processes N]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any


def buy(groups: tuple[int, int], people: list[int], threads: int, gate: Any, told: Any) -> None:
    """One process: its buyers in threads, each first in the group that warms up. Tells when it began and ended, the seconds
    of each, how many were refused, its memory and the CPU seconds it took."""
    import django

    django.setup()
    from tongpin.core.money.setting_up import open_till

    warm, hot = groups
    early, waiting = people[:threads], iter(people[threads:])
    lock = threading.Lock()
    taken: list[float] = []
    refused: list[str] = []

    def work(first: int) -> None:
        till: Any = open_till("sandbox")
        if (reason := check_out(till, warm, first)) is not None:
            raise SystemExit(f"nobody should be refused while warming up: {reason}")
        gate.wait()
        gate.wait()
        while True:
            with lock:
                person = next(waiting, None)
            if person is None:
                return
            began = time.perf_counter()
            if (reason := check_out(till, hot, person)) is not None:
                refused.append(reason)
            else:
                taken.append(time.perf_counter() - began)

    crew = [threading.Thread(target=work, args=(first,)) for first in early]
    for one in crew:
        one.start()
    gate.wait()
    gate.wait()
    began, worked = time.time(), time.process_time()
    for one in crew:
        one.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.put((began, time.time(), taken, refused, peak, time.process_time() - worked))


def check_out(till: Any, group: int, person: int) -> str | None:
    """A whole checkout; why it was refused, None where it was not."""
    from tongpin.base.clock import now
    from tongpin.core.money.actions import begin, take_notice
    from tongpin.loop.sell.plays.group_buy.actions import CannotJoin, join

    try:
        held = join(group_id=group, person_id=person, provider="sandbox", at=now(), actor=f"person:{person}")
    except CannotJoin as error:
        return error.reason
    begin(payment_id=held.payment.id, provider=till, return_url="/", notice_url="/", ways=("page",), at=now())
    delivery = till.decide(number=held.payment.number, outcome="paid", now=now())
    done = take_notice(provider=till, headers=delivery.headers, body=delivery.body, at=now())
    return None if done.outcome == "settled" else done.outcome


def ready(buyers: int, *, warm: int = 2) -> tuple[tuple[int, int], list[int]]:
    """A test gateway, a product, a group that never fills for warming up and one with one seat too few, and the buyers of
    both."""
    from django.core.management import call_command

    from tongpin.base.clock import now
    from tongpin.core.goods.actions import name_product
    from tongpin.core.money.setting_up import set_up_till
    from tongpin.core.people.models import Person
    from tongpin.loop.sell.offers.actions import open_offer, own_shop
    from tongpin.loop.sell.offers.rules import Terms
    from tongpin.loop.sell.plays.group_buy.actions import open_group_buy

    call_command("migrate", verbosity=0)
    at, actor = now(), "staff:1"
    set_up_till(kind="sandbox", settings={}, is_on=True, at=at, actor=actor)
    shop = own_shop(at=at, actor=actor)
    product = name_product(place_id=shop, name="纱布浴巾", key="towel", actor=actor, at=at)
    terms = Terms(price_fen=6900, group_price_fen=5500, group_seats=buyers - 1, limit=buyers + 500, group_hours=24)
    offer = open_offer(key="towel", product_id=product, title="纱布浴巾", terms=terms, at=at, actor=actor)
    soon = at + timedelta(seconds=1)
    warming = open_group_buy(key="warm", offer_id=offer, seats=500, at=soon, actor=actor)
    hot = open_group_buy(key="hot", offer_id=offer, seats=buyers - 1, at=soon, actor=actor)
    people = [Person.objects.create(via="bench", created_at=at, identified=True).pk for _ in range(buyers + warm)]
    return (warming, hot), people


def audit(group: int, seats: int, *, warm: int) -> None:
    """Asks the database whether every seat was sold once and the books agree."""
    from django.db import connection

    from tongpin.core.books.queries import trial_balance

    with connection.cursor() as cursor:
        cursor.execute(
            "select (select state || ' ' || taken || ' ' || held from group_buy where id = %s),"
            " (select count(*) from group_buy_seat where group_id = %s and state = 'taken'),"
            " (select count(*) from payment where status = 'paid'), (select count(*) from shop_order where state <> 'cancelled'"
            " and paid_at is not null), (select count(*) from entry where kind = 'group_buy.joined'),"
            " (select count(*) from entry where kind = 'group_buy.filled')",
            [group, group],
        )
        found = cursor.fetchone()
    wanted = (f"filled {seats} 0", seats, seats + warm, seats + warm, seats + warm, 1)
    if found != wanted or any(trial_balance().values()):
        raise SystemExit(f"the seats do not add up: {found} instead of {wanted}, books {trial_balance()}")


def server_cpu() -> float:
    """CPU seconds of PostgreSQL so far: its first process, those it has now and those that ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    stats = {pid: _stat(pid) for pid in (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit())}
    first = int(stats[backend][1])
    own = [int(n) for n in stats[first][11:15]]
    now_there = [int(n) for stat in stats.values() if stat and int(stat[1]) == first for n in stat[11:13]]
    return (sum(own) + sum(now_there)) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of a process after its name; none where it has just ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    from benches.reference import checkout_plain
    from tongpin.wiring.postgres import temporary_cluster

    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        home = Path(folder)
        threads = given.at_once // given.processes
        os.environ |= {
            "TONGPIN_HOME": str(home / "house"),
            "TONGPIN_POOL": str(threads + 1),
            "DJANGO_SETTINGS_MODULE": "tongpin.wiring.settings",
        }
        (home / "house").mkdir()
        with temporary_cluster(home, fsync=True, settings={"max_connections": "160"}) as served:
            os.environ["DATABASE_URL"] = served.cluster.dsn(role="app")
            import django

            django.setup()
            from django.db import connection

            warm = threads * given.processes
            groups, people = ready(given.buyers, warm=warm)
            connection.close()
            context = multiprocessing.get_context("spawn")
            told, gate = context.Queue(), context.Barrier(given.processes * (threads + 1) + 1)
            crews = [
                context.Process(target=buy, args=(groups, people[n :: given.processes], threads, gate, told))
                for n in range(given.processes)
            ]
            for one in crews:
                one.start()
            gate.wait()
            before = server_cpu()
            gate.wait()
            answers = [told.get() for _ in crews]
            for one in crews:
                one.join()
            server = server_cpu() - before
            audit(groups[1], given.buyers - 1, warm=warm)
            connection.close()
            plain = checkout_plain.rates(served.cluster.dsn(role="app"), clients=given.at_once, seconds=given.seconds)
    seconds = max(answer[1] for answer in answers) - min(answer[0] for answer in answers)
    times = sorted(one for answer in answers for one in answer[2])
    refused = [reason for answer in answers for reason in answer[3]]
    if len(times) != given.buyers - 1 or len(refused) != 1:
        raise SystemExit(f"{len(times)} checkouts, refused: {refused}")
    rate = len(times) / seconds
    peak = max(answer[4] for answer in answers)
    if not given.json:
        half, most = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(
            f"{len(times)} checkouts by {given.at_once} at once in {given.processes} processes: {seconds:.1f} s;"
            f" {sum(answer[5] for answer in answers) / len(times) * 1000:.1f} ms of CPU each in Python,"
            f" {server / len(times) * 1000:.1f} ms in PostgreSQL (load {os.getloadavg()[0]:.1f});"
            f" one takes {half * 1000:.0f} ms (half of them), {most * 1000:.0f} ms (95 %); the last was refused: {refused[0]}"
        )
    common = {"value": round(rate, 1), "unit": "checkouts/s", "peak_mb": round(peak, 1)}
    return [
        {"case": f"one hot group, beside pgbench's {name}", **common, "raw": round(raw), "ratio": round(rate / raw, 4)}
        for name, raw in plain.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--buyers", type=int, default=500, help="at most 501: a group holds 500 seats")
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=10, help="of each of pgbench's runs")
    given = parser.parse_args()
    results = measure(given)
    if given.json:
        print(json.dumps({"name": "checkout", "results": results}))
        return
    for line in results:
        print(f"{line['case']}: {line['value']} {line['unit']}, rival {line['raw']:,} a second, ratio {line['ratio']}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
