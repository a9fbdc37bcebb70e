"""A product under the supervisor, as a process of its own, and a look at what it started."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tongpin.wiring import linux
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can become another account")


def wait_for(condition: Callable[[], Any], *, within: float = 20.0, what: str = "it") -> Any:
    """A bound against hanging, not a measure of speed."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {within:.0f} s for {what}"
        time.sleep(0.02)
    return found


@dataclass
class Up:
    """A running product."""

    process: subprocess.Popen[str]
    home: Home
    said: list[str] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))

    def has_said(self, text: str) -> bool:
        return any(text in line for line in self.said)

    def wait_until_said(self, text: str, *, within: float = 30.0) -> None:
        wait_for(lambda: self.has_said(text), within=within, what=f"{text!r} among {self.said}")

    def log(self) -> str:
        path = self.home.log / "tongpin.log"
        return path.read_text() if path.exists() else ""

    def end(self, sign: signal.Signals = signal.SIGTERM, *, within: float = 20.0) -> int:
        self.process.send_signal(sign)
        return self.process.wait(within)


@dataclass(frozen=True)
class Plan:
    """Where a product of a test lives, and how to start it."""

    home: Home
    system: Path
    ups: list[Up] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.home, system=self.system)

    def up(
        self,
        *programs: dict[str, Any],
        postgres: bool = False,
        address: str = "http://127.0.0.1:8000",
        before: list[str] | None = None,
        python: str = sys.executable,
        path: list[Path] | None = None,
    ) -> Up:
        plan = {
            "home": str(self.home.root),
            "system": str(self.system),
            "postgres": postgres,
            "programs": programs,
            "address": address,
        }
        command = [*(before or []), python, str(Path(__file__).with_name("a_product.py")), json.dumps(plan)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(p) for p in [ROOT, *(path or [])])}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd="/"
        )
        up = Up(process, self.home)
        threading.Thread(target=up.listen, daemon=True).start()
        self.ups.append(up)
        return up


def end_all_in(plan: Plan) -> None:
    """Nothing that a test began may outlive it."""
    for pid in (*servers_of(plan), *marked_by(plan.home)):
        linux.send(pid, signal.SIGKILL, if_still=linux.is_alive)
    wait_for(lambda: not servers_of(plan) and not marked_by(plan.home), what="the end of all")


def servers_of(plan: Plan) -> list[int]:
    data = str(plan.cluster.data)
    return [pid for pid in linux.processes() if linux.folder_of(pid) == data]


def master_of(plan: Plan) -> int | None:
    """The living master, looked for in the process table."""
    return next((pid for pid in servers_of(plan) if b"-D" in linux.command_of(pid).split(b"\0")), None)


def marked_by(home: Home) -> list[int]:
    mark = os.fsencode(f"TONGPIN_SUPERVISED={home.root}")
    return [pid for pid in linux.processes() if mark in linux.environment_of(pid).split(b"\0")]
