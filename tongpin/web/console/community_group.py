"""One group of a community (群): closed and opened again, taken out and put back, each after saying what that means."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.places.closing import GroupUnknown, open_again, put_back, take_out
from tongpin.core.places.groups import BadGroup, GroupLine, group_of
from tongpin.core.places.rooms import PLATFORM as OWN_PAGES
from tongpin.loop.gather.ground import CommunityClosed
from tongpin.loop.give.talks.actions import StillLive, close_group
from tongpin.loop.give.talks.queries import Owed, owed_to
from tongpin.loop.give.talks.rules import way_of
from tongpin.web.console.community_frame import Head, about_a_community, head_of
from tongpin.web.console.community_groups import WRONG
from tongpin.web.console.give_words import WAYS, where_word
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

Effects = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A group in words. `closing` and `leaving` are (what, text): what it means to close it, and to take it out."""

    it: GroupLine
    platform: str
    way: str
    live: str
    closing: Effects
    leaving: Effects


def _group_or_404(community_id: int, place_id: int) -> GroupLine:
    held = group_of(community_id=community_id, place_id=place_id) if place_id < 1 << 63 else None
    if held is None:
        raise Http404
    return held


def _to_change(request: StaffRequest, community_id: int, place_id: int) -> GroupLine:
    """The group, in a community that has not ended."""
    held = _group_or_404(community_id, place_id)
    if head_of(request, community_id).ended:
        raise CommunityClosed
    return held


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def community_group(request: StaffRequest, community_id: int, place_id: int) -> HttpResponse:
    """What it is, and what can be done with it."""
    head = head_of(request, community_id)
    held = _group_or_404(community_id, place_id)
    context = {"head": head, "tab": "groups", "group": _seen(head, held)}
    return render(request, "console/communities/group.html", context)


def _seen(head: Head, held: GroupLine) -> Seen:
    can_change = head.may_edit and held.closed_at is None
    owed = owed_to(place_id=held.id) if can_change else Owed("", (), 0)
    is_own = held.platform == OWN_PAGES
    return Seen(
        held,
        where_word(held.platform),
        str(WAYS[way_of(held.platform)]),
        owed.live,
        _closing(owed, is_own=is_own) if can_change else [],
        _leaving() if can_change and not is_own else [],
    )


def _closing(owed: Owed, *, is_own: bool) -> Effects:
    coming = _("Nothing is announced, relayed or sent to it any more.")
    if owed.announced:
        titles = _("”, “").join(owed.announced)
        coming += " " + _("What was announced to it does not come: “%(titles)s”.") % {"titles": titles}
    found: Effects = [(_("Talks and digests"), coming)]
    if owed.cards:
        text = ngettext(
            "%(n)s card that waits to be pasted there is called off.",
            "%(n)s cards that wait to be pasted there are called off.",
            owed.cards,
        )
        found.append((_("Cards"), text % {"n": owed.cards}))
    found.append((_("What was said"), _("Stays. A chat exported from it can still be brought in.")))
    found.append((_("Members"), _("Stay members of the community.")))
    if is_own:
        found.append((_("Their phones"), _("The room leaves the community's page; who was in it can still read it.")))
    found.append((_("A slip"), _("You can open it again at any time. Cards that were called off do not come back.")))
    return found


def _leaving() -> Effects:
    return [
        (_("Group"), _("Belongs to no community. Only who sees the whole house finds it.")),
        (_("Members"), _("Who is known from this group alone is no member of the community any more.")),
        (_("Figures"), _("What was said in it counts for this community no more, looking back too.")),
        (_("Talks"), _("Those announced to it still reach it.")),
        (_("A slip"), _("Add it again under its name, in any community.")),
    ]


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_group_close(request: StaffRequest, community_id: int, place_id: int) -> HttpResponse:
    """It is used no more; not while a guest speaks to it."""
    held = _to_change(request, community_id, place_id)
    try:
        changed = close_group(place_id=held.id, community_id=community_id, at=present(), actor=actor_of(request))
    except StillLive as live:
        text = _("“%(title)s” goes to this group right now. Close the group once the talk is over.")
        say(request, text % {"title": live.title}, kind="bad")
        return redirect("console:community_group", community_id, held.id)
    undo = reverse("console:community_group_open", args=[community_id, held.id]) if changed else ""
    say(request, _("«%(name)s» is closed. What was said there stays.") % {"name": held.name}, undo=undo)
    return redirect("console:community_groups", community_id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_group_open(request: StaffRequest, community_id: int, place_id: int) -> HttpResponse:
    """It is in use again."""
    held = _to_change(request, community_id, place_id)
    open_again(place_id=held.id, community_id=community_id, at=present(), actor=actor_of(request))
    say(request, _("«%(name)s» is in use again.") % {"name": held.name})
    return redirect("console:community_group", community_id, held.id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_group_take_out(request: StaffRequest, community_id: int, place_id: int) -> HttpResponse:
    """It belongs to no community from now on."""
    held = _to_change(request, community_id, place_id)
    try:
        take_out(place_id=held.id, community_id=community_id, at=present(), actor=actor_of(request))
    except BadGroup as wrong:
        say(request, str(WRONG[wrong.reason][1]), kind="bad")
        return redirect("console:community_group", community_id, held.id)
    undo = reverse("console:community_group_put_back", args=[community_id, held.id])
    say(request, _("«%(name)s» belongs to this community no more.") % {"name": held.name}, undo=undo)
    return redirect("console:community_groups", community_id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_group_put_back(request: StaffRequest, community_id: int, place_id: int) -> HttpResponse:
    """A group that was taken out a moment ago is one of the community's own again."""
    if head_of(request, community_id).ended:
        raise CommunityClosed
    try:
        number = place_id if place_id < 1 << 63 else 0
        put_back(place_id=number, community_id=community_id, at=present(), actor=actor_of(request))
    except GroupUnknown:
        raise Http404 from None
    say(request, _("The group is one of this community's again."))
    return redirect("console:community_group", community_id, place_id)
