"""What would become of a file (预览): its first rows one by one, all of it in numbers, the button that starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.channels.sheet.chats.values import Refused
from tongpin.channels.sheet.meaning import Meaning
from tongpin.channels.sheet.refusal import Unreadable
from tongpin.core.intake.actions import NotReady
from tongpin.core.intake.jobs import queue_import
from tongpin.core.intake.models import Batch
from tongpin.core.intake.previewing import Seen, dry_run, preview
from tongpin.core.intake.queries import OPEN
from tongpin.core.intake.recognising import table_found
from tongpin.web.console.import_parts import batch_or_404, file_facts, masked_cell, stages
from tongpin.web.console.import_words import OUTCOMES, PORTIONS, row_chip
from tongpin.web.console.reasons import refusal_words, row_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Portion
from tongpin.web.look.toast import say

T = TypeVar("T")

SHOWN = 60
COUNTED_AT_ONCE = 1_500_000
"""Bytes of a file that are counted while one looks; a larger one is counted when somebody asks."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a preview in words. `wrong` is the cell at fault."""

    row: int
    word: str
    chip: str
    order: str
    who: str
    why: str
    wrong: str
    what: str
    amount_fen: int | None
    at: datetime | None


def _ready(request: StaffRequest, batch_id: int) -> tuple[Batch, HttpResponse | None]:
    batch = batch_or_404(request, batch_id)
    if batch.state not in OPEN:
        return batch, redirect("console:import", batch_id=batch.pk)
    if batch.state != Batch.State.READY:
        return batch, redirect("console:import_columns", batch_id=batch.pk)
    return batch, None


def _lines(batch: Batch) -> list[Line]:
    meanings: dict[str, Meaning] = {}
    if "table" in batch.recognised:
        meanings = {column.title: column.meaning for column in table_found(batch).columns}
    return [_line(one, meanings, is_chat=batch.kind == "messages") for one in preview(batch, limit=SHOWN)]


def _line(one: Seen, meanings: dict[str, Meaning], *, is_chat: bool) -> Line:
    word, chip = _outcome(one, is_chat=is_chat)
    wrong = masked_cell(one.text, meanings.get(one.column, Meaning.IGNORE)) if one.text else ""
    why = row_words(one.reason)
    if one.outcome == "rejected" and one.column:
        why = _("%(column)s: %(reason)s") % {"column": one.column, "reason": why}
    elif not why and not is_chat:
        why = _why(one)
    return Line(one.row, word, chip, one.order, one.who, why, wrong[:40], one.what, one.amount_fen, one.at)


def _outcome(one: Seen, *, is_chat: bool) -> tuple[str, str]:
    """The chip of a row: what it becomes and, where it is new, whether its person is known."""
    if one.outcome != "new" or is_chat:
        return row_chip(one.outcome)
    if one.person_id is not None:
        return _("known person"), "good"
    if one.reason == "nobody":
        return _("nobody's"), "out"
    return _("new person"), "gather"


def _why(one: Seen) -> str:
    if one.outcome == "known":
        return _("was imported before, passed over")
    if one.outcome == "changed":
        return _("known order, something was added")
    if one.person_id is not None:
        return _("same phone or account as somebody known")
    return _("no such phone or account yet")


@needs("import.run")
@require_safe
def import_preview(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The first rows with what they would become. Reads only."""
    batch, elsewhere = _ready(request, batch_id)
    if elsewhere:
        return elsewhere
    lines, problem = _or_problem(lambda: _lines(batch))
    context = {
        "batch": batch,
        "file": file_facts(batch),
        "stages": stages("preview", batch),
        "lines": lines or [],
        "problem": problem,
        "is_chat": batch.kind == "messages",
        "counts_at_once": batch.size <= COUNTED_AT_ONCE,
        "shown": SHOWN,
    }
    return render(request, "console/imports/preview.html", context)


def _or_problem(work: Callable[[], T]) -> tuple[T | None, tuple[str, str] | None]:
    """What the work gives, or why the file cannot be read to where it is needed."""
    try:
        return work(), None
    except (Unreadable, Refused) as refusal:
        return None, refusal_words(refusal.reason)
    except FileNotFoundError:
        return None, refusal_words("file_gone")


@needs("import.run")
@require_safe
def import_counts(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The whole file in numbers, as an import would leave it. Reads only; takes a moment for large files."""
    batch, elsewhere = _ready(request, batch_id)
    if elsewhere:
        return elsewhere
    counts, problem = _or_problem(lambda: dry_run(batch, at=present()))
    context: dict[str, object] = {"batch": batch, "problem": problem}
    if counts:
        portions = [Portion(str(OUTCOMES[n][0]), int(counts.get(n, 0)), kind) for n, kind in PORTIONS.items()]
        reasons = sorted(counts["reasons"].items(), key=lambda pair: -pair[1])
        context |= {
            "counts": counts,
            "portions": [one for one in portions if one.count],
            "reasons": [(row_words(code), number) for code, number in reasons[:6]],
            "comes_in": counts["rows"] - int(counts.get("rejected", 0)) - int(counts.get("known", 0)),
        }
    if request.headers.get("HX-Request"):
        return render(request, "console/imports/counts.html", {**context, "fragment": True})
    context |= {"file": file_facts(batch), "stages": stages("preview", batch)}
    return render(request, "console/imports/counts_page.html", context)


@needs("import.run")
@require_POST
def import_start(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Puts the import in line for the worker."""
    batch, elsewhere = _ready(request, batch_id)
    if elsewhere:
        return elsewhere
    try:
        queue_import(batch=batch, actor=request.actor, at=present())
    except NotReady:
        say(request, _("Something still has to be said about this file."), kind="bad")
        return redirect("console:import_columns", batch_id=batch.pk)
    return redirect("console:import", batch_id=batch.pk)
