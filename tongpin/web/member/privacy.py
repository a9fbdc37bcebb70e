"""What we know about me (我的资料与隐私): four groups, my consents, a copy to take along, and being erased."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.consents import give_consent, may_contact_for, withdraw_consent
from tongpin.core.people.privacy import export
from tongpin.core.people.queries import person_card
from tongpin.core.people.wishes import call_off, wish_erasure, wish_of
from tongpin.core.places.browsing import communities_of
from tongpin.web.look.gate import MemberRequest, for_members, member_of, open_to_all
from tongpin.web.look.toast import say

SWITCHES = ("service", "promotion", "recommend", "publish_words")
"""Purposes a member switches here, each for every channel at once."""


def _purpose(code: str) -> tuple[str, str]:
    return {
        "service": (
            _("What you joined for"),
            _("Replies to your application, orders, talks you said you would come to"),
        ),
        "promotion": (
            _("Group buys and offers"),
            _("At most one a day and three a week, never between 21:30 and 8:30"),
        ),
        "recommend": (_("Choose by what fits me"), _("Off: everything comes in the order of time")),
        "publish_words": (_("Quote me in digests"), _("Only what you said in the community, with the name you chose")),
    }[code]


@open_to_all(reason="what we do with data is told to everybody; one's own data only to a member's session")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The four groups with where each came from; for strangers what we would keep."""
    member = member_of(request)
    if member is None:
        return render(request, "member/privacy_told.html")
    card = person_card(person_id=member, may_see_contact=False)
    if card is None:
        return render(request, "member/privacy_told.html")
    switches = []
    may = may_contact_for(person_id=member, purposes=SWITCHES, channel="any")
    for code in SWITCHES:
        title, note = _purpose(code)
        switches.append(
            {
                "code": code,
                "title": title,
                "note": note,
                "on": may[code],
            }
        )
    context = {
        "card": card,
        "communities": communities_of(person_id=member),
        "switches": switches,
        "wish": wish_of(person_id=member),
        "acts": card.counts.gather + card.counts.give + card.counts.share,
    }
    return render(request, "member/privacy.html", context)


@for_members
@require_POST
def switch(request: MemberRequest) -> HttpResponse:
    """Says yes or no to a purpose. It holds at once."""
    code = request.POST.get("purpose", "")
    if code in SWITCHES:
        actor = f"person:{request.member}"
        if request.POST.get("on") == "1":
            give_consent(
                person_id=request.member,
                purpose=code,
                channel="any",
                basis="form",
                evidence="privacy",
                actor=actor,
                at=present(),
            )
        else:
            withdraw_consent(person_id=request.member, purpose=code, channel="any", actor=actor, at=present())
        say(request, _("Kept. It holds from now on."))
    return redirect("member:privacy")


@for_members
@require_POST
def copy(request: MemberRequest) -> HttpResponse:
    """Everything we know, as files to take along."""
    language = get_language() or "zh-hans"
    made = export(person_id=request.member, actor=f"person:{request.member}", at=present(), language=language)
    answer = HttpResponse(made.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return answer


@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def erase_me(request: MemberRequest) -> HttpResponse:
    """What goes, what the law keeps, what is lost; then seven days to change one's mind."""
    actor = f"person:{request.member}"
    if request.method == "POST":
        if request.POST.get("stay"):
            if call_off(person_id=request.member, actor=actor, at=present()):
                say(request, _("Good that you stay. Nothing is deleted."))
            return redirect("member:privacy")
        with_words = bool(request.POST.get("with_words"))
        wish_erasure(person_id=request.member, with_words=with_words, actor=actor, at=present())
        return redirect("member:erase_me")
    card = person_card(person_id=request.member, may_see_contact=False)
    return render(request, "member/erase.html", {"card": card, "wish": wish_of(person_id=request.member)})
