"""A community's home for who is in it: the welcome of a newcomer, what is on, its rooms, what to read again, its rules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongpin.core.people.calling import display_names
from tongpin.core.places.browsing import CommunityLine, communities_of, rooms_of_community
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.launch.queries import members_in
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.welcome.queries import welcome_of
from tongpin.web.member import phrases
from tongpin.web.member.going_on import coming_in, kept_in


def community_inside(*, community_id: int, member: int | None) -> CommunityLine | None:
    """The community, where this member is in it and it has not ended. Two queries."""
    if member is None:
        return None
    return next((one for one in communities_of(person_id=member) if one.id == community_id), None)


def inside(request: HttpRequest, community: CommunityLine, member: int) -> HttpResponse:
    """The page."""
    positioning = positioning_of(community_id=community.id)
    page = {
        "community_id": community.id,
        "name": community.name,
        "canvas": positioning.canvas if positioning else None,
        "members": members_in(community_id=community.id),
        "charter": charter_of(community_id=community.id),
    }
    context = {
        "page": page,
        "called": display_names(person_ids=[member]).get(member, ""),
        "steps": _welcome(community.id, member),
        "coming": coming_in([community.id]),
        "kept": kept_in([community.id]),
        "rooms": rooms_of_community(community_id=community.id, person_id=member),
        "tab": "communities",
    }
    return render(request, "member/inside.html", context)


def _welcome(community_id: int, member: int) -> list[dict[str, object]]:
    """The steps of a welcome that is not finished, the one that comes now marked."""
    welcome = welcome_of(person_id=member, community_id=community_id)
    if welcome is None or welcome.finished_at is not None:
        return []
    coming = next((one.code for one in welcome.steps if one.done_at is None), None)
    steps: list[dict[str, object]] = []
    for one in welcome.steps if coming is not None else ():
        title, button = phrases.welcome_step(one.code)
        steps.append({"step": one, "title": title, "button": button, "is_now": one.code == coming})
    return steps
