"""The stage (台上): the page a guest speaks from, on a phone, by a private link and without an account.

Whoever holds the link may speak, so it is the key of every door here: forms carry no token of a session, and the page
tells its address to nobody. What is sent twice under one key is said once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.base.ids import token
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.loop.give.talks import actions
from tongpin.loop.give.talks.queries import board, stage_of
from tongpin.loop.give.talks.seen import StageSeen, TalkPage
from tongpin.web.look.file_words import ACCEPTED_PICTURES, ACCEPTED_VOICES
from tongpin.web.look.gate import by_key, client_address, open_to_all
from tongpin.web.member import stage_giving
from tongpin.web.member.shop_words import by_the_clock
from tongpin.web.member.stage_rows import gone, groups_of, said_on
from tongpin.web.member.talk_rows import Row, rows_of
from tongpin.web.member.talks import live_address, talk_link

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, StageSeen, P], HttpResponseBase]
Door = Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]
OVER = ("ended", "cancelled")
OPEN = "a guest has no account: the secret in the address, checked before anything else, lets in"


def on_stage(view: View[P]) -> Door[P]:
    """Finds the stage by the secret in the address; nothing leads from here to it, and no copy stays behind."""

    @wraps(view)
    def door(request: HttpRequest, secret: str, *arguments: P.args, **more: P.kwargs) -> HttpResponseBase:
        held = stage_of(secret=secret) if 10 <= len(secret) <= 100 else None
        if held is None:
            answer: HttpResponseBase = _closed(request)
        elif held.talk.state in OVER:
            answer = _over(request, held.talk)
        else:
            answer = view(request, held, *arguments, **more)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        answer["Cache-Control"] = "private, no-store"
        return answer

    return cast("Door[P]", door)


def _over(request: HttpRequest, talk: TalkPage) -> HttpResponse:
    """What is said to a guest whose talk is over or was called off; nothing goes out from here any more."""
    if _wants_json(request):
        return JsonResponse({"wrong": _("The talk is over: nothing goes out any more.")}, status=410)
    return render(request, "member/stage_over.html", {"talk": talk, "link": talk_link(talk)}, status=410)


def _closed(request: HttpRequest) -> HttpResponse:
    again, status = "", 404
    try:
        take_try(kind="link", whom=client_address(request) or "", now=present())
    except TooManyTries as shut:
        again, status = by_the_clock(shut.opens_at), 429
    if _wants_json(request):
        return JsonResponse({"wrong": _("This link is closed: the talk is over, or it was renewed.")}, status=status)
    return render(request, "member/stage_closed.html", {"again": again}, status=status)


def actor_of(talk: TalkPage) -> str:
    """Who acts from the stage, as facts keep it."""
    return f"person:{talk.guest_person_id}" if talk.guest_person_id else "guest"


@open_to_all(reason=OPEN)
@csp_update({"media-src": ["'self'", "blob:"]})  # type: ignore[arg-type]  # its types know no views with arguments
@require_safe
@on_stage
def stage(request: HttpRequest, held: StageSeen) -> HttpResponse:
    """The guest's page: what was said and how far it went, questions handed on, and the box to speak."""
    return _page(request, held)


def _page(request: HttpRequest, held: StageSeen, *, wrong: str = "", typed: str = "", asked: str = "") -> HttpResponse:
    talk = held.talk
    rows: tuple[Row, ...] = rows_of(talk)
    seen = board(talk_id=talk.id)
    asked = asked or request.GET.get("answer", "")
    answering = next((one for one in held.questions if asked == str(one.id)), None)
    context: dict[str, Any] = {
        "talk": talk,
        "secret": request.resolver_match.kwargs["secret"] if request.resolver_match else "",
        "said": said_on(rows, seen),
        "groups": groups_of(seen),
        "gone": gone(),
        "questions": held.questions,
        "answering": answering,
        "key": token(size=16),
        "wrong": wrong,
        "typed": typed,
        "when": by_the_clock(talk.starts_at),
        "link": talk_link(talk),
        "live": live_address(f"board:{talk.id}") if talk.state == "live" else "",
        "last": rows[-1].it.number if rows else 0,
        "pictures": ACCEPTED_PICTURES,
        "voices": ACCEPTED_VOICES,
    }
    return render(request, "member/stage.html", context, status=422 if wrong else 200)


@open_to_all(reason=OPEN)
@require_safe
@on_stage
def now(_request: HttpRequest, held: StageSeen) -> HttpResponseBase:
    """What changed since the page was drawn, for its script: how far each piece went, which questions were handed on."""
    said = said_on(rows_of(held.talk), board(talk_id=held.talk.id))
    return JsonResponse(
        {
            "state": held.talk.state,
            "said": [
                {"segment": one.it.segment_id, "went": one.went, "tone": one.tone, "redacted": one.it.redacted}
                for one in said
            ],
            "questions": [
                {"id": one.id, "name": one.name, "words": one.words, "also": one.also} for one in held.questions
            ],
        }
    )


@open_to_all(reason=OPEN)
@csrf_exempt
@require_POST
@on_stage
def begin(request: HttpRequest, held: StageSeen) -> HttpResponseBase:
    """The guest begins. From now on what they send goes out."""
    try:
        actions.start(talk_id=held.talk.id, at=present(), actor=actor_of(held.talk))
    except actions.NotNow:
        return _page(request, held, wrong=_("This talk is over or was called off."))
    return _back(request)


@by_key
@csrf_exempt
@require_POST
@on_stage
def give(request: HttpRequest, held: StageSeen) -> HttpResponseBase:
    """One piece of the talk: words, a picture or a voice. A script gets JSON: what it may send again, and what not."""
    talk = held.talk
    try:
        given = stage_giving.give(request, talk, actor=actor_of(talk), at=present())
    except stage_giving.NotGiven as no:
        if _wants_json(request):
            return JsonResponse({"wrong": str(no), "again": no.again}, status=503 if no.again else 422)
        return _page(request, held, wrong=str(no), typed=no.typed, asked=no.question)
    if _wants_json(request):
        told = {"segment": given.segment_id, "number": given.number, "line": given.line}
        return JsonResponse(told | stage_giving.file_of(given.segment_id))
    return _back(request)


@open_to_all(reason=OPEN)
@csrf_exempt
@require_POST
@on_stage
def take_back(request: HttpRequest, held: StageSeen, segment_id: int) -> HttpResponseBase:
    """Takes one piece back, on the live page and in every group."""
    if any(one.it.segment_id == segment_id for one in rows_of(held.talk)):
        actions.redact_segment(segment_id=segment_id, at=present(), actor=actor_of(held.talk))
    return _back(request)


@open_to_all(reason=OPEN)
@csrf_exempt
@require_POST
@on_stage
def finish(request: HttpRequest, held: StageSeen) -> HttpResponseBase:
    """The talk is over: the replay card goes to every group, this link opens no more, and the guest sees the replay."""
    try:
        actions.end(talk_id=held.talk.id, at=present(), actor=actor_of(held.talk))
    except actions.NotNow:
        return _page(request, held, wrong=_("The talk has not begun: there is nothing to end."))
    return redirect("member:talk", held.talk.live_code)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _back(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    return redirect("member:stage", match.kwargs["secret"] if match else "")
