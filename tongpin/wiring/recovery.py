"""The embedded database under the supervisor: begun, watched, and brought back whenever its master dies."""

import re
import signal
import subprocess
from collections.abc import Callable, Sequence

from tongpin.wiring.child import how_it_ended
from tongpin.wiring.postgres import PostgresError, Server

_POLL = 0.02
_FIRST_DELAY = 0.05
_LONGEST_DELAY = 30.0
_TRIES_AT_FIRST = 3

# What PostgreSQL calls FATAL ends one connection. These say that we are starting or stopping, which we know.
_PROBLEM = re.compile(r"PANIC:|FATAL:(?!.*(the database system is|terminating|connection to client lost))")


def problems(lines: Sequence[str]) -> list[str]:
    """The lines that whoever sits at the terminal should see."""
    return [line for line in lines if _PROBLEM.search(line)]


class GaveUp(PostgresError):
    """It never came up; there is nothing to recover."""


class Database:
    """State of the server between its starts. Times are of the monotonic clock."""

    def __init__(self, server: Server, *, say: Callable[[str], None], last_words: Callable[[], str]) -> None:
        self.server = server
        self.is_up = False
        self.was_up = False
        self._deaths = 0
        self.due: float | None = 0.0
        self._say = say
        self._last_words = last_words
        self._delay = _FIRST_DELAY
        self._failures = 0
        self._down_since: float | None = None

    def tend(self, now: float) -> None:
        """Go on a little; call it again at `due`, and when a child has ended. Raises GaveUp, PostgresError."""
        if self.server.pid is not None and (code := self.server.exit_code()) is not None:
            self._died(code, now)
        if self.server.pid is None:
            if self.due is not None and now >= self.due:
                self._launch(now)
        elif not self.is_up:
            self.due = now + _POLL
            if self.server.ready():
                self._came_up(now)

    def _launch(self, now: float) -> None:
        try:
            self.server.launch()
            self.due = now + _POLL
        except (OSError, subprocess.SubprocessError) as failure:
            if not self.was_up:
                raise PostgresError(f"PostgreSQL cannot be started: {failure}.")
            self._say(f"PostgreSQL cannot be started ({failure}); trying again in {_LONGEST_DELAY:.0f} s.")
            self.due = now + _LONGEST_DELAY

    def _came_up(self, now: float) -> None:
        if self._down_since is not None:
            self._say(f"PostgreSQL is back after {now - self._down_since:.1f} s; nothing acknowledged is lost.")
        self.is_up = self.was_up = True
        self.due = self._down_since = None
        self._delay, self._failures = _FIRST_DELAY, 0

    def _died(self, code: int, now: float) -> None:
        self._deaths += 1
        if self.is_up:
            self._down_since = now
            self._say(f"PostgreSQL ended ({how_it_ended(code)}); recovering.")
        self.is_up = False
        self._failures += 1
        self.server.forget()
        if self._failures >= _TRIES_AT_FIRST and not self.was_up:
            raise GaveUp(f"PostgreSQL did not start. Its last words:\n{self._last_words() or '(none)'}")
        if self._delay >= 1.0:
            words = self._last_words().splitlines()
            why = [*words[-1:], *problems(words)][-1:] or ["it said nothing"]
            self._say(f"PostgreSQL does not come up yet ({why[0][:300]}); trying again in {self._delay:.0f} s.")
        self.due = now + self._delay
        self._delay = min(self._delay * 2, _LONGEST_DELAY)

    @property
    def deaths(self) -> int:
        """How often the master has died, a death included that `tend` has not come to yet."""
        unseen = self.server.pid is not None and self.server.exit_code() is not None
        return self._deaths + unseen

    def ask_to_end(self, *, at_once: bool) -> None:
        self.server.ask_to_end(signal.SIGQUIT if at_once else signal.SIGINT)

    def has_ended(self) -> bool:
        return self.server.pid is None or self.server.exit_code() is not None
