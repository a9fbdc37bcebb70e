"""Inbound webhooks over HTTP. Whoever integrates reads these answers, so they say what to send instead."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongpin.base.clock import now
from tongpin.base.rates import Meter
from tongpin.core.intake.admitting import Busy
from tongpin.core.intake.hooks import LIMIT, Fault, HookUnknown, take
from tongpin.core.intake.meanings import MOST, Unusable
from tongpin.web.look.gate import by_key

UNREADABLE = (
    msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadRequest, SuspiciousOperation, MultiPartParserError,
)  # fmt: skip
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SAYS = {
    "empty": "none of the fields that were mapped has a value",
    "too_many": f"at most {MOST} things in one post",
    "identity_unreadable": "give a whole phone number (13812345678, +85251234567) or mail address (lin@example.com)",
    "time_unreadable": "give a time such as 2026-11-22T12:00:00+08:00, or seconds since 1970",
    "time_far_off": "the time is far from any possible one: is the sender's clock right?",
    "amount_unreadable": "give yuan with at most two decimals (89.00), or whole fen (8900)",
    "quantity_unreadable": "give a whole number from 1",
    "birthday_unreadable": "give a day such as 1990-05-20",
}


class TooLarge(Exception):
    """More than LIMIT bytes."""


meter = Meter(50)
"""Posts a second, address and process; beyond it the sender is asked to come again."""


@csrf_exempt
@require_POST
@by_key
def take_post(request: HttpRequest, secret: str) -> JsonResponse:
    """Takes JSON or a form. 200 recorded or known, 202 kept as a sample, 4xx with what to send."""
    if meter.is_over(secret):
        return _again("too many posts in a second")
    try:
        taken = take(secret=secret, content=_content(request), received_at=now())
    except HookUnknown:
        return _no(404, "there is no webhook at this address, or it was closed")
    except Unusable as fault:
        return _no(422, SAYS[fault.fault], [Fault(0, fault.fault, fault.field)])
    except Busy:
        return _again("busy")
    except TooLarge:
        return _no(413, f"at most {LIMIT // 1024} KB")
    except UNREADABLE:
        return _no(400, "send JSON, or the fields of a form")
    except (UnreadablePostError, RawPostDataException):
        return _no(400, "the post broke off: send it again")
    if taken.state == "refused":
        return _no(422, SAYS[taken.faults[0].fault], taken.faults)
    answer = {"ok": True, "state": taken.state, "new": taken.new, "known": taken.known, "faults": _told(taken.faults)}
    return JsonResponse(answer, status=202 if taken.state == "sample" else 200)


def _content(request: HttpRequest) -> Any:
    """What was posted. Raises TooLarge, msgspec.DecodeError and what Django raises for a form that is none."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        body = request.META["wsgi.input"].read(LIMIT + 1)
    elif length.isdecimal() and int(length) > LIMIT:
        raise TooLarge
    elif request.content_type in FORMS:
        return {name: ",".join(str(one) for one in values) for name, values in request.POST.lists()}
    else:
        body = request.body
    if len(body) > LIMIT:
        raise TooLarge
    return msgspec.json.decode(body)


def _told(faults: tuple[Fault, ...] | list[Fault]) -> list[dict[str, object]]:
    return [{"place": one.place, "field": one.field, "fault": one.fault, "message": SAYS[one.fault]} for one in faults]


def _no(status: int, message: str, faults: tuple[Fault, ...] | list[Fault] = ()) -> JsonResponse:
    return JsonResponse({"ok": False, "message": message, "faults": _told(faults)}, status=status)


def _again(message: str) -> JsonResponse:
    answer = _no(429, f"{message}: send the same again in a moment")
    answer["Retry-After"] = "1"
    return answer
