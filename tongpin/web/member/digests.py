"""A digest (文摘) on a phone: what it comes to, quotes with consent, thanks; and, for who is quoted, whether they agree."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.roots import members_of
from tongpin.loop.give.digests.actions import BY_PAGE, DigestUnknown, NotQuoted, answer_consent
from tongpin.loop.give.digests.queries import DigestSeen, digest_seen, is_member
from tongpin.web.look.gate import MemberRequest, for_members, member_of, open_to_all
from tongpin.web.look.toast import say

READ_A_MINUTE = 300
"""Han characters that people read in a minute."""


def _digest(code: str) -> DigestSeen:
    try:
        return digest_seen(code=code)
    except DigestUnknown:
        raise Http404 from None


@open_to_all(reason="a published digest is shared and shows only words whose people agreed to it")
@require_safe
def digest(request: HttpRequest, code: str) -> HttpResponse:
    """The digest. A draft is seen by those who are quoted in it, their own words alone."""
    seen = _digest(code)
    member = member_of(request)
    theirs = frozenset(members_of(root=member)) if member is not None else frozenset()
    own = [one for one in seen.quotes if one.person_id in theirs and one.stands and not one.left_out]
    published = seen.state == "published"
    if not published and not own:
        raise Http404
    inside = member is not None and is_member(community_id=seen.community_id, person_id=member)
    named = {one.person_id for one in seen.shown}
    thanked = [one.name for one in seen.givers if one.name and (inside or one.person_id in named)]
    characters = len(seen.conclusion) + sum(len(one.words) for one in seen.shown)
    context = {
        "it": seen,
        "published": published,
        "quotes": seen.shown if published else (),
        "own": own,
        "agreed": own[0].consent if own else "",
        "givers": thanked,
        "more_givers": len(seen.givers) - len(thanked),
        "minutes": max(1, round(characters / READ_A_MINUTE)),
        "inside": inside,
        "link": settings.PUBLIC_URL.rstrip("/") + reverse("member:digest", args=[code]),
    }
    return render(request, "member/digest.html", context)


@for_members
@require_POST
def agree(request: MemberRequest, code: str) -> HttpResponse:
    """Whether one's own words may be quoted. The last word holds, also later."""
    seen = _digest(code)
    agrees = request.POST.get("agrees") == "1"
    try:
        answer_consent(
            digest_id=seen.id,
            person_id=request.member,
            agrees=agrees,
            how=BY_PAGE,
            at=present(),
            actor=f"person:{request.member}",
        )
    except NotQuoted:
        raise Http404 from None
    say(request, _("Thank you. Your words may stand there.") if agrees else _("Kept. Your words stay out of it."))
    return redirect("member:digest", code)
