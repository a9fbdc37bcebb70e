"""A member's letters (站内信), newest first, and the room of a community on the web (网页群), newest last."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.roots import members_of
from tongpin.core.places.browsing import room_of, room_to_join
from tongpin.core.places.joining import join
from tongpin.core.sending.rooms import inbox_of, last_posts, mark_seen
from tongpin.web.look.gate import MemberRequest, for_members

A_PAGE = 30


@for_members
@require_safe
def letters(request: MemberRequest) -> HttpResponse:
    """What the house wrote to this person. Looking at it marks it as seen."""
    theirs = members_of(root=request.member)
    found = inbox_of(person_ids=theirs, before=_number(request.GET.get("below", "")), limit=A_PAGE + 1)
    rows, more = found[:A_PAGE], len(found) > A_PAGE
    if rows and request.method == "GET":
        mark_seen(person_ids=theirs, first=rows[-1].id, up_to=rows[0].id, at=present())
    context = {"rows": rows, "older": rows[-1].id if more else 0, "tab": "mine"}
    return render(request, "member/letters.html", context)


@for_members
@require_safe
def room(request: MemberRequest, place_id: int) -> HttpResponse:
    """What was said in a room of ours, for its members."""
    place = room_of(place_id=place_id, person_id=request.member) if place_id < 1 << 63 else None
    if place is None:
        raise Http404
    before = _number(request.GET.get("below", ""))
    found = last_posts(place_id=place.id, before=before, limit=A_PAGE + 1)
    posts = found[-A_PAGE:]
    context = {
        "place": place,
        "posts": posts,
        "older": posts[0].number if len(found) > A_PAGE else 0,
        "is_newest": before is None,
        "tab": "communities",
    }
    return render(request, "member/room.html", context)


@for_members
@require_POST
def room_join(request: MemberRequest, place_id: int) -> HttpResponse:
    """A member of the community comes into another of its rooms."""
    place = room_to_join(place_id=place_id, person_id=request.member) if place_id < 1 << 63 else None
    if place is None:
        raise Http404
    join(person_id=request.member, place_id=place.id, actor=f"person:{request.member}", at=present())
    return redirect("member:room", place.id)


def _number(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None
