"""Which workers are alive (谁在送信). Each holds a lock of its own as long as it lives, so that what a dead one was sending
is due again within seconds, and what a living one is sending is left to it, however many there are.

The lock hangs on the worker's connection: the server lets go of it when the process ends, however it ends. Where only the
connection broke the worker takes it anew with its next look, a second or so later; therefore nobody is given up whose
lock was free once. Should a worker that is cut off for longer live all the same, its letters are sent twice, with the same
key, and what it writes of them is dropped (see settling).
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from tongpin.base.ids import token
from tongpin.core.sending.models import Command, Letter

LOCK = 7100060
WORKER = "worker"
"""What the names begin with under which workers claim: worker, its own name, the channel."""

_CLAIMED = " union ".join(
    f"select distinct claimed_by from {model._meta.db_table} where state = 'claimed'" for model in (Letter, Command)
)

_HELD = """
select w from unnest(%s::text[]) w where exists (
  select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = %s
    and objid = (hashtext(w)::bigint & 4294967295)::oid
    and database = (select oid from pg_database where datname = current_database()))
"""


class Standing:
    """A worker's own name, and its lock. All of it on one connection, that of the desk that asks."""

    def __init__(self) -> None:
        self._name = token(size=10)
        self._held_on: Any = None

    def claims_as(self, *, kind: str) -> str:
        """Under which name its letters of one channel are claimed."""
        return f"{WORKER}:{self._name}:{kind}"

    def hold(self) -> None:
        """Takes the lock, unless this connection has it. Asked all the time it costs nothing."""
        connection.ensure_connection()
        if self._held_on is connection.connection:
            return
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, self._name])
            # Not given while an earlier connection of ours still has it: then it is asked for again with the next look.
            self._held_on = connection.connection if cursor.fetchone()[0] else None

    def let_go(self) -> None:
        """At the end: what was cut off is due again at once."""
        if self._held_on is not None and self._held_on is connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, hashtext(%s))", [LOCK, self._name])
        self._held_on = None

    def lost(self) -> frozenset[str]:
        """Names under which something is claimed and whose worker has no lock now. Two questions at most."""
        with connection.cursor() as cursor:
            cursor.execute(_CLAIMED)
            names = {name: _worker_of(name) for (name,) in cursor.fetchall() if name.startswith(f"{WORKER}:")}
            others = sorted(set(names.values()) - {self._name})
            if not others:
                return frozenset()
            cursor.execute(_HELD, [others, LOCK])
            alive = {name for (name,) in cursor.fetchall()}
        return frozenset(name for name, worker in names.items() if worker != self._name and worker not in alive)


def _worker_of(name: str) -> str:
    return name.split(":")[1]
