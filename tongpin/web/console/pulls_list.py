"""Scheduled fetching (定时拉取): the list of sources, and the form that adds one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.intake.sources import (
    AddressRefused,
    SourceSeen,
    SourceUnknown,
    SourceUnnamed,
    add_source,
    source_seen,
    sources,
)
from tongpin.web.console.pulls_forms import PullForm
from tongpin.web.console.pulls_words import KINDS, STATES, every_word, problem_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class Line:
    """A source in words. `where` is its server alone: the rest of an address may hold secrets."""

    source: SourceSeen
    kind: str
    where: str
    state: str
    chip: str
    every: str
    problem: str
    act: str


def line_of(source: SourceSeen) -> Line:
    """A source in words."""
    word, chip = STATES[source.state]
    problem, act = problem_words(source.problem)
    where = urlsplit(source.address).hostname or ""
    return Line(
        source, str(KINDS[source.kind][0]), where, str(word), chip, every_word(source.every_minutes), problem, act
    )


def source_or_404(source_id: int) -> SourceSeen:
    """The source of the address, while it is open."""
    try:
        if source_id < 1 << 63:
            return source_seen(source_id=source_id, at=present())
    except SourceUnknown:
        pass
    raise Http404


def address_wrong(reason: str) -> str:
    """Why we do not fetch from there, and what would do."""
    return " ".join(problem_words(f"refused:{reason}"))


def _page(request: StaffRequest, form: PullForm | None = None) -> HttpResponse:
    shown = form or PullForm()
    context = {"lines": [line_of(one) for one in sources(at=present())], "form": shown}
    return render(request, "console/settings/pulls.html", context, status=422 if shown.is_bound else 200)


@sensitive_post_parameters("secret")
@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def pulls(request: StaffRequest) -> HttpResponse:
    """All sources; a POST adds one, paused, and leads to its page."""
    if request.method != "POST":
        return _page(request)
    form = PullForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    given = form.cleaned_data
    try:
        number = add_source(
            name=given["name"], kind=given["kind"], address=given["address"], secret=given["secret"],
            every_minutes=given["every"], actor=request.actor, at=present(),
        )  # fmt: skip
    except AddressRefused as refused:
        form.add_error("address", address_wrong(refused.reason))
        return _page(request, form)
    except SourceUnnamed:
        form.add_error("name", _("Give it a name."))
        return _page(request, form)
    say(request, _("Added, and not started yet: try first what comes."))
    return redirect("console:pull", source_id=number)
