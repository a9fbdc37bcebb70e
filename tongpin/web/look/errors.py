"""Pages for what went wrong, in plain words. None of them asks the database; the last one not even for the visitor."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

LOG = logging.getLogger("tongpin.web")
BARE = "<!doctype html><meta charset=utf-8><title>500</title><p>出错了，请再试。 Something broke; try again.</p>"


MEMBERS = ("/c/", "/d/", "/discover/", "/g/", "/l/", "/me/", "/r/", "/shop/", "/t/", "/till/")
"""Where addresses of member pages begin: whoever went astray there is led back to them, not to the desk."""


def home_of(request: HttpRequest) -> str:
    """The first page of whoever asked: a member's or, for all others, the console's."""
    return "/me/" if request.path.startswith(MEMBERS) else "/"


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
    return render(request, "400.html", {"home": home_of(request)}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the visitor's role does not include it."""
    return render(request, "403.html", {"home": home_of(request)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without the token of its page."""
    return render(request, "403_csrf.html", {"home": home_of(request)}, status=403)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than somebody who is not signed in may send. Nothing of it was read."""
    return render(request, "413.html", {"home": home_of(request)}, status=413)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    return render(request, "404.html", {"home": home_of(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own fault. Drawn without context processors; where even that fails, two plain sentences."""
    try:
        page: str = render_to_string("500.html", {"home": home_of(request)})
    except Exception:
        LOG.exception("the error page itself could not be drawn")
        page = BARE
    return HttpResponse(page, status=500)
