"""What payment providers call to say that money came or went back (收款回调). The body is handed on and never logged."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongpin.base.clock import now
from tongpin.cashier.port import Acknowledgement
from tongpin.core.money.actions import take_notice
from tongpin.core.money.tills import NoSuchTill, till
from tongpin.web.look.gate import by_key

log = logging.getLogger(__name__)
LIMIT = 64 * 1024
"""Bytes of a notice; real ones have a few thousand."""


@csrf_exempt
@require_POST
@by_key  # A notice is believed for its provider's signature over the raw body: no session, no account stands behind it.
def take_pay(request: HttpRequest, kind: str) -> HttpResponse:
    """Answers as the provider wants: only then it stops sending. An unknown kind is 404, a failure of ours its refusal."""
    try:
        provider = till(kind)
    except NoSuchTill:
        return HttpResponse(status=404, content_type="text/plain")
    try:
        body = _body(request)
    except (UnreadablePostError, RawPostDataException):
        return _told(provider.acknowledgement(ok=False))
    if body is None:
        return HttpResponse(status=413, content_type="text/plain")
    try:
        taken = take_notice(provider=provider, headers=request.headers, body=body, at=now())
    except Exception as error:
        # Its text may hold what the notice said. The provider sends again, and asking it finds what was paid.
        log.error("a notice of %s could not be acted on: %s", kind, type(error).__name__)
        return _told(provider.acknowledgement(ok=False))
    if taken.outcome == "bad":
        log.warning("a notice of %s was not believed: %s", kind, taken.reason)
    return _told(taken.answer)


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes; None where there are too many."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        body: bytes = request.META["wsgi.input"].read(LIMIT + 1)
    elif length.isdecimal() and int(length) > LIMIT:
        return None
    else:
        body = request.body
    return body if len(body) <= LIMIT else None


def _told(answer: Acknowledgement) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
