"""The data folder of one home: made once and whole, then served by one process at a time."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tongpin.wiring.home import Home, free_bytes
from tongpin.wiring.lock import Held, Lock, holder
from tongpin.wiring.postgres import binaries as programs
from tongpin.wiring.postgres import place as places
from tongpin.wiring.postgres.account import serving_account
from tongpin.wiring.postgres.configuration import HBA, conf
from tongpin.wiring.postgres.failures import ClusterBusy, PostgresError
from tongpin.wiring.postgres.ground import Ground, sync_folder
from tongpin.wiring.postgres.leftovers import end_leftovers
from tongpin.wiring.postgres.passwords import Passwords, passwords
from tongpin.wiring.postgres.server import Server

Role = Literal["app", "super"]

DATABASE = "tongpin"
_USERS: Mapping[Role, str] = {"app": "tongpin", "super": "tongpin_super"}
_FIRST_ROOM = 300_000_000
_LEAST_ROOM = 50_000_000


class Cluster:
    """`settings` are added to postgresql.conf; `system` is where root keeps what the home cannot hold."""

    def __init__(self, home: Home, *, settings: Mapping[str, str] | None = None, system: Path = places.SYSTEM) -> None:
        self.home = home
        self._settings = dict(settings or {})
        self._system = system

    @property
    def data(self) -> Path:
        return places.expected(self.home, system=self._system).data

    @property
    def sockets(self) -> Path:
        return places.expected(self.home, system=self._system).sockets

    def tool(self, name: str) -> Path:
        """The path of a client program such as pg_dump, for us to run ourselves."""
        return programs.installed().tool(name)

    def parameters(self, *, role: Role = "app", dbname: str = DATABASE) -> dict[str, str]:
        """The libpq parameters of a connection; says nothing about whether a server runs."""
        kept = passwords(self.home)
        return {
            "host": str(self.sockets),
            "port": str(places.PORT),
            "user": _USERS[role],
            "password": kept.app if role == "app" else kept.super,
            "dbname": dbname,
        }

    def dsn(self, *, role: Role = "app", dbname: str = DATABASE) -> str:
        """The same as an address: postgresql://…"""
        part = {name: quote(value, safe="") for name, value in self.parameters(role=role, dbname=dbname).items()}
        return (
            f"postgresql://{part['user']}:{part['password']}@/{part['dbname']}?host={part['host']}&port={part['port']}"
        )

    def prepare(self) -> None:
        """Make the data folder if there is none yet; check it otherwise. Raises PostgresError, HomeError."""
        self.open().release()

    def start(self) -> Server:
        """Serve the data folder; returns once connections are accepted. Raises ClusterBusy, StartFailed."""
        server = self.open()
        try:
            server.launch_and_wait()
        except BaseException:
            server.stop()
            raise
        return server

    def open(self, *, output: int | None = None, dies_by: signal.Signals = signal.SIGINT) -> Server:
        """Take the data folder for ourselves, ready to launch. `output` is a file to write the server's words to."""
        if sys.platform != "linux":
            raise PostgresError(
                "The built-in PostgreSQL runs on Linux only; set DATABASE_URL to a server (15 or newer)."
            )
        try:
            return self._open(output, dies_by)
        except OSError as failure:
            raise PostgresError(
                f"{failure.filename or self.data.parent}: {failure.strerror or failure}. Mend that first."
            )

    def is_served(self) -> bool:
        """Whether some process serves this data folder now and accepts connections."""
        place = places.expected(self.home, system=self._system)
        try:
            lines = (place.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return holder(place.lock) is not None and len(lines) >= 8 and lines[7].strip() == "ready"

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """A server to talk to: the one that runs already, or one of our own for as long as this lasts."""
        server: Server | None = None
        while server is None and not self.is_served():
            try:
                server = self.start()
            except ClusterBusy:
                time.sleep(0.05)
        try:
            yield
        finally:
            if server:
                server.stop()

    def _open(self, output: int | None, dies_by: signal.Signals) -> Server:
        self.home.make()
        account = serving_account()
        place = places.settle(self.home, account, system=self._system)
        reachable = programs.within_reach(programs.installed(), of=account.uid, copies=self._system)
        ground = Ground(account, place, reachable)
        try:
            with account.hat():
                lock = Lock(place.lock, note=f"pid {os.getpid()}")
        except Held as held:
            raise ClusterBusy(held.note)
        try:
            self._make_ready(ground)
        except PermissionError as failure:
            lock.release()
            raise PostgresError(
                f"{failure.filename} cannot be used by the account {account.name}, which runs the database. Give it "
                f"back (chown -R {account.name}: {place.data.parent}), or move it away."
            )
        except BaseException:
            lock.release()
            raise
        log = self.home.log / "postgres.log"
        return Server(ground=ground, lock=lock, log=log, output=output, dies_by=dies_by)

    def _make_ready(self, ground: Ground) -> None:
        data = ground.place.data
        kept = passwords(self.home)
        making = data.with_name("pg.making")
        with ground.account.hat():
            # A first start that was killed half-way: it never held anything, the finished folder gets another name.
            end_leftovers(making, grace=0)
            if making.exists():
                shutil.rmtree(making)
            is_new = _is_missing(data)
            known = "" if is_new else _read(data / "tongpin.roles")
            room = free_bytes(data.parent)
        if room < (_FIRST_ROOM if is_new else _LEAST_ROOM):
            raise PostgresError(
                f"The disk that holds {data.parent} is full: {room // 1_000_000} MB are free, and the database needs "
                f"{_FIRST_ROOM // 1_000_000 if is_new else _LEAST_ROOM // 1_000_000} MB to start. Free some space."
            )
        if is_new:
            self._make(ground, making, kept)
        elif known.strip() != kept.fingerprint:
            self._renew_passwords(ground, kept)
        self._configure(ground, data)

    def _make(self, ground: Ground, making: Path, kept: Passwords) -> None:
        ground.run(
            "initdb",
            f"--pgdata={making}",
            f"--username={_USERS['super']}",
            # Nobody gets in before pg_hba.conf is ours and the passwords are set.
            "--auth=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-sync",
            "--no-instructions",
        )
        script = (
            f"{_passwords_script(kept)}CREATE DATABASE {DATABASE} OWNER {_USERS['app']};\n\n"
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC;\n\n"
        )
        _alone(ground, making, script)
        self._configure(ground, making)
        ground.write(making / "tongpin.roles", kept.fingerprint + "\n")
        if self._settings.get("fsync") != "off":
            ground.run("initdb", "--sync-only", "--sync-method=syncfs", f"--pgdata={making}")
        with ground.account.hat():
            making.rename(ground.place.data)
            sync_folder(ground.place.data.parent)

    def _configure(self, ground: Ground, folder: Path) -> None:
        configured_with = ground.binaries.configured_with
        text = conf(sockets=ground.place.sockets, configured_with=configured_with, also=self._settings)
        for name, content in (("postgresql.conf", text), ("pg_hba.conf", HBA)):
            if _read(folder / name) != content:
                ground.write(folder / name, content)

    def _renew_passwords(self, ground: Ground, kept: Passwords) -> None:
        data = ground.place.data
        with ground.account.hat():
            end_leftovers(data, grace=10.0)
            (data / "postmaster.pid").unlink(missing_ok=True)
        _alone(ground, data, _passwords_script(kept))
        ground.write(data / "tongpin.roles", kept.fingerprint + "\n")


def _is_missing(data: Path) -> bool:
    """Whether a data folder has yet to be made; raises PostgresError where one is there that is not for us."""
    if not data.exists():
        return True
    version = _read(data / "PG_VERSION").strip()
    if not version:
        if data.is_dir() and not any(data.iterdir()):
            data.rmdir()
            return True
        raise PostgresError(f"{data} is there but is no PostgreSQL data folder. Move it away and start again.")
    if version != str(programs.MAJOR):
        raise PostgresError(
            f"{data} was made by PostgreSQL {version}, and this Tongpin brings PostgreSQL {programs.MAJOR}, which "
            "cannot read it. Start the Tongpin version you used before, run `tongpin backup` there, move the data "
            "folder away, then run `tongpin restore` with this version."
        )
    if not (data / "global" / "pg_control").exists():
        raise PostgresError(f"{data} is damaged: global/pg_control is missing. Restore a backup into a new home.")
    return False


def _passwords_script(kept: Passwords) -> str:
    """SQL for both roles, the same on new data and on data whose passwords were lost."""
    app, owner = _USERS["app"], _USERS["super"]
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') THEN CREATE ROLE {app}; END IF; "
        "END $$;\n\n"
        f"ALTER ROLE {app} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{kept.app}';\n\n"
        # An error is the caller's to see; in the server's log its text could hold a person.
        f"ALTER ROLE {app} SET log_min_messages = 'log';\n\n"
        f"ALTER ROLE {owner} LOGIN SUPERUSER PASSWORD '{kept.super}';\n\n"
    )


def _alone(ground: Ground, data: Path, script: str) -> None:
    quiet = ["-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse", "-c", "exit_on_error=on"]
    ground.run("postgres", "--single", "-j", "-D", str(data), *quiet, "postgres", script=script)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return ""
