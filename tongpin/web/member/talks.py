"""A talk (嘉宾分享) for members: before it begins, while the guest speaks, and its replay; signing up, asking."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.base.ids import token
from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import members_of
from tongpin.core.people.visitors import Nameless, meet_visitor
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.loop.give.talks import actions
from tongpin.loop.give.talks.queries import is_signed_up, talk_by_code
from tongpin.loop.give.talks.seen import TalkPage
from tongpin.web.look.gate import MemberRequest, client_address, for_members, member_of, open_to_all
from tongpin.web.look.tickets import issue
from tongpin.web.look.toast import say
from tongpin.web.member import talk_rows
from tongpin.web.member.session import sign_in
from tongpin.web.member.shop_words import by_the_clock

CHANNEL = "live"
MOST_WORDS = 500


def live_address(stream: str) -> str:
    """Where a page follows a stream."""
    return f"{settings.LIVE_URL.rstrip('/')}/live/?ticket={quote(issue(stream=stream))}"


def talk_link(talk: TalkPage) -> str:
    """The whole address of a talk's page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("member:talk", args=[talk.live_code])


def _talk(code: str) -> TalkPage:
    found = talk_by_code(live_code=code)
    if found is None:
        raise Http404
    return found


@open_to_all(reason="a talk opens for whoever holds its link, in every group it was announced in")
@require_safe
def talk(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a talk in all its states."""
    seen, member, now = _talk(code), member_of(request), present()
    rows = talk_rows.rows_of(seen)
    if member is not None and _is_looked_at(request):
        if seen.state == "live":
            actions.hear_live(talk_id=seen.id, person_id=member, seconds=0, at=now)
        elif seen.state == "ended":
            actions.open_replay(talk_id=seen.id, person_id=member, at=now)
    started = seen.started_at or seen.starts_at
    context = {
        "talk": seen,
        "rows": rows,
        "when": by_the_clock(seen.starts_at),
        "until": by_the_clock(seen.ends_hint) if seen.ends_hint else "",
        "is_known": member is not None,
        "called": _called(member),
        "has_signed": member is not None and _has_signed(seen.id, member),
        "late": _minutes_late(started, now) if seen.state == "live" and len(rows) > talk_rows.JUMPS else 0,
        "jumps": talk_rows.jumps_in(rows) if seen.state in ("live", "ended") else (),
        "answers": talk_rows.answered_in(rows) if seen.state == "ended" else (),
        "voices": sum(one.it.form == "voice" and not one.it.redacted for one in rows),
        "live": live_address(f"talk:{seen.id}") if seen.state in ("announced", "live") else "",
        "last": rows[-1].it.number if rows else 0,
        "link": talk_link(seen),
        "most_words": MOST_WORDS,
        "key": token(),
        "token": get_token(request) if member is not None and seen.state == "live" else "",
        "community_page": reverse("member:community", args=[seen.community_id]),
    }
    return render(request, "member/talk.html", context)


def _is_looked_at(request: HttpRequest) -> bool:
    """Whether somebody has the page before them: a browser also fetches what nobody may ever open."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def _minutes_late(started: datetime, now: datetime) -> int:
    """Whole minutes since the start, where that is worth a word."""
    since = now - started
    return int(since.total_seconds() // 60) if since >= talk_rows.WORTH_JUMPING else 0


def _called(member: int | None) -> str:
    """What somebody chose to be called; a masked name or number is not put into forms."""
    name = display_names(person_ids=[member]).get(member, "") if member is not None else ""
    return "" if "*" in name or "@" in name else name


def _has_signed(talk_id: int, member: int) -> bool:
    return is_signed_up(talk_id=talk_id, person_ids=members_of(root=member))


def _signed_as(request: HttpRequest, member: int | None) -> str:
    """What a question is signed with. Of a member who wants no name there, or chose none, nothing else is shown."""
    typed = request.POST.get("name", "").strip()[:40]
    name = "" if request.POST.get("nameless") else (_called(member) or typed)
    return name or (_("A member") if member is not None else "")


@open_to_all(reason="who wants to hear a talk has no account yet")
@require_POST
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Signs up. Who is new says what to call them, and has a session from then on."""
    seen, member, now = _talk(code), member_of(request), present()
    answer = redirect("member:talk", code)
    if request.POST.get("website"):  # a field people do not see: only programs fill it
        return answer
    try:
        take_try(kind="apply", whom=f"talk:{client_address(request) or ''}", now=now)
        with transaction.atomic():  # nobody is met who is not signed up
            visit = None if member is not None else meet_visitor(nickname=request.POST.get("nickname", ""), at=now)
            person = visit.person_id if visit is not None else member
            if person is None:
                raise Nameless("tell us what to call you")
            actions.sign_up(talk_id=seen.id, person_id=person, at=now, actor=f"person:{person}")
    except Nameless:
        say(request, _("Tell us what to call you."), kind="bad")
    except TooManyTries:
        say(request, _("Many signed up from this network just now. Try again in a quarter of an hour."), kind="bad")
    except actions.NotNow:
        say(request, _("Signing up is over. Look below."), kind="bad")
    else:
        say(
            request,
            _("You are signed up. Come back to this page at %(when)s.") % {"when": by_the_clock(seen.starts_at)},
        )
        if visit is not None:
            sign_in(answer, visit)
    return answer


@for_members
@require_POST
def sign_off(request: MemberRequest, code: str) -> HttpResponse:
    """Takes it back before the talk begins; who changes their mind once more signs up again."""
    try:
        actions.sign_off(
            talk_id=_talk(code).id, person_id=request.member, at=present(), actor=f"person:{request.member}"
        )
    except actions.NotNow:
        say(request, _("Signing up is over. Look below."), kind="bad")
    else:
        say(request, _("You are not signed up any more. Should you find the time after all, sign up again."))
    return redirect("member:talk", code)


@open_to_all(reason="everybody who hears a talk may ask, with or without an account")
@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponseBase:
    """A question to the guest. The same form sent twice asks once; a script gets the answer as JSON."""
    seen, member, now = _talk(code), member_of(request), present()
    if request.POST.get("website"):
        return _told(request, code, _("Your question is in the queue."))
    key, words = request.POST.get("key", ""), request.POST.get("words", "")
    if key and actions.was_asked(talk_id=seen.id, key=key, words=words):
        return _told(request, code, _("Your question is in the queue."))
    wrong = ""
    try:
        take_try(kind="apply", whom=f"ask:{client_address(request) or ''}", now=now)
        actions.ask(
            talk_id=seen.id,
            person_id=member,
            name=_signed_as(request, member),
            words=words,
            channel=CHANNEL,
            at=now,
            key=key,
            actor=f"person:{member}" if member is not None else "visitor",
        )
    except actions.BadQuestion as error:
        wrong = _wrong_question(error.reason)
    except actions.NotNow:
        wrong = _("The talk takes no questions any more.")
    except TooManyTries:
        wrong = _("Many questions came from this network just now. Try again in a quarter of an hour.")
    if not wrong:
        return _told(request, code, _("Your question is in the queue."))
    return _told(request, code, wrong, is_wrong=True)


def _wrong_question(reason: str) -> str:
    return {
        "empty": _("Write your question first."),
        "too_long": _("Shorten it to %(count)s characters.") % {"count": MOST_WORDS},
        "too_many": _("You asked a lot already. Let others ask too; yours are in the queue."),
    }.get(reason, _("This question could not be taken."))


def _told(request: HttpRequest, code: str, words: str, *, is_wrong: bool = False) -> HttpResponseBase:
    """Words for a script, or back on the page; what was typed comes back with a refusal."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"wrong": words} if is_wrong else {"told": words}, status=422 if is_wrong else 200)
    if is_wrong:
        member = member_of(request)
        context = {
            "talk": _talk(code),
            "wrong": words,
            "typed": request.POST.get("words", ""),
            "most_words": MOST_WORDS,
            "key": token(),
            "is_known": member is not None,
            "called": _called(member),
        }
        return render(request, "member/talk_ask.html", context, status=422)
    say(request, words)
    return redirect("member:talk", code)


@for_members
@require_POST
def here(request: MemberRequest, code: str) -> HttpResponse:
    """How long somebody listened, told by their phone."""
    given = request.POST.get("seconds", "")
    if given.isascii() and given.isdecimal() and len(given) < 7:
        actions.hear_live(talk_id=_talk(code).id, person_id=request.member, seconds=int(given), at=present())
    return HttpResponse(status=204)
