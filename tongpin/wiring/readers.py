"""The readers' process: the sequencer, the projections and the lanes of reactions, each in a thread of its own."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from functools import partial
from traceback import extract_tb
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection

from tongpin.core.ledger import lanes, projections, sequencer
from tongpin.core.people.projecting import PROJECTIONS
from tongpin.reactions.table import LANES, table_of
from tongpin.wiring.collecting import settle

log = logging.getLogger(__name__)


class Bell:
    """Rings for the readers whose kinds the sequencer has moved; the others sleep on and pass over them once a second."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.rung = 0
        self.rung_for_all = 0
        self.rung_for: dict[str, int] = {}

    def ring(self, kinds: frozenset[str] | None = None) -> None:
        """`kinds` None: for everybody."""
        with self.condition:
            self.rung += 1
            if kinds is None:
                self.rung_for_all = self.rung
            else:
                self.rung_for.update(dict.fromkeys(kinds, self.rung))
            self.condition.notify_all()

    def waiter(self, kinds: frozenset[str] | None) -> Callable[[float], None]:
        """A wait for the next ring for these kinds since this waiter's last one; comes back at once where it missed one."""
        heard = self.rung

        def is_wanted() -> bool:
            last = self.rung if kinds is None else max((self.rung_for.get(kind, 0) for kind in kinds), default=0)
            return max(last, self.rung_for_all) > heard

        def wait(seconds: float) -> None:
            nonlocal heard
            with self.condition:
                self.condition.wait_for(is_wanted, seconds)
                heard = self.rung

        return wait


def _forever(name: str, work: Callable[[], None], stop: threading.Event) -> None:
    """Runs `work` again after the database went away; a reader must outlive any outage."""
    while not stop.is_set():
        try:
            work()
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            log.warning("%s waits for the database: %s", name, type(error).__name__)
        except Exception as error:
            # What a fact holds must not reach the log: the type says enough to find the line.
            where = extract_tb(error.__traceback__)[-1]
            log.error("%s stopped on %s in %s:%s", name, type(error).__name__, where.filename, where.lineno)
        connection.close()
        stop.wait(1.0)


def plain_parameters() -> dict[str, Any]:
    """Parameters for a connection beside Django's pool: for LISTEN and the sequencer, which hold theirs for ever."""
    parameters = dict(connection.get_connection_params())
    for name in ("pool", "cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return parameters


def _listen(bell: Bell, stop: threading.Event) -> None:
    with psycopg.connect(**plain_parameters(), autocommit=True) as raw:
        raw.execute(f"listen {sequencer.CHANNEL}")
        bell.ring()
        while not stop.is_set():
            for notice in raw.notifies(timeout=1.0, stop_after=1):
                bell.ring(sequencer.kinds_told(notice.payload))


def run() -> None:
    """Runs until SIGTERM or SIGINT. A second readers' process waits on the sequencer's lock and does no harm."""
    settle()
    stop = threading.Event()
    bell = Bell()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def sequence() -> None:
        with psycopg.connect(**plain_parameters(), autocommit=True) as raw:
            sequencer.run(raw, stop)

    works: list[tuple[str, Callable[[], None]]] = [
        ("sequencer", sequence),
        ("listener", partial(_listen, bell, stop)),
    ]
    for projection in PROJECTIONS:
        work = partial(projections.run, projection, stop=stop, wake=bell.waiter(projection.kinds))
        works.append((f"projection {projection.name}", work))
    for lane in LANES:
        table = table_of(lane)
        wake = bell.waiter(frozenset(table))
        works.append((f"lane {lane}", partial(lanes.run, lane, table, stop=stop, wake=wake)))
    threads = [
        threading.Thread(target=_forever, args=(name, work, stop), name=name, daemon=True) for name, work in works
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    bell.ring()
    for thread in threads:
        thread.join(5)
