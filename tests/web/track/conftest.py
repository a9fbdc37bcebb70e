"""A tracking application and keys to call it with."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tongpin.core.team.credentials import make_write_key
from tongpin.core.team.rules import SYSTEM
from tongpin.web.track.app import TrackApplication

SITE = "https://shop.example"


class Caller:
    """Calls the application as a web server would."""

    def __init__(self, app: TrackApplication, server: str, browser: str) -> None:
        self.app, self.server, self.browser = app, server, browser

    def post(self, path: str, body: bytes | dict[str, Any], *, key: str | None = "server", method: str = "POST",
             **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:  # fmt: skip
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(raw)),
                                   "wsgi.input": io.BytesIO(raw)}  # fmt: skip
        if key:
            secret = {"server": self.server, "browser": self.browser}.get(key, key)
            environ["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(f"{secret}:".encode()).decode()
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        answered: dict[str, Any] = {}

        def start(status: str, pairs: list[tuple[str, str]]) -> None:
            answered.update(status=int(status.split()[0]), headers=dict(pairs))

        content = b"".join(self.app(environ, start))
        return answered["status"], json.loads(content or b"{}"), answered["headers"]


@pytest.fixture
def caller(transactional_db: None, noon: datetime) -> Iterator[Caller]:
    app = TrackApplication()
    server = make_write_key(actor=SYSTEM, kind="server", name="后台", now=noon).secret
    browser = make_write_key(actor=SYSTEM, kind="browser", name="官网", origins=[SITE], now=noon).secret
    yield Caller(app, server, browser)
    app.admission.close()


def entries() -> list[dict[str, Any]]:
    """What the ledger holds, in order."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, person_id, at, body::text from entry order by seq")
        return [
            {"kind": kind, "person": person, "at": at, **json.loads(body)}
            for kind, person, at, body in cursor.fetchall()
        ]


def kinds() -> list[str]:
    """Kinds of tracked facts, people's own left out."""
    return [e["kind"] for e in entries() if e["kind"] not in ("person.met", "identity.linked")]
