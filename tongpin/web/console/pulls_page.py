"""One source: how it goes, its last rounds, its settings; starting, pausing, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.intake.fetching import BadSettings
from tongpin.core.intake.meanings import BadMapping
from tongpin.core.intake.sources import (
    AddressRefused,
    NotReady,
    SourceUnnamed,
    change_source,
    close_source,
    pause_source,
    start_source,
)
from tongpin.core.team.rules import Everything
from tongpin.web.console.hooks_words import mapping_fault, meaning_word
from tongpin.web.console.import_parts import communities_for, way
from tongpin.web.console.pulls_forms import PullSettingsForm, initial_of
from tongpin.web.console.pulls_list import address_wrong, line_of, source_or_404
from tongpin.web.console.pulls_words import SETTINGS_FAULTS, faults_words, problem_words, waiting_import
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

FIELDS = {
    "param": "paging_param",
    "next": "paging_next",
    "more": "paging_more",
    "header": "auth_name",
    "newest_first": "newest_first",
}
"""Which field of the form a fault lies in, where it has another name."""


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """One round in words."""

    at: datetime
    new: int
    known: int
    faults: list[tuple[str, int]]
    bad: int
    problem: str


@needs("hooks.manage")
@require_safe
def pull(request: StaffRequest, source_id: int) -> HttpResponse:
    """One source; a fragment (htmx) is how it goes."""
    seen = source_or_404(source_id)
    waits = waiting_import(seen.problem)
    rounds = [
        RoundSeen(
            one.at,
            one.new,
            one.known,
            faults_words(one.faults),
            sum(one.faults.values()),
            problem_words(one.problem)[0],
        )
        for one in seen.rounds
    ]
    context = {
        "source": seen,
        "line": line_of(seen),
        "rounds": rounds,
        "import_href": way("console:import", waits) if waits else "",
        "meanings": [(path, meaning_word(meaning)) for path, meaning in seen.mapping.items()],
        "is_json": seen.kind == "json_pages",
        "is_paused": seen.state in ("new", "paused"),
        "may_start": seen.kind != "json_pages" or bool(seen.mapping),
        "at": present(),
    }
    part = request.headers.get("HX-Request")
    return render(request, "console/settings/pull_state.html" if part else "console/settings/pull.html", context)


@sensitive_post_parameters("secret")
@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def pull_settings(request: StaffRequest, source_id: int) -> HttpResponse:
    """Where it is, how often, how the pages go on; the token is written anew or left as it is, never shown."""
    seen = source_or_404(source_id)
    communities = communities_for(Everything()) if seen.kind == "csv_url" else []
    form = PullSettingsForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(seen),
        source=seen,
        communities=communities,
    )
    if request.method == "POST" and form.is_valid() and _changed(request, seen.id, form):
        say(request, _("Kept. Try once what comes now."))
        return redirect("console:pull", source_id=seen.id)
    context = {"source": seen, "form": form, "is_json": seen.kind == "json_pages"}
    return render(request, "console/settings/pull_settings.html", context, status=422 if form.is_bound else 200)


def _changed(request: StaffRequest, source_id: int, form: PullSettingsForm) -> bool:
    """Keeps what was given; False puts what is wrong beside the field."""
    given = form.cleaned_data
    try:
        change_source(
            source_id=source_id,
            name=given["name"],
            address=given["address"],
            secret=given["secret"] or ("" if given.get("forget") else None),
            settings=form.settings(),
            every_minutes=given["every"],
            event=given.get("event"),
            shop_id=int(given["place"]) if given.get("place") else None,
            actor=request.actor,
            at=present(),
        )
    except AddressRefused as refused:
        form.add_error("address", address_wrong(refused.reason))
    except SourceUnnamed:
        form.add_error("name", _("Give it a name."))
    except BadSettings as wrong:
        field = FIELDS.get(wrong.field, wrong.field)
        form.add_error(field if field in form.fields else None, str(SETTINGS_FAULTS[wrong.fault]))
    except BadMapping as wrong:
        form.add_error(None, mapping_fault(wrong.fault, wrong.meaning))
    else:
        return True
    return False


@needs("hooks.manage")
@require_POST
def pull_start(request: StaffRequest, source_id: int) -> HttpResponse:
    """Fetches from now on, the first time at once."""
    seen = source_or_404(source_id)
    try:
        start_source(source_id=seen.id, actor=request.actor, at=present())
    except NotReady:
        say(request, _("Say first what the fields mean: press «Try now»."), kind="bad")
    else:
        undo = reverse("console:pull_pause", args=[seen.id])
        say(request, _("Started: the first round begins within a minute."), undo=undo)
    return redirect("console:pull", source_id=seen.id)


@needs("hooks.manage")
@require_POST
def pull_pause(request: StaffRequest, source_id: int) -> HttpResponse:
    """Stops fetching; it goes on later from where it stood."""
    seen = source_or_404(source_id)
    pause_source(source_id=seen.id, actor=request.actor, at=present())
    say(request, _("Paused. It goes on from where it stood."), undo=reverse("console:pull_start", args=[seen.id]))
    return redirect("console:pull", source_id=seen.id)


@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def pull_close(request: StaffRequest, source_id: int) -> HttpResponse:
    """Never fetches again and forgets the token; what came stays."""
    seen = source_or_404(source_id)
    if request.method != "POST":
        return render(request, "console/settings/pull_sure.html", {"source": seen})
    close_source(source_id=seen.id, actor=request.actor, at=present())
    say(request, _("«%(name)s» is deleted. What was fetched stays.") % {"name": seen.name})
    return redirect("console:pulls")
