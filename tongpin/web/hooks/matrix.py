"""What a Matrix homeserver tells its application service: us. It sends the same again until it has our 200."""

from __future__ import annotations

import hmac
import logging

from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now
from tongpin.channels.port import BadPayload, Supplies
from tongpin.channels.registry import open_channel
from tongpin.core.places.arriving import hear_arrivals
from tongpin.core.sending.accounts import account_config
from tongpin.web.look.gate import by_key

log = logging.getLogger(__name__)
KIND = "matrix"
LIMIT = 16 * 1024 * 1024
"""Bytes of a transaction: a homeserver puts a hundred events of at most 64 kB into one."""


@csrf_exempt
@require_http_methods(["PUT"])
@by_key  # The homeserver's own token stands before anything of the body is read.
def take_transaction(request: HttpRequest, txn: str) -> JsonResponse:
    """Takes a transaction. `txn` is not kept: what is told twice is known by itself, whichever number it bears."""
    config = account_config(KIND)
    if config is None or not _is_theirs(request, config["hs_token"]):
        return _no(403, "M_FORBIDDEN", "this is not the token we agreed on")
    try:
        body = _body(request)
    except UnreadablePostError:
        return _no(400, "M_NOT_JSON", "the transaction broke off")
    if body is None:
        return _no(413, "M_TOO_LARGE", f"at most {LIMIT // 1024 // 1024} MB")
    try:
        arrivals = open_channel(kind=KIND, config=config, supplies=Supplies()).parse(payload=body)
    except BadPayload:
        return _no(400, "M_NOT_JSON", "send the events of a transaction")
    try:
        hear_arrivals(channel=KIND, arrivals=arrivals, at=now())
    except Exception as error:
        # Its text may hold what was said. The homeserver sends the same again.
        log.error("a transaction of %s could not be taken: %s", KIND, type(error).__name__)
        return _no(503, "M_UNKNOWN", "send the same again")
    return JsonResponse({})


@csrf_exempt
@require_http_methods(["GET", "POST"])
@by_key  # As above.
def answer_question(request: HttpRequest, what: str = "") -> JsonResponse:
    """The homeserver's other questions. A ping is answered; users and rooms of ours are there already or not at all."""
    config = account_config(KIND)
    if config is None or not _is_theirs(request, config["hs_token"]):
        return _no(403, "M_FORBIDDEN", "this is not the token we agreed on")
    if request.method == "POST":
        return JsonResponse({})
    return _no(404, "M_NOT_FOUND", "there is none")


def _is_theirs(request: HttpRequest, agreed: str) -> bool:
    """Whether it bears the token; older homeservers put it into the address."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        given = request.GET.get("access_token", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), agreed.encode())


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes; None where there are too many. Django's own limit is for what browsers send."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > LIMIT:
        return None
    if not length.isdecimal() and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        body: bytes = request.META["wsgi.input"].read(LIMIT + 1)
    else:
        body = request.read(LIMIT + 1)
    return body if len(body) <= LIMIT else None


def _no(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"errcode": code, "error": message}, status=status)
