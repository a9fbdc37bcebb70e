"""Keeps the processes of the product alive, and the database under them, until someone says stop."""

import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from tongpin.wiring import recovery
from tongpin.wiring.child import Child, Lines, Program, how_it_ended, problems
from tongpin.wiring.home import Home, HomeError
from tongpin.wiring.linux import adopt_orphans
from tongpin.wiring.logbook import Logbook
from tongpin.wiring.postgres import Cluster
from tongpin.wiring.probe import why_not_to_be_had
from tongpin.wiring.survivors import end_survivors, mark

_FOR_PROGRAMS = 8.0
_FOR_DATABASE = 13.0
_FOR_ALL = 15.0
_A_WHILE = 30.0
_OPEN_FILES = 65_536


class Supervisor:
    """One thread and one loop: waits for a signal, for words in a pipe, or for the next thing that is due."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        home: Home,
        postgres: Cluster | None,
        on_ready: Callable[[], Iterable[str]] | None,
        say: Callable[[str], None],
    ) -> None:
        self._home = home
        self._postgres = postgres
        self._on_ready = on_ready
        self._tell = say
        self._log = Logbook(home.log / "tongpin.log")
        self._children = [Child(program) for program in programs]
        self._lines = {program.name: self._lines_of(program.name, problems) for program in programs}
        self._database: recovery.Database | None = None
        self._selector = selectors.DefaultSelector()
        self._pipes: set[IO[bytes]] = set()
        self._spoken: dict[str, IO[bytes]] = {}
        self._environment = {**os.environ, **mark(home)}
        self._asked = 0
        self._stopping_since: float | None = None
        self._exit_code = 0
        self._deaths_seen = 0
        self._began = time.monotonic()
        self._word_due = _A_WHILE

    def run(self) -> int:
        restore = self._listen_to_signals()
        try:
            adopt_orphans()
            _allow_many_open_files()
            if count := end_survivors(self._home, grace=5.0):
                self._say(f"Ended {count} processes that an earlier start had left behind.")
            if refusal := self._taken():
                raise HomeError(refusal)
            if self._postgres:
                self._database = self._open_database(self._postgres)
            self._loop()
        finally:
            self._end_all_at_once()
            restore()
        return self._exit_code

    def _taken(self) -> str:
        """Which port somebody else listens on; empty where all are free."""
        probes = (child.program.probe for child in self._children)
        return next(filter(None, (why_not_to_be_had(probe) for probe in probes if probe)), "")

    def _loop(self) -> None:
        while True:
            now = time.monotonic()
            self._reap(now)
            if self._asked and self._stopping_since is None:
                self._begin_to_stop(now)
            if self._stopping_since is None:
                self._go_on(now)
            elif self._go_on_stopping(now - self._stopping_since):
                return
            if self._stopping_since is None and self._asked:
                continue
            for key, _ in self._selector.select(self._pause(now)):
                key.data()

    # While it runs

    def _go_on(self, now: float) -> None:
        if self._database:
            self._database.tend(now)
            if not self._database.was_up:
                return
        for child in self._in_turn(now):
            if child.due is not None and now >= child.due:
                self._start(child, now)
            if child.process and child.probe and not child.is_up and now >= child.probe.due:
                child.ask(now)
                if words := child.error_to_tell():
                    self._say(f"{words} See {self._home.log / 'tongpin.log'}.")
        if self._on_ready and all(child.is_up for child in self._children):
            on_ready, self._on_ready = self._on_ready, None
            try:
                for line in on_ready():
                    self._tell(line)
            except Exception as failure:  # what is up stays up, whatever the greeting ran into
                self._say(f"Everything is up, but the greeting failed: {failure}")
        elif self._on_ready and now - self._began >= self._word_due:
            self._word_due = now - self._began + _A_WHILE
            quiet = [child.program.name for child in self._children if not child.is_up]
            self._say(still_waiting(quiet, seconds=now - self._began, log=self._home.log / "tongpin.log"))

    def _in_turn(self, now: float) -> Iterator[Child]:
        """The programs up to the first that the next ones wait for."""
        for child in self._children:
            yield child
            if child.holds_up(now):
                return

    def _start(self, child: Child, now: float) -> None:
        name = child.program.name
        try:
            pipe = child.start(now=now, environment=self._environment)
        except (OSError, subprocess.SubprocessError) as failure:
            delay = child.ended(now=now)
            self._say(f"{name} cannot be started ({failure}); trying again in {delay:.0f} s.")
            return
        self._spoken[name] = pipe
        self._listen(pipe, self._lines[name])

    def _reap(self, now: float) -> None:
        """Everyone who ended, our own and adopted ones. Looked at before being reaped: until then a number is taken."""
        while ended := _next_ended():
            child = next((child for child in self._children if child.pid == ended), None)
            if child and child.process:
                child.end_group()
                self._child_ended(child, child.process.wait(), now)
            elif self._database and self._database.server.pid == ended:
                self._database.server.exit_code()
            else:
                os.waitpid(ended, 0)

    def _child_ended(self, child: Child, code: int, now: float) -> None:
        name, ended = child.program.name, how_it_ended(code)
        delay = child.ended(now=now)
        self._hear_out(name)
        if self._stopping_since is not None:
            child.due = None
        elif child.program.once and code == 0:
            child.due, child.is_up = None, True
        elif child.program.once and not self._database_died():
            self._exit_code, self._asked = 1, 1
            words = "\n".join(f"  {line}" for line in self._lines[name].tail)
            self._say(f"{name} failed ({ended}):\n{words}")
        else:
            last = "".join(f": {line.strip()}" for line in list(self._lines[name].tail)[-1:])
            self._say(f"{name} ended ({ended}{last[:300]}); starting it again in {delay:.0f} s.")

    def _database_died(self) -> bool:
        """Since this was last asked."""
        if self._database is None:
            return False
        before, self._deaths_seen = self._deaths_seen, self._database.deaths
        return self._deaths_seen > before

    # The end

    def _begin_to_stop(self, now: float) -> None:
        self._stopping_since = now
        self._tell("Stopping…")
        for child in self._children:
            child.due = None
            child.ask_to_end()

    def _go_on_stopping(self, since: float) -> bool:
        """True once everything has ended: the programs first, then the database."""
        if any(child.process for child in self._children):
            if since >= _FOR_PROGRAMS or self._asked > 1:
                for child in self._children:
                    child.end_group()
            return False
        if self._database is None or self._database.has_ended():
            return True
        self._database.ask_to_end(at_once=since >= _FOR_DATABASE)
        return since >= _FOR_ALL

    def _end_all_at_once(self) -> None:
        for child in self._children:
            child.end_group()
            if child.process:
                child.process.wait()
        end_survivors(self._home, grace=0.5)
        if self._database:
            self._database.server.release()
        self._selector.close()
        for pipe in self._pipes:
            pipe.close()
        self._log.close()

    # Words and waiting

    def _open_database(self, postgres: Cluster) -> recovery.Database:
        heard, spoken = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(heard, False)
        lines = self._lines_of("postgres", recovery.problems)
        self._listen(os.fdopen(heard, "rb", buffering=0), lines)
        # Kept open for every later launch too.
        self._pipes.add(os.fdopen(spoken, "wb", buffering=0))
        server = postgres.open(output=spoken)
        return recovery.Database(server, say=self._say, last_words=lambda: "\n".join(lines.tail))

    def _lines_of(self, name: str, choose: Callable[[Sequence[str]], list[str]]) -> Lines:
        def hear(lines: list[str]) -> None:
            self._log.write(name, lines)
            shown = choose(lines)
            for line in shown[:5]:
                self._tell(f"{name}: {line[:500]}")
            if len(shown) > 5:
                self._tell(f"{name}: … and {len(shown) - 5} more; see {self._home.log / 'tongpin.log'}")

        return Lines(hear)

    def _listen(self, pipe: IO[bytes], lines: Lines) -> None:
        self._pipes.add(pipe)
        self._selector.register(pipe, selectors.EVENT_READ, lambda: self._read(pipe, lines))

    def _read(self, pipe: IO[bytes], lines: Lines) -> bool:
        """False where there is nothing more now."""
        try:
            piece = os.read(pipe.fileno(), 65536)
        except BlockingIOError:
            return False
        lines.take(piece)
        if not piece:
            self._selector.unregister(pipe)
            self._pipes.discard(pipe)
            pipe.close()
        return bool(piece)

    def _hear_out(self, name: str) -> None:
        """The last words of who ended: they may be in the pipe still, and say why."""
        pipe = self._spoken.pop(name)
        while not pipe.closed and self._read(pipe, self._lines[name]):
            pass

    def _say(self, line: str) -> None:
        self._log.write("up", line.splitlines())
        self._tell(line)

    def _pause(self, now: float) -> float | None:
        """Seconds until something is due; None where only a signal or a word can change anything."""
        if self._stopping_since is not None:
            return 0.05
        waited_for = list(self._in_turn(now))
        due = [child.due for child in waited_for if child.due is not None]
        due += [child.probe.due for child in waited_for if child.process and child.probe and not child.is_up]
        due += [child.held_until for child in waited_for if child.program.ahead and child.holds_up(now)]
        if self._database and not self._database.was_up:
            due = []
        if self._database and self._database.due is not None:
            due.append(self._database.due)
        return max(0.0, min(due) - now) if due else None

    def _listen_to_signals(self) -> Callable[[], None]:
        woken, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        pipe = os.fdopen(woken, "rb", buffering=0)
        self._pipes.add(pipe)
        self._selector.register(pipe, selectors.EVENT_READ, lambda: pipe.read(1024))

        def asked(*_: object) -> None:
            self._asked += 1

        before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        for sign, was in before.items():
            if was != signal.SIG_IGN or sign == signal.SIGTERM:  # nohup stays nohup
                signal.signal(sign, asked)
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakeup = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

        def restore() -> None:
            signal.set_wakeup_fd(wakeup)
            os.close(waker)
            for sign, was in before.items():
                signal.signal(sign, was)

        return restore


def still_waiting(quiet: Sequence[str], *, seconds: float, log: Path) -> str:
    """What is said while a start takes long: that it is waited for, not that it failed."""
    return f"Starting: waiting for {', '.join(quiet)} to answer, {seconds:.0f} s so far. What they say is in {log}."


def _next_ended() -> int | None:
    try:
        seen = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return seen.si_pid if seen else None


def _allow_many_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
