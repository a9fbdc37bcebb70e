"""A real server, started and stopped."""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.wiring.ups import Plan, as_root, servers_of, wait_for
from tongpin.wiring import linux
from tongpin.wiring.postgres import Cluster, ClusterBusy, PostgresError, StartFailed, Temporary, temporary_cluster
from tongpin.wiring.postgres.configuration import buffers, memory_mb
from tongpin.wiring.postgres.passwords import passwords

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Temporary]:
    with temporary_cluster(tmp_path_factory.mktemp("served"), fsync=False) as temporary:
        yield temporary


def one(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def refusal_of(plan: Plan) -> str:
    with pytest.raises(PostgresError) as refused:
        plan.cluster.prepare()
    return str(refused.value)


def test_the_application_owns_its_database_and_is_no_superuser(served: Temporary) -> None:
    query = (
        "SELECT (current_user, current_database(), rolsuper, rolcreatedb, rolcreaterole, "
        "pg_get_userbyid(datdba))::text FROM pg_roles, pg_database WHERE rolname = current_user "
        "AND datname = current_database()"
    )
    assert one(served.cluster.dsn(), query) == "(tongpin,tongpin,f,t,f,tongpin)"
    assert one(served.cluster.dsn(role="super"), query) == "(tongpin_super,tongpin,t,t,t,tongpin)"


def test_the_application_may_make_databases_for_its_tests(served: Temporary) -> None:
    with psycopg.connect(served.cluster.dsn(dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_tongpin TEMPLATE template0")
        connection.execute("DROP DATABASE test_tongpin")


def test_settings_are_those_of_one_small_private_box(served: Temporary) -> None:
    names = {
        "listen_addresses": "",
        "data_checksums": "on",
        "shared_buffers": buffers(memory_mb()),
        "max_wal_size": "2GB",
        "max_connections": "60",
        "jit": "off",
        "TimeZone": "UTC",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
    }
    assert {name: one(served.cluster.dsn(), f"SHOW {name}") for name in names} == names


def test_a_small_box_stays_small_and_a_large_one_is_used() -> None:
    assert [buffers(gigabytes << 10) for gigabytes in (1, 4, 8, 16, 64)] == [
        "128MB",
        "128MB",
        "256MB",
        "512MB",
        "512MB",
    ]


def test_a_lasting_cluster_keeps_what_it_acknowledged(made: Cluster) -> None:
    made.prepare()
    written = (made.data / "postgresql.conf").read_text()
    assert {"fsync = 'on'", "synchronous_commit = 'on'", "full_page_writes = 'on'"} < set(written.splitlines())


def test_text_is_utf8_with_the_builtin_locale(served: Temporary) -> None:
    query = (
        "SELECT (datlocprovider, datlocale, pg_encoding_to_char(encoding), upper('é同'))::text FROM pg_database "
        "WHERE datname = current_database()"
    )
    assert one(served.cluster.dsn(), query) == "(b,C.UTF-8,UTF8,É同)"


def test_a_wrong_password_and_no_password_are_refused(served: Temporary) -> None:
    for password in ("wrong", ""):
        parameters = served.cluster.parameters(role="super") | {"password": password}
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**parameters)  # type: ignore[arg-type]


def test_the_socket_and_the_passwords_are_for_one_account(served: Temporary) -> None:
    assert stat.S_IMODE(served.cluster.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((served.cluster.home.keys / "postgres.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(served.cluster.data.stat().st_mode) == 0o700


def test_what_a_statement_holds_never_reaches_the_log(served: Temporary) -> None:
    with psycopg.connect(served.cluster.dsn()) as connection:
        for query in (
            "SELECT '林老师-marker'::int",
            "SELECT 1 / 0 -- 林老师-marker",
            "DO $$ BEGIN RAISE '林老师-marker'; END $$",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(query)
            connection.rollback()
    assert "marker" not in (served.cluster.home.log / "postgres.log").read_text()


def test_a_second_server_on_the_same_data_is_refused(served: Temporary) -> None:
    with pytest.raises(ClusterBusy) as busy:
        served.cluster.start()
    assert busy.value.note == f"pid {os.getpid()}"
    assert served.cluster.is_served()


def test_a_tool_of_ours_reaches_the_server(served: Temporary) -> None:
    command = [str(served.cluster.tool("pg_dump")), "--schema-only", served.cluster.dsn()]
    assert b"PostgreSQL database dump complete" in subprocess.run(command, capture_output=True, check=True).stdout


def test_rows_outlive_a_stop_and_the_second_start_makes_nothing_anew(plan: Plan, made: Cluster) -> None:
    with made.start():
        with psycopg.connect(made.dsn()) as connection:
            connection.execute("CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)")
        born = (made.data / "PG_VERSION").stat().st_mtime_ns
    assert servers_of(plan) == []
    assert not made.is_served()
    with made.start():
        assert one(made.dsn(), "SELECT count(*) FROM kept") == 1
    assert (made.data / "PG_VERSION").stat().st_mtime_ns == born


def test_at_hand_starts_a_server_only_where_none_runs(plan: Plan, made: Cluster) -> None:
    with made.at_hand():
        first = servers_of(plan)
        with made.at_hand():
            assert one(made.dsn(), "SELECT 1") == 1
        assert set(first) <= set(servers_of(plan))
    assert servers_of(plan) == []


def test_a_first_start_that_was_killed_half_way_is_made_anew(made: Cluster) -> None:
    data = made.data
    data.rename(data.with_name("pg.making"))
    (data.with_name("pg.making") / "global" / "pg_control").unlink()
    with made.start():
        assert one(made.dsn(), "SELECT 1") == 1
    assert not data.with_name("pg.making").exists()


def test_an_empty_data_folder_is_filled(made: Cluster) -> None:
    owner = made.data.stat()
    shutil.rmtree(made.data)
    made.data.mkdir(0o700)
    os.chown(made.data, owner.st_uid, owner.st_gid)
    made.prepare()
    assert (made.data / "PG_VERSION").read_text() == "18\n"


def test_a_folder_that_is_no_data_folder_is_left_alone(plan: Plan, made: Cluster) -> None:
    (made.data / "PG_VERSION").unlink()
    assert refusal_of(plan) == f"{made.data} is there but is no PostgreSQL data folder. Move it away and start again."
    assert (made.data / "base").is_dir()


def test_data_of_another_major_version_is_refused_with_what_to_do(plan: Plan, made: Cluster) -> None:
    (made.data / "PG_VERSION").write_text("17\n")
    said = refusal_of(plan)
    assert "was made by PostgreSQL 17, and this Tongpin brings PostgreSQL 18" in said
    assert "tongpin backup" in said


def test_damaged_data_is_refused_and_never_made_anew(plan: Plan, made: Cluster) -> None:
    (made.data / "global" / "pg_control").unlink()
    assert "is damaged: global/pg_control is missing" in refusal_of(plan)
    assert (made.data / "base").is_dir()


def test_lost_passwords_are_made_anew_for_the_same_data(plan: Plan, made: Cluster) -> None:
    with made.start(), psycopg.connect(made.dsn()) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    before = passwords(plan.home)
    (plan.home.keys / "postgres.json").unlink()
    with made.start():
        assert one(made.dsn(), "SELECT count(*) FROM kept") == 0
        assert one(made.dsn(role="super"), "SELECT 1") == 1
    assert passwords(plan.home) != before


def test_settings_of_ones_own_in_local_conf_win(made: Cluster) -> None:
    (made.data / "local.conf").write_text("work_mem = '5MB'\n")
    (made.data / "local.conf").chmod(0o644)
    with made.start():
        assert one(made.dsn(), "SHOW work_mem") == "5MB"


def test_a_server_that_cannot_start_is_reported_with_its_last_words(plan: Plan, made: Cluster) -> None:
    (made.data / "local.conf").write_text("work_mem = 'plenty'\n")
    (made.data / "local.conf").chmod(0o644)
    with pytest.raises(StartFailed, match="work_mem"):
        made.start()
    assert servers_of(plan) == []
    assert not made.is_served()


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_matter(made: Cluster) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "1000"])
    try:
        with made.start() as server:
            assert server.pid
            _, *rest = (made.data / "postmaster.pid").read_text().splitlines()
            os.kill(server.pid, signal.SIGKILL)
            wait_for(lambda: server.exit_code() is not None)
        (made.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *rest, ""]))
        lock = made.sockets / ".s.PGSQL.5432.lock"
        lock.write_text(f"{stranger.pid}\n{made.data}\n0\n5432\n{made.sockets}\n")
        with made.start():
            assert one(made.dsn(), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_backends_without_a_master_are_ended_before_the_next_start(made: Cluster) -> None:
    server = made.start()
    with psycopg.connect(made.dsn()) as connection:
        backend = connection.info.backend_pid
        # A stopped process cannot notice that its master is gone.
        os.kill(backend, signal.SIGSTOP)
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: server.exit_code() is not None)
        server.launch_and_wait()
        assert not linux.is_alive(backend)
    assert one(made.dsn(), "SELECT 1") == 1
    server.stop()


def test_a_shell_in_the_data_folder_is_no_server(made: Cluster) -> None:
    shell = subprocess.Popen(["/bin/sleep", "1000"], cwd=made.data)
    try:
        with made.start():
            pass
        assert shell.poll() is None
    finally:
        shell.kill()
        shell.wait()


def test_two_first_starts_at_once_make_one_cluster(plan: Plan) -> None:
    ups = [plan.up(postgres=True), plan.up(postgres=True)]
    wait_for(lambda: [up.process.poll() for up in ups].count(1) == 1 and any(up.has_said("ready at") for up in ups))
    winner = next(up for up in ups if up.process.poll() is None)
    assert one(plan.cluster.dsn(), "SELECT 1") == 1
    assert winner.end() == 0


@as_root
def test_data_that_the_serving_account_cannot_read_is_said_with_the_remedy(plan: Plan, made: Cluster) -> None:
    os.chown(made.data, 0, 0)
    assert f"chown -R {made.data.parent.owner()}: {made.data.parent}" in refusal_of(plan)


@as_root
def test_root_serves_as_an_account_of_its_own(plan: Plan, made: Cluster) -> None:
    with made.start() as server:
        assert Path(f"/proc/{server.pid}").owner() in ("tongpin", "tongpin-db")
        assert made.data.owner() in ("tongpin", "tongpin-db")
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert "Groups:\t \n" in status
    assert stat.S_IMODE(plan.home.root.stat().st_mode) == 0o700


@as_root
def test_a_second_local_user_gets_neither_the_home_nor_the_socket(plan: Plan, made: Cluster) -> None:
    with made.start():
        psql = str(made.tool("psql"))
        asked = subprocess.run(
            [psql, made.dsn(), "-c", "SELECT 1"],
            capture_output=True,
            text=True,
            user=65534,
            cwd="/",
            check=False,
        )
        assert (asked.returncode, "Permission denied" in asked.stderr) == (2, True)
        other = plan.up(
            postgres=True,
            before=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
            python="/usr/bin/python3",
        )
        assert other.process.wait(20) == 1
        other.wait_until_said("belongs to")
        assert one(made.dsn(), "SELECT 1") == 1
