"""A probe asks calmly: at once at first, then ever more rarely, and knows what it was told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.wiring.ups import wait_for
from tongpin.wiring.child import Child, Program
from tongpin.wiring.probe import Probe


class Page(BaseHTTPRequestHandler):
    """Answers with the server's status and counts who asked."""

    def do_GET(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    server.asked, server.status = 0, 500  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/health"


def attempt(probe: Probe, now: float) -> tuple[bool, float]:
    """One whole attempt on a clock that stands still: (whether it was well, the pause behind it)."""
    while True:
        is_well = probe.step(now)
        if is_well or probe._socket is None:
            return is_well, round(probe.due - now, 3)
        time.sleep(0.001)


def test_pauses_grow_from_a_thirtieth_to_half_a_second(page: HTTPServer) -> None:
    probe = Probe(address(page))
    pauses = [attempt(probe, 100.0 * n)[1] for n in range(20)]
    assert (pauses[0], pauses[-1]) == (0.03, 0.5)
    assert pauses == sorted(pauses)
    assert (page.asked, probe.status) == (20, 500)  # type: ignore[attr-defined]
    # Some twelve times in the first two seconds, then twice a second.
    assert sum(pauses[:11]) < 2 < sum(pauses[:13])


def test_what_is_well_at_last_is_seen_and_a_new_process_is_asked_at_once(page: HTTPServer) -> None:
    probe = Probe(address(page))
    for _ in range(5):
        attempt(probe, 0.0)
    page.status = 204  # type: ignore[attr-defined]
    assert attempt(probe, 0.0)[0] is True
    page.status = 503  # type: ignore[attr-defined]
    probe.begin_anew()
    assert (probe.status, probe.due) == (0, 0.0)
    assert attempt(probe, 0.0) == (False, 0.03)


def test_nobody_at_home_is_asked_more_rarely_too() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        probe = Probe(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        pauses = [attempt(probe, 0.0)[1] for _ in range(20)]
    assert (pauses[0], pauses[-1], probe.status) == (0.03, 0.5, 0)


def test_an_error_is_told_once_in_the_life_of_a_process(page: HTTPServer) -> None:
    child = Child(Program(name="web", argv=[], probe=address(page)))
    assert child.probe is not None
    told = []
    for life in range(2):
        for _ in range(5):
            attempt(child.probe, 0.0)
            told.append(child.error_to_tell())
        child.ended(now=float(life))
    once = f"web answers 500 at {address(page)}; asking on until it is well."
    assert told == [once, "", "", "", ""] * 2


def test_an_answer_that_stays_away_is_given_up_after_three_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        probe = Probe(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert wait_for(lambda: not probe.step(0.0) and probe._sent)
        assert (probe._socket is not None, probe.due) == (True, 0.03)
        probe.step(3.5)
        assert (probe._socket, round(probe.due, 3)) == (None, 3.53)
