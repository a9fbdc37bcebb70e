"""All communities (社群): what each does together, how many are in it, who waits, how far it is open; founding one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.base.counted import Counted
from tongpin.base.text import clean
from tongpin.core.places.actions import found_community
from tongpin.core.places.models import Community
from tongpin.core.places.rooms import web_place_of
from tongpin.core.team.rules import Communities, Everything
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.charter.models import Door
from tongpin.loop.gather.launch.queries import members_of_each, standings_of
from tongpin.loop.gather.launch.rules import checklist, missing
from tongpin.loop.gather.positioning.models import Positioning
from tongpin.web.console.community_words import state_of, to_do
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Hint
from tongpin.web.look.toast import say

SHOWN = 50
FOUNDING_LOCK = 7100066
"""The lock under which a name is looked up and given."""


class FoundForm(forms.Form):
    """A new community: its name is enough to begin."""

    name = forms.CharField(
        label=gettext_lazy("What it is called"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """When the form was shown, in seconds: a community of this name that is younger was founded by this very form."""

    made: Community | None = None
    """The community that a first press of the button founded."""

    def clean_name(self) -> str:
        """Says so where somebody else's community has this name, and where nothing readable is left of it."""
        name = clean(str(self.cleaned_data["name"]), limit=80)
        if not name:
            raise forms.ValidationError(_("Give it a name of letters or characters."))
        held = Community.objects.filter(name=name, closed_at=None).order_by("-pk").first()
        shown = self.data.get("shown", "")
        if held is not None and shown.isdecimal() and len(shown) < 12 and int(shown) <= held.founded_at.timestamp():
            self.made = held
        elif held is not None:
            raise forms.ValidationError(_("There is a community of this name already."))
        return name


@dataclass(frozen=True, slots=True)
class Row:
    """A community in the list. `lacks` is what is missing next while no door has been open, `left` how many things."""

    id: int
    name: str
    thing: str
    members: Counted
    waiting: int
    state: str
    chip: str
    lacks: str
    left: int


@needs("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def communities(request: StaffRequest) -> HttpResponse:
    """The list with the form beside it; without any, the page that says what a community is."""
    may_found = isinstance(request.staff.scope("places.edit"), Everything)
    if request.method == "POST" and not may_found:
        raise PermissionDenied
    form = FoundForm(request.POST if request.method == "POST" else None, initial={"shown": int(present().timestamp())})
    if request.method == "POST":
        with transaction.atomic(), connection.cursor() as cursor:
            # Two presses of one button come at the same moment: the second waits and finds what the first founded.
            cursor.execute(
                "select pg_advisory_xact_lock(%s, hashtext(%s))", [FOUNDING_LOCK, str(request.POST.get("name"))]
            )
            if form.is_valid():
                return _found(request, form.cleaned_data["name"], form.made)
    rows, older = _rows(request)
    context = {
        "rows": rows,
        "older": f"{reverse('console:communities')}?before={older}" if older else "",
        "first": reverse("console:communities") if "before" in request.GET else "",
        "form": form,
        "may_found": may_found,
        "may_admit": bool(request.staff.scope("people.see")) and bool(request.staff.scope("messages.see")),
        "nothing": not rows and "before" not in request.GET,
        "hints": _hints(),
        "waiting": sum(row.waiting for row in rows),
    }
    return render(request, "console/communities/list.html", context, status=422 if form.is_bound else 200)


def _found(request: StaffRequest, name: str, made: Community | None) -> HttpResponse:
    if made is not None:
        return redirect("console:community", made.pk)
    at, actor = present(), actor_of(request)
    made = found_community(name=name, actor=actor, at=at)
    web_place_of(community_id=made.pk, at=at, actor=actor)
    say(request, _("«%(name)s» is founded. Nobody sees it before you open a door.") % {"name": made.name})
    return redirect("console:community", made.pk)


def _hints() -> list[Hint]:
    return [
        Hint(_("One thing"), _("What members do together, in one sentence: «every morning ten pages».")),
        Hint(_("Rules first"), _("Rules, welcome and questions stand before anybody comes; a checklist tells what is missing.")),
        Hint(_("Then people"), _("Seed users first, then whom members bring, then everybody. Each door is yours to open.")),
    ]  # fmt: skip


def _rows(request: StaffRequest) -> tuple[list[Row], int]:
    """One page, newest first, and the key of the next one. Ten queries, however many there are."""
    held = Community.objects.order_by("-pk")
    if isinstance(request.scope, Communities):
        held = held.filter(pk__in=request.scope.ids)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        held = held.filter(pk__lt=int(before))
    found = list(held[: SHOWN + 1])
    more, found = len(found) > SHOWN, found[:SHOWN]
    ids = [one.pk for one in found]
    canvases = Positioning.objects.filter(community__in=ids).order_by("community", "-edition").distinct("community")
    things = {one.community_id: one.thing_done_together for one in canvases}
    members, waits = members_of_each(community_ids=ids), _waiting(request, ids)
    opened: dict[int, list[str]] = defaultdict(list)
    once: set[int] = set()
    for number, door, shut_at in Door.objects.filter(community__in=ids).values_list("community_id", "door", "shut_at"):
        once.add(number)
        if shut_at is None:
            opened[number].append(door)
    standings = standings_of(community_ids=ids)
    rows = []
    for one in found:
        ended = one.closed_at is not None
        word, chip = state_of(open_doors=tuple(opened[one.pk]), once_open=one.pk in once, ended=ended)
        lacks = missing(checklist(standings[one.pk])) if one.pk not in once and not ended else ()
        rows.append(
            Row(
                one.pk,
                one.name,
                things.get(one.pk, ""),
                members[one.pk],
                waits.get(one.pk, 0),
                word,
                chip,
                to_do(lacks[0]) if lacks else "",
                len(lacks),
            )
        )
    return rows, ids[-1] if more else 0


def _waiting(request: StaffRequest, ids: list[int]) -> dict[int, int]:
    """Applications that wait in each. One query."""
    held = Application.objects.filter(community__in=ids, state=Application.State.WAITING)
    return dict(held.values_list("community_id").annotate(n=Count("pk")).order_by())
