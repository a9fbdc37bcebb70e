"""Running an import: the file is read and planned here, chunk by chunk, while another thread writes the one before.

It can be cancelled between chunks and goes on behind its checkpoint after any crash. Nobody is written to: what comes in
is history, and reactions do not see history.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.channels.sheet.chats.iteration import iterate as iterate_chat
from tongpin.channels.sheet.chats.values import Refused
from tongpin.channels.sheet.iterating import iterate as iterate_table
from tongpin.channels.sheet.reading import Progress
from tongpin.channels.sheet.refusal import Unreadable
from tongpin.channels.sheet.rows import BadRow
from tongpin.core.facts.imports import ImportFinished
from tongpin.core.intake.conversing import Conversations, place_window
from tongpin.core.intake.models import Batch
from tongpin.core.intake.placing import Chunk, Placed, Refusal, Shelf, place_chunk
from tongpin.core.intake.planning import LATE, Planner
from tongpin.core.intake.recognising import chat_found, chat_mapping, table_found
from tongpin.core.intake.uploads import discard, path_of
from tongpin.core.ledger.actions import record

log = logging.getLogger(__name__)

Told = Callable[[Batch, float], None]

PIECE = 1 << 20


class Taken(Exception):
    """Another process runs this import."""


@contextmanager
def only_runner(batch_id: int) -> Iterator[None]:
    """Nobody else works on this import meanwhile, in whatever process. Raises Taken."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(7200000, %s)", [batch_id % 2_000_000_000])
        if not cursor.fetchone()[0]:
            raise Taken
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(7200000, %s)", [batch_id % 2_000_000_000])


def run_batch(batch: Batch, *, told: Told = lambda batch, progress: None) -> Batch:
    """Runs or resumes an import to its end. Raises Taken where another process has it in hand.

    A file that cannot be read to its end fails with a reason; what was placed before stays and can be taken back.
    """
    with only_runner(batch.pk):
        batch.refresh_from_db()
        if batch.state not in (Batch.State.QUEUED, Batch.State.RUNNING):
            return batch
        batch.state = Batch.State.RUNNING
        batch.started_at = batch.started_at or now()
        batch.save(update_fields=["state", "started_at"])
        try:
            if batch.checkpoint == 0:
                _see_whole(batch)
            cancelled = _run_chat(batch, told) if batch.kind == "messages" else _run_table(batch, told)
        except (Unreadable, Refused) as refusal:
            return _end(batch, Batch.State.FAILED, problem=refusal.reason)
        except OverflowError:
            return _end(batch, Batch.State.FAILED, problem="too_many_rows")
        except FileNotFoundError:
            return _end(batch, Batch.State.FAILED, problem="file_gone")
        return _end(batch, Batch.State.CANCELLED if cancelled else Batch.State.DONE)


def _see_whole(batch: Batch) -> None:
    """Unpacks a packed file once to its end, so that nothing is placed of one that breaks off. Raises Unreadable."""
    opened = chat_found(batch)[0] if batch.kind == "messages" else table_found(batch).opened.at(path_of(batch))
    if opened.packing and not opened.is_workbook:
        with opened.source() as source:
            while source.read(PIECE):
                pass


def _wants_cancel(batch: Batch) -> bool:
    return bool(Batch.objects.filter(pk=batch.pk, wants_cancel=True).exists())


class _Writer:
    """Writes chunks one after the other beside the reading thread; in a test's transaction, in the same thread."""

    def __init__(self) -> None:
        self.pool = None if connection.in_atomic_block else ThreadPoolExecutor(1, "placing")
        self.pending: Future[Placed] | None = None

    def write(self, work: Callable[[], Placed]) -> None:
        """Starts writing; waits for the chunk before. Raises what went wrong with that one."""
        self.wait()
        if self.pool is None:
            work()
            return
        self.pending = self.pool.submit(work)

    def wait(self) -> None:
        pending, self.pending = self.pending, None
        if pending is not None:
            pending.result()

    def close(self) -> None:
        if self.pool is not None:
            # Not connection.close itself: that would be looked up here, and close the connection of this thread.
            self.pool.submit(lambda: connection.close())
            self.pool.shutdown()


def _run_table(batch: Batch, told: Told) -> bool:
    found = table_found(batch)
    shop = batch.shop_id
    planner = Planner(shop=shop or 0, provider=found.platform or batch.layout, now=batch.uploaded_at)
    latest = batch.uploaded_at + LATE
    reader = iterate_table(path_of(batch), found, zone=ZoneInfo(settings.ZONE), latest=latest)
    writer = _Writer()
    begin = batch.checkpoint
    chunk, shelf = Chunk(), Shelf()
    try:
        for row in reader:
            item: Any = (
                Refusal(row.row, row.reason, row.column, row.text, row.cells)
                if isinstance(row, BadRow)
                else planner.plan(row)
            )
            if item.row <= begin:
                continue
            chunk.add(item)
            if chunk.is_full:
                done = _share(reader.progress)
                writer.write(_work(chunk, batch, shop, done, shelf))
                told(batch, done)
                chunk = Chunk()
                if _wants_cancel(batch):
                    return True
        if chunk.plans or chunk.refused:
            writer.write(_work(chunk, batch, shop, 1.0, shelf))
        writer.wait()
        told(batch, 1.0)
        return False
    finally:
        try:
            writer.wait()
        finally:
            writer.close()


def _work(chunk: Chunk, batch: Batch, shop: int | None, done: float, shelf: Shelf) -> Callable[[], Placed]:
    return lambda: place_chunk(chunk, batch=batch, shop=shop, progress=done, shelf=shelf)


def _share(progress: Progress) -> float:
    return min(progress.bytes_done / max(progress.bytes_total, 1), 0.999)


def _run_chat(batch: Batch, told: Told) -> bool:
    opened, found = chat_found(batch)
    items = iterate_chat(opened, found, zone=ZoneInfo(settings.ZONE), mapping=chat_mapping(batch))
    for window in Conversations(batch).windows(items):
        done = 1 - 1 / (1 + (batch.checkpoint + window.rows) / 5000)
        place_window(window, batch=batch, progress=done)
        told(batch, done)
        if _wants_cancel(batch):
            return True
    return False


def _end(batch: Batch, state: Batch.State, *, problem: str = "") -> Batch:
    """The last transaction: the state, the fact with the counts; then the file goes."""
    moment = now()
    with transaction.atomic():
        batch.state = state
        batch.problem = problem
        batch.finished_at = moment
        batch.progress = 1.0 if state == Batch.State.DONE else batch.progress
        batch.save(update_fields=["state", "problem", "finished_at", "progress", "checkpoint", "counts"])
        if state == Batch.State.DONE:
            names = ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages")
            counts = {name: int(batch.counts.get(name, 0)) for name in names}
            record(
                ImportFinished(batch=batch.pk, kind_of_file=batch.kind, **counts),
                at=moment,
                place_id=batch.shop_id,
                actor=batch.by,
            )
    if state != Batch.State.FAILED:
        discard(batch)
    return batch
