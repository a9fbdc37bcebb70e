"""Gather (聚): every way in over all communities with what it cost and brought; who asks to come in; bringing people in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongpin.core.places.models import Community
from tongpin.core.team.rules import Communities, Everything, meet
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.channel_costs.queries import entrances_between
from tongpin.web.console.entrances_list import EntranceLine, line_of
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_doors import scope_in_view
from tongpin.web.look.community import chosen
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Hint

SHOWN = 100


@dataclass(frozen=True, slots=True)
class WayIn:
    """A way in and the community it leads into. `may_money`: whether what it cost is for this person."""

    line: EntranceLine
    community: str
    may_money: bool


@needs("places.see")
@require_safe
def gather(request: StaffRequest) -> HttpResponse:
    """The list. Seven queries, however many ways in there are."""
    scope = scope_in_view(request)
    ids = sorted(scope.ids) if isinstance(scope, Communities) else None
    money = request.staff.scope("money.see")
    lines = [line_of(one) for one in entrances_between(community_ids=ids, limit=SHOWN)]
    held = {line.seen.entrance.community_id for line in lines}
    names = dict(Community.objects.filter(pk__in=held).values_list("pk", "name"))
    ways = [
        WayIn(line, names[line.seen.entrance.community_id], money.holds(line.seen.entrance.community_id))
        for line in lines
    ]
    here = chosen(request=request)
    may_edit = request.staff.scope("places.edit")
    context = {
        "ways": ways,
        "may_money": bool(money),
        "spent": sum(one.line.seen.cost_fen for one in ways if one.may_money),
        "waiting": _waiting(request),
        "may_admit": bool(meet(request.staff.scope("people.see"), request.staff.scope("messages.see"))),
        "new": reverse("console:entrances" if here else "console:communities", args=[here] if here else [])
        if bool(may_edit)
        else "",
        "any_community": bool(names) or Community.objects.filter(closed_at=None).exists(),
        "may_found": isinstance(may_edit, Everything),
        "imports": way("console:imports") if request.staff.scope("import.see") else "",
        "hints": _hints(),
        "by_community": True,
    }
    return render(request, "console/gather/gather.html", context)


def _waiting(request: StaffRequest) -> int:
    scope = meet(scope_in_view(request), request.staff.scope("people.see"))
    held = Application.objects.filter(state=Application.State.WAITING)
    if isinstance(scope, Communities):
        held = held.filter(community__in=scope.ids)
    return int(held.aggregate(n=Count("pk"))["n"])


def _hints() -> list[Hint]:
    spot = _("A poster on the counter, a card in the parcel: people scan, read what you do together, and apply.")
    online = _("A link in an article, a video, a moment: the same page, with a code that tells where they came from.")
    held = _("Bring in orders, customers and chats: who they are stands under People at once.")
    return [Hint(_("On the spot"), spot), Hint(_("Online"), online), Hint(_("What you have"), held)]
