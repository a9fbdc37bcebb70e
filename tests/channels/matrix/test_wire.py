"""What a homeserver may answer, and what it means for a letter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.channels.matrix.test_configuration import GOOD
from tongpin.channels.matrix.configuration import read_homeserver
from tongpin.channels.matrix.wire import ANSWER, Refusal, Wire
from tongpin.channels.port import TransportError


def asked(server: HTTPServer, *, allowed: bool = True) -> Refusal | TransportError:
    home = read_homeserver(config={**GOOD, "homeserver": server.url_for("").rstrip("/")})

    async def walk() -> Refusal | TransportError:
        wire = Wire(server=home, allowed=(f"{server.host}:{server.port}",) if allowed else ())
        try:
            with pytest.raises((Refusal, TransportError)) as told:
                await wire.ask("GET", "who", "a/b ?")
            return told.value  # type: ignore[return-value]
        finally:
            await wire.close()

    return asyncio.run(walk())


def answering(server: HTTPServer, status: int, body: str, headers: dict[str, str] | None = None) -> Refusal:
    server.expect_request("/who/a/b ?").respond_with_response(Response(body, status=status, headers=headers))
    told = asked(server)
    assert isinstance(told, Refusal), told
    return told


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, "M_LIMIT_EXCEEDED", ("rate_limited", False, True)),
        (401, "M_UNKNOWN_TOKEN", ("refused_us", False, True)),
        (403, "M_USER_SUSPENDED", ("refused_us", False, True)),
        (403, "M_FORBIDDEN", ("not_allowed", True, False)),
        (404, "M_NOT_FOUND", ("no_such_address", True, False)),
        (413, "M_TOO_LARGE", ("too_long", True, False)),
        (400, "M_BAD_JSON", ("refused", True, False)),
        (500, "M_UNKNOWN", ("unreachable", False, True)),
        (503, "", ("unreachable", False, True)),
    ],
)
def test_each_refusal_says_whether_it_is_for_good(
    httpserver: HTTPServer, status: int, code: str, expected: tuple[str, bool, bool]
) -> None:
    told = answering(httpserver, status, f'{{"errcode": "{code}", "error": "words of @mei:example.com"}}').told()
    assert (told.reason, told.permanent, told.wide) == expected
    assert "mei" not in str(told)


@pytest.mark.parametrize(
    ("body", "headers", "waits"),
    [
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 3941}', {}, timedelta(milliseconds=3941)),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 3941}', {"Retry-After": "7"}, timedelta(seconds=7)),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1e11}', {}, timedelta(hours=1)),
        ("<html>slow down</html>", {"Retry-After": "tomorrow"}, None),
    ],
)
def test_how_long_it_wants_us_to_wait(
    httpserver: HTTPServer, body: str, headers: dict[str, str], waits: timedelta | None
) -> None:
    assert answering(httpserver, 429, body, headers).told().retry_after == waits


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>sign in</html>"), (404, "nginx"), (200, "[]"), (200, "x" * (ANSWER + 1)), (302, "")],
)
def test_what_is_no_homeserver_stops_the_channel_and_no_letter(httpserver: HTTPServer, status: int, body: str) -> None:
    httpserver.expect_request("/who/a/b ?").respond_with_data(body, status=status, headers={"Location": "/elsewhere"})
    told = asked(httpserver)
    assert isinstance(told, TransportError)
    assert (told.reason, told.permanent, told.wide) == ("refused", False, True)


def test_who_could_type_a_private_address_does_not_get_there(httpserver: HTTPServer) -> None:
    told = asked(httpserver, allowed=False)
    assert isinstance(told, TransportError)
    assert (told.reason, told.permanent, told.wide) == ("bad_config", False, True)
    assert httpserver.log == []


def test_a_server_that_hangs_up_or_is_not_there_is_down_for_all() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def walk() -> list[tuple[str, bool, bool]]:
        listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        home = read_homeserver(config={**GOOD, "homeserver": f"http://127.0.0.1:{port}"})
        wire = Wire(server=home, allowed=(f"127.0.0.1:{port}",))
        found: list[tuple[str, bool, bool]] = []
        stops: list[Callable[[], None]] = [lambda: None, listener.close]
        for stop in stops:
            stop()
            with pytest.raises(TransportError) as told:
                await wire.ask("GET", "who")
            found.append((told.value.reason, told.value.permanent, told.value.wide))
        await wire.close()
        return found

    assert asyncio.run(walk()) == [("unreachable", False, True)] * 2
