"""The sheet of parts, served without a database."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.views import serve
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def sheet(settings: Settings, tmp_path: Path) -> Client:
    """A browser without a script, before the sheet's pages."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [Path(__file__).parent / "sheet" / "templates"]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.web.look.sheet.pages"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = tmp_path
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.ALLOWED_HOSTS = ["*"]
    return Client(headers={"accept-language": "zh-CN"})


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: a test's output is for what failed."""


class _Files(StaticFilesHandler):
    def serve(self, request: HttpRequest) -> HttpResponseBase:
        return serve(request, self.file_path(request.path), insecure=True)


@pytest.fixture
def sheet_address(sheet: Client) -> Iterator[str]:
    """The same pages for a real browser."""
    server = make_server("127.0.0.1", 0, _Files(WSGIHandler()), handler_class=_Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
