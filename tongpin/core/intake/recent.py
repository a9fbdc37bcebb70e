"""The last tracked events of a write key, good and bad, as whoever integrates an SDK wants to see them.

They are gathered in the memory of the process that takes events, and written every two seconds whatever the rate.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.base.secrets import KeyFileError
from tongpin.core.intake.models import TrackProblem, TrackRecent
from tongpin.core.people.roots import lock_erasures
from tongpin.core.team.keys import keyring

SHOWN = 30
LONGEST = 2000
"""Characters of an event's body that are kept to be shown."""

SHOWN_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class KeyTraffic:
    """How many events of a key were good and bad since it was made, and when the last came."""

    good: int
    bad: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An event that was taken. `body` is what the ledger keeps of it, as JSON, cut where it is long."""

    at: datetime
    kind: str
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class RecentProblem:
    """An event that could not be used; `raw` is what was sent, empty where it was too large."""

    at: datetime
    reason: str
    detail: str
    raw: str


class _Kept(msgspec.Struct):
    at: datetime
    kind: str
    body: str


class _Named(msgspec.Struct):
    name: Any = None


class Showing:
    """What came by each key since the process began: the last events, and how many to add to the counts. Thread-safe.

    Each erasure begins an epoch; what came before it is never written again, for it may be of who was erased.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[int, deque[tuple[int, _Kept]]] = {}
        self._counts: dict[int, list[int]] = {}
        self._kept = 0.0

    def note(
        self, *, key_id: int, good: int, last: Sequence[tuple[str, str]], bad: int, at: datetime, epoch: int
    ) -> None:
        """Remembers how many events were taken and how many not, and the last of them as (kind, body). `epoch` is the one
        in which their people were resolved."""
        with self._lock:
            seen = self._seen.setdefault(key_id, deque(maxlen=SHOWN))
            seen.extend((epoch, _Kept(at, kind, body[:LONGEST])) for kind, body in last)
            counts = self._counts.setdefault(key_id, [0, 0])
            counts[0] += good
            counts[1] += bad

    def keep(self, *, at_once: bool = False) -> None:
        """Writes what was noted, where that is due. Raises OperationalError where the database is away; then again."""
        with self._lock:
            if not self._counts or not (at_once or time.monotonic() - self._kept > SHOWN_EVERY):
                return
            self._kept = time.monotonic()
            for key_id, (good, bad) in list(self._counts.items()):
                self._write(key_id, good, bad)
                del self._counts[key_id]

    @transaction.atomic
    def _write(self, key_id: int, good: int, bad: int) -> None:
        lock_erasures(shared=True)
        with connection.cursor() as cursor:
            cursor.execute("select epoch from identity_epoch")
            current = int(cursor.fetchone()[0])
            last = [one for epoch, one in self._seen[key_id] if epoch == current]
            sealed = keyring().encrypt(msgspec.json.encode(last).decode(), context="track_recent")
            cursor.execute(
                "insert into track_recent (write_key, sealed, good, bad, seen_at) values (%s, %s, %s, %s, %s)"
                " on conflict (write_key) do update set sealed = excluded.sealed, seen_at = excluded.seen_at,"
                " good = track_recent.good + excluded.good, bad = track_recent.bad + excluded.bad",
                [key_id, sealed, good, bad, now()],
            )


_kept = msgspec.json.Decoder(list[_Kept])
_named = msgspec.json.Decoder(_Named)


def traffic(*, key_ids: Sequence[int]) -> dict[int, KeyTraffic]:
    """What came by these keys. One query."""
    rows = TrackRecent.objects.filter(write_key__in=key_ids).values_list("write_key", "good", "bad", "seen_at")
    return {key: KeyTraffic(good, bad, seen) for key, good, bad, seen in rows}


def events_of(*, key_id: int) -> list[RecentEvent]:
    """The last good events, newest first. One query."""
    row = TrackRecent.objects.filter(write_key=key_id).first()
    if row is None or not row.sealed:
        return []
    try:
        kept = _kept.decode(keyring().decrypt(row.sealed, context="track_recent"))
    except (KeyFileError, msgspec.DecodeError):
        return []
    return [RecentEvent(one.at, one.kind, _name_in(one.body), one.body) for one in reversed(kept)][:SHOWN]


def _name_in(body: str) -> str:
    try:
        return str(_named.decode(body).name or "")
    except msgspec.DecodeError:  # cut in its middle
        return ""


def problems_of(*, key_id: int) -> list[RecentProblem]:
    """The last events that could not be used, newest first. One query."""
    rows = TrackProblem.objects.filter(write_key=key_id).order_by("-id")[:SHOWN]
    return [RecentProblem(row.received_at, row.reason, row.detail, _opened(row.sealed)) for row in rows]


def _opened(sealed: bytes | memoryview | None) -> str:
    if sealed is None:
        return ""
    try:
        return keyring().decrypt(sealed, context="track_problem")
    except KeyFileError:
        return ""
