"""Imports that go on without anybody waiting: put in line, run by the worker, taken up after a crash, tidied away.

Every step may be done twice. One import runs at a time, so that the worker always has a hand free for backups.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tongpin.base.clock import now
from tongpin.core.intake import actions
from tongpin.core.intake.models import Batch, TrackRecent
from tongpin.core.intake.queries import reach_of
from tongpin.core.intake.running import Taken, only_runner, run_batch
from tongpin.core.intake.uploads import discard, folder
from tongpin.core.team.rules import Actor
from tongpin.core.team.trail import audit

log = logging.getLogger(__name__)

RUN = "tongpin.core.intake.run_import"
TAKE_BACK = "tongpin.core.intake.take_back"

STALE = timedelta(seconds=60)
"""A batch whose last sign of life is older than this has nobody working on it."""

NEVER_STARTED = timedelta(hours=24)
KEPT = timedelta(days=7)
SMALL = 5000
"""Facts that are taken back while one waits; more than these are a job."""

STEP = 5000


class Interrupted(Exception):
    """The worker ends; the import goes on behind its checkpoint when it is back."""


def named(actor: Actor) -> str:
    """Who did it, as facts and batches keep it: staff:7."""
    return actor.kind if actor.id is None else f"{actor.kind}:{actor.id}"


@transaction.atomic
def queue_import(*, batch: Batch, actor: Actor, at: datetime) -> Batch:
    """Starts an import and hands it to the worker, in one transaction. Raises NotReady."""
    batch = actions.start(batch=batch, actor=named(actor), at=at)
    audit(actor=actor, action="import.run", at=at, subject=("batch", batch.pk), community_id=batch.community_id)
    defer(RUN, batch.pk)
    return batch


@transaction.atomic
def cancel_import(*, batch: Batch, actor: Actor, at: datetime) -> Batch:
    """Stops an import between two chunks, or drops an upload that was never started. Raises NotNow."""
    batch = actions.cancel(batch=batch, actor=named(actor), at=at)
    audit(actor=actor, action="import.cancelled", at=at, subject=("batch", batch.pk), community_id=batch.community_id)
    return batch


def take_import_back(*, batch: Batch, actor: Actor, at: datetime) -> int | None:
    """Takes an import back: at once where it is small (returns how many facts), else by the worker (None).

    Raises TooLate, NotNow.
    """
    with transaction.atomic():
        batch = actions.begin_take_back(batch=batch, at=at)
        audit(
            actor=actor, action="import.taken_back", at=at, subject=("batch", batch.pk), community_id=batch.community_id
        )
        small = reach_of(batch_id=batch.pk).facts <= SMALL
        if not small:
            defer(TAKE_BACK, batch.pk, actor=named(actor), at=at.isoformat())
    return take_back(batch_id=batch.pk, actor=named(actor), at=at) if small else None


def defer(name: str, batch_id: int, **more: str) -> None:
    """Puts work on a batch in line, once; it is seen by the worker when this transaction commits."""
    try:
        with transaction.atomic():
            app.configure_task(name, queueing_lock=f"{name}:{batch_id}").defer(batch_id=batch_id, **more)
    except AlreadyEnqueued:
        pass


@contextmanager
def _one_at_a_time() -> Iterator[bool]:
    """True where no other import runs in this house."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(7200001)")
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(7200001)")


def run(*, batch_id: int, stopping: Callable[[], bool] = lambda: False) -> None:
    """Runs one import to its end, then calls up the next in line. Ends quietly where somebody else runs it.

    An outage of the database leaves the import to `tend`; what would fail the same way again ends it as failed.
    """

    def told(batch: Batch, share: float) -> None:
        if stopping():
            raise Interrupted

    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    with _one_at_a_time() as free:
        if not free:
            return  # it stays in line: whoever runs now calls it up
        try:
            run_batch(batch, told=told)
        except Taken:
            log.info("import %s is run by another process", batch_id)
        except Interrupted:
            log.info("import %s stops here and goes on later", batch_id)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("import %s lost the database (%s) and goes on later", batch_id, type(error).__name__)
            return
        except Exception as error:  # the text of an error may hold cells of the file: its type says enough
            log.error("import %s broke off: %s", batch_id, type(error).__name__)
            at_work = Batch.objects.filter(pk=batch_id, state=Batch.State.RUNNING)
            at_work.update(state=Batch.State.FAILED, problem="broke_off", finished_at=now())
    following = Batch.objects.filter(state=Batch.State.QUEUED).order_by("pk").first()
    if following is not None:
        defer(RUN, following.pk)


def take_back(*, batch_id: int, actor: str = "", at: datetime | None = None) -> int:
    """Finishes taking an import back; returns how many facts. Ends quietly where it is done or in another's hand."""
    batch = Batch.objects.filter(pk=batch_id, state=Batch.State.TAKING_BACK).first()
    if batch is None:
        return 0
    try:
        with only_runner(batch_id):
            asked = at or batch.beat_at or batch.finished_at
            return actions.take_back(batch=batch, actor=actor or batch.by, at=asked) if asked else 0
    except (Taken, actions.NotNow):
        return 0


@dataclass(frozen=True, slots=True)
class Tended:
    """What a round of tending found: imports put in line again, and what was tidied away."""

    resumed: int
    uploads: int
    rows: int


def take_up() -> int:
    """When a worker starts: what lost its worker is put in line at once, without waiting for a sign of life to grow old.
    Returns how many."""
    taken_up = 0
    for batch in Batch.objects.filter(state__in=(Batch.State.QUEUED, Batch.State.RUNNING, Batch.State.TAKING_BACK)):
        if batch.dry_run:
            continue
        try:
            with only_runner(batch.pk):
                pass
        except Taken:
            continue
        defer(TAKE_BACK if batch.state == Batch.State.TAKING_BACK else RUN, batch.pk)
        taken_up += 1
    return taken_up


def tend(*, at: datetime) -> Tended:
    """Puts imports in line that lost their worker, and removes what is kept no longer."""
    resumed = 0
    for batch in Batch.objects.filter(state__in=(Batch.State.QUEUED, Batch.State.RUNNING, Batch.State.TAKING_BACK)):
        signs = [moment for moment in (batch.beat_at, batch.started_at, batch.uploaded_at) if moment]
        if batch.dry_run or not signs or at - max(signs) < STALE:
            continue
        defer(TAKE_BACK if batch.state == Batch.State.TAKING_BACK else RUN, batch.pk)
        resumed += 1
    return Tended(resumed, _drop_uploads(at), _drop_rows(at))


def _drop_uploads(at: datetime) -> int:
    """Files that nobody started, files of imports that failed, and files no import knows of."""
    dropped = 0
    for batch in Batch.objects.filter(
        state__in=(Batch.State.UPLOADED, Batch.State.READY), uploaded_at__lt=at - NEVER_STARTED
    ):
        discard(batch)
        batch.delete()
        dropped += 1
    failed = Batch.objects.filter(state=Batch.State.FAILED, finished_at__lt=at - NEVER_STARTED)
    for batch in failed.filter(finished_at__gte=at - KEPT):
        discard(batch)
    known = set(Batch.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    for path in folder().glob("*.upload"):
        old = path.stat().st_mtime < (at - NEVER_STARTED).timestamp()
        if old and path.name not in known:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _drop_rows(at: datetime) -> int:
    """What single rows became is told for as long as the import can be taken back; its counts stay for good.

    Tracked events as they were sent go after the same week. In steps, so that no transaction lasts.
    """
    dropped = 0
    with connection.cursor() as cursor:
        for statement in (
            "delete from import_row where ctid = any(array(select r.ctid from import_batch b join import_row r"
            " on r.batch_id = b.id where b.finished_at < %s and b.state <> 'taking_back' limit %s))",
            "delete from track_problem where ctid = any(array("
            "select ctid from track_problem where received_at < %s limit %s))",
        ):
            while True:
                cursor.execute(statement, [at - KEPT, STEP])
                dropped += cursor.rowcount
                if cursor.rowcount < STEP:
                    break
    TrackRecent.objects.filter(seen_at__lt=at - KEPT).exclude(sealed=b"").update(sealed=b"")
    return dropped
