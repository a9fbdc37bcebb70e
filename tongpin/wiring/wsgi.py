"""The web process: tracking goes straight to its own application, everything else to Django."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402

from tongpin.web.track.app import application as track  # noqa: E402
from tongpin.wiring.collecting import settle  # noqa: E402

_pages = get_wsgi_application()
settle()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """WSGI."""
    if environ.get("PATH_INFO", "").startswith(("/v1/", "/batch/")):
        return track(environ, start_response)
    answer: Iterable[bytes] = _pages(environ, start_response)
    return answer
