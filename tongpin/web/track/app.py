"""The tracking endpoint as a WSGI application."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from tongpin.base.clock import now
from tongpin.core.intake.events import BATCH_LIMIT, Key, Problem, Ready, drift, prepare
from tongpin.core.intake.tracking import Admission, Busy, Parcel, keep_problems
from tongpin.core.team.queries import KeySeen, find_write_key, key_version
from tongpin.web.track.posthog import translated
from tongpin.web.track.request import PATHS, Asked, Refused, read, unpack

log = logging.getLogger(__name__)

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

RATE = 1000
"""Requests a second and key; beyond it the sender is asked to come again."""

_STATUS = {
    200: "200 OK",
    204: "204 No Content",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


class KeyBook:
    """Write keys this process has met. Asked anew when the team changed any key, looked at once a second."""

    def __init__(self) -> None:
        self.keys: dict[str, KeySeen] = {}
        self.version = -1
        self.checked = 0.0
        self.lock = threading.Lock()

    def find(self, secret: str) -> KeySeen | None:
        """The key, or None where it is unknown or revoked."""
        # One thread asks the database, the others wait for its answer: a thousand requests need the key once.
        with self.lock:
            if time.monotonic() - self.checked > 1.0:
                version = key_version()
                if version != self.version or len(self.keys) > 10_000:
                    self.keys.clear()
                    self.version = version
                self.checked = time.monotonic()
            seen = self.keys.get(secret)
            if seen is None and 0 < len(secret) <= 200:
                seen = find_write_key(secret=secret, now=now())
                if seen is not None:
                    self.keys[secret] = seen
        return seen if seen is not None and seen.is_good(at=now()) else None


class Meter:
    """How many requests a key made in the running second."""

    def __init__(self) -> None:
        self.second = 0
        self.made: dict[int, int] = {}

    def count(self, key_id: int) -> int:
        second = int(time.time())
        if second != self.second:
            self.second, self.made = second, {}
        self.made[key_id] = made = self.made.get(key_id, 0) + 1
        return made


class TrackApplication:
    """`/v1/{identify,track,page,screen,group,alias,batch,import}` and the browser's short paths."""

    def __init__(self) -> None:
        self.book = KeyBook()
        self.meter = Meter()
        self._admission: Admission | None = None
        self._lock = threading.Lock()

    @property
    def admission(self) -> Admission:
        # Made on first use: threads made before a server forks would not live in the child.
        with self._lock:
            if self._admission is None or not self._admission.is_alive:
                self._admission = Admission()
            return self._admission

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN", "")
        try:
            status, answer, more = self._answer(environ, origin)
        except Refused as refused:
            status, answer, more = (
                refused.status,
                {"success": False, "reason": refused.reason, "message": refused.message},
                [],
            )
        except Busy:
            status, answer = (
                429,
                {"success": False, "reason": "busy", "message": "send the same events again in a second"},
            )
            more = [("Retry-After", "1"), ("X-RateLimit-Reset", "1")]
        except (OperationalError, InterfaceError):
            close_old_connections()
            status, answer = 503, {"success": False, "reason": "away", "message": "the database is away: send again"}
            more = [("Retry-After", "2")]
        finally:
            connection.close()  # back to the pool: this thread belongs to the server, not to a request
        body = msgspec.json.encode(answer) if status != 204 else b""
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *more]
        if origin:
            headers += [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
        start_response(_STATUS[status], headers)
        return [body]

    def _answer(self, environ: dict[str, Any], origin: str) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        path = environ.get("PATH_INFO", "")
        is_posthog = path == "/batch/"
        call = PATHS.get(path.rstrip("/").rpartition("/")[2])
        if call is None:
            raise Refused(
                404, "path", "use /v1/batch, /v1/track, /v1/identify, /v1/page, /v1/screen, /v1/group or /v1/alias"
            )
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return (
                204,
                {},
                [
                    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
                    ("Access-Control-Allow-Headers", "authorization, content-type, content-encoding"),
                    ("Access-Control-Max-Age", "86400"),
                ],
            )
        if method != "POST":
            raise Refused(405, "method", "use POST")
        received_at = now()
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        body = unpack(_body(environ), encoding=environ.get("HTTP_CONTENT_ENCODING", ""))
        asked = read(_translated(body) if is_posthog else body, call=call, authorization=authorization)
        seen = self._key(asked, origin)
        if self.meter.count(seen.id) > RATE:
            raise Busy("rate")
        key = Key(seen.id, seen.kind == "server", seen.namespace)
        with self.admission.door:
            ready, problems = _prepared(asked, key, received_at)
        parcel = Parcel(key, ready, received_at, problems=problems)
        if ready or problems:
            self.admission.submit(parcel)
        if parcel.problems:
            keep_problems(key, parcel.problems, received_at=received_at)
        answer: dict[str, Any] = {"success": True}
        if parcel.problems:
            answer["unusable"] = len(parcel.problems)
        return 200, answer, []

    def _key(self, asked: Asked, origin: str) -> KeySeen:
        seen = self.book.find(asked.secret)
        if seen is None:
            raise Refused(
                401, "key", "this write key is unknown or revoked: copy it from 设置 → 接入 (Settings → Sources)"
            )
        if seen.kind != "server" and seen.origins and origin not in seen.origins:
            raise Refused(403, "origin", "this browser key may not be used from that site: add its origin to the key")
        return seen


def _body(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > BATCH_LIMIT:
        raise Refused(400, "too_large", f"at most {BATCH_LIMIT // 1024} KB a request: send smaller batches")
    body: bytes = (
        environ["wsgi.input"].read(int(length)) if length.isdecimal() else environ["wsgi.input"].read(BATCH_LIMIT + 1)
    )
    return body


def _translated(body: bytes) -> bytes:
    try:
        return translated(body)
    except msgspec.DecodeError as error:
        raise Refused(400, "json", f"not the JSON of a PostHog batch: {error}") from error


def _prepared(asked: Asked, key: Key, received_at: Any) -> tuple[list[Ready], list[Problem]]:
    clock = drift(asked.sent_at, received_at)
    ready: list[Ready] = []
    problems = list(asked.problems)
    for event, kind, raw in asked.events:
        own = drift(event.sentAt, received_at) if event.sentAt and not asked.sent_at else clock
        one = prepare(event, kind=kind, key=key, raw=raw, received_at=received_at, clock=own)
        if isinstance(one, Problem):
            problems.append(one if one.raw else one._replace(raw=raw or msgspec.json.encode(event)))
        else:
            ready.append(one)
    return ready, problems


application = TrackApplication()
