"""A community's first tab: positioning and charter as they stand, the checklist; writing new editions; earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongpin.base.clock import now as present
from tongpin.loop.gather.charter.actions import BadCharter, adopt_charter
from tongpin.loop.gather.charter.models import Acceptance
from tongpin.loop.gather.charter.queries import Edition as CharterEdition
from tongpin.loop.gather.charter.queries import charter_of, charters_of
from tongpin.loop.gather.charter.rules import Charter
from tongpin.loop.gather.launch.queries import launch_of
from tongpin.loop.gather.positioning.actions import NothingSaid, write_positioning
from tongpin.loop.gather.positioning.queries import positionings_of
from tongpin.loop.gather.positioning.rules import PARTS as CANVAS_PARTS
from tongpin.loop.gather.positioning.rules import Canvas
from tongpin.web.console.community_forms import CharterForm, PositioningForm
from tongpin.web.console.community_frame import about_a_community, checklist_lines, head_of, next_act, writers
from tongpin.web.console.community_vitality import vitality_of
from tongpin.web.console.community_words import KINDS, MOTIVES, PARTS, TIES, code_word
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class Written:
    """An edition in words: its number, when and by whom, and its parts."""

    edition: int
    at: datetime
    by: str
    pairs: tuple[tuple[str, str], ...]
    rules: tuple[str, ...] = ()


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def community(request: StaffRequest, community_id: int) -> HttpResponse:
    """What we do together and by which rules."""
    head = head_of(request, community_id)
    charter = charter_of(community_id=community_id)
    said = head.positioning
    names = writers(*(one for one in (said and said.written_by, charter and charter.adopted_by) if one))
    launch = launch_of(community_id=community_id)
    lines = checklist_lines(launch)
    word, href = next_act(head, lines)
    canvas = (
        Written(said.edition, said.written_at, names.get(said.written_by, ""), canvas_pairs(said.canvas))
        if said
        else None
    )
    context = {
        "head": head,
        "tab": "community",
        "canvas": canvas,
        "charter": charter_words(charter, names) if charter else None,
        "lines": lines,
        "vitality": vitality_of(community_id),
        "standing": sum(line.stands for line in lines),
        "missing": launch.missing,
        "next_word": word,
        "next_href": href,
    }
    return render(request, "console/communities/community.html", context)


def canvas_pairs(canvas: Canvas) -> tuple[tuple[str, str], ...]:
    """The filled parts of a canvas with their names."""
    told = {part: getattr(canvas, part) for part in CANVAS_PARTS}
    told["kinds"] = " · ".join(str(KINDS[kind]) for kind in canvas.kinds)
    told["tie"] = str(TIES[canvas.tie]) if canvas.tie else ""
    told["motives"] = " → ".join(str(MOTIVES[motive]) for motive in canvas.motives)
    return tuple((str(PARTS[part]), told[part]) for part in CANVAS_PARTS if told[part])


def charter_words(seen: CharterEdition, names: dict[str, str]) -> Written:
    """A charter: its rules, and the rest by name."""
    charter = seen.charter
    rest = (
        (_("Roles"), " · ".join(code_word("role", role) for role in charter.roles)),
        (_("Rituals"), "\n".join(charter.rituals)),
        (_("Sources of content"), "\n".join(charter.content_sources)),
        (_("Goal"), charter.goal),
        (_("Plan"), charter.plan),
    )
    pairs = tuple((name, text) for name, text in rest if text)
    return Written(seen.edition, seen.adopted_at, names.get(seen.adopted_by, ""), pairs, charter.rules)


@needs("places.edit", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def community_positioning(request: StaffRequest, community_id: int) -> HttpResponse:
    """Writing the canvas; each change is an edition of its own."""
    head = head_of(request, community_id)
    held = head.positioning
    form = PositioningForm(request.POST if request.method == "POST" else None, canvas=held.canvas if held else None)
    if request.method == "POST" and form.is_valid():
        try:
            edition = write_positioning(
                community_id=community_id, canvas=form.canvas, at=present(), actor=actor_of(request)
            )
        except NothingSaid:
            form.add_error("thing_done_together", _("Write at least what members do together."))
        else:
            _say_kept(request, edition, held.edition if held else 0)
            return redirect("console:community", community_id)
    context = {"head": head, "form": form, "edition": held.edition if held else 0}
    return render(request, "console/communities/positioning.html", context, status=422 if form.is_bound else 200)


@needs("places.edit", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def community_charter(request: StaffRequest, community_id: int) -> HttpResponse:
    """Writing the charter. A new edition has been agreed to by nobody yet, and the page says so before it is kept."""
    head = head_of(request, community_id)
    held = charter_of(community_id=community_id)
    form = CharterForm(
        request.POST if request.method == "POST" else None, charter=held.charter if held else Charter(rules=())
    )
    if request.method == "POST" and form.is_valid():
        try:
            edition = adopt_charter(
                community_id=community_id, charter=form.charter, at=present(), actor=actor_of(request)
            )
        except BadCharter:
            form.add_error(None, _("This charter cannot be adopted. Look at the number of lines and the roles."))
        else:
            _say_kept(request, edition, held.edition if held else 0)
            return redirect("console:community", community_id)
    agreed = (
        Acceptance.objects.filter(charter__community=community_id, charter__edition=held.edition).count() if held else 0
    )
    context = {"head": head, "form": form, "edition": held.edition if held else 0, "agreed": agreed}
    return render(request, "console/communities/charter.html", context, status=422 if form.is_bound else 200)


def _say_kept(request: StaffRequest, edition: int, before: int) -> None:
    if edition == before:
        say(request, _("Nothing changed; edition %(edition)s holds on.") % {"edition": edition})
    else:
        say(request, _("Edition %(edition)s holds from now on. Earlier ones can be read again.") % {"edition": edition})


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def community_editions(request: StaffRequest, community_id: int) -> HttpResponse:
    """Every edition of canvas and charter, newest first."""
    head = head_of(request, community_id)
    canvases = positionings_of(community_id=community_id)
    charters = charters_of(community_id=community_id)
    names = writers(*(one.written_by for one in canvases), *(one.adopted_by for one in charters))
    context = {
        "head": head,
        "canvases": [
            Written(one.edition, one.written_at, names.get(one.written_by, ""), canvas_pairs(one.canvas))
            for one in canvases
        ],
        "charters": [charter_words(one, names) for one in charters],
    }
    return render(request, "console/communities/editions.html", context)
