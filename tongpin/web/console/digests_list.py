"""Digests (文摘) in a list, and drafting one from a stretch of chat."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Communities, Scope, meet
from tongpin.loop.give.digests.actions import BadDigest, DigestUnknown, draft_from_place, draft_from_talk
from tongpin.loop.give.digests.queries import digests_of
from tongpin.loop.give.talks.rules import PLACE_KINDS
from tongpin.web.console.digests_forms import WRONG, StretchForm
from tongpin.web.console.give_doors import talk_or_404
from tongpin.web.console.people_doors import actor_of, scope_in_view
from tongpin.web.console.sell_doors import below_in
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Hint
from tongpin.web.look.toast import say

SHOWN = 100
MOST_PLACES = 300


@needs("places.see", "messages.see")
@require_http_methods(["GET", "HEAD", "POST"])
def digests(request: StaffRequest) -> HttpResponse:
    """Digests, newest first; the form chooses a group and days, and the draft is made at once. Nobody is told."""
    may_edit = bool(request.staff.scope("places.edit"))
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    today = timezone.localdate()
    form = StretchForm(
        request.POST if request.method == "POST" else None,
        initial={"first_day": today - timedelta(days=6), "last_day": today},
    )
    choices = _places(meet(request.scope, request.staff.scope("places.edit"))) if may_edit else []
    form.choose_among(choices)
    if form.is_bound and form.is_valid():
        try:
            number = draft_from_place(at=present(), actor=actor_of(request), **form.asked())
        except BadDigest as refused:
            form.refuse(refused.reason)
        else:
            say(request, _("The draft lies ready. Ask those who are quoted, then publish it."))
            return redirect("console:digest", number)
    below, address = below_in(request), reverse("console:digests")
    found = digests_of(scope=scope_in_view(request), limit=SHOWN + 1, below=below)
    context = {
        "lines": found[:SHOWN],
        "older": f"{address}?below={found[SHOWN - 1].id}" if len(found) > SHOWN else "",
        "first": address if below else "",
        "form": form,
        "may_edit": may_edit and bool(choices),
        "import_chat": reverse("console:import_upload") if not choices and request.staff.scope("import.run") else "",
        "hints": [
            Hint(_("Where it comes from"), _("A chat you imported, a group on the web, or a talk that ended.")),
            Hint(_("What it takes"), _("What was long enough, answered or thanked for; at most 12 quotes, 3 of one.")),
            Hint(_("Whose words they are"), _("Nobody is quoted who did not agree, and a yes can be taken back.")),
        ],
    }
    return render(request, "console/give/digests.html", context, status=422 if form.is_bound else 200)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def digest_of_talk(request: StaffRequest, talk_id: int) -> HttpResponse:
    """The digest of a talk that ended: the draft that lies there, or a new one."""
    talk_or_404(request, talk_id)
    try:
        number = draft_from_talk(talk_id=talk_id, at=present(), actor=actor_of(request))
    except (BadDigest, DigestUnknown) as refused:
        reason = getattr(refused, "reason", "nothing")
        say(request, str(WRONG[reason][1]), kind="bad")
        return redirect("console:give_talk", talk_id)
    return redirect("console:digest", number)


def _places(scope: Scope) -> list[tuple[str, str]]:
    """Groups and pages of communities within a scope. One query."""
    rows = Place.objects.filter(kind__in=PLACE_KINDS, community__isnull=False).select_related("community")
    if isinstance(scope, Communities):
        rows = rows.filter(community__in=scope.ids)
    rows = rows.order_by("community__name", "name", "pk")[:MOST_PLACES]
    return [(str(one.pk), f"{one.name} · {one.community.name if one.community else ''}") for one in rows]
