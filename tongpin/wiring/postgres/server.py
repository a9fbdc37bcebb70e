"""One running server, a child of ours in the foreground. Whoever holds a Server holds the data folder's lock."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from tongpin.wiring.lock import Lock
from tongpin.wiring.postgres.failures import StartFailed
from tongpin.wiring.postgres.ground import Ground
from tongpin.wiring.postgres.leftovers import end_leftovers
from tongpin.wiring.postgres.place import PORT

_LOG_LIMIT = 10_000_000


class Server:
    """Not running until `launch`, which wants a thread that lives on: the kernel ends the server with it."""

    def __init__(self, *, ground: Ground, lock: Lock, log: Path, output: int | None, dies_by: signal.Signals) -> None:
        self._ground = ground
        self._lock = lock
        self._log = log
        self._output = output
        self._dies_by = dies_by
        self._process: subprocess.Popen[bytes] | None = None
        self._said_from = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def data(self) -> Path:
        return self._ground.place.data

    def launch(self) -> None:
        """Start the master once, after ending what an earlier one left. Returns before it accepts connections."""
        self.clear_up()
        command = [str(self._ground.binaries.tool("postgres")), "-D", str(self.data)]
        options = self._ground.popen_options(dies_by=self._dies_by)
        output = self._output if self._output is not None else self._open_log()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **options
            )
        finally:
            if output != self._output:
                os.close(output)

    def clear_up(self, *, grace: float = 10.0) -> int:
        """End what stands in the data folder and remove what names it; returns how many processes there were."""
        with self._ground.account.hat():
            ended = end_leftovers(self.data, grace=grace)
            socket = self._ground.place.sockets / f".s.PGSQL.{PORT}"
            # Nobody stands in the folder and the lock is ours: whatever these files name is a stranger.
            for stale in (self.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
                stale.unlink(missing_ok=True)
        return ended

    def exit_code(self) -> int | None:
        """None while it runs; as Popen's: negative for a signal."""
        return self._process.poll() if self._process else 0

    def forget(self) -> None:
        """Let go of a master that has ended; the data folder stays ours."""
        if self._process and self._process.poll() is not None:
            self._process = None

    def ready(self) -> bool:
        """Whether this master accepts connections, by the line it writes for pg_ctl."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except (OSError, ValueError):
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def launch_and_wait(self, *, tries: int = 3) -> None:
        """Start and wait until it accepts connections, however long recovery takes; raises StartFailed."""
        for last in [False] * (tries - 1) + [True]:
            self.launch()
            while not self.ready():
                if self.exit_code() is not None:
                    break
                time.sleep(0.02)
            else:
                return
            if last:
                raise StartFailed(self.tail())
            time.sleep(0.2)

    def ask_to_end(self, sign: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: end open transactions and write everything down. SIGQUIT: at once; the next start recovers."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(sign)

    def stop(self, *, within: float = 15.0) -> None:
        """End it, gently first, and let go of the data folder. Never leaves a process behind."""
        for sign, wait in ((signal.SIGINT, within * 0.7), (signal.SIGQUIT, within * 0.3)):
            self.ask_to_end(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                if self._process:
                    self._process.wait(wait)
        self.release()

    def release(self) -> None:
        """Let go of the data folder, ending at once what still runs in it."""
        if self._process:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            with self._ground.account.hat():
                end_leftovers(self.data, grace=0)
        self._process = None
        self._lock.release()

    def tail(self) -> str:
        """What the last launch wrote, where it wrote to our own log file."""
        if self._output is not None:
            return ""
        with self._log.open("rb") as log:
            log.seek(max(self._said_from, log.seek(0, os.SEEK_END) - 4000))
            return log.read().decode(errors="replace")

    def _open_log(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            if self._log.stat().st_size > _LOG_LIMIT:
                self._log.replace(self._log.with_name(f"{self._log.name}.1"))
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._said_from = os.fstat(log).st_size
        return log
