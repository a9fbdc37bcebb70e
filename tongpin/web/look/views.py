"""The few doors of the frame itself: theme, community in view, the ledger's clock. The language is Django's own."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from tongpin.web.look.community import choose
from tongpin.web.look.context import THEME_COOKIE, THEMES
from tongpin.web.look.gate import open_to_all, signed_in


@open_to_all(reason="only keeps light or dark in the visitor's own browser")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark in a cookie for a year; the script does the same without asking."""
    response = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@signed_in
@require_POST
def community(request: HttpRequest) -> HttpResponse:
    """Keeps the community in view; an empty or unknown one means all."""
    given = request.POST.get("community", "")
    choose(request=request, community_id=int(given) if given.isdecimal() and len(given) < 19 else None)
    return HttpResponseRedirect(_back(request))


@signed_in
@require_GET
def clock(request: HttpRequest) -> HttpResponse:
    """How far the ledger is read, alone, for the top bar that stays open."""
    return render(request, "look/parts/clock.html")


def _back(request: HttpRequest) -> str:
    given = request.POST.get("next", "")
    return given if url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}) else "/"
