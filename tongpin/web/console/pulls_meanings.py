"""Trying a source once (试拉): what was found or what is wrong; for an interface, what its fields mean."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.intake.fetching import BadSettings, Failed, Sample
from tongpin.core.intake.meanings import BadMapping
from tongpin.core.intake.sources import SourceSeen, change_source, try_source
from tongpin.web.console.hooks_fields import become_seen, fields_seen, said
from tongpin.web.console.hooks_words import mapping_fault, meaning_choices
from tongpin.web.console.import_words import kind_word, platform_word
from tongpin.web.console.pulls_list import line_of, source_or_404
from tongpin.web.console.pulls_words import SETTINGS_FAULTS, problem_words
from tongpin.web.console.reasons import NEEDS, refusal_words
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

SAMPLE = "pull_sample"
LONGEST = 200
"""Characters of a value that go along from page to page, sealed."""


def _fields(request: StaffRequest) -> dict[str, str]:
    """The sample that was fetched before; none where somebody made it up."""
    opened = unseal(request.POST.get("sample", ""), purpose=SAMPLE)
    return msgspec.json.decode(opened, type=dict[str, str]) if opened else {}


def _table_words(sample: Sample) -> dict[str, object]:
    """What a table was taken for, and what it still needs."""
    kind, layout = sample.fields.get("kind", ""), sample.fields.get("layout", "").partition(".")[0]
    needs = [str(NEEDS[one]) if one in NEEDS else " ".join(refusal_words(one)) for one in _needs(sample)]
    return {"kind": kind_word(kind), "platform": platform_word(layout) if layout else "", "needs": needs}


def _needs(sample: Sample) -> list[str]:
    return [one for one in sample.fields.get("needs", "").split(",") if one]


def _meanings_page(
    request: StaffRequest,
    seen: SourceSeen,
    fields: dict[str, str],
    chosen: dict[str, str] | None,
    *,
    wrong: str = "",
    more: dict[str, object] | None = None,
) -> HttpResponse:
    rows = fields_seen(fields, chosen=chosen, kind="order")
    meant = {row.path: row.chosen for row in rows if row.chosen}
    become = None
    if fields and meant:
        become = become_seen(
            fields, meant, via=f"pull:{seen.id}", shop_id=seen.shop_id, event=seen.event or seen.name, at=present()
        )
    context: dict[str, object] = {
        "source": seen,
        "line": line_of(seen),
        "rows": rows,
        "choices": meaning_choices(),
        "become": become,
        "wrong": wrong,
        "sealed": seal(msgspec.json.encode(fields).decode(), purpose=SAMPLE) if fields else "",
    } | (more or {})
    part = request.headers.get("HX-Request")
    template = "console/settings/pull_meanings_part.html" if part else "console/settings/pull_try.html"
    return render(request, template, context, status=422 if wrong and not part else 200)


@needs("hooks.manage")
@require_http_methods(["POST"])
def pull_try(request: StaffRequest, source_id: int) -> HttpResponse:
    """Fetches once and keeps nothing: says what it found, or what is wrong."""
    seen = source_or_404(source_id)
    try:
        sample = try_source(source_id=seen.id, at=present())
    except Failed as failed:
        context = {"source": seen, "line": line_of(seen), "problem": problem_words(failed.problem)}
        return render(request, "console/settings/pull_try.html", context, status=422)
    if seen.kind != "json_pages":
        context = {"source": seen, "line": line_of(seen), "found": sample, "table": _table_words(sample)}
        return render(request, "console/settings/pull_try.html", context)
    fields = {path: value[:LONGEST] for path, value in sample.fields.items()}
    return _meanings_page(request, seen, fields, seen.mapping or None, more={"found": sample})


@needs("hooks.manage")
@require_http_methods(["POST"])
def pull_meanings(request: StaffRequest, source_id: int) -> HttpResponse:
    """Keeps what the fields mean, or only looks what would become."""
    seen = source_or_404(source_id)
    mapping, fields = said(request.POST), _fields(request)
    if request.POST.get("go") != "save" or request.headers.get("HX-Request"):
        return _meanings_page(request, seen, fields, mapping)
    try:
        change_source(source_id=seen.id, settings={"mapping": mapping}, actor=request.actor, at=present())
    except BadMapping as wrong:
        return _meanings_page(request, seen, fields, mapping, wrong=mapping_fault(wrong.fault, wrong.meaning))
    except BadSettings as wrong:
        return _meanings_page(request, seen, fields, mapping, wrong=str(SETTINGS_FAULTS[wrong.fault]))
    if seen.state == "new":
        say(request, _("Kept. Now it can be started."))
    else:
        say(request, _("Kept. The next round reads everything by these meanings; nothing is doubled."))
    return redirect("console:pull", source_id=seen.id)
