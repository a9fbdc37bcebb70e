"""What the clock does: backups with a restore drill, and the house's own tidying."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongpin.base.clock import now
from tongpin.core.files.sweeping import sweep
from tongpin.core.people.erasure import TRACKING
from tongpin.reactions import rhythm
from tongpin.wiring.backup import forget_old, newest, write_backup
from tongpin.wiring.nightly import struck
from tongpin.wiring.restore import drill

log = logging.getLogger(__name__)

RHYTHM = rhythm
"""Imported so that the worker knows the tasks in it: it looks into `tasks` of each app only."""

DRILL_LATER = timedelta(minutes=30)
SUNDAY = 7


def _night(timestamp: int, *, later: timedelta = timedelta()) -> date | None:
    """The merchant's day, if this call of every hour is the one after the hour of the backup."""
    at = datetime.fromtimestamp(timestamp, UTC) - later
    return struck(at=at, hour=settings.BACKUP_HOUR, zone=ZoneInfo(settings.ZONE))


@app.periodic(cron="7 * * * *")
@app.task(queue="house", retry=RetryStrategy(max_attempts=3, wait=600), pass_context=False)
def back_up(timestamp: int) -> None:
    """Every night; the old ones beyond what is kept go."""
    if _night(timestamp) is None:
        return
    written = write_backup(at=now())
    forget_old(keep=settings.BACKUP_KEEP)
    log.info("backup written: %s", written.path.name)


@app.periodic(cron="37 * * * *")
@app.task(queue="house", pass_context=False)
def try_restore(timestamp: int) -> None:
    """Every Sunday the newest backup is restored beside the live house: a backup that was never restored is a hope."""
    day = _night(timestamp, later=DRILL_LATER)
    if day is None or day.isoweekday() != SUNDAY:
        return
    path = newest()
    if path is not None:
        log.info("restore drill of %s: %s", path.name, drill(path=path, at=now()))


@app.task(queue="house", retry=RetryStrategy(max_attempts=10, wait=300), pass_context=False)
def forget_in_lake(person_ids: list[int]) -> None:
    """What the lake's files hold of people who were erased is written anew without it."""
    from tongpin.core.ledger.lake import rewrite_for  # noqa: PLC0415 - Arrow and DuckDB are 100 MB an idle worker does without

    rewrite_for(folder=settings.LAKE, kinds=TRACKING, person_ids=person_ids, at=now())


@app.periodic(cron="47 * * * *")
@app.task(queue="house", queueing_lock="measure", pass_context=False)
def measure(timestamp: int) -> None:
    """Every hour the lake follows the ledger and the figures of the screens are computed, in a process of its own."""
    # Its memory (DuckDB, Arrow) is given back when it ends; the worker stays small.
    done = subprocess.run([sys.executable, "-m", "tongpin.wiring.cli", "measure", "--store"], check=False)
    if done.returncode:
        raise RuntimeError(f"measuring ended with {done.returncode}")


@app.periodic(cron="27 * * * *")
@app.task(queue="house", pass_context=False)
def sweep_files(timestamp: int) -> None:
    """Every night the contents of files that no row holds any more go."""
    if _night(timestamp) is not None:
        log.info("files swept: %d", sweep(at=now()))


@app.periodic(cron="17 * * * *")
@app.task(queue="house", pass_context=False)
def tidy(timestamp: int) -> None:
    """Old sessions go."""
    with connection.cursor() as cursor:
        cursor.execute("delete from django_session where expire_date < now()")
