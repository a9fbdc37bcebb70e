"""A full disk: what cannot be written says so plainly, nothing is left half written, and all goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.slow.house import House, house_at
from tests.slow.sheets import orders
from tests.wiring.ups import wait_for
from tongpin.wiring.postgres import temporary_cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="a small disk of one's own takes root: run this test as root"),
]


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A disk in memory that nobody else needs."""
    at.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tongpin-test", str(at)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount a disk in memory: {done.stderr.strip()}")
    try:
        yield at
    finally:
        for _ in range(50):
            if subprocess.run(["umount", str(at)], capture_output=True).returncode == 0:
                break
            time.sleep(0.2)
        else:
            subprocess.run(["umount", "--lazy", str(at)], check=True)


def free(disk: Path) -> int:
    seen = os.statvfs(disk)
    return seen.f_bavail * seen.f_frsize


def fill(disk: Path, *, but: int = 0) -> None:
    """Takes all the room there is, but so many bytes."""
    with (disk / "ballast").open("ab", buffering=0) as out:
        while (room := free(disk) - but) > 0:
            with suppress(OSError):  # somebody else took it in between
                out.write(b"\0" * min(room, 1 << 20))


def make_room(disk: Path) -> None:
    (disk / "ballast").unlink()


def files_in(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_full_home_refuses_files_and_backups_whole_and_goes_on(tmp_path: Path) -> None:
    with temporary_cluster(tmp_path, fsync=True) as temporary, small_disk(tmp_path / "disk", 60) as disk:
        with house_at(disk, database=temporary.cluster.dsn(role="app")) as house:
            sheet = orders(2000, seed=4).encode("gb18030")
            waiting = house.upload("waiting.csv", sheet, shop_name="绘本小铺")
            before = files_in(house.home.imports), files_in(house.home.backups)
            batches = house.one("select count(*) from import_batch")
            fill(disk, but=100_000)

            answer = house.api("POST", "/imports", files={"file": ("orders.csv", sheet)})
            assert (answer.status_code, answer.json()["code"]) == (409, "no_room"), answer.text
            assert "the disk is full" in answer.json()["message"], answer.text
            done = house.command("import", "--json", str(_kept(tmp_path / "orders.csv", sheet)))
            assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
            assert "full" in done.stdout, done.stdout
            assert "Traceback" not in done.stderr, done.stderr
            done = house.command("backup")
            assert done.returncode == 1, done.stdout
            assert "Traceback" not in done.stderr, done.stderr
            assert "No space left" in done.stdout or "full" in done.stdout, f"the backup's words: {done.stdout!r}"
            print("backup on a full disk:", done.stdout.strip())
            assert (files_in(house.home.imports), files_in(house.home.backups)) == before, (
                "something half written was left"
            )
            assert house.one("select count(*) from import_batch") == batches, "a batch without a file was left"
            # What needs no room of the home goes on meanwhile.
            assert house.send([{"type": "track", "userId": "u1", "event": "x", "messageId": "1"}]).json() == {
                "success": True
            }
            house.begin(waiting)
            brought = house.ended(waiting)
            assert (brought["state"], brought["rows"]) == ("done", 2000), brought

            make_room(disk)
            again = house.bring_in("orders.csv", sheet + orders(100, seed=9, first=1).encode("gb18030").partition(b"\n")[2],
                                   shop_name="绘本小铺")  # fmt: skip
            assert (again["state"], again["rows"]) == ("done", 2100), again
            assert again["orders"] > 80, {
                name: again[name] for name in ("orders", "new", "known", "waiting", "rejected")
            }
            done = house.command("backup")
            assert done.returncode == 0, done.stdout
            assert house.command("backup", "--drill").returncode == 0
            house.settle()
            house.check_projections()


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


class Sender(threading.Thread):
    """Sends batches until each is acknowledged, and keeps every other answer."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self.house, self.stop, self.sent = house, threading.Event(), 0
        self.refusals: Counter[str] = Counter()

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=40) as client:
            while not self.stop.is_set():
                batch = [self.event() for _ in range(50)]
                while not self.once(client, batch):
                    time.sleep(0.3)

    def once(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        try:
            answer = client.post(
                f"{self.house.at}/v1/batch", auth=(self.house.told["server"], ""), json={"batch": batch}
            )
        except httpx.TransportError as error:
            self.refusals[type(error).__name__] += 1
            return False
        if answer.status_code != 200:
            self.refusals[f"{answer.status_code} {answer.text[:150]}"] += 1
        return answer.status_code == 200

    def event(self) -> dict[str, Any]:
        n, self.sent = self.sent, self.sent + 1
        return {"type": "track", "userId": f"u{n % 400}", "event": "看商品", "messageId": f"m{n}",
                "properties": {"n": n, "words": "绘本月读盒 " * 60}}  # fmt: skip


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the account of the database may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="tongpin-full-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_full_database_loses_nothing_and_goes_on(tmp_path: Path, open_folder: Path) -> None:
    # The first start asks for 300 MB; its write-ahead log alone takes a third of that.
    with small_disk(open_folder / "disk", 520) as disk:
        with house_at(tmp_path, data=disk / "database" / "pg") as house:
            sender = Sender(house)
            sender.start()
            number = house.upload("orders.csv", orders(12_000, seed=6).encode("gb18030"), shop_name="绘本小铺")
            wait_for(lambda: sender.sent > 1000, within=60, what="events")
            house.begin(number)
            wait_for(
                lambda: house.one("select checkpoint from import_batch where id = %s", [number]) > 0,
                within=60,
                what="rows",
            )
            fill(disk)
            wait_for(lambda: sender.refusals, within=120, what="a refusal: the disk is full")
            time.sleep(8)
            fill(disk)
            pages = httpx.get(f"{house.at}/health", trust_env=False, timeout=40)
            assert pages.status_code in (200, 503), pages.text
            assert not house.has_ended, house.said[-20:]
            make_room(disk)

            stood = sender.sent
            wait_for(lambda: sender.sent > stood + 500, within=120, what="events after there is room again")
            sender.stop.set()
            sender.join(60)
            print("answers while full:", dict(sender.refusals))
            plain = ('"reason":"busy"', '"reason":"away"', "Timeout", "Error")
            odd = [words for words in sender.refusals if not any(part in words for part in plain)]
            assert not odd, f"answers that say nothing: {odd}"
            assert not [words for words in sender.refusals if words.startswith("500")], dict(sender.refusals)
            ended = to_its_end(house, number)
            print("import:", {name: ended[name] for name in ("state", "problem", "rows", "new", "waiting", "rejected")})
            assert ended["rows"] == 12_000, ended
            kept = house.rows("select count(*), count(distinct row) from import_row where batch_id = %s", [number])
            assert kept == [(12_000, 12_000)], kept
            house.settle()
            found = Counter(
                dict(house.rows("select body->>'message', count(*) from entry where kind = 'event.tracked' group by 1"))
            )
            wanted = Counter(f"m{n}" for n in range(sender.sent))
            assert found == wanted, f"lost {len(wanted - found)}, doubled {len(found - wanted)} of {sender.sent}"
            print(f"{sender.sent:,} events once each; tables as rebuilt {house.check_projections()}")


def to_its_end(house: House, number: int) -> dict[str, Any]:
    """The import, put in line again as the worker does by itself a minute later."""
    deadline = time.monotonic() + 150
    while True:
        found: dict[str, Any] = house.api("GET", f"/imports/{number}").json()
        if found["state"] == "done":
            return found
        assert found["state"] in ("queued", "running"), f"the import ended as {found['state']}: {found['problem']}"
        assert time.monotonic() < deadline, found
        try:
            house.inside("tend")
        except (AssertionError, psycopg.OperationalError):
            time.sleep(1)
        time.sleep(2)
