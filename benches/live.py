"""Live pages: 5,000 open pages of one talk, how late a segment arrives on them, and what a page costs the server.

The real live process, on a cluster of its own with fsync on; pages are plain connections in another process that note
when each line came. A segment is given every second; its lateness is from the moment its transaction was committed to
the moment a page had it. Value is the p95 over all pages and segments, in milliseconds; `kb_a_page` is the live
process's resident memory with all pages open, above what it was with one. The rival, after it in the same run, is a
bare asyncio server that asks every 0.25 s and writes to every page: no tickets, no catch-up, no framework.

    bin/bench live [--json] [--pages N] [--segments N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

PORT = 8745
EVERY = 1.0
AT_ONCE = 200
"""Connections opened side by side."""


class Page(asyncio.Protocol):
    """An open page: notes when each line came."""

    def __init__(self, request: bytes, came: list[tuple[int, float]], opened: asyncio.Event) -> None:
        self.request, self.came, self.opened = request, came, opened
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self.opened.set()
        self.rest += data
        while (end := self.rest.find(b"\n\n")) >= 0:
            event, self.rest = self.rest[:end], self.rest[end + 2 :]
            start = event.find(b"id: ")
            if start >= 0:
                self.came.append((int(event[start + 4 :].split(b"\n", 1)[0]), at))


async def follow(port: int, path: str, pages: int, last: int, until: float) -> None:
    """Opens all pages, says so, and waits for the last line on all of them; then prints every arrival."""
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    came: list[list[tuple[int, float]]] = [[] for _ in range(pages)]

    async def open_one(mine: list[tuple[int, float]]) -> None:
        opened = asyncio.Event()
        await loop.create_connection(lambda: Page(request, mine, opened), "127.0.0.1", port)
        await asyncio.wait_for(opened.wait(), 60)

    for begin in range(0, pages, AT_ONCE):
        await asyncio.gather(*(open_one(mine) for mine in came[begin : begin + AT_ONCE]))
    print("open", flush=True)
    while time.monotonic() < until and any(not mine or mine[-1][0] < last for mine in came):
        await asyncio.sleep(0.5)
    print(json.dumps([one for mine in came for one in mine]), flush=True)


def memory_kb(pid: int) -> int:
    """Resident memory of a process and its children."""
    total = 0
    for number in [pid, *children(pid)]:
        status = Path(f"/proc/{number}/status").read_text()
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return total


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, parent = int(stat.parent.name), int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found += [number, *children(number)]
    return found


def a_talk() -> int:
    """A live talk."""
    from tongpin.base.clock import now
    from tongpin.core.places.actions import found_community
    from tongpin.loop.give.talks.actions import plan_talk, start

    at = now()
    community = found_community(name="青禾读书社", actor="bench", at=at)
    talk = plan_talk(
        community_id=community.pk, title="睡前十分钟", guest_name="林老师", starts_at=at, at=at, actor="bench"
    )
    start(talk_id=talk, at=at, actor="bench")
    return talk


def speak(talk: int, segments: int, *, way: str) -> dict[int, float]:
    """Gives segments; the line of each and when its transaction was over."""
    from tongpin.base.clock import now
    from tongpin.loop.give.talks.actions import give_segment

    said = {}
    for n in range(segments):
        words = f"第 {n + 1} 句：三岁前，一本书读五十遍很正常。孩子不是没记住，是在等那一页。"
        given = give_segment(talk_id=talk, form="text", words=words, client_key=f"{way}{n}", at=now(), actor="bench")
        said[given.line] = time.monotonic()
        time.sleep(EVERY + 0.25 * (n * 0.618 % 1))  # never in step with whoever asks every quarter of a second
    return said


def measured(
    server: subprocess.Popen[bytes], port: int, path: str, talk: int, pages: int, segments: int, *, way: str
) -> dict[str, float]:
    """Opens the pages, speaks, and reckons."""
    from tongpin.loop.give.talks.models import Talk

    wait(port, path)
    before = memory_kb(server.pid)
    last = Talk.objects.get(pk=talk).last_line
    own = [sys.executable, __file__, "--follow", str(port), path.replace("AFTER", str(last)), str(pages)]
    began = time.monotonic()
    looking = subprocess.Popen([*own, str(last + segments), str(segments * EVERY * 1.5 + 120)], stdout=subprocess.PIPE)
    assert looking.stdout is not None
    if looking.stdout.readline().strip() != b"open":
        raise SystemExit("the pages could not be opened")
    opening = time.monotonic() - began
    time.sleep(16)  # a heartbeat has gone out to every page
    full = memory_kb(server.pid)
    said = speak(talk, segments, way=way)
    came = [(number, at) for number, at in json.loads(looking.stdout.read()) if number in said]
    looking.wait(30)
    late = sorted((at - said[number]) * 1000 for number, at in came)
    if len(late) != pages * segments:
        raise SystemExit(f"{pages * segments - len(late)} of {pages * segments} lines never came")
    return {
        "p95": late[int(len(late) * 0.95)],
        "median": statistics.median(late),
        "worst": late[-1],
        "kb_a_page": (full - before) / pages,
        "opening": opening,
        "mb": full / 1024,
    }


def wait(port: int, path: str) -> None:
    """Until the server answers; one page is opened and left, so that everything is loaded."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path.replace('AFTER', '0')}", timeout=5) as page:
                page.read(1)
            time.sleep(1)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the live process did not start")


def main() -> None:
    if sys.argv[1:2] == ["--follow"]:
        port, path, pages, last, seconds = sys.argv[2:]
        asyncio.run(follow(int(port), path, int(pages), int(last), time.monotonic() + float(seconds)))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--segments", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
        from tongpin.wiring.postgres import temporary_cluster

        with temporary_cluster(Path(folder), fsync=True) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            found = run(given.pages, given.segments)
    ours, plain = found
    result = {
        "case": f"{given.pages:,} open pages, a segment a second",
        "value": round(ours["p95"], 1),
        "unit": "ms p95",
        "raw": round(plain["p95"], 1),
        "ratio": round(ours["p95"] / plain["p95"], 2),
        "peak_mb": round(ours["mb"], 1),
        "kb_a_page": round(ours["kb_a_page"], 1),
    }
    if given.json:
        print(json.dumps({"name": "live", "results": [result]}))
        return
    for name, one in (("live", ours), ("bare asyncio", plain)):
        print(name, {key: round(value, 1) for key, value in one.items()})
    print("{case}: {value} {unit}, {kb_a_page} kB a page; rival {raw} ms, ratio {ratio}".format(**result))


def run(pages: int, segments: int) -> tuple[dict[str, float], dict[str, float]]:
    """Ours, then the rival, in one run."""
    from urllib.parse import quote

    from tongpin.web.look.tickets import issue

    talk = a_talk()
    live = [sys.executable, "-m", "tongpin.wiring.cli", "live", "--port", str(PORT)]
    path = f"/live/?ticket={quote(issue(stream=f'talk:{talk}'))}&after=AFTER"
    plain = [sys.executable, str(Path(__file__).parent / "reference" / "live_plain.py"), str(PORT + 1), str(talk)]
    found = []
    for command, port, way in ((live, PORT, "ours"), (plain, PORT + 1, "plain")):
        server = subprocess.Popen(command)
        try:
            found.append(measured(server, port, path, talk, pages, segments, way=way))
        finally:
            server.terminate()
            server.wait(30)
    return found[0], found[1]


if __name__ == "__main__":
    main()
