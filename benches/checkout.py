"""Complete checkouts on one hot group buy: 64 buyers at a time take a seat, begin to pay, and their notices settle.

A checkout is all of it: the seat claimed in the group's one row, the order with its line, the payment, the test gateway's
charge, its signed notice verified, settled, booked twice over, and five facts. The buyers come through `--processes`
processes of threads, as they come through web processes; fsync is on. One seat too few is offered, so the last buyer must
be refused. Beside it, in the same run, what PostgreSQL does by itself: pgbench on one hot row, and on plain inserts.

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


def buy(group: int, people: list[int], threads: int, gate: Any, told: Any) -> None:
    """One process: its buyers in threads. Tells when it began and ended, the seconds of each, how many were refused."""
    import django

    django.setup()
    from django.db import connection

    from tongpin.base.clock import now
    from tongpin.core.money.actions import begin, take_notice
    from tongpin.core.money.setting_up import open_till
    from tongpin.loop.sell.plays.group_buy.actions import CannotJoin, join

    waiting = iter(people)
    lock = threading.Lock()
    taken: list[float] = []
    refused: list[str] = []

    def work() -> None:
        till: Any = open_till("sandbox")
        connection.ensure_connection()
        gate.wait()
        while True:
            with lock:
                person = next(waiting, None)
            if person is None:
                connection.close()
                return
            began = time.perf_counter()
            try:
                held = join(group_id=group, person_id=person, provider="sandbox", at=now(), actor=f"person:{person}")
            except CannotJoin as error:
                refused.append(error.reason)
                continue
            begin(payment_id=held.payment.id, provider=till, return_url="/", notice_url="/", ways=("page",), at=now())
            delivery = till.decide(number=held.payment.number, outcome="paid", now=now())
            done = take_notice(provider=till, headers=delivery.headers, body=delivery.body, at=now())
            if done.outcome != "settled":
                refused.append(done.outcome)
                continue
            taken.append(time.perf_counter() - began)

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for one in crew:
        one.start()
    gate.wait()
    began = time.time()
    for one in crew:
        one.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.put((began, time.time(), taken, refused, peak))


def ready(buyers: int) -> tuple[int, list[int]]:
    """A test gateway, a product, a group with one seat too few, and its buyers."""
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
    terms = Terms(price_fen=6900, group_price_fen=5500, group_seats=buyers - 1, limit=buyers * 2, group_hours=24)
    offer = open_offer(key="towel", product_id=product, title="纱布浴巾", terms=terms, at=at, actor=actor)
    group = open_group_buy(key="hot", offer_id=offer, seats=buyers - 1, at=at + timedelta(seconds=1), actor=actor)
    people = [Person.objects.create(via="bench", created_at=at, identified=True).pk for _ in range(buyers)]
    return group, people


def audit(group: int, seats: int) -> None:
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
    wanted = (f"filled {seats} 0", seats, seats, seats, seats, 1)
    if found != wanted or any(trial_balance().values()):
        raise SystemExit(f"the seats do not add up: {found} instead of {wanted}, books {trial_balance()}")


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
        with temporary_cluster(home, fsync=True, settings={"max_connections": "160"}) as server:
            os.environ["DATABASE_URL"] = server.cluster.dsn(role="app")
            import django

            django.setup()
            from django.db import connection

            group, people = ready(given.buyers)
            connection.close()
            context = multiprocessing.get_context("spawn")
            told, gate = context.Queue(), context.Barrier(given.processes * (threads + 1))
            crews = [
                context.Process(target=buy, args=(group, people[n :: given.processes], threads, gate, told))
                for n in range(given.processes)
            ]
            for one in crews:
                one.start()
            answers = [told.get() for _ in crews]
            for one in crews:
                one.join()
            audit(group, given.buyers - 1)
            connection.close()
            plain = checkout_plain.rates(server.cluster.dsn(role="app"), clients=given.at_once, seconds=given.seconds)
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
