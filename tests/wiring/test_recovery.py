"""The database under the supervisor, killed in every way while writers are at work: what was acknowledged stays."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.wiring.ups import IS_ROOT, Plan, Up, as_root, end_all_in, marked_by, master_of, servers_of, wait_for
from tongpin.wiring import linux
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import Cluster

pytestmark = pytest.mark.whole

SITE_PACKAGES = Path(psycopg.__file__).parents[1]


class Writers:
    """Threads that insert one row a commit and remember every row whose commit was acknowledged."""

    def __init__(self, dsn: str, *, count: int = 4) -> None:
        self.dsn = dsn
        self.acknowledged: list[int] = []
        self._over = threading.Event()
        self._numbers = iter(range(100_000_000))
        self._one_at_a_time = threading.Lock()
        self._threads = [threading.Thread(target=self._write, daemon=True) for _ in range(count)]
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE written (n int PRIMARY KEY)")
        for thread in self._threads:
            thread.start()

    def _write(self) -> None:
        while not self._over.is_set():
            with suppress(psycopg.Error), psycopg.connect(self.dsn, autocommit=True) as connection:
                while not self._over.is_set():
                    with self._one_at_a_time:
                        number = next(self._numbers)
                    connection.execute("INSERT INTO written VALUES (%s)", [number])
                    self.acknowledged.append(number)
            time.sleep(0.005)

    def went_on(self) -> None:
        before = len(self.acknowledged)
        wait_for(lambda: len(self.acknowledged) > before + 20, within=60, what="rows to be written")

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def lost(self) -> set[int]:
        with psycopg.connect(self.dsn) as connection:
            kept = {number for (number,) in connection.execute("SELECT n FROM written")}
        return set(self.acknowledged) - kept


def up_with_database(plan: Plan, *, before: list[str] | None = None) -> Up:
    up = plan.up(postgres=True, before=before)
    up.wait_until_said("ready at")
    return up


def kill_master(plan: Plan) -> int:
    """Returns the killed one's number, once it is dead."""
    master = wait_for(lambda: master_of(plan), what="a master")
    os.kill(master, signal.SIGKILL)
    wait_for(lambda: not linux.is_alive(master))
    assert isinstance(master, int)
    return master


def test_a_killed_master_is_back_and_nothing_acknowledged_is_lost(plan: Plan, made: Cluster) -> None:
    up = up_with_database(plan)
    writers = Writers(plan.cluster.dsn())
    for _ in range(3):
        writers.went_on()
        kill_master(plan)
        writers.went_on()
    writers.end()
    assert writers.lost() == set()
    assert up.end() == 0
    assert len([line for line in up.said if line == "PostgreSQL ended (signal 9, SIGKILL); recovering."]) == 3
    assert servers_of(plan) == []


def test_a_clean_end_leaves_nothing_to_recover(plan: Plan, made: Cluster) -> None:
    up = up_with_database(plan)
    connection = psycopg.connect(plan.cluster.dsn())
    connection.execute("CREATE TABLE open_while_we_stop (a int)")
    assert up.end() == 0
    connection.close()
    again = up_with_database(plan)
    again.end()
    assert "automatic recovery" not in again.log(), again.log()


def test_programs_end_before_the_database(plan: Plan, made: Cluster) -> None:
    dsn, note = plan.cluster.dsn(), plan.home.root / "asked"
    code = (
        "import signal, sys, time, psycopg, pathlib\n"
        f"def last(*_): pathlib.Path({str(note)!r}).write_text(str(psycopg.connect({dsn!r}).execute('SELECT 7')"
        ".fetchone())); sys.exit()\n"
        "signal.signal(signal.SIGTERM, last)\n"
        "print('all ears', flush=True)\n"
        "while True: time.sleep(1)"
    )
    up = plan.up({"name": "worker", "argv": [sys.executable, "-c", code]}, postgres=True)
    wait_for(lambda: "all ears" in up.log())
    assert up.end() == 0
    assert note.read_text() == "(7,)"


def test_a_migrate_that_lost_its_database_is_run_again(plan: Plan, made: Cluster) -> None:
    tries = plan.home.root / "tries"
    # The first run ends as one does whose connection broke; by then its master is dead.
    code = f"echo again >> {tries}; test $(wc -l < {tries}) -gt 1 || {{ sleep 1; exit 1; }}"
    up = plan.up({"name": "migrate", "argv": ["/bin/sh", "-c", code], "once": True}, postgres=True)
    wait_for(lambda: tries.exists())
    kill_master(plan)
    up.wait_until_said("ready at")
    assert tries.read_text() == "again\nagain\n"
    assert up.end() == 0


def test_a_database_that_never_comes_up_ends_the_start_with_its_last_words(plan: Plan, made: Cluster) -> None:
    plan.cluster.prepare()
    conf = plan.cluster.data / "local.conf"
    conf.write_text("shared_buffers = 'a lot'\n")
    conf.chmod(0o644)
    up = plan.up({"name": "web", "argv": ["/bin/sleep", "60"]}, postgres=True)
    assert up.process.wait(30) == 1
    wait_for(lambda: up.has_said("PostgreSQL did not start. Its last words:"))
    wait_for(lambda: up.has_said('invalid value for parameter "shared_buffers": "a lot"'))
    assert (marked_by(plan.home), servers_of(plan)) == ([], [])


def test_after_a_killed_supervisor_the_server_ends_and_the_next_up_has_every_row(plan: Plan) -> None:
    first = up_with_database(plan)
    writers = Writers(plan.cluster.dsn())
    writers.went_on()
    first.end(signal.SIGKILL)
    wait_for(lambda: not servers_of(plan), what="the server to follow its supervisor")
    second = up_with_database(plan)
    writers.went_on()
    writers.end()
    assert writers.lost() == set()
    assert second.end() == 0


@pytest.mark.slow
def test_the_next_up_starts_beside_a_server_that_has_not_ended_yet(plan: Plan, made: Cluster) -> None:
    first = up_with_database(plan)
    old = servers_of(plan)
    for pid in old:
        os.kill(pid, signal.SIGSTOP)
    first.end(signal.SIGKILL)
    for pid in old[:3]:
        os.kill(pid, signal.SIGCONT)
    second = up_with_database(plan)
    assert [pid for pid in old if linux.is_alive(pid)] == []
    assert second.end() == 0


@pytest.mark.slow
def test_fifty_killed_masters_lose_nothing(plan: Plan, made: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    up = up_with_database(plan)
    writers = Writers(plan.cluster.dsn(), count=8)
    away = []
    for turn in range(50):
        writers.went_on()
        time.sleep(turn % 5 / 50)
        began = time.monotonic()
        kill_master(plan)
        writers.went_on()
        away.append(time.monotonic() - began)
    writers.end()
    assert writers.lost() == set()
    assert up.process.poll() is None
    assert up.end() == 0
    assert servers_of(plan) == []
    back = sorted(float(line.split()[4]) for line in up.said if line.startswith("PostgreSQL is back after"))
    with capsys.disabled():
        print(f"\n50 kills, {len(writers.acknowledged)} rows acknowledged, 0 lost")
        print(f"server back after {back[25]:.1f} s, at most {back[-1]:.1f} s")
        print(f"20 rows more after {sorted(away)[25]:.1f} s, at most {max(away):.1f} s")


@pytest.mark.slow
def test_fifty_killed_backends_lose_nothing(plan: Plan, made: Cluster) -> None:
    up = up_with_database(plan)
    writers = Writers(plan.cluster.dsn())
    for _ in range(50):
        writers.went_on()
        backend = next((pid for pid in servers_of(plan) if b"tongpin tongpin [local]" in linux.command_of(pid)), None)
        if backend:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
    writers.went_on()
    writers.end()
    assert writers.lost() == set()
    assert up.end() == 0


@pytest.mark.slow
@as_root
def test_a_disk_that_fills_up_stops_the_writers_and_loses_nothing(plan: Plan) -> None:
    plan.system.mkdir(0o755)
    small = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "tongpin-test", str(plan.system)]
    if subprocess.run(small, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        up = up_with_database(plan)
        writers = Writers(plan.cluster.dsn())
        writers.went_on()
        (plan.system / "filler").write_bytes(bytes(150_000_000))
        with psycopg.connect(plan.cluster.dsn(), autocommit=True) as connection, suppress(psycopg.Error):
            connection.execute("CREATE TABLE big (a text)")
            while True:
                connection.execute("INSERT INTO big SELECT repeat(md5(g::text), 20) FROM generate_series(1, 9999) g")
        kill_master(plan)
        time.sleep(3)
        assert up.process.poll() is None
        (plan.system / "filler").unlink()
        wait_for(lambda: master_of(plan) and plan.cluster.is_served(), within=90, what="the server")
        with psycopg.connect(plan.cluster.dsn(), autocommit=True) as connection:
            connection.execute("DROP TABLE big")
        writers.went_on()
        writers.end()
        assert writers.lost() == set()
        assert up.end() == 0
    finally:
        for up in plan.ups:
            up.process.kill()
            up.process.wait()
        end_all_in(plan)
        subprocess.run(["umount", "-l", plan.system], check=True)


@pytest.mark.slow
@as_root
def test_as_pid_1_of_a_namespace_everything_works_and_no_zombie_stays(plan: Plan, made: Cluster) -> None:
    unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    orphans = "while true; do (sleep 0.05 &); sleep 0.05; done"
    up = plan.up({"name": "worker", "argv": ["/bin/sh", "-c", orphans]}, postgres=True, before=unshare)
    up.wait_until_said("ready at")
    writers = Writers(plan.cluster.dsn())
    for _ in range(5):
        writers.went_on()
        kill_master(plan)
        writers.went_on()
    writers.end()
    assert writers.lost() == set()
    supervisor = next(pid for pid in linux.processes() if linux.parent_of(pid) == up.process.pid)
    assert _zombies_of(supervisor) <= 1
    # The namespace is gone at once, as a container is that is killed; the pid file keeps a number that means nothing.
    os.kill(supervisor, signal.SIGKILL)
    up.process.wait(20)
    wait_for(lambda: not servers_of(plan))
    again = plan.up(postgres=True, before=unshare)
    again.wait_until_said("ready at")
    assert writers.lost() == set()
    inner = next(pid for pid in linux.processes() if linux.parent_of(pid) == again.process.pid)
    os.kill(inner, signal.SIGTERM)
    assert again.process.wait(20) == 0
    wait_for(lambda: not servers_of(plan))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that every account may run")
def test_an_ordinary_account_serves_from_its_own_home(plan: Plan, open_folder: Path) -> None:
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if IS_ROOT else []
    folder = open_folder / "theirs"
    folder.mkdir()
    if IS_ROOT:
        os.chown(folder, 65534, 65534)
    theirs = Plan(home=Home(folder / ("a long name " * 8)), system=folder / "system")
    up = theirs.up(postgres=True, before=before, python="/usr/bin/python3", path=[SITE_PACKAGES])
    try:
        up.wait_until_said("ready at")
        data = theirs.home.pg
        masters = [pid for pid in linux.processes() if linux.folder_of(pid) == str(data)]
        assert masters
        for _ in range(3):
            master = next(pid for pid in masters if b"-D" in linux.command_of(pid))
            os.kill(master, signal.SIGKILL)
            up.wait_until_said("PostgreSQL is back")
            up.said.clear()
            masters = [pid for pid in linux.processes() if linux.folder_of(pid) == str(data)]
        assert up.end() == 0
        assert {Path(f"/proc/{pid}").owner() for pid in masters if linux.is_alive(pid)} == set()
        assert not theirs.system.exists()
    finally:
        up.process.kill()
        up.process.wait()


def _zombies_of(parent: int) -> int:
    return sum(1 for pid in linux.processes() if linux.parent_of(pid) == parent and not linux.is_alive(pid))
