"""Does the web process answer, and does the database?"""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from tongpin.web.look.gate import open_to_all


@open_to_all(reason="whoever watches the house asks this before anything else; it tells nothing but up or down")
def health(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
