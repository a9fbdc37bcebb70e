"""One import from its start on: how far it is, what every row became, the rejected rows as a file, taking it back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.channels.sheet.meaning import Meaning
from tongpin.core.intake.actions import NotNow, TooLate
from tongpin.core.intake.handing_back import hand_back
from tongpin.core.intake.jobs import KEPT, cancel_import, named, take_import_back
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import OPEN, BatchSeen, RowSeen, reach_of, rows_of, seen
from tongpin.core.intake.recognising import table_found
from tongpin.core.people.queries import display_names
from tongpin.core.team.trail import audit
from tongpin.web.console.import_parts import batch_or_404, file_facts, masked_cell, stages, way, who_did
from tongpin.web.console.import_words import OUTCOMES, PORTIONS, STATES, kind_word, row_chip
from tongpin.web.console.reasons import refusal_words, row_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip, Portion
from tongpin.web.look.tickets import issue
from tongpin.web.look.toast import say

LEFT_AFTER = 0.02
"""Below this share nothing is said about the time left: it would be a guess."""

SURE_ABOVE = 100
"""Taking more people than this out asks for their number to be typed."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a row became, in words. `wrong` is the cell at fault, as everybody may see it."""

    row: RowSeen
    who: str
    word: str
    chip: str
    why: str
    wrong: str
    href: str


@needs("import.see")
@require_safe
def import_page(request: StaffRequest, batch_id: int) -> HttpResponse:
    """One import: its progress while it runs, then its result. `outcome` filters, `after` pages by key."""
    batch = batch_or_404(request, batch_id)
    if batch.state in OPEN:
        if request.staff.scope("import.run"):
            return redirect("console:import_columns", batch_id=batch.pk)
        return redirect("console:imports")
    one = seen(batch)
    if one.is_at_work:
        return render(request, "console/imports/progress_page.html", _progress(request, batch, one))
    return render(request, "console/imports/result.html", _result(request, batch, one))


def _progress(request: StaffRequest, batch: Batch, one: BatchSeen) -> dict[str, object]:
    left = None
    if one.state == "running" and one.started_at and one.progress > LEFT_AFTER and batch.kind != "messages":
        spent = (present() - one.started_at).total_seconds()
        left = timedelta(seconds=spent * (1 - one.progress) / one.progress)
    ticket = issue(stream=f"imports:{batch.pk}", staff_id=request.staff.id)
    return {
        "batch": one,
        "file": file_facts(batch),
        "stages": stages("run", one),
        "live": f"{settings.LIVE_URL.rstrip('/')}/live/?ticket={quote(ticket)}",
        "percent": round(100 * one.progress),
        "minutes_left": None if left is None else max(1, round(left.total_seconds() / 60)),
        "seconds_left": None if left is None or left > timedelta(minutes=1) else max(1, round(left.total_seconds())),
        "portions": _portions(one),
        "may_run": bool(request.staff.scope("import.run")),
    }


@needs("import.see")
@require_safe
def import_progress(request: StaffRequest, batch_id: int) -> HttpResponse:
    """How far it is, alone; once it has ended the whole page is asked for."""
    batch = batch_or_404(request, batch_id)
    one = seen(batch)
    if not one.is_at_work:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("console:import", args=[batch.pk])
        return answer
    return render(request, "console/imports/progress.html", _progress(request, batch, one))


@needs("import.run")
@require_POST
def import_cancel(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Stops an import, or drops a file that was not started."""
    batch = batch_or_404(request, batch_id)
    try:
        batch = cancel_import(batch=batch, actor=request.actor, at=present())
    except NotNow:
        say(request, _("It had ended already."), kind="bad")
    else:
        if batch.state == Batch.State.CANCELLED and not batch.started_at:
            say(request, _("%(name)s was dropped. Nothing of it was kept.") % {"name": batch.file_name})
            return redirect("console:imports")
        say(request, _("It stops in a moment. What was placed stays and can be taken back."))
    return redirect("console:import", batch_id=batch.pk)


def _portions(one: BatchSeen) -> list[Portion]:
    parts = [Portion(str(OUTCOMES[name][0]), getattr(one, name), kind) for name, kind in PORTIONS.items()]
    return [part for part in parts if part.count]


def _result(request: StaffRequest, batch: Batch, one: BatchSeen) -> dict[str, object]:
    now = present()
    address = reverse("console:import", args=[batch.pk])
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    after = request.GET.get("after", "")
    may_run = bool(request.staff.scope("import.run"))
    kept = one.finished_at is not None and now - one.finished_at < KEPT and one.state != "taken_back"
    page = rows_of(
        batch_id=batch.pk, outcome=outcome, after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        open_cells=may_run,
    ) if kept else None  # fmt: skip
    until = one.take_back_until
    may_take_back = until is not None and until > now and bool(request.staff.scope("import.take_back"))
    chips = [FilterChip(_("All"), address, one.rows, chosen=not outcome)]
    chips += [
        FilterChip(str(word), f"{address}?outcome={name}", getattr(one, name), chosen=outcome == name, kind=kind)
        for name, (word, kind) in OUTCOMES.items()
        if getattr(one, name) or outcome == name
    ]
    reasons = sorted(one.reasons.items(), key=lambda pair: -pair[1])
    following = page and page.after and f"{address}?{urlencode({'outcome': outcome, 'after': page.after})}"
    return {
        "batch": one,
        "file": file_facts(batch),
        "kind": kind_word(one.kind),
        "state": STATES[one.state],
        "stages": stages("run", one),
        "problem": refusal_words(one.problem) if one.problem else None,
        "portions": _portions(one),
        "chips": chips,
        "lines": _lines(batch, page.lines) if page else [],
        "kept": kept,
        "kept_until": one.finished_at + KEPT if one.finished_at else None,
        "following": following or "",
        "first": f"{address}?outcome={outcome}" if after else "",
        "reasons": [(row_words(code), number) for code, number in reasons[:8]],
        "until": until,
        "may_take_back": may_take_back,
        "reach": reach_of(batch_id=batch.pk) if may_take_back else None,
        "sure_above": SURE_ABOVE,
        "may_run": may_run,
        "rejected_as": _rejected_as(request, batch) if kept and one.rejected else "",
        "people_href": _people_of(one),
        "suggestions_href": way("console:suggestions") if one.waiting and one.state != "taken_back" else "",
        "who": who_did(one.by)[one.by],
    }


def _rejected_as(request: StaffRequest, batch: Batch) -> str:
    """By which door this teammate gets the rejected rows: the one of downloads, the one of their own file, or none."""
    if request.staff.scope("download").holds(batch.community_id):
        return "console:import_rejected_download"
    own = batch.by == named(request.actor) and request.staff.scope("import.run").holds(batch.community_id)
    return "console:import_rejected_back" if own else ""


def _people_of(one: BatchSeen) -> str:
    people = way("console:people")
    return (
        f"{people}?{urlencode({'via': f'import:{one.id}'})}"
        if people and one.people and one.state != "taken_back"
        else ""
    )


def _lines(batch: Batch, rows: list[RowSeen]) -> list[Line]:
    columns: dict[str, tuple[int, Meaning]] = {}
    if "table" in batch.recognised:
        columns = {one.title: (one.index, one.meaning) for one in table_found(batch).columns}
    names = display_names(person_ids=sorted({row.person_id for row in rows if row.person_id}))
    lines: list[Line] = []
    for row in rows:
        word, chip = row_chip(row.outcome)
        at, meaning = columns.get(row.column, (-1, Meaning.IGNORE))
        cell = str(row.cells[at]) if 0 <= at < len(row.cells) and row.cells[at] is not None else ""
        why = row_words(row.reason)
        if row.column and row.outcome == "rejected":
            why = _("%(column)s: %(reason)s") % {"column": row.column, "reason": why}
        href = way("console:person", row.person_id) if row.person_id else ""
        who = names.get(row.person_id, "") if row.person_id else ""
        lines.append(Line(row, who, word, chip, why, masked_cell(cell, meaning)[:40], href))
    return lines


@needs("import.see", "download")
@require_safe
def import_rejected_download(request: StaffRequest, batch_id: int, format: str) -> HttpResponse | FileResponse:
    """The rejected rows as a file with a reason column: mend them there and bring the file in again."""
    return _rejected_file(request, batch_or_404(request, batch_id), format)


@needs("import.run")
@require_safe
def import_rejected_back(request: StaffRequest, batch_id: int, format: str) -> HttpResponse | FileResponse:
    """The same for who brought the file in: they had these rows in hand a moment ago. Nobody else's imports."""
    batch = batch_or_404(request, batch_id)
    if batch.by != named(request.actor):
        raise Http404
    return _rejected_file(request, batch, format)


def _rejected_file(request: StaffRequest, batch: Batch, format: str) -> HttpResponse | FileResponse:
    one = seen(batch)
    if format not in {"csv", "xlsx"} or not one.rejected:
        raise Http404
    target = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    number = hand_back(
        batch=batch,
        target=target,
        format="xlsx" if format == "xlsx" else "csv",
        reason_title=_("Reason"),
        chat_titles=(_("row"), _("Line")),
        word=row_words,
    )
    with transaction.atomic():
        audit(
            actor=request.actor,
            action="file.downloaded",
            at=present(),
            subject=("batch", batch.pk),
            community_id=batch.community_id,
            details={"list": "rejected_rows", "rows": number, "format": format},
        )
    target.seek(0)
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", one.file_name)[:80]
    kind = "text/csv" if format == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(
        target, as_attachment=True, filename=f"{stem}-{_('rejected')}.{format}", content_type=f"{kind}; charset=utf-8"
    )


@needs("import.take_back")
@require_http_methods(["GET", "HEAD", "POST"])
def import_take_back(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Asks once more with the numbers, then takes the whole import back."""
    batch = batch_or_404(request, batch_id)
    one, now = seen(batch), present()
    reach = reach_of(batch_id=batch.pk)
    until = one.take_back_until
    if until is None or until <= now:
        say(request, _("This import can no longer be taken back."), kind="bad")
        return redirect("console:import", batch_id=batch.pk)
    sure = reach.people <= SURE_ABOVE or re.sub(r"[\s,，]", "", request.POST.get("repeat", "")) == str(reach.people)
    if request.method != "POST" or not sure:
        context = {
            "batch": one, "reach": reach, "until": until, "wrong": request.method == "POST", "sure_above": SURE_ABOVE,
            "file": file_facts(batch),
        }  # fmt: skip
        return render(
            request, "console/imports/take_back.html", context, status=422 if request.method == "POST" else 200
        )
    try:
        facts = take_import_back(batch=batch, actor=request.actor, at=now)
    except (TooLate, NotNow):
        say(request, _("This import can no longer be taken back."), kind="bad")
        return redirect("console:import", batch_id=batch.pk)
    if facts is None:
        say(request, _("It is being taken back. You may leave this page."))
    else:
        done = ngettext(
            "Taken back: %(count)s fact. Importing the same file again brings it back.",
            "Taken back: %(count)s facts. Importing the same file again brings them back.",
            facts,
        )
        say(request, done % {"count": f"{facts:,}"})
    return redirect("console:import", batch_id=batch.pk)
