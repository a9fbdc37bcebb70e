"""What a phone keeps: the member's session, and by which link somebody came (both out of reach of scripts)."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase

from tongpin.core.people.visitors import LASTS, Visit
from tongpin.web.look.gate import MEMBER_COOKIE

WAY_COOKIE = "tongpin_way"
WAY_LASTS = 30 * 86400
"""Seconds for which a link counts as the way somebody came (SCIENCE §4.4: 30 days)."""


def sign_in(response: HttpResponseBase, visit: Visit) -> None:
    """Gives the phone its session."""
    response.set_cookie(
        MEMBER_COOKIE,
        visit.secret,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def sign_out(response: HttpResponseBase) -> None:
    """Takes the session off the phone."""
    response.delete_cookie(MEMBER_COOKIE, samesite="Lax")


def keep_way(response: HttpResponseBase, *, code_id: int) -> None:
    """Remembers by which tracked code somebody came; the last one counts."""
    response.set_signed_cookie(
        WAY_COOKIE,
        str(code_id),
        salt=WAY_COOKIE,
        max_age=WAY_LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_way(response: HttpResponseBase) -> None:
    """From now on they came by nothing but the page itself."""
    response.delete_cookie(WAY_COOKIE, samesite="Lax")


def way_of(request: HttpRequest) -> int | None:
    """The tracked code somebody came by, where it is known."""
    try:
        told = request.get_signed_cookie(WAY_COOKIE, default="", salt=WAY_COOKIE, max_age=WAY_LASTS)
    except BadSignature:
        return None
    return int(told) if told and told.isdecimal() else None
