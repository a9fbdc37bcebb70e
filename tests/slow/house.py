"""The whole product as `tongpin up` starts it, on a home and a database of its own, and hands to ask and to kill it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.ports import free_port
from tests.wiring.ups import wait_for
from tongpin.wiring import linux
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster
from tongpin.wiring.postgres.place import noted

ROOT = Path(__file__).resolve().parents[2]
TONGPIN = (sys.executable, "-u", "-m", "tongpin.wiring.cli")
READERS = ("activity", "lane:bulk", "lane:money", "lane:people", "lane:session", "purchases")


@dataclass
class House:
    """A home, the environment its processes get, and what was started. Without `database` it runs its own server."""

    home: Home
    database: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    up: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("TONGPIN_") and k != "DATABASE_URL"}
        env |= {"TONGPIN_HOME": str(self.home.root), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
        env |= {"DJANGO_SETTINGS_MODULE": "tongpin.wiring.settings", **self.settings}
        return env | ({"DATABASE_URL": self.database} if self.database else {})

    @property
    def at(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dsn(self) -> str:
        return self.database or Cluster(self.home).dsn()

    def start(self) -> None:
        """Returns once it has said how to come in, that is: once everything answers."""
        argv = [*TONGPIN, "up", "--port", str(self.port)]
        self.said.clear()
        self.up = subprocess.Popen(
            argv, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/"
        )
        threading.Thread(target=self._listen, args=[self.up], daemon=True).start()
        wait_for(lambda: self.says_the_way_in or self.has_ended, within=120, what=f"the way in among {self.said}")
        assert self.says_the_way_in, self.said

    def _listen(self, up: subprocess.Popen[str]) -> None:
        assert up.stdout
        with up.stdout:
            for line in up.stdout:
                self.said.append(line.rstrip("\n"))

    @property
    def has_ended(self) -> bool:
        return self.up is None or self.up.poll() is not None

    @property
    def says_the_way_in(self) -> bool:
        """By the owner's link as long as there is no owner, later by signing in."""
        return any("/owner/" in line or "/sign-in/" in line for line in self.said)

    @property
    def link(self) -> str:
        found = re.search(r"http://\S+/owner/\S+", "\n".join(self.said))
        return found[0] if found else ""

    def stop(self) -> None:
        if self.up is not None:
            self.up.terminate()
            code = self.up.wait(40)
            self.up = None
            assert code == 0, (code, self.said[-20:])

    # What runs

    def pid_of(self, name: str) -> int | None:
        """The process the supervisor started under this name; None while there is none. `postgres` is the master."""
        wanted = b"tongpin.wiring.cli\0" + name.encode() + b"\0"
        for pid in linux.processes():
            if self.up is None or linux.parent_of(pid) != self.up.pid:
                continue
            command = linux.command_of(pid)
            if (b"/postgres\0-D" in command) if name == "postgres" else (wanted in command + b"\0"):
                return pid
        return None

    def server_in(self, name: str) -> int | None:
        """The process that answers requests: the child of web or live."""
        above = self.pid_of(name)
        below = [pid for pid in linux.processes() if above and linux.parent_of(pid) == above]
        return max(below, default=None)

    def kill(self, name: str, *, inner: bool = False) -> bool:
        """kill -9; False where it is not there to be killed at this moment."""
        pid = self.server_in(name) if inner else self.pid_of(name)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_supervisor(self) -> None:
        assert self.up is not None
        self.up.kill()
        self.up.wait()

    # Asking

    def command(self, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command of the product, as a person types it."""
        env = self.env | more
        return subprocess.run(
            [*TONGPIN, *argv], env=env, capture_output=True, text=True, check=False, timeout=300, cwd="/"
        )

    def inside(self, function: str, /, *, of: str = "inside", **arguments: Any) -> Any:
        """Calls a function of tests.slow.inside (or another) in a process of this house; gives what it returned."""
        argv = [sys.executable, "-m", f"tests.slow.{of}", function, json.dumps(arguments)]
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT)
        assert done.returncode == 0, f"{function}: {done.stderr[-3000:]}"
        return json.loads(done.stdout.splitlines()[-1])

    def furnish(self) -> None:
        """An owner, keys, a token and a webhook, made by the product's own actions."""
        self.told = self.inside("furnish")

    @contextmanager
    def sql(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.dsn, autocommit=True) as own:
            yield own

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self.sql() as own:
            return own.execute(query, parameters).fetchall()  # type: ignore[arg-type]

    def one(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        return self.rows(query, parameters)[0][0]

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with the token; sent again while the house is being killed."""
        return patiently(
            method, f"{self.at}/api{path}", headers={"authorization": f"Bearer {self.told['token']}"}, **more
        )

    def upload(self, name: str, content: bytes, **described: Any) -> int:
        """Puts a file in and says what is known of it; returns the import's number."""
        answer = self.api("POST", "/imports", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        number = int(answer.json()["file"]["id"])
        if described:
            answer = self.api("POST", f"/imports/{number}/describe", json=described)
            assert answer.status_code == 200, answer.text
            assert answer.json()["importable"], answer.text
        return number

    def begin(self, number: int) -> None:
        answer = self.api("POST", f"/imports/{number}/start")
        assert answer.status_code == 202 or answer.json()["code"] == "import_not_ready", answer.text

    def bring_in(self, name: str, content: bytes, **described: Any) -> dict[str, Any]:
        """Imports a file by the running product; returns the import as the API shows it once it has ended."""
        number = self.upload(name, content, **described)
        self.begin(number)
        return self.ended(number)

    def ended(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def is_over() -> bool:
            found.update(self.api("GET", f"/imports/{number}").json())
            return found["state"] in ("done", "failed", "cancelled")

        wait_for(is_over, within=120, what=f"the end of import {number}")
        return found

    def send(self, events: list[dict[str, Any]], *, key: str = "server") -> httpx.Response:
        """A batch of tracked events."""
        return patiently("POST", f"{self.at}/v1/batch", auth=(self.told[key], ""), json={"batch": events})

    # The ledger

    def lag(self) -> dict[str, int]:
        """How far each reader is behind; `fresh` is what was not sequenced yet. A reader that has never been: -1."""
        with self.sql() as own:
            end = int(own.execute("select coalesce(max(pos), 0) from feed").fetchone()[0])  # type: ignore[index]
            fresh = int(own.execute("select count(*) from fresh").fetchone()[0])  # type: ignore[index]
            at = dict(own.execute("select name, pos from reader").fetchall())
        return {name: end - at[name] if name in at else -1 for name in READERS} | {"fresh": fresh}

    def settle(self, *, within: float = 120.0) -> None:
        """Until every reader stands at the end of the feed."""
        seen: dict[str, int] = {}

        def is_settled() -> bool:
            seen.update(self.lag())
            return not any(seen.values())

        try:
            wait_for(is_settled, within=within, what="every reader at the end of the feed")
        except AssertionError:
            raise AssertionError(f"readers are behind the end of the feed: {seen}") from None

    def check_projections(self) -> dict[str, int]:
        """Whole tables against a rebuild from the ledger; returns how many rows each has."""
        told = self.inside("rebuild")
        wrong = {table: one["wrong"] for table, one in told.items() if one["wrong"]}
        assert not wrong, f"tables that differ from a rebuild of the ledger (live, rebuilt): {wrong}"
        return {table: one["rows"] for table, one in told.items()}


def patiently(
    method: str, url: str, *, within: float = 90.0, by: httpx.Client | None = None, **more: Any
) -> httpx.Response:
    """A client that sends the same again until it is answered, as every client of ours should."""
    deadline = time.monotonic() + within
    while True:
        try:
            if by is not None:
                answer = by.request(method, url, **more)
            else:
                answer = httpx.request(method, url, timeout=30, trust_env=False, **more)
            if answer.status_code not in (429, 500, 502, 503):
                return answer
            why = f"{answer.status_code} {answer.text[:200]}"
        except httpx.TransportError as error:
            why = repr(error)
        assert time.monotonic() < deadline, f"{method} {url}: no answer within {within:.0f} s, last {why}"
        time.sleep(0.2)


@contextmanager
def house_at(
    folder: Path, *, database: str = "", begin: bool = True, data: Path | None = None, **settings: str
) -> Iterator[House]:
    """A furnished house; ended and cleared away afterwards, whatever happened to it.

    `data` is where root's own server shall keep its data instead of the usual place; `settings`: TONGPIN_… of its own.
    """
    house = House(Home((folder / "house").resolve()), database, settings)
    if data is not None:
        house.home.make()
        (house.home.root / "pg.where").write_text(f"data = {data}\nsockets = {data.with_name('run')}\n")
    try:
        if begin:
            house.start()
            house.furnish()
        yield house
        house.stop()
    finally:
        if house.up is not None:
            house.up.kill()
            house.up.wait()
        mark = os.fsencode(f"TONGPIN_SUPERVISED={house.home.root}")
        for pid in [pid for pid in linux.processes() if mark in linux.environment_of(pid).split(b"\0")]:
            linux.send(pid, signal.SIGKILL, if_still=linux.is_alive)
        place = None if database else noted(house.home)
        if place is not None:
            # Root's server keeps its data outside the home: nothing of a test stays there.
            data = str(place.data)
            for pid in [pid for pid in linux.processes() if linux.folder_of(pid) == data]:
                linux.send(pid, signal.SIGKILL, if_still=linux.is_alive)
            shutil.rmtree(place.data.parent, ignore_errors=True)
