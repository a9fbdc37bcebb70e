"""One process under the supervisor: started, listened to, and started again after a crash."""

import contextlib
import os
import re
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from tongpin.wiring.linux import dies_with_parent
from tongpin.wiring.probe import Probe

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
STEADY_AFTER = 60.0

_LONGEST_LINE = 64_000
_PROBLEM = re.compile(r'\b(ERROR|CRITICAL|FATAL|PANIC)\b|"level": ?"(error|critical)"')


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is to run. `once`: runs to its end, well, before the next program begins. `probe`: answers when it is up.

    `ahead`: at its first start the next programs wait for it to be up, but so many seconds at most.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    probe: str | None = None
    once: bool = False
    ahead: float = 0.0


class Lines:
    """Whole lines out of a pipe. `hear` is told each batch."""

    def __init__(self, hear: Callable[[list[str]], None]) -> None:
        self._hear = hear
        self._rest = b""
        self.tail: deque[str] = deque(maxlen=30)

    def take(self, piece: bytes) -> None:
        """An empty piece is the end."""
        *whole, self._rest = (self._rest + piece).split(b"\n")
        if self._rest and (not piece or len(self._rest) > _LONGEST_LINE):
            whole.append(self._rest)
            self._rest = b""
        lines = [line.decode(errors="replace").rstrip("\r") for line in whole if line.strip()]
        if lines:
            self.tail.extend(lines)
            self._hear(lines)


def problems(lines: Sequence[str]) -> list[str]:
    """The lines that whoever sits at the terminal should see."""
    return [line for line in lines if _PROBLEM.search(line)]


class Child:
    """State of one program between its starts. Times are of the monotonic clock."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.probe = Probe(program.probe) if program.probe else None
        self.is_up = False
        self.was_up = False
        self.has_told_of_errors = False
        self.due: float | None = 0.0
        self.started = 0.0
        self._delay = FIRST_DELAY

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self, *, now: float, environment: Mapping[str, str]) -> IO[bytes]:
        """Returns the pipe that carries what it says. Its own session: the terminal's Ctrl-C reaches only us."""
        self.process = subprocess.Popen(
            list(self.program.argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environment, **self.program.env},
            start_new_session=True,
            preexec_fn=dies_with_parent(by=signal.SIGTERM),
            bufsize=0,
        )
        self.started, self.due = now, None
        self.is_up = self.probe is None and not self.program.once
        pipe = self.process.stdout
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
        return pipe

    def ended(self, *, now: float) -> float:
        """Plan the next start; returns the seconds until then."""
        if now - self.started >= STEADY_AFTER:
            self._delay = FIRST_DELAY
        delay, self._delay = self._delay, min(self._delay * 2, LONGEST_DELAY)
        self.due = now + delay
        self.process, self.is_up = None, False
        self.has_told_of_errors = False
        if self.probe:
            self.probe.begin_anew()
        return delay

    def ask(self, now: float) -> None:
        """A step of the probe."""
        if self.probe:
            self.is_up = self.probe.step(now)
            self.was_up = self.was_up or self.is_up

    def holds_up(self, now: float) -> bool:
        """Whether the next programs wait for this one."""
        if self.program.once:
            return self.process is not None or self.due is not None
        return self.process is not None and not self.was_up and now < self.held_until

    @property
    def held_until(self) -> float:
        return self.started + self.program.ahead

    def error_to_tell(self) -> str:
        """Said once in the life of a process: it answers, and every answer is an error."""
        if self.probe is None or self.probe.status < 500 or self.has_told_of_errors:
            return ""
        self.has_told_of_errors = True
        return f"{self.program.name} answers {self.probe.status} at {self.program.probe}; asking on until it is well."

    def ask_to_end(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                # Not Popen.terminate: it reaps, and then `end_group` could no longer be sure of the number.
                os.kill(self.process.pid, signal.SIGTERM)

    def end_group(self) -> None:
        """Kill what it started and is still there. Only before it is reaped: until then its number is its own."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
