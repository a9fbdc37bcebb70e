"""Bringing friends (带朋友来): a member's own link and poster, and who came by them. Nothing is promised for sending."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.calling import display_names
from tongpin.core.places.browsing import communities_of
from tongpin.loop.share.commissions.payable import payouts
from tongpin.loop.share.commissions.queries import earnings_of
from tongpin.loop.share.posters.actions import BadPoster, draw_poster
from tongpin.loop.share.posters.rules.words import LIMITS
from tongpin.loop.share.referrals.actions import own_link
from tongpin.loop.share.referrals.queries import LinkSeen, invitation_counts, link_of, my_invitations
from tongpin.web.look.gate import MemberRequest, for_members
from tongpin.web.look.toast import say
from tongpin.web.member import share_targets, shop_words
from tongpin.web.member.share_poster import can_draw, own_words, poster_words
from tongpin.web.member.share_targets import COMMUNITY, Target

SHOWN = 50


@for_members
@require_safe
def share(request: MemberRequest) -> HttpResponse:
    """My link to something (`?to=community-3`), the poster of it, who came by my links, what that earned."""
    inside = communities_of(person_id=request.member)
    target = share_targets.target_of(request.GET.get("to", ""), inside)
    if target is None:
        raise Http404
    return _page(request, target, share_targets.choices(inside))


def _page(
    request: MemberRequest,
    target: Target,
    choices: list[Target],
    *,
    typed: tuple[str, str] | None = None,
    wrong: str = "",
) -> HttpResponse:
    me, now = request.member, present()
    link = link_of(person_id=me, target_kind=target.kind, target=target.number)
    came = my_invitations(person_id=me, now=now, size=SHOWN)
    names = display_names(person_ids=[me, *(one.newcomer for one in came)])
    called = names.get(me, "")
    name, sentence = "", ""
    if link is not None:
        name, sentence = typed or own_words(person_id=me, code_id=link.code_id, called=called)
    address = _address(link) if link is not None else ""
    context = {
        "target": target,
        "choices": choices if target in choices else [target, *choices],
        "link": address,
        "words": _words(target, address),
        "picture": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4) if address else "",
        "has_poster": link is not None and target.kind == COMMUNITY and can_draw(),
        "name": name,
        "sentence": sentence,
        "limits": LIMITS,
        "wrong": wrong,
        "came": [{"name": _shown(names.get(one.newcomer, "")), "since": one.bound_at} for one in came],
        "counts": invitation_counts(person_id=me, now=now),
        "earnings": earnings_of(person_id=me),
        "paid": next((one for one in payouts(root=me, size=5) if one.back_at is None), None),
        "tab": "mine",
    }
    return render(request, "member/share.html", context, status=422 if wrong else 200)


@for_members
@require_POST
def make_link(request: MemberRequest) -> HttpResponse:
    """Makes my link to something, or finds it again."""
    target = _target(request)
    own_link(
        person_id=request.member,
        target_kind=target.kind,
        target=target.number,
        at=present(),
        actor=f"person:{request.member}",
    )
    return redirect(f"{reverse('member:share')}?to={target.code}")


@for_members
@require_POST
def own_sentence(request: MemberRequest) -> HttpResponse:
    """Other words on my poster: what I am called there, and a sentence of my own."""
    target = _target(request)
    link = link_of(person_id=request.member, target_kind=target.kind, target=target.number)
    if link is None or target.kind != COMMUNITY:
        raise Http404
    typed = request.POST.get("name", "").strip(), request.POST.get("sentence", "").strip()
    try:
        _draw(request, target, link, *typed)
    except BadPoster:
        wrong = _("At most %(name)s characters for the name and %(sentence)s for the sentence.")
        choices = share_targets.choices(communities_of(person_id=request.member))
        return _page(request, target, choices, typed=typed, wrong=wrong % LIMITS)
    say(request, _("Your poster says that now."))
    return redirect(f"{reverse('member:share')}?to={target.code}")


@for_members
@require_safe
def poster(request: MemberRequest) -> HttpResponse:
    """My poster as a picture to keep or to send: 750 × 1334, at most 150 kB."""
    inside = communities_of(person_id=request.member)
    target = share_targets.target_of(request.GET.get("to", ""), inside)
    link = link_of(person_id=request.member, target_kind=target.kind, target=target.number) if target else None
    if target is None or link is None or target.kind != COMMUNITY or not can_draw():
        raise Http404
    called = display_names(person_ids=[request.member]).get(request.member, "")
    name, sentence = own_words(person_id=request.member, code_id=link.code_id, called=called)
    answer = HttpResponse(_draw(request, target, link, name, sentence), content_type="image/png")
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _draw(request: MemberRequest, target: Target, link: LinkSeen, name: str, sentence: str) -> bytes:
    words = poster_words(target=target, name=name, sentence=sentence, address=_address(link))
    drawn = draw_poster(
        person_id=request.member, code_id=link.code_id, words=words, at=present(), actor=f"person:{request.member}"
    )
    return drawn.png


def _target(request: MemberRequest) -> Target:
    inside = communities_of(person_id=request.member)
    target = share_targets.target_of(request.POST.get("to", ""), inside)
    if target is None:
        raise Http404
    return target


def _address(link: LinkSeen) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("member:follow", args=[link.code])


def _words(target: Target, address: str) -> str:
    """What is sent along with the link."""
    if target.fen:
        told = {"title": target.title, "amount": shop_words.amount(target.fen), "link": address}
        return _("%(title)s, %(amount)s: %(link)s") % told
    return _("%(title)s: %(link)s") % {"title": target.title, "link": address}


def _shown(name: str) -> str:
    return _("A member") if not name or "*" in name or "@" in name else name
