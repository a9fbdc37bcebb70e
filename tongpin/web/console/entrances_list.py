"""A community's third tab: every way in with what it cost and brought; making one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.loop.gather.admission.queries import lets_in
from tongpin.loop.gather.channel_costs.queries import EntranceYield, entrances_of
from tongpin.loop.gather.charter.queries import DoorSeen
from tongpin.loop.gather.charter.rules import DOORS as DOOR_CODES
from tongpin.loop.gather.entrances.actions import BadEntrance, NameTaken, make_entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen
from tongpin.web.console.community_frame import about_a_community, head_of
from tongpin.web.console.community_words import DOORS, code_word
from tongpin.web.console.entrances_code import link_of
from tongpin.web.console.entrances_forms import EntranceForm
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class EntranceLine:
    """A way in, in words."""

    seen: EntranceYield
    channel: str
    door: str
    link: str
    reason: str
    nobody: str = ""
    """Why nobody who comes by it can apply now; empty where they can, and where it is not asked."""


@dataclass(frozen=True, slots=True)
class DoorHint:
    """For whom a way in can be meant, what that takes, and whether it lets anybody in by the doors open now."""

    word: str
    takes: str
    lets_in: bool


TAKES = {
    "seeds": gettext_lazy("whoever scans it can apply while the door for seed users, or for everybody, is open"),
    "members": gettext_lazy("a member brings them as well; by the code alone nobody, before the door for everybody is open"),
    "public": gettext_lazy("whoever scans it can apply once the door for everybody is open"),
}  # fmt: skip


def line_of(seen: EntranceYield, doors: Collection[DoorSeen] | None = None) -> EntranceLine:
    """A way in with its words and its link. `doors` are those of its community."""
    one = seen.entrance
    return EntranceLine(
        seen,
        code_word("entrance_channel", one.channel),
        str(DOORS[one.door][0]),
        link_of(one.code),
        code_word("entrance_reason", one.reason) if one.reason else "",
        nobody_by(one, doors) if doors is not None else "",
    )


def nobody_by(one: EntranceSeen, doors: Collection[DoorSeen]) -> str:
    """Why nobody who comes by this way in can apply now, for the team; empty where they can."""
    opened = [str(DOORS[each.door][0]) for each in doors if each.shut_at is None]
    if one.closed_at is not None:
        return _("It is given up: who follows it reads who you are, and that this way in is closed.")
    if not opened:
        return _("No door is open: who follows it reads that you are still preparing, or take nobody in.")
    if lets_in(door=one.door, doors=doors):
        return ""
    return _("Nobody who comes by it can apply now: it is meant for «%(whom)s», and open is only «%(doors)s».") % {
        "whom": DOORS[one.door][0],
        "doors": _("», «").join(opened),
    }


def door_hints(doors: Collection[DoorSeen]) -> list[DoorHint]:
    """What each choice of the form takes, by the doors open now."""
    return [
        DoorHint(str(DOORS[code][0]), str(TAKES[code]), lets_in(door=code, doors=doors))
        for code in reversed(DOOR_CODES)
    ]


@needs("places.see", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def entrances(request: StaffRequest, community_id: int) -> HttpResponse:
    """The list with the form beside it."""
    if request.method == "POST" and not request.staff.scope("places.edit").holds(community_id):
        raise PermissionDenied
    head = head_of(request, community_id)
    hints = door_hints(head.doors)
    likely = "public" if lets_in(door="public", doors=head.doors) else "seeds"
    form = EntranceForm(request.POST if request.method == "POST" else None, initial={"door": likely})
    if form.is_bound and form.is_valid():
        made = _made(request, community_id, form)
        if made:
            return redirect("console:entrance", community_id, made)
    lines = [line_of(one, head.doors) for one in entrances_of(community_id=community_id)]
    context = {
        "head": head,
        "tab": "entrances",
        "form": form,
        "lines": lines,
        "hints": hints,
        "none_lets_in": not any(one.lets_in for one in hints),
        "may_money": request.staff.scope("money.see").holds(community_id),
        "spent": sum(line.seen.cost_fen for line in lines),
    }
    return render(request, "console/gather/entrances.html", context, status=422 if form.is_bound else 200)


def _made(request: StaffRequest, community_id: int, form: EntranceForm) -> int:
    """The number of the new way in; 0 where the form says why there is none."""
    given = form.cleaned_data
    try:
        made = make_entrance(
            community_id=community_id,
            channel=form.channel_code,
            name=given["name"],
            offline=form.offline,
            paid=given["paid"],
            door=given["door"],
            at=present(),
            actor=actor_of(request),
        )
    except NameTaken:
        form.add_error("name", _("Another entrance has this name. Choose one that tells them apart."))
        return 0
    except BadEntrance:
        form.add_error("name", _("Give it a name of letters or characters."))
        return 0
    say(request, _("«%(name)s» has its own code now. Share the link, or print the poster.") % {"name": made.name})
    return made.id
