"""Signing in on another phone: type the mailbox, open the link in it. The same answer whether we know it or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.channels.port import Content
from tongpin.core.people.signs import mail_address
from tongpin.core.sending.accounts import account_seen
from tongpin.core.sending.again import LASTS, link_seen, send_proof, send_sign_in, use_link
from tongpin.core.sending.reaching import MAIL
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.reactions import phrases
from tongpin.web.look.gate import client_address, member_of, open_to_all
from tongpin.web.look.toast import say
from tongpin.web.member.session import sign_in

MINUTES = int(LASTS.total_seconds() // 60)


@open_to_all(reason="somebody on a phone we do not know must be able to come back")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """A form for the mailbox. On a signed-in phone it makes a mailbox one's own, on any other it signs in."""
    context: dict[str, object] = {
        "can": account_seen(kind=MAIL) is not None,
        "is_known": member_of(request) is not None,
        "minutes": MINUTES,
        "typed": "",
        "tab": "mine",
    }
    if request.method != "POST" or not context["can"]:
        return render(request, "member/again.html", context)
    typed = request.POST.get("mail", "").strip()[:254]
    mail = mail_address(typed)
    if mail is None or not mail.isascii():
        context |= {"typed": typed, "error": _("Give a mail address such as lin@example.com.")}
        return render(request, "member/again.html", context, status=422)
    now = present()
    try:
        take_try(kind="again_from", whom=client_address(request) or "", now=now)
        take_try(kind="again", whom=mail, now=now)
    except TooManyTries:
        context |= {
            "typed": typed,
            "error": _("That was often. Look into the mailbox, or try in a quarter of an hour."),
        }
        return render(request, "member/again.html", context, status=429)
    member = member_of(request)
    if member is not None:
        send_proof(person_id=member, mail=mail, words=_letter, at=now)
    else:
        send_sign_in(mail=mail, words=_letter, at=now)
    return render(request, "member/again_sent.html", context | {"mail": mail})


def _letter(called: str, secret: str) -> Content:
    return phrases.sign_in_link(
        called=called, link=phrases.address(reverse("member:again_link", args=[secret])), minutes=MINUTES
    )


@open_to_all(reason="the link itself says who it is for; it works once")
@require_http_methods(["GET", "HEAD", "POST"])
def again_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Asks before it signs in: programs that look at links in letters must not use them up."""
    now = present()
    try:
        if request.method == "POST":
            visit = use_link(secret=secret, at=now)
            if visit is not None:
                home = redirect("member:home")
                sign_in(home, visit)
                say(request, _("This phone is signed in."))
                return _unkept(home)
            take_try(kind="link", whom=client_address(request) or "", now=now)
        seen = link_seen(secret=secret, at=now)
    except TooManyTries:
        seen = None
    answer = render(request, "member/again_link.html", {"seen": seen, "minutes": MINUTES}, status=200 if seen else 410)
    return _unkept(answer)


def _unkept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    # Not "no-referrer": browsers then name no origin for the form either, and it would be refused.
    answer["Referrer-Policy"] = "same-origin"
    return answer
