"""What `tongpin up` does: one supervisor to a home, the database first, then every process of the product."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongpin.wiring.child import Program
from tongpin.wiring.home import Home, HomeError
from tongpin.wiring.lock import Held, Lock, holder
from tongpin.wiring.postgres import Cluster, PostgresError
from tongpin.wiring.supervisor import Supervisor

__all__ = ["Program", "Running", "run", "running"]


@dataclass(frozen=True)
class Running:
    """An `up` that holds a home. Both are empty for an instant at its very start."""

    pid: int
    address: str


def run(
    programs: Sequence[Program],
    *,
    home: Home,
    postgres: Cluster | None,
    address: str = "",
    on_ready: Callable[[], Iterable[str]] | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Run until SIGINT or SIGTERM; returns the exit code. `address` is told to a second start on the same home.

    `on_ready` is called once, when every probe has answered; its lines go to the terminal and not into the log.
    """
    tell = say or _print
    try:
        home.make()
        lock = Lock(_lock_path(home), note=json.dumps({"pid": os.getpid(), "address": address}))
    except Held as held:
        tell(_already_up(_read(held.note), home))
        return 1
    except HomeError as failure:
        tell(str(failure))
        return 1
    except OSError as failure:
        tell(f"{failure.filename or home.root}: {failure.strerror}. Mend that first.")
        return 1
    try:
        return Supervisor(programs, home=home, postgres=postgres, on_ready=on_ready, say=tell).run()
    except (HomeError, PostgresError) as failure:
        tell(str(failure))
        return 1
    finally:
        lock.release()


def running(home: Home) -> Running | None:
    """The `up` that runs on this home now; None where none does."""
    note = holder(_lock_path(home))
    return None if note is None else _read(note)


def _read(note: str) -> Running:
    try:
        seen = json.loads(note)
        return Running(pid=int(seen["pid"]), address=str(seen["address"]))
    except (ValueError, KeyError, TypeError):
        return Running(pid=0, address="")


def _already_up(first: Running, home: Home) -> str:
    if not first.pid:
        return f"Tongpin is just being started on {home.root} by another process."
    at = f" at {first.address}" if first.address else ""
    return f"Tongpin is already up on {home.root}: process {first.pid}{at}. Stop that one first (kill {first.pid})."


def _lock_path(home: Home) -> Path:
    return home.run / "up.lock"


def _print(line: str) -> None:
    # Whoever read our output may be gone (a closed terminal, a pipe to `head`); that is no reason to stop.
    with contextlib.suppress(OSError, ValueError):
        shown = "".join(character if character.isprintable() or character == "\n" else "?" for character in line)
        sys.stdout.write(shown + "\n")
        sys.stdout.flush()
