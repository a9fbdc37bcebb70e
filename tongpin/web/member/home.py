"""A member's own pages: what is on, communities one may join, and where to begin on a new phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.calling import display_names
from tongpin.core.people.visitors import end_session
from tongpin.core.places.browsing import communities_of
from tongpin.core.sending.rooms import unseen_letters
from tongpin.loop.gather.admission.queries import my_applications
from tongpin.loop.gather.launch.queries import open_to_the_public
from tongpin.web.look.gate import MEMBER_COOKIE, MemberRequest, for_members, member_of, open_to_all
from tongpin.web.look.toast import say
from tongpin.web.member.going_on import coming_in, kept_in
from tongpin.web.member.orders_rows import on_now
from tongpin.web.member.session import sign_out


@for_members
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """What is on for this member: talks, group buys and orders, applications, communities, what to read again."""
    communities = communities_of(person_id=request.member)
    inside = [one.id for one in communities]
    context = {
        "called": display_names(person_ids=[request.member]).get(request.member, ""),
        "today": present(),
        "coming": coming_in(inside),
        "kept": kept_in(inside),
        "orders": on_now(person=request.member, now=present()),
        "communities": communities,
        "applications": [one for one in my_applications(person_id=request.member) if one.state == "waiting"],
        "unseen": unseen_letters(person_id=request.member),
        "tab": "today",
    }
    return render(request, "member/home.html", context)


@open_to_all(reason="communities that are open to everybody are shown to everybody")
@require_safe
def discover(request: HttpRequest) -> HttpResponse:
    """Communities whose door stands open to the public, and one's own."""
    member = member_of(request)
    own = communities_of(person_id=member) if member is not None else []
    inside = {one.id for one in own}
    context = {
        "own": own,
        "open": [one for one in open_to_the_public() if one.community_id not in inside],
        "is_known": member is not None,
        "tab": "communities",
    }
    return render(request, "member/discover.html", context)


@open_to_all(reason="somebody without a session must learn where to begin")
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """On a phone we do not know: open the link you were given, or choose a community."""
    if member_of(request) is not None:
        return redirect("member:home")
    return render(request, "member/begin.html", {"open": open_to_the_public()})


@for_members
@require_POST
def leave(request: MemberRequest) -> HttpResponse:
    """Signs this phone out. What the member wrote and bought stays theirs."""
    end_session(secret=request.COOKIES.get(MEMBER_COOKIE, ""))
    say(request, _("This phone is signed out."))
    answer = redirect("member:begin")
    sign_out(answer)
    return answer
