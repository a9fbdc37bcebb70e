"""The supervisor, as a process of its own with small programs under it."""

import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.wiring.ups import Plan, marked_by, wait_for
from tongpin.wiring import linux
from tongpin.wiring.run import Running, running
from tongpin.wiring.supervisor import still_waiting

pytestmark = pytest.mark.whole


def python(name: str, code: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "argv": [sys.executable, "-u", "-c", code], **more}


def shell(name: str, code: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "argv": ["/bin/sh", "-c", code], **more}


def web(port: int) -> dict[str, Any]:
    code = f"from http.server import *; HTTPServer(('127.0.0.1', {port}), SimpleHTTPRequestHandler).serve_forever()"
    return python("web", code, probe=f"http://127.0.0.1:{port}/")


def lines_of(plan: Plan, name: str) -> list[str]:
    path = plan.home.root / name
    return path.read_text().splitlines() if path.exists() else []


def test_ready_is_said_once_and_only_after_the_web_answers(plan: Plan) -> None:
    up = plan.up(web(free_port()), shell("worker", "exec sleep 60"))
    up.wait_until_said("ready at")
    assert up.end() == 0
    assert up.said == ["ready at http://127.0.0.1:8000", "Stopping…"]


def test_a_port_that_somebody_listens_on_is_refused_before_anything_starts(plan: Plan) -> None:
    with socket.socket() as other:
        # As web servers do, which would share it.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        up = plan.up(web(port), shell("worker", "touch $TONGPIN_HOME/began; exec sleep 60"))
        assert up.process.wait(20) == 1
    wait_for(lambda: up.said, what="a word")
    assert up.said == [
        f"Port {port}: Address already in use. Give another one with --port; the live pages take the one after it."
    ]
    assert not marked_by(plan.home)


def test_a_page_that_answers_with_an_error_is_said_once_and_asked_calmly(plan: Plan) -> None:
    port = free_port()
    code = (
        "from http.server import *\n"
        "class Page(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        print('asked', flush=True); self.send_response(500 if seen.append(1) or len(seen) < 9 else 200);"
        " self.end_headers()\n"
        f"seen = []; HTTPServer(('127.0.0.1', {port}), Page).serve_forever()"
    )
    up = plan.up(python("web", code, probe=f"http://127.0.0.1:{port}/health"))
    up.wait_until_said("ready at")
    assert up.end() == 0
    told = f"web answers 500 at http://127.0.0.1:{port}/health; asking on until it is well. See {plan.home.log}/tongpin.log."
    assert up.said == [told, "ready at http://127.0.0.1:8000", "Stopping…"]


def test_a_slow_start_is_told_as_waiting_with_its_seconds() -> None:
    said = still_waiting(["web", "live"], seconds=60.4, log=Path("/h/log/tongpin.log"))
    assert said == "Starting: waiting for web, live to answer, 60 s so far. What they say is in /h/log/tongpin.log."


def test_the_ready_lines_are_not_in_the_log(plan: Plan) -> None:
    up = plan.up(shell("worker", "exec sleep 60"))
    up.wait_until_said("ready at")
    up.end()
    assert "ready at" not in up.log()


def test_programs_start_only_after_migrate_has_ended_well(plan: Plan) -> None:
    order = plan.home.root / "order"
    migrate = shell("migrate", f"sleep 0.3; echo migrated >> {order}", once=True)
    up = plan.up(migrate, shell("worker", f"echo working >> {order}; exec sleep 60"))
    wait_for(lambda: len(lines_of(plan, "order")) == 2)
    assert up.end() == 0
    assert lines_of(plan, "order") == ["migrated", "working"]


def test_what_goes_ahead_has_answered_before_the_next_begins(plan: Plan) -> None:
    port, order = free_port(), plan.home.root / "order"
    code = (
        "import time; from http.server import *\n"
        "class Page(BaseHTTPRequestHandler):\n"
        f"    def do_GET(self): open({str(order)!r}, 'a').write('answered\\n'); self.send_response(200); self.end_headers()\n"
        f"time.sleep(0.5); HTTPServer(('127.0.0.1', {port}), Page).serve_forever()"
    )
    page = python("web", code, probe=f"http://127.0.0.1:{port}/", ahead=20.0)
    up = plan.up(page, shell("worker", f"echo working >> {order}; exec sleep 60"))
    up.wait_until_said("ready at")
    wait_for(lambda: "working" in lines_of(plan, "order"))
    assert up.end() == 0
    assert lines_of(plan, "order") == ["answered", "working"]


def test_what_goes_ahead_and_never_answers_keeps_nobody_waiting_for_ever(plan: Plan) -> None:
    port, order = free_port(), plan.home.root / "order"
    silent = shell("web", "exec sleep 60", probe=f"http://127.0.0.1:{port}/", ahead=0.3)
    up = plan.up(silent, shell("worker", f"echo working >> {order}; exec sleep 60"))
    wait_for(lambda: lines_of(plan, "order") == ["working"])
    assert up.end() == 0
    assert not up.has_said("ready at")


def test_a_migrate_that_fails_ends_everything_and_shows_its_words(plan: Plan) -> None:
    started = plan.home.root / "started"
    up = plan.up(shell("migrate", "echo no such table; exit 3", once=True), shell("worker", f"touch {started}"))
    assert up.process.wait(20) == 1
    wait_for(lambda: up.has_said("Stopping"))
    assert up.said == ["migrate failed (exit 3):", "  no such table", "Stopping…"]
    assert not started.exists()


def test_a_crashed_program_is_started_again_and_one_line_says_so(plan: Plan) -> None:
    starts = plan.home.root / "starts"
    up = plan.up(shell("worker", f"echo once >> {starts}; echo out of luck; sleep 0.1; exit 7"))
    wait_for(lambda: len(lines_of(plan, "starts")) == 2)
    assert up.end() == 0
    assert up.said[:2] == [
        "ready at http://127.0.0.1:8000",
        "worker ended (exit 7: out of luck); starting it again in 1 s.",
    ]
    assert "worker ended (exit 7: out of luck); starting it again in 1 s." in up.log()


def test_a_crashed_program_leaves_no_children_that_hold_its_port(plan: Plan) -> None:
    pids = plan.home.root / "pids"
    up = plan.up(shell("web", f"sleep 1000 & echo $! >> {pids}; sleep 0.1; kill -9 $$"))
    up.wait_until_said("web ended (signal 9, SIGKILL)")
    assert [pid for pid in map(int, lines_of(plan, "pids")[:1]) if linux.is_alive(pid)] == []
    assert up.end() == 0


def test_a_program_that_cannot_be_started_is_tried_again(plan: Plan) -> None:
    up = plan.up({"name": "live", "argv": ["/no/such/program"]})
    up.wait_until_said("live cannot be started ([Errno 2] No such file or directory: '/no/such/program')")
    assert up.end() == 0


def test_output_goes_to_the_log_by_name_and_only_problems_to_the_terminal(plan: Plan) -> None:
    talk = "echo all is well; echo 12:00 ERROR tongpin: it broke; printf 'no end of line'; exec sleep 60 >&- 2>&-"
    up = plan.up(shell("readers", talk))
    up.wait_until_said("readers: 12:00 ERROR tongpin: it broke")
    wait_for(lambda: "no end of line" in up.log())
    up.end()
    assert [line.split(" ", 1)[1] for line in up.log().splitlines()] == [
        "readers: all is well",
        "readers: 12:00 ERROR tongpin: it broke",
        "readers: no end of line",
    ]
    assert not up.has_said("all is well")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_program_and_its_children(plan: Plan, sign: signal.Signals) -> None:
    family = "sleep 1000 & sleep 1000 & wait"
    up = plan.up(shell("web", family), shell("worker", family))
    wait_for(lambda: len(marked_by(plan.home)) == 6)
    assert up.end(sign) == 0
    assert marked_by(plan.home) == []


def test_a_program_is_given_time_to_finish_its_work(plan: Plan) -> None:
    done = plan.home.root / "done"
    code = (
        "import signal, sys, time, pathlib\n"
        f"done = pathlib.Path({str(done)!r})\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), done.touch(), sys.exit()))\n"
        "print('waiting')\n"
        "while True: time.sleep(1)"
    )
    up = plan.up(python("worker", code))
    wait_for(lambda: "waiting" in up.log())
    assert up.end() == 0
    assert done.exists()


def test_a_second_up_names_the_first_and_leaves_it_alone(plan: Plan) -> None:
    first = plan.up(shell("worker", "exec sleep 60"), address="http://127.0.0.1:8123")
    first.wait_until_said("ready")
    assert running(plan.home) == Running(pid=first.process.pid, address="http://127.0.0.1:8123")
    second = plan.up(shell("worker", "exec sleep 60"))
    assert second.process.wait(20) == 1
    second.wait_until_said("already up")
    pid, root = first.process.pid, plan.home.root
    assert second.said == [
        f"Tongpin is already up on {root}: process {pid} at http://127.0.0.1:8123. Stop that one first (kill {pid})."
    ]
    assert first.process.poll() is None
    assert first.end() == 0
    assert running(plan.home) is None


def test_programs_die_with_a_killed_supervisor_and_the_next_up_ends_what_is_left(plan: Plan) -> None:
    # The second one ignores the kernel's SIGTERM, so it survives its supervisor.
    deaf = python("worker", "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(1000)")
    first = plan.up(shell("web", "exec sleep 1000"), deaf)
    wait_for(lambda: "deaf" in first.log())
    first.end(signal.SIGKILL)
    survivor = wait_for(lambda: marked_by(plan.home) if len(marked_by(plan.home)) == 1 else None)
    second = plan.up(shell("web", "exec sleep 1000"))
    second.wait_until_said("ready", within=30)
    assert second.has_said("Ended 1 processes that an earlier start had left behind.")
    assert not linux.is_alive(survivor[0])
    assert second.end() == 0


def test_a_home_that_cannot_be_used_is_said_plainly(plan: Plan) -> None:
    plan.home.root.write_text("in the way")
    up = plan.up(shell("web", "exec sleep 60"))
    assert up.process.wait(20) == 1
    up.wait_until_said("is a file where a folder is needed")


def test_a_reader_that_went_away_does_not_end_the_product(plan: Plan, tmp_path: Path) -> None:
    up = plan.up(shell("worker", "exec sleep 60"), before=["/bin/sh", "-c", 'exec "$@" | head -c 1', "sh"])
    wait_for(lambda: marked_by(plan.home))
    supervisor = running(plan.home)
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGTERM)
    up.process.wait(20)
    assert marked_by(plan.home) == []
