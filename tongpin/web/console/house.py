"""How the house itself is: backups, the worker, room on the disk, how far the ledger is read."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tongpin.core.ledger.queries import ledger_clock

BACKUP_DUE = timedelta(days=2)
WORKER_SILENT = timedelta(minutes=2)
LEAST_ROOM = 2_000_000_000

State = Literal["good", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Backup:
    """The newest backup in the folder; `at` None where there is none. `since` is when the house began."""

    at: datetime | None
    size: int
    since: datetime | None

    def is_due(self, *, now: datetime) -> bool:
        """Older than two days; a house younger than that has time."""
        last = self.at or self.since
        return last is not None and now - last > BACKUP_DUE


def set_aside_and_backup(known: tuple[int, datetime] | None = None) -> tuple[int, Backup]:
    """How many facts are set aside, and what lies in the folder of backups. One query, also for how old the house is;
    none where both are `known`."""
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute("select (select count(*) from ledger_parked), (select min(created_at) from team_staff)")
            known = cursor.fetchone()
    parked, since = known
    return int(parked), _newest_backup(since)


def _newest_backup(since: datetime | None) -> Backup:
    found = sorted(Path(settings.BACKUPS).glob("tongpin-*.tar"), key=lambda path: path.name)
    if not found:
        return Backup(None, 0, since)
    state = found[-1].stat()
    return Backup(datetime.fromtimestamp(state.st_mtime, UTC), state.st_size, since)


@dataclass(frozen=True, slots=True)
class Condition:
    """The house at a glance. `worker_at` is the last sign of life of a worker; times and sizes, no words."""

    backup: Backup
    worker_at: datetime | None
    read_to: datetime | None
    lag: int
    parked: int
    free: int
    open_to_world: bool
    encrypted_way: bool

    def worker(self, *, now: datetime) -> State:
        """Whether long jobs are being done."""
        return "good" if self.worker_at is not None and now - self.worker_at < WORKER_SILENT else "fail"

    @property
    def readers(self) -> State:
        """Whether what one sees is what happened."""
        return "good" if self.lag < 50_000 else "warn"

    @property
    def room(self) -> State:
        """Whether there is room on the disk."""
        return "good" if self.free > LEAST_ROOM else "fail"

    @property
    def way(self) -> State:
        """Whether people's data travels encrypted."""
        return "good" if self.encrypted_way or not self.open_to_world else "fail"


def condition() -> Condition:
    """How the house is now. Three queries and a look at the disk."""
    clock = ledger_clock()
    parked, backup = set_aside_and_backup()
    with connection.cursor() as cursor:
        cursor.execute("select max(last_heartbeat) from procrastinate_workers")
        worker_at = cursor.fetchone()[0]
    home = Path(settings.HOME)
    url = urlsplit(settings.PUBLIC_URL)
    return Condition(
        backup=backup,
        worker_at=worker_at,
        read_to=clock.read_to,
        lag=clock.lag,
        parked=parked,
        free=shutil.disk_usage(home if home.exists() else home.parent).free,
        open_to_world=url.hostname not in {"127.0.0.1", "localhost", "::1"},
        encrypted_way=url.scheme == "https",
    )
