"""Tracked events over HTTP into the ledger: one web process, readers running, fsync on.

Mix: 80 track, 10 page, 10 identify with phone and mail, over 200,000 people; 2 % repeats, 1 % aliases.
Rivals in the same run: raw COPY of the same entries, and a plain Django bulk version.

    bin/bench ingest [--json] [--events N] [--batch N] [--clients N] [--filled N, 0: only the empty ledger]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEOPLE = 200_000
NAMESPACE = "bench"
READERS = [sys.executable, "-m", "tongpin.wiring.cli", "readers"]
PORT = 8791


def batches(count: int, size: int, *, seed: int) -> Iterator[bytes]:
    """Ready-made request bodies; making them is not measured."""
    import msgspec

    dice = random.Random(seed)
    encode = msgspec.json.Encoder().encode
    made = 0
    kept: list[dict[str, Any]] = []
    while made < count:
        events: list[dict[str, Any]] = []
        for _ in range(min(size, count - made)):
            made += 1
            if kept and dice.random() < 0.02:
                events.append(dice.choice(kept))
                continue
            person = dice.randrange(PEOPLE)
            event: dict[str, Any] = {
                "messageId": f"{seed}-{made}",
                "userId": f"u{person}",
                "timestamp": "2026-11-22T03:04:05.678Z",
                "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
            }
            lot = dice.random()
            if lot < 0.01:
                event |= {"type": "alias", "previousId": f"a{person}"}
            elif lot < 0.80:
                event |= {
                    "type": "track",
                    "event": "Lesson Read",
                    "properties": {"lesson": made % 400, "seconds": 61, "via": "page"},
                }
            elif lot < 0.90:
                event |= {
                    "type": "page",
                    "name": "Lesson",
                    "anonymousId": f"a{person}",
                    "properties": {"url": f"https://shop.example/lessons/{made % 400}", "title": "小练习"},
                }
            else:
                event |= {
                    "type": "identify",
                    "traits": {
                        "phone": f"138{person:08d}",
                        "email": f"u{person}@example.com",
                        "nickname": f"小美{person}",
                        "plan": "gold",
                    },
                }
            events.append(event)
            if len(kept) < 2000:
                kept.append(event)
        yield encode({"batch": events, "sentAt": "2026-11-22T03:04:06.000Z"})


@contextmanager
def house(home: Path) -> Iterator[dict[str, str]]:
    """A cluster of its own with fsync on, migrated, with web and readers running and a write key made."""
    os.environ["TONGPIN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
    from tongpin.wiring.postgres import temporary_cluster

    with temporary_cluster(home, fsync=True) as temporary:
        os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        secret = _key()
        web = [sys.executable, "-m", "tongpin.wiring.cli", "web", "--port", str(PORT)]
        programs = [subprocess.Popen(web), subprocess.Popen(READERS)]
        try:
            _wait()
            yield {"key": secret, "web": str(programs[0].pid), "readers": str(programs[1].pid)}
        finally:
            for program in programs:
                program.terminate()
            for program in programs:
                program.wait(15)


def _key() -> str:
    """A server key, made as the console makes it."""
    from tongpin.base.clock import now
    from tongpin.core.team.credentials import make_write_key
    from tongpin.core.team.rules import SYSTEM

    return make_write_key(actor=SYSTEM, kind="server", name="bench", namespace=NAMESPACE, now=now()).secret


def _wait() -> None:
    for _ in range(400):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=1)
            connection.request("OPTIONS", "/v1/batch")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the web process did not start")


def send_all(bodies: list[bytes], key: str, clients: int) -> float:
    """Sends every body once over `clients` kept connections; returns the seconds."""
    import base64

    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
    }
    waiting = iter(bodies)
    lock = threading.Lock()
    failures: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            while True:
                connection.request("POST", "/v1/batch", body, headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status == 429:
                    time.sleep(0.05)
                    continue
                if answer.status != 200:
                    failures.append(f"{answer.status} {text[:200]!r}")
                break

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(failures[0])
    return time.perf_counter() - began


def counted() -> int:
    """Facts of tracking in the ledger, asked of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry where source like 'track:%%' or source = 'tracking'")
        return int(cursor.fetchone()[0])


def peak_mb(pid: str) -> float:
    """Peak memory of a process and its children so far."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            status = (folder / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if folder.name == pid or fields.get("PPid", "").strip() == pid:
            total += int(fields.get("VmHWM", "0 kB").split()[0])
    return round(total / 1024, 1)


def measure(given: argparse.Namespace, filled: int) -> list[dict[str, Any]]:
    """One case in a house of its own: our rate, and both rivals'."""
    from benches.reference import ingest_plain

    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder, house(Path(folder)) as running:
        bodies = list(batches(given.events, given.batch, seed=1))
        if filled:
            ingest_plain.fill(filled, filled // 10, namespace=NAMESPACE)
        before = counted()
        seconds = send_all(bodies, running["key"], given.clients)
        written = counted() - before
        memory = peak_mb(running["web"])
        raw = ingest_plain.copy_rate(min(given.events, 300_000))
        plain = ingest_plain.django_rate(bodies[: max(1, 40_000 // given.batch)])
    case = f"{filled:,} facts there before" if filled else "empty"
    rate = written / seconds
    if not given.json:
        print(
            f"{case}: {given.events} events sent in {seconds:.1f} s ({given.events / seconds:,.0f}/s); {written} facts in"
            " the ledger: repeats left out, people who were met added"
        )
    common = {"value": round(rate), "unit": "facts/s", "peak_mb": memory}
    return [
        {"case": f"{case}, beside raw COPY", **common, "raw": round(raw), "ratio": round(rate / raw, 3)},
        {"case": f"{case}, beside plain Django", **common, "raw": round(plain), "ratio": round(rate / plain, 2)},
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument(
        "--filled", type=int, default=5_000_000, help="facts of the second case; people: a tenth. 0: none"
    )
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case is not None:
        print(json.dumps(measure(given, given.case)))
        return
    results = []
    for filled in (0, given.filled) if given.filled else (0,):
        # A process of its own: Django holds to the database it was set up with.
        argv = [sys.executable, __file__, *sys.argv[1:], "--case", str(filled)]
        told = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        results += json.loads(told[-1])
        print(*told[:-1], sep="\n", end="" if given.json else "\n")
    if given.json:
        print(json.dumps({"name": "ingest", "results": results}))
        return
    for line in results:
        rival = f"rival {line['raw']:,}, ratio {line['ratio']}"
        print(f"{line['case']}: {line['value']:,} {line['unit']}, {rival}, web peak {line['peak_mb']} MB")


if __name__ == "__main__":
    main()
