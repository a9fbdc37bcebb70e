"""One message relayed to 10 and to 100 Matrix rooms: queued in one call, sent by the Deliverer, receipts and facts written.

A real Synapse on this machine takes them, and is most of the time. The rival, by turns with ours in the same rooms, only
sends: plain async HTTP with as many in flight, from a list, nothing kept. Value is messages a second, median of the
rounds. `kept_ratio` is against a rival whose keys the homeserver remembers as it remembers ours, which is more work for
the homeserver. `cpu_ms` is what a message costs our process; PostgreSQL and Synapse have their own, and so has the ear
that Synapse tells of every message. Needs matrix-synapse.

    bin/bench relay [--json] [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOMS = (10, 100)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


EAR = """
import asyncio, re

async def hear(reader, writer):
    while True:
        try:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
        except asyncio.IncompleteReadError:
            return
        length = re.search(rb"content-length: *(\\d+)", head, re.I)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\n\\r\\n{}")

async def main():
    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


class Ear:
    """Where Synapse tells what was said, in a process of its own: who hears is the web process, and not who sends."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", EAR], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/hooks/matrix"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def opened(server: Any, count: int) -> list[str]:
    """So many rooms of ours."""
    from tongpin.channels.port import Command
    from tongpin.channels.registry import open_channel

    async def walk() -> list[str]:
        channel = open_channel(kind="matrix", config=server.config, supplies=server.supplies())
        orders = [Command(key=f"room{n}", verb="open_group", name=f"群 {n}") for n in range(count)]
        rooms = [(await channel.do(command=one)).platform_id for one in orders]
        await channel.close()
        return rooms

    return asyncio.run(walk())


async def relayed(server: Any, places: list[int], rounds: int, rivals: dict[str, Any]) -> list[dict[str, float]]:
    """Seconds and CPU of each round, ours and the rivals' by turns; the first round of each warms up."""
    from tongpin.base.clock import now
    from tongpin.channels.port import Content
    from tongpin.channels.registry import open_channel
    from tongpin.core.sending.delivering import Deliverer
    from tongpin.core.sending.desk import Desk
    from tongpin.core.sending.queueing import NewLetter, queue_letters

    desk = Desk()
    channel = open_channel(kind="matrix", config=server.config, supplies=server.supplies())
    deliverer = Deliverer(channel=channel, worker="bench", desk=desk)
    found: list[dict[str, float]] = []
    for number in range(rounds + 1):
        words = f"第 {number} 段：春茶要用八十度的水，先温杯，再投茶。"
        letters = [
            NewLetter(
                key=f"talk.segment:{number}:place:{place}:{len(places)}",
                letter_class="session",
                channel="matrix",
                content=Content(text=words, speaker="林老师"),
                place_id=place,
                about_kind="segment",
                about=number,
            )
            for place in places
        ]
        began, spent = time.perf_counter(), cpu()
        await desk(queue_letters, letters=letters, at=now())
        done = await deliverer.deliver_once()
        ours, our_cpu = time.perf_counter() - began, cpu() - spent
        if done.sent != len(places):
            raise SystemExit(f"only {done.sent} of {len(places)} arrived")
        one = {"ours": ours, "ours_cpu": our_cpu}
        for name, rival in rivals.items():
            began, spent = time.perf_counter(), cpu()
            await rival.relay(words, key=f"{name}{number}x{len(places)}")
            one |= {name: time.perf_counter() - began, f"{name}_cpu": cpu() - spent}
        found.append(one)
    await channel.close()
    await desk.close()
    return found[1:]


def measured(server: Any, rounds: int) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from benches.reference.relay_plain import Plain
    from tongpin.base.clock import now
    from tongpin.channels.matrix.rooms import DEVICE
    from tongpin.channels.matrix.wire import AT_ONCE
    from tongpin.core.places.actions import know_place
    from tongpin.core.places.models import Place

    rooms = opened(server, max(ROOMS))
    places = [
        know_place(
            kind=Place.Kind.GROUP, platform="matrix", name=f"群 {n}", external_id=room, at=now(), actor="bench"
        ).pk
        for n, room in enumerate(rooms)
    ]
    results: list[dict[str, Any]] = []
    for count in ROOMS:

        async def walk(some: int = count) -> list[dict[str, float]]:
            more: dict[str, Any] = {"url": server.url, "token": server.config["as_token"], "at_once": AT_ONCE}
            device = {"user_id": f"@{server.config['localpart']}:{server.config['server_name']}", "device_id": DEVICE}
            async with (
                Plain(rooms=rooms[:some], **more) as plain,
                Plain(rooms=rooms[:some], device=device, **more) as kept,
            ):
                return await relayed(server, places[:some], rounds, {"plain": plain, "kept": kept})

        found = asyncio.run(walk())
        middle = {name: statistics.median(one[name] for one in found) for name in found[0]}
        results.append(
            {
                "case": f"one message to {count} rooms, {AT_ONCE} in flight",
                "value": round(count / middle["ours"], 1),
                "unit": "messages/s",
                "raw": round(count / middle["plain"], 1),
                "ratio": round(middle["plain"] / middle["ours"], 3),
                "kept_ratio": round(middle["kept"] / middle["ours"], 3),
                "seconds": round(middle["ours"], 2),
                "cpu_ms": round(middle["ours_cpu"] / count * 1000, 2),
                "raw_cpu_ms": round(middle["plain_cpu"] / count * 1000, 2),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
        from tests.matrix_server import Synapse
        from tongpin.wiring.postgres import temporary_cluster

        (Path(folder) / "synapse").mkdir()
        with temporary_cluster(Path(folder), fsync=True) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            server: Any = Synapse(Path(folder) / "synapse")
            server.ear.close()
            server.ear = Ear()
            try:
                server.start()
                results = measured(server, given.rounds)
            finally:
                server.close()
    if given.json:
        print(json.dumps({"name": "relay", "results": results}))
        return
    for one in results:
        print(
            "{case}: {value} {unit} in {seconds} s, {cpu_ms} ms of our CPU a message;"
            " rival {raw} and {raw_cpu_ms} ms, ratio {ratio} (keys kept: {kept_ratio}), peak {peak_mb} MB".format(**one)
        )


if __name__ == "__main__":
    main()
