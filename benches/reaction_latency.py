"""From a fact to its reaction, while an import runs and 10,000 tracked facts a second come in.

The real processes: web, readers and `tongpin import`, on a cluster of their own with fsync on. A reaction is added to the
readers' table that writes down when it ran; a note is recorded twenty times a second, and its latency is from before
its transaction's commit to that moment. Value is the p95 in milliseconds. The rival, in the same run, is what is commonly built instead: a
table of jobs written in the same transaction, and a worker that asks for the next ones every 100 ms with SKIP LOCKED.

    bin/bench reaction_latency [--json] [--seconds N] [--rate FACTS_A_SECOND]
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

BATCH = 200
EVERY = 0.05

READERS = """
import django
django.setup()
from django.db import connection
from tongpin.core.ledger.lanes import Reaction
from tongpin.reactions import table
from tongpin.wiring import readers

def note_when(entry):
    with connection.cursor() as cursor:
        cursor.execute("insert into bench_reacted values (%s, clock_timestamp())", [entry.body["note"]])

table.REACTIONS += (("session", Reaction("note.written", note_when)),)
readers.run()
"""


def sheet(path: Path, rows: int) -> None:
    """Order lines of made-up buyers, enough to keep an import busy for the whole run."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["订单编号", "买家会员名", "收货人手机", "宝贝标题", "数量", "实付金额", "付款时间"])
        for n in range(rows):
            day = f"2026-{n % 10 + 1:02}-{n % 28 + 1:02} 10:00:00"
            out.writerow([f"T{n}", f"买家{n % 50_000}", f"137{n % 50_000:08}", f"绘本 {n % 300}", 1, "19.90", day])


class Sender:
    """Sends ready batches at a rate, over connections of its own."""

    def __init__(self, key: str, rate: float) -> None:
        self.key, self.rate, self.sent = key, rate, 0
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(6)]

    def _work(self, seed: int) -> None:
        import base64
        import http.client

        from benches.ingest import PORT, batches

        headers = {
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{self.key}:".encode()).decode(),
        }
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        pause = BATCH * len(self.threads) / self.rate
        due = time.perf_counter() + seed * pause / len(self.threads)
        for body in batches(10**9, BATCH, seed=100 + seed):
            due += pause
            if self.stop.wait(max(0.0, due - time.perf_counter())):
                return
            connection.request("POST", "/v1/batch", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                with self.lock:
                    self.sent += BATCH


def probe(seconds: float) -> None:
    """Records a note and the rival's job in one transaction, twenty times a second."""
    from django.db import connection, transaction

    from tongpin.base.clock import now
    from tongpin.core.facts.people import NoteWritten
    from tongpin.core.ledger.actions import record

    until = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < until:
        number += 1
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("insert into bench_job values (%s)", [number])
            record(NoteWritten(note=number, length=5), at=now(), person_id=1)
            cursor.execute("insert into bench_told values (%s, clock_timestamp())", [number])
        time.sleep(max(0.0, EVERY - (time.perf_counter() - began)))
    connection.close()


def p95(table: str) -> tuple[float, int, int]:
    """The p95 in ms, how many arrived, how many were told, asked of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select percentile_disc(0.95) within group (order by extract(epoch from r.at - t.at)) * 1000, count(r.at), count(*)"
            f" from bench_told t left join {table} r using (number)"
        )
        found, arrived, told = cursor.fetchone()
    return float(found), int(arrived), int(told)


def settled(table: str) -> tuple[float, int, int]:
    for _ in range(200):
        found = p95(table)
        if found[1] == found[2]:
            return found
        time.sleep(0.1)
    raise SystemExit(f"{found[2] - found[1]} of {found[2]} never arrived in {table}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=7_500, help="events a second; about 1.4 facts come of each")
    given = parser.parse_args()
    from benches import ingest

    ingest.READERS = [sys.executable, "-c", READERS]
    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder, ingest.house(Path(folder)) as running:
        from django.db import connection

        from benches.reference import reaction_jobs

        with connection.cursor() as cursor:
            for table in ("bench_reacted", "bench_told", "bench_done"):
                cursor.execute(f"create unlogged table {table} (number bigint primary key, at timestamptz)")
            cursor.execute("create table bench_job (number bigint primary key)")
        path = Path(folder) / "orders.csv"
        sheet(path, 400_000)
        sender = Sender(running["key"], given.rate)
        rival = subprocess.Popen([sys.executable, reaction_jobs.__file__])
        importing = subprocess.Popen(
            [sys.executable, "-m", "tongpin.wiring.cli", "import", str(path), "--shop", "bench", "--json"],
            stdout=subprocess.DEVNULL,
        )
        try:
            for thread in sender.threads:
                thread.start()
            time.sleep(3)  # until all are at full speed
            began, sent, facts = time.perf_counter(), sender.sent, ingest.counted()
            probe(given.seconds)
            rate = (sender.sent - sent) / (time.perf_counter() - began)
            fact_rate = (ingest.counted() - facts) / (time.perf_counter() - began)
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from import_row")
                placed = cursor.fetchone()[0]
            was_importing = importing.poll() is None
            sender.stop.set()
            ours, arrived, _ = settled("bench_reacted")
            plain, _, _ = settled("bench_done")
            memory = ingest.peak_mb(running["readers"])
        finally:
            sender.stop.set()
            importing.terminate()
            rival.terminate()
            importing.wait(30)
            rival.wait(30)
    if not was_importing:
        raise SystemExit("the import was over before the measuring was: give fewer seconds")
    result: dict[str, Any] = {
        "case": f"beside {fact_rate:,.0f} tracked facts/s and an import ({placed:,} rows placed)",
        "value": round(ours, 1),
        "unit": "ms p95",
        "raw": round(plain, 1),
        "ratio": round(ours / plain, 2),
        "peak_mb": memory,
    }
    if given.json:
        print(json.dumps({"name": "reaction_latency", "results": [result]}))
    else:
        print(f"{arrived} facts reacted to, each once; {rate:,.0f} events/s")
        print("{case}: {value} {unit}, rival {raw} ms, ratio {ratio}".format(**result))


if __name__ == "__main__":
    main()
