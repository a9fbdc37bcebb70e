"""What all pages of one community share: its head with the one thing done together, tabs, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.base.counted import Counted
from tongpin.core.places.models import Community
from tongpin.core.team.queries import names_of
from tongpin.core.team.rules import Communities
from tongpin.loop.gather.admission.queries import count_waiting
from tongpin.loop.gather.charter.queries import DoorSeen, doors_of
from tongpin.loop.gather.ground import CommunityClosed, CommunityUnknown
from tongpin.loop.gather.launch.queries import Launch, members_in
from tongpin.loop.gather.positioning.queries import Edition, positioning_of
from tongpin.web.console.community_words import ITEMS, KINDS, state_of, to_do
from tongpin.web.console.import_parts import way
from tongpin.web.look.gate import StaffRequest
from tongpin.web.look.toast import say

P = ParamSpec("P")
CommunityView: TypeAlias = Callable[Concatenate[StaffRequest, int, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of every page of a community. `positioning` is what the sentence in it was taken from."""

    id: int
    name: str
    founded_at: datetime
    ended: bool
    thing: str
    kinds: tuple[str, ...]
    members: Counted
    waiting: int
    state: str
    chip: str
    may_edit: bool
    may_admit: bool
    positioning: Edition | None
    doors: tuple[DoorSeen, ...]

    @property
    def is_open(self) -> bool:
        """Whether any door stands open."""
        return any(one.shut_at is None for one in self.doors)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist. `href` leads to where it is mended; `post` to what mends it at once."""

    code: str
    word: str
    ask: str
    needed: bool
    stands: bool
    count: int | None
    href: str
    post: str


def about_a_community(view: CommunityView[P]) -> CommunityView[P]:
    """For views whose first argument is a community: unknown ones are not found, in ended ones nothing begins."""

    @wraps(view)
    def guarded(request: StaffRequest, community_id: int, *arguments: P.args, **more: P.kwargs) -> HttpResponse:
        if community_id >= 1 << 63:
            raise Http404
        try:
            return view(request, community_id, *arguments, **more)
        except CommunityUnknown:
            raise Http404 from None
        except CommunityClosed:
            say(request, _("This community has ended. Nothing was changed."), kind="bad")
            return redirect("console:community", community_id)

    return cast("CommunityView[P]", guarded)


def head_of(request: StaffRequest, community_id: int) -> Head:
    """The head of a community's pages. Five queries. Raises CommunityUnknown."""
    line = Community.objects.filter(pk=community_id).first()
    if line is None:
        raise CommunityUnknown
    positioning = positioning_of(community_id=community_id)
    doors = doors_of(community_id=community_id)
    ended = line.closed_at is not None
    opened = tuple(one.door for one in doors if one.shut_at is None)
    word, chip = state_of(open_doors=opened, once_open=bool(doors), ended=ended)
    mate = request.staff
    return Head(
        id=line.pk,
        name=line.name,
        founded_at=line.founded_at,
        ended=ended,
        thing=positioning.canvas.thing_done_together if positioning else "",
        kinds=tuple(str(KINDS[kind]) for kind in positioning.canvas.kinds) if positioning else (),
        members=members_in(community_id=community_id),
        waiting=count_waiting(scope=Communities(frozenset({community_id}))),
        state=word,
        chip=chip,
        may_edit=mate.scope("places.edit").holds(community_id) and not ended,
        may_admit=all(mate.scope(right).holds(community_id) for right in ("people.see", "messages.see")),
        positioning=positioning,
        doors=doors,
    )


def checklist_lines(launch: Launch) -> list[Line]:
    """The checklist with where each item is mended."""
    number = launch.community_id
    charter = reverse("console:community_charter", args=[number])
    leads = {
        "positioning": reverse("console:community_positioning", args=[number]),
        "welcome": reverse("console:community_welcome", args=[number]),
        "threshold": reverse("console:community_questions", args=[number]),
        "entrance": reverse("console:entrances", args=[number]),
        "rules": f"{charter}#id_rules",
        "roles": f"{charter}#roles",
        "rituals": f"{charter}#id_rituals",
        "content": f"{charter}#id_content_sources",
        "goal": f"{charter}#id_goal",
        "plan": f"{charter}#id_plan",
    }
    room = reverse("console:community_room", args=[number])
    return [
        Line(
            item.code,
            str(ITEMS[item.code]),
            to_do(item.code),
            item.needed,
            item.stands,
            item.count,
            leads.get(item.code, ""),
            room if item.code == "place" else "",
        )
        for item in launch.items
    ]


def next_act(head: Head, lines: list[Line]) -> tuple[str, str]:
    """(word, address) of the one thing to do next; two empty words where nothing presses."""
    if head.may_edit:
        for line in lines:
            if line.needed and not line.stands and line.href:
                return NEXT[line.code](), line.href
    if head.waiting and head.may_admit:
        text = ngettext("Look at %(count)s application", "Look at %(count)s applications", head.waiting)
        return text % {"count": head.waiting}, way("console:admissions")
    if head.may_edit and not head.is_open:
        return _("Open a door"), f"{reverse('console:community_joining', args=[head.id])}#doors"
    return "", ""


NEXT: dict[str, Callable[[], str]] = {
    "positioning": lambda: _("Write the positioning"),
    "rules": lambda: _("Adopt a charter"),
    "welcome": lambda: _("Plan the welcome"),
    "threshold": lambda: _("Decide what is asked"),
}


def writers(*actors: str) -> dict[str, str]:
    """What teammates are called, by actor ("staff:3"). One query, or none."""
    numbers = {actor: int(actor[6:]) for actor in actors if actor.startswith("staff:") and actor[6:].isdecimal()}
    names = names_of(staff_ids=set(numbers.values())) if numbers else {}
    return {actor: names[number] for actor, number in numbers.items() if number in names}
