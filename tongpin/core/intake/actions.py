"""What a person does with an import: upload, name, start, cancel, take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.core.facts.imports import ImportTakenBack
from tongpin.core.intake.models import Batch
from tongpin.core.intake.recognising import (
    SHOPLESS,
    Verdict,
    recognise,
    remember_mapping,
    shop_of,
    shops_told,
    table_found,
)
from tongpin.core.intake.undoing import remove_what_was_told
from tongpin.core.intake.uploads import discard
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.withdrawing import withdraw_blocks
from tongpin.core.places.models import Community

TAKE_BACK_DAYS = 7


class NotReady(ValueError):
    """The import still needs something said; the text says what."""


class TooLate(ValueError):
    """An import can be taken back for seven days."""


class NotNow(ValueError):
    """The import is not in a state for this."""


def describe(
    *,
    batch: Batch,
    at: datetime,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    date_order: str = "",
    header_row: int | None = None,
    shop_name: str = "",
    place_name: str = "",
    community: Community | None = None,
    consent_basis: str = "",
) -> Verdict:
    """Says of an uploaded file what the user knows, and recognises it anew with that. `header_row` counts from 1, 0 means
    that there is none."""
    if batch.state not in (Batch.State.UPLOADED, Batch.State.READY):
        raise NotNow("this import has already begun")
    batch.shop_name, batch.place_name = shop_name.strip()[:120], place_name.strip()[:120]
    batch.community, batch.consent_basis = community, consent_basis
    batch.save(update_fields=["shop_name", "place_name", "community", "consent_basis"])
    return recognise(batch, kind=kind, mapping=mapping, date_order=date_order, header_row=header_row, at=at)


@transaction.atomic
def start(*, batch: Batch, actor: str, at: datetime) -> Batch:
    """Queues an import. The worker takes it, or the command line runs it at once."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != Batch.State.READY:
        raise NotReady(batch.problem or "say first what the file is")
    if batch.kind != "messages":
        # Sample cells may hold phones and names; they served to recognise the columns and are not kept any longer.
        table = msgspec.to_builtins(table_found(batch).without_samples())
        batch.recognised = {"table": table, "shops": shops_told(batch)}
        remember_mapping(batch, at=at)
        if batch.kind not in SHOPLESS:
            batch.shop = shop_of(batch, at=at)
    batch.state, batch.by, batch.wants_cancel = Batch.State.QUEUED, actor, False
    batch.save(update_fields=["state", "by", "shop", "wants_cancel", "recognised"])
    return batch


@transaction.atomic
def cancel(*, batch: Batch, actor: str, at: datetime) -> Batch:
    """Stops an import between two chunks. What was placed stays, and can be taken back."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state in (Batch.State.UPLOADED, Batch.State.READY, Batch.State.QUEUED):
        batch.state, batch.finished_at = Batch.State.CANCELLED, at
        batch.save(update_fields=["state", "finished_at"])
        discard(batch)
    elif batch.state == Batch.State.RUNNING:
        batch.wants_cancel = True
        batch.save(update_fields=["wants_cancel"])
    else:
        raise NotNow("this import has already ended")
    return batch


def stop_here(*, batch: Batch, at: datetime, problem: str) -> Batch:
    """Ends an import whose run has just broken off in this process: cancelled, or failed with a problem. What was placed
    stays, and can be taken back."""
    state = Batch.State.FAILED if problem else Batch.State.CANCELLED
    running = Batch.objects.filter(pk=batch.pk, state__in=(Batch.State.QUEUED, Batch.State.RUNNING))
    running.update(state=state, problem=problem, finished_at=at)
    batch.refresh_from_db()
    if not problem:
        discard(batch)
    return batch


@transaction.atomic
def begin_take_back(*, batch: Batch, at: datetime) -> Batch:
    """Marks an import as being taken back, so that nothing else is done with it; `take_back` does the work.

    What was begun may be finished later. Raises TooLate after seven days, NotNow for what is still running.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == Batch.State.TAKING_BACK:
        return batch
    if batch.state not in (Batch.State.DONE, Batch.State.CANCELLED, Batch.State.FAILED):
        raise NotNow("only an import that has ended can be taken back")
    if batch.finished_at is None or at - batch.finished_at > timedelta(days=TAKE_BACK_DAYS):
        raise TooLate("an import can be taken back for seven days")
    batch.state, batch.beat_at = Batch.State.TAKING_BACK, at
    batch.save(update_fields=["state", "beat_at"])
    return batch


def take_back(*, batch: Batch, actor: str, at: datetime) -> int:
    """Withdraws all facts of an import; returns how many. People who are known from it alone go with it.

    In steps of 5,000 facts; done again after a crash it goes on. Importing the file again brings all of it back.
    Raises TooLate after seven days, NotNow for what is still running.
    """
    batch = begin_take_back(batch=batch, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select lo, hi from import_block where batch_id = %s order by lo", [batch.pk])
        blocks = [(int(lo), int(hi)) for lo, hi in cursor.fetchall()]
    for part in _parts(blocks):
        withdraw_blocks(blocks=part, actor=actor, source=f"import:{batch.pk}", at=now())
        Batch.objects.filter(pk=batch.pk).update(beat_at=now())
    remove_what_was_told(batch, actor=actor, at=at)
    with transaction.atomic():
        facts = _withdrawn(batch)
        batch.state, batch.taken_back_at = Batch.State.TAKEN_BACK, at
        batch.save(update_fields=["state", "taken_back_at"])
        record(ImportTakenBack(batch=batch.pk, facts=facts), at=at, place_id=batch.shop_id, actor=actor)
    return facts


def _withdrawn(batch: Batch) -> int:
    """How many facts of the import no longer count, whichever run of taking it back withdrew them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from import_block b join entry_withdrawn w on w.seq between b.lo and b.hi"
            " where b.batch_id = %s",
            [batch.pk],
        )
        return int(cursor.fetchone()[0])


def _parts(blocks: list[tuple[int, int]], *, size: int = 5000) -> list[list[tuple[int, int]]]:
    """Blocks cut and gathered so that each part holds at most `size` entries."""
    parts: list[list[tuple[int, int]]] = [[]]
    held = 0
    for lo, hi in blocks:
        while lo <= hi:
            upto = min(hi, lo + size - held - 1)
            parts[-1].append((lo, upto))
            held += upto - lo + 1
            lo = upto + 1
            if held >= size:
                parts.append([])
                held = 0
    return [part for part in parts if part]
