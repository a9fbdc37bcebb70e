"""Keeping (留底): what became of every row, which entries an import wrote, and how far it has come."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from tongpin.base.clock import now
from tongpin.core.intake.models import Batch, Row
from tongpin.core.ledger.copying import copied, copying
from tongpin.core.people.erased import erased_list, parts_of, tells_of_erased
from tongpin.core.team.keys import keyring

NAMES = {
    Row.Outcome.NEW: "new",
    Row.Outcome.KNOWN: "known",
    Row.Outcome.CHANGED: "changed",
    Row.Outcome.WAITING: "waiting",
    Row.Outcome.REJECTED: "rejected",
}
_LOOKED_AT_AGAIN = (Row.Outcome.REJECTED, Row.Outcome.WAITING)


class Kept(NamedTuple):
    """One row: what it became and why. `cells` are kept, sealed, only where a human must look again."""

    row: int
    outcome: Row.Outcome
    reason: str = ""
    column: str = ""
    person: int | None = None
    order: str = ""
    cells: Sequence[object] = ()


class Counted(NamedTuple):
    """What came new beside the rows."""

    people: int = 0
    orders: int = 0
    messages: int = 0


def keep_rows(rows: Sequence[Kept], batch: Batch, *, scopes: Sequence[str] = ()) -> None:
    """Writes what every row became. `scopes` are the kinds of identity, with their namespace, that only the file's own
    accounts have («shop_account/shop:3»)."""
    ring, has_erased = keyring(), bool(erased_list())
    start = f"{batch.pk}\t"
    lines = []
    for row, outcome, reason, column, person, order, cells in rows:
        sealed = "\\N"
        if outcome in _LOOKED_AT_AGAIN and cells and not (has_erased and _holds_erased(cells, scopes)):
            sealed = "\\\\x" + ring.encrypt(_cells_text(cells), context="import_row").hex()
        who = "\\N" if person is None else person
        lines.append(
            f"{start}{row}\t{int(outcome)}\t{reason[:40]}\t{_plain(column[:80])}\t{who}\t{_plain(order[:120])}\t{sealed}\n"
        )
    with (
        connection.cursor() as cursor,
        copying(
            cursor,
            'copy import_row (batch_id, row, outcome, reason, "column", person_id, order_number, cells_sealed) from stdin',
        ) as out,
    ):
        out.write("".join(lines))


def _plain(text: str) -> str:
    return text if text.isalnum() else copied(text.replace("\0", ""))


def _cells_text(cells: Sequence[object]) -> str:
    return msgspec.json.encode(cells, enc_hook=str).decode()


def _holds_erased(cells: Sequence[object], scopes: Sequence[str]) -> bool:
    """Whether a cell is a sign of somebody who was erased, or holds one: their row is not handed back."""
    whole = [str(cell).strip() for cell in cells if cell is not None]
    # A line of a chat is one cell: its head «2026-11-20 10:00:00 小美(10001)» holds a name and an account.
    return tells_of_erased([*whole, *(parts_of(whole[0]) if len(whole) == 1 else ())], scopes=scopes)


def keep_blocks(blocks: Sequence[tuple[int, int]], batch: Batch) -> None:
    """Which entries the batch wrote."""
    if blocks:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into import_block (batch_id, lo, hi) select %s, lo, hi from unnest(%s::bigint[], %s::bigint[]) t(lo, hi)",
                [batch.pk, [lo for lo, _ in blocks], [hi for _, hi in blocks]],
            )


def count_in(counts: dict[str, Any], rows: Iterable[Kept], more: Counted) -> None:
    """Adds rows and what came new with them to the counts of a file."""
    reasons = counts.setdefault("reasons", {})
    for row in rows:
        name = NAMES[row.outcome]
        counts[name] = counts.get(name, 0) + 1
        counts["rows"] = counts.get("rows", 0) + 1
        if row.reason:
            reasons[row.reason] = reasons.get(row.reason, 0) + 1
    for name, number in more._asdict().items():
        counts[name] = counts.get(name, 0) + number


def move_checkpoint(batch: Batch, *, row: int, progress: float, rows: Sequence[Kept], more: Counted) -> dict[str, Any]:
    """The batch's counts and place, in the transaction that earned them. The caller keeps them once it has committed."""
    counts: dict[str, Any] = copy.deepcopy(batch.counts)
    count_in(counts, rows, more)
    Batch.objects.filter(pk=batch.pk).update(checkpoint=row, progress=progress, counts=counts, beat_at=now())
    return counts
