"""What tests of imports share: made-up files, bringing them in, and looks at what became of them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.apps import apps
from django.db import connection

from tests.core.people.cast import read_all
from tongpin.core.intake.actions import describe, start
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.previewing import dry_run
from tongpin.core.intake.running import run_batch
from tongpin.core.intake.uploads import receive
from tongpin.core.people.models import Purchase

NAMES = {0: "new", 1: "known", 2: "changed", 3: "waiting", 4: "rejected"}
RAW = ("entry", "entry_key", "entry_person", "entry_withdrawn", "fresh", "feed", "reader")


def table(*rows: Sequence[object], encoding: str = "utf-8") -> bytes:
    """A CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def book(*rows: Sequence[object], folder: Path) -> bytes:
    """A workbook as a spreadsheet program saves it: numbers as numbers, moments as moments."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False}) as made:
        moment = made.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        sheet = made.add_worksheet()
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(r, c, cell, moment)
                elif cell is not None:
                    sheet.write(r, c, cell)
    return path.read_bytes()


def resaved(content: bytes, *, folder: Path) -> bytes:
    """The CSV opened in a spreadsheet program and saved as a workbook: what looks like a number or a moment became one."""

    def cell(text: str) -> object:
        for read in (float, lambda value: datetime.strptime(value, "%Y-%m-%d %H:%M:%S")):
            try:
                return read(text)
            except ValueError:
                pass
        return text or None

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return book(rows[0], *([cell(one) for one in row] for row in rows[1:]), folder=folder)


def lines(*objects: object) -> bytes:
    """A JSONL."""
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects).encode()


def uploaded(content: bytes, *, at: datetime, name: str = "a.csv", **more: Any) -> Batch:
    """A file that was received and recognised, ready to be started."""
    batch = receive(pieces=[content], file_name=name, by="staff:1", at=at)
    verdict = describe(batch=batch, at=at, **more)
    assert (verdict.importable, verdict.needs) == (True, ()), verdict
    return batch


def bring(content: bytes, *, at: datetime, name: str = "a.csv", **more: Any) -> Batch:
    """A file that went through."""
    return run_batch(start(batch=uploaded(content, at=at, name=name, **more), actor="staff:1", at=at))


def foreseen(content: bytes, *, at: datetime, name: str = "a.csv", **more: Any) -> dict[str, int]:
    """What a dry run says."""
    return told(dry_run(uploaded(content, at=at, name=name, **more), at=at))


def told(counts: dict[str, Any]) -> dict[str, int]:
    """The counts of a batch that are not nothing, without reasons."""
    return {name: number for name, number in counts.items() if name != "reasons" and number}


def outcomes(batch: Batch) -> list[str]:
    """What every row became, in file order, with its reason."""
    rows = Row.objects.filter(batch=batch).order_by("row")
    return [f"{NAMES[row.outcome]} {row.reason}".strip() for row in rows]


def facts(*, withdrawn: bool = False) -> Counter[str]:
    """Facts in force by kind, without those of the house."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind from entry e where kind not like 'import.%%' and kind not in ('place.opened', 'fact.withdrawn')"
            " and exists (select from entry_withdrawn w where w.seq = e.seq) = %s",
            [withdrawn],
        )
        return Counter(kind for (kind,) in cursor.fetchall())


def bodies(kind: str) -> list[dict[str, Any]]:
    """What the facts of a kind in force say, in the order of writing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select body::text from entry e where kind = %s"
            " and not exists (select from entry_withdrawn w where w.seq = e.seq) order by seq",
            [kind],
        )
        return [json.loads(body) for (body,) in cursor.fetchall()]


def bought() -> dict[str, tuple[Any, ...]]:
    """Orders as folded: (has a buyer, paid, cancelled, lines, lines' fen, paid fen, refunded fen)."""
    read_all()
    return {
        one.order: (
            one.person_id is not None,
            one.paid_at is not None,
            one.cancelled_at is not None,
            one.items,
            one.items_fen,
            one.paid_fen,
            one.refunded_fen,
        )
        for one in Purchase.objects.order_by("order")
    }


def all_rows() -> dict[str, int]:
    """How many rows every table of the database holds."""
    tables = {model._meta.db_table for model in apps.get_models()} | set(RAW)
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(tables):
            cursor.execute(f"select count(*) from {name}")
            found[name] = int(cursor.fetchone()[0])
    return found


def after(number: int, work: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """The same work, which breaks after so many times."""
    left = iter(range(number))

    def broken(*arguments: Any, **named: Any) -> Any:
        if next(left, None) is None:
            raise error
        return work(*arguments, **named)

    return broken


def column(rows: Iterable[Sequence[object]], at: int) -> list[object]:
    """One column."""
    return [row[at] for row in rows]
