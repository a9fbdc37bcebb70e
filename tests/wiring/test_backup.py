"""A backup restored anywhere goes on where it was; what is no backup changes nothing."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings as SettingsWrapper
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import NOON
from tests.core.files.making import drawn
from tests.core.ledger import crowd
from tongpin.base.clock import now
from tongpin.core.files.actions import keep_picture, let_go
from tongpin.core.files.queries import FileSeen, file_seen, files_of, missing, read, thumbnail
from tongpin.core.files.sweeping import sweep
from tongpin.core.ledger.sequencer import sequence_once
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Identity
from tongpin.core.people.signs import sign
from tongpin.core.team.keys import forget_keyring, keyring
from tongpin.wiring import restore as restoring
from tongpin.wiring.backup import BackupFailed, counts, forget_old, sha256, write_backup
from tongpin.wiring.home import Home
from tongpin.wiring.postgres import DATABASE, Cluster, Temporary, temporary_cluster
from tongpin.wiring.restore import RestoreRefused, drill, restore, unpack

pytestmark = pytest.mark.whole

READERS: dict[str, frozenset[str] | None] = {"all": None, "orders": frozenset({"order.amended"})}
LANES = ("money",)
PASSPHRASE = "twelve letters at least"
FAR = 50 * 1_048_576
"""A transaction id at the start of a segment of the commit log, so that no earlier one is asked for."""


@contextmanager
def far_cluster(folder: Path) -> Iterator[Temporary]:
    """A cluster whose transaction counter stands fifty million further."""
    outside = Path(tempfile.mkdtemp(prefix="tongpin-test-")) if os.geteuid() == 0 else folder
    outside.chmod(0o711)
    cluster = Cluster(Home(folder.resolve() / "home"), settings={"fsync": "off"}, system=outside)
    server = cluster.open(dies_by=signal.SIGQUIT)
    try:
        server._ground.run("pg_resetwal", "-x", str(FAR), "-D", str(server.data))
        server.launch_and_wait()
        yield Temporary(cluster, server)
    finally:
        server.ask_to_end(signal.SIGQUIT)
        server.stop()
        if outside != folder:
            subprocess.run(["rm", "-rf", str(outside)], check=True)


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with temporary_cluster(tmp_path_factory.mktemp("near"), fsync=False) as temporary:
        yield temporary.cluster


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with far_cluster(tmp_path_factory.mktemp("far")) as temporary:
        yield temporary.cluster


@contextmanager
def talking_to(cluster: Cluster) -> Iterator[None]:
    """Django's connection leads to this cluster's database meanwhile."""
    before = dict(connection.settings_dict)
    part = cluster.parameters()
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    _hang_up()
    connection.settings_dict.update({name: part[own] for name, own in names.items()})
    try:
        yield
    finally:
        _hang_up()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def _hang_up() -> None:
    connection.close()
    if connection.pool is not None:
        connection.close_pool()


Move = Callable[[Cluster], Any]


@pytest.fixture
def house(
    tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[Move]:
    """A house with folders of its own; `house(cluster)` moves it to a cluster."""
    home = tmp_path / "house"
    settings.HOME, settings.FILES, settings.BACKUPS = home, home / "files", home / "backups"
    settings.KEY_FILE, settings.ERASED_LIST = home / "keys" / "personal.keys", home / "keys" / "erased.list"
    for folder in (settings.FILES, settings.BACKUPS, home / "keys"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("TONGPIN_HOME", str(home))
    monkeypatch.setenv("TONGPIN_KEY_FILE", str(settings.KEY_FILE))
    monkeypatch.delenv("TONGPIN_BACKUPS", raising=False)
    forget_keyring()
    with django_db_blocker.unblock():
        yield talking_to
    forget_keyring()


def recreated(cluster: Cluster, template: str = "template0") -> None:
    """The cluster's database as the first start makes it: empty."""
    _hang_up()
    with maintenance(cluster) as own:
        own.execute(f"drop database if exists {DATABASE} with (force)")
        own.execute(f"create database {DATABASE} template {template}")


def maintenance(cluster: Cluster) -> psycopg.Connection[Any]:
    return psycopg.connect(**cluster.parameters(dbname="postgres"), autocommit=True)  # type: ignore[arg-type]


def furnished(cluster: Cluster) -> None:
    """Migrated, with the crowd's tables: what each reader has seen is in the same backup as its place."""
    with maintenance(cluster) as own:
        is_kept = own.execute("select from pg_database where datname = 'furnished'").fetchone() is not None
    if is_kept:
        recreated(cluster, "furnished")
    else:
        recreated(cluster)
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute(crowd.TABLES)
        _hang_up()
        with maintenance(cluster) as own:
            own.execute(f"create database furnished template {DATABASE}")
    crowd.begin_subjects("a", "b")
    crowd.react("money")


def tell(dice: random.Random, times: int) -> None:
    for _ in range(times):
        with transaction.atomic():
            subject = dice.choice("ab")
            for _ in range(dice.randint(1, 3)):
                crowd.tell(subject, crowd.change(subject))
            crowd.tell_events(dice.sample(range(500), 20))


def sequence_some() -> None:
    with crowd.plain() as raw:
        sequence_once(raw)


def xid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("higher", [True, False], ids=["higher", "lower"])
def test_readers_go_on_on_a_server_with_other_transaction_counters(
    higher: bool, house: Move, near: Cluster, far: Cluster
) -> None:
    old, new = (near, far) if higher else (far, near)
    dice = random.Random(7)
    with house(old):
        furnished(old)
        tell(dice, 15)
        sequence_some()
        crowd.fold("all", limit=17)
        crowd.fold("orders", limit=5, kinds=READERS["orders"])
        crowd.react("money")
        tell(dice, 5)
        before = xid()
        with crowd.plain() as unfinished, unfinished.transaction(force_rollback=True):
            unfinished.execute("insert into fresh values (nextval('entry_seq'), currval('entry_seq'), '{x.y}')")
            path = write_backup(at=NOON).path
        tell(dice, 5)
        sequence_some()
        crowd.fold("all", limit=1000)
    with house(new):
        recreated(new)
        restore(path=path, passphrase="", at=NOON)
        assert (xid() > before) is higher
        with connection.cursor() as cursor:
            cursor.execute(
                "select pos, (select max(pos) from feed), (select count(*) from fresh) from reader where name = 'all'"
            )
            pos, end, waiting = cursor.fetchone()
        assert pos < end
        assert waiting
        tell(dice, 5)
        crowd.read_to_the_end(readers=READERS, lanes=LANES)
        crowd.check(readers=READERS, lanes=LANES)


def test_people_files_and_keys_come_back_and_a_second_restore_is_the_same(
    house: Move, near: Cluster, settings: SettingsWrapper
) -> None:
    with house(near):
        furnished(near)
        add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=NOON)
        for name in ("ab/cdef.jpg", "ab/.draft", "海报 一.png"):
            (settings.FILES / name).parent.mkdir(exist_ok=True)
            (settings.FILES / name).write_bytes(name.encode())
        own = settings.KEY_FILE.read_bytes()
        with connection.cursor() as cursor:
            tables = counts(cursor)
        written = write_backup(passphrase=PASSPHRASE, at=NOON)
        assert written.tables == tables
        settings.KEY_FILE.unlink()
        forget_keyring()
        (settings.FILES / "ab/cdef.jpg").unlink()
        add_by_hand(nickname="阿强", signs=[sign("phone", "13812345679")], actor="staff:1", at=NOON)
        other = settings.KEY_FILE.read_bytes()
        for _ in range(2):
            assert restore(path=written.path, passphrase=PASSPHRASE, at=NOON) == tables
            forget_keyring()
            assert settings.KEY_FILE.read_bytes() == own
            sealed = Identity.objects.get(kind="phone").sealed
            assert sealed is not None
            assert keyring().decrypt(sealed, context="identity") == "+8613812345678"
        assert [path.read_bytes() for path in settings.KEY_FILE.parent.glob("*.before-*")] == [other]
        found = {str(path.relative_to(settings.FILES)) for path in settings.FILES.rglob("*") if path.is_file()}
        assert found == {"ab/cdef.jpg", "ab/.draft", "海报 一.png"}


def picture(colour: str, *, person_id: int | None = None) -> FileSeen:
    return keep_picture(
        content=drawn(size=(64, 32), colour=colour),
        person_id=person_id, about_kind="offer", about=1, at=NOON, actor="staff:1",
    )  # fmt: skip


def test_pictures_come_back_with_their_rows_and_those_of_the_erased_stay_gone(
    house: Move, near: Cluster, settings: SettingsWrapper
) -> None:
    with house(near):
        furnished(near)
        who = add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=NOON).person_id
        ours, theirs = picture("teal"), picture("navy", person_id=who)
        path = write_backup(at=NOON).path
        erase(person_id=who, with_words=True, actor="staff:1", at=NOON)
        assert (read(name=theirs.name), len(list(settings.FILES.rglob("*.small")))) == (None, 1)
        shutil.rmtree(settings.FILES)
        later = picture("red")
        restore(path=path, passphrase="", at=NOON)
        assert files_of(about_kind="offer", about=1) == (ours,)
        assert (missing(), thumbnail(name=ours.name) is not None) == ((), True)
        assert (read(name=theirs.name), file_seen(name=theirs.name)) == (None, None)
        assert {stat.S_IMODE(one.stat().st_mode) for one in settings.FILES.rglob("*")} == {0o600, 0o700}
        # What was given after the backup has no row any more; the sweep of a later night takes it.
        assert (file_seen(name=later.name), sweep(at=now() + timedelta(days=2))) == (None, 1)
        assert (read(name=later.name), read(name=ours.name) is not None) == (None, True)


def test_a_file_that_lost_its_bits_comes_back_whole(house: Move, near: Cluster, settings: SettingsWrapper) -> None:
    with house(near):
        furnished(near)
        one = picture("teal")
        content = read(name=one.name)
        path = write_backup(at=NOON).path
        (settings.FILES / one.name[:2] / one.name).write_bytes(b"rotten")
        restore(path=path, passphrase="", at=NOON)
        assert read(name=one.name) == content


def test_a_drill_finds_a_file_that_the_backup_lacks(house: Move, near: Cluster, settings: SettingsWrapper) -> None:
    with house(near):
        furnished(near)
        kept, gone = picture("teal"), picture("navy")
        whole = write_backup(at=NOON).path
        assert "as promised" in drill(path=whole, at=NOON)
        for name, told in ((kept.name, "1 files"), (gone.name, "")):
            poorer = repacked(whole, without(f"files/{name[:2]}/{name}"), to=settings.HOME.parent / "poorer.tar")
            if told:
                with pytest.raises(BackupFailed, match=told):
                    drill(path=poorer, at=NOON)
            else:
                # Let go while the backup was being written: its row is in, its content is not.
                let_go(file_id=gone.id, at=NOON, actor="staff:1")
                assert "as promised" in drill(path=poorer, at=NOON)


def test_a_restore_that_fails_at_the_end_leaves_no_file_of_the_backup(
    lived_in: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(_name: str) -> None:
        raise RestoreRefused("somebody came")

    (settings.FILES / "x.jpg").unlink()
    monkeypatch.setattr(restoring, "_take_place", too_late)
    with pytest.raises(RestoreRefused, match="somebody"):
        restore(path=lived_in, passphrase=PASSPHRASE, at=NOON)
    assert list(settings.FILES.rglob("*")) == []


@contextmanager
def nothing_changes(cluster: Cluster, home: Path) -> Iterator[None]:
    """Databases, rows and files are the same before and after."""

    def seen() -> tuple[Any, ...]:
        with psycopg.connect(**cluster.parameters(dbname="postgres")) as own:  # type: ignore[arg-type]
            names = own.execute("select datname from pg_database order by 1").fetchall()
        with connection.cursor() as cursor:
            cursor.execute("select max(seq) from entry")
            rows = cursor.fetchone(), counts(cursor)
        # Whatever first reads the settings makes the key of sessions; it is no part of a restore.
        files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "session.key"}
        return names, rows, files

    before = seen()
    yield
    assert seen() == before


def repacked(
    path: Path, change: Callable[[dict[str, bytes]], None], *, to: Path, kinds: dict[str, bytes] | None = None
) -> Path:
    """The same backup with other members. `kinds` names members that are links and the like."""
    with tarfile.open(path) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]
    change(parts)
    with tarfile.open(to, "w") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.type = (kinds or {}).get(name, tarfile.REGTYPE)
            if entry.type == tarfile.REGTYPE:
                entry.size = len(content)
            else:
                entry.linkname = content.decode()
            tar.addfile(entry, io.BytesIO(content))
    return to


def manifest_with(**more: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **more}).encode()

    return change


def with_member(name: str, content: bytes = b"/etc/passwd") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: content})


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


def damaged(parts: dict[str, bytes]) -> None:
    dump = bytearray(parts["database.dump"])
    dump[len(dump) // 2] ^= 0x10
    parts["database.dump"] = bytes(dump)


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], None], dict[str, bytes]]] = {
    "a name that climbs out": (with_member("files/../../keys/personal.keys"), {}),
    "a name from the root": (with_member("/etc/cron.d/x"), {}),
    "a name with an empty part": (with_member("files//x"), {}),
    "a link": (with_member("files/x"), {"files/x": tarfile.SYMTYPE}),
    "a hard link": (with_member("files/x", b"manifest.json"), {"files/x": tarfile.LNKTYPE}),
    "a device": (with_member("files/x"), {"files/x": tarfile.CHRTYPE}),
    "a pipe": (with_member("files/x"), {"files/x": tarfile.FIFOTYPE}),
    "a stranger": (with_member("postgresql.conf"), {}),
    "a file that is also a folder": (lambda parts: parts.update({"files/x": b"1", "files/x/y": b"2"}), {}),
    "no manifest": (without("manifest.json"), {}),
    "no database": (without("database.dump"), {}),
    "a manifest that is a list": (with_member("manifest.json", b"[]"), {}),
    "a manifest without end": (with_member("manifest.json", b"[" * 200_000), {}),
    "a manifest in no encoding": (with_member("manifest.json", b"\xff\xfe{"), {}),
    "a manifest without tables": (manifest_with(tables=None), {}),
    "tables of nonsense": (manifest_with(tables={"entry": "many"}), {}),
    "another format": (manifest_with(format=2), {}),
    "a bit turned over": (damaged, {}),
    "a database that is none": (
        lambda parts: (parts.update({"database.dump": b"nonsense"}), manifest_with(sha256="")(parts)),
        {},
    ),  # type: ignore[dict-item]
}


@pytest.fixture
def lived_in(house: Move, near: Cluster, settings: SettingsWrapper) -> Iterator[Path]:
    """A house with something in it, and a backup of it outside."""
    with house(near):
        furnished(near)
        tell(random.Random(1), 3)
        keyring()
        (settings.FILES / "x.jpg").write_bytes(b"picture")
        path = settings.HOME.parent / "good.tar"
        write_backup(to=path, passphrase=PASSPHRASE, at=NOON)
        tell(random.Random(2), 3)
        yield path


def test_what_is_no_backup_is_refused_and_changes_nothing(
    lived_in: Path, near: Cluster, settings: SettingsWrapper
) -> None:
    outside = settings.HOME.parent / "bad.tar"
    with nothing_changes(near, settings.HOME):
        for name, (change, kinds) in CHANGES.items():
            repacked(lived_in, change, to=outside, kinds=kinds)
            with pytest.raises(BackupFailed):
                restore(path=outside, passphrase=PASSPHRASE, at=NOON)
                pytest.fail(f"accepted: {name}")
        whole = lived_in.read_bytes()
        with tarfile.open(lived_in) as tar:
            ends = [member.offset_data + -(-member.size // 512) * 512 for member in tar.getmembers()]
        cuts = [0, 100, 600, len(whole) // 2, *ends, len(whole) - 10_000]
        for content in [whole[:cut] for cut in cuts] + [b"hello", b"PK\3\4" + whole, os.urandom(5000), bytes(10_240)]:
            outside.write_bytes(content)
            with pytest.raises(RestoreRefused):
                restore(path=outside, passphrase=PASSPHRASE, at=NOON)
    assert not (settings.HOME.parent / "keys").exists()


def test_a_file_that_would_unpack_to_terabytes_is_refused(lived_in: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.tar"
    with tarfile.open(bomb, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, size in (("manifest.json", 2), ("database.dump", 8), ("files/zeros", 8)):
            entry = tarfile.TarInfo(name)
            entry.size = size
            if name == "files/zeros":
                entry.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": name,
                                     "GNU.sparse.map": "0,8", "GNU.sparse.size": str(1 << 43)}  # fmt: skip
            tar.addfile(entry, io.BytesIO(b"{}------"[:size]))
    with pytest.raises(RestoreRefused, match="zeros"):
        unpack(bomb, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["bomb.tar", "good.tar"]


def test_a_wrong_passphrase_and_keys_of_another_house_change_nothing(
    lived_in: Path, near: Cluster, settings: SettingsWrapper
) -> None:
    with nothing_changes(near, settings.HOME), pytest.raises(BackupFailed, match="passphrase"):
        restore(path=lived_in, passphrase="another, no less long", at=NOON)
    add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=NOON)
    with_people = write_backup(at=NOON).path
    settings.KEY_FILE.unlink()
    forget_keyring()
    keyring()
    with nothing_changes(near, settings.HOME), pytest.raises(BackupFailed, match="keys"):
        restore(path=with_people, passphrase="", at=NOON)


def test_a_house_in_use_is_not_restored_over(
    lived_in: Path, near: Cluster, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nothing_changes(near, settings.HOME), psycopg.connect(**near.parameters()):  # type: ignore[arg-type]
        with pytest.raises(RestoreRefused, match="in use"):
            restore(path=lived_in, passphrase=PASSPHRASE, at=NOON)
    bring_up = restoring._bring_up
    late: list[psycopg.Connection[Any]] = []

    def somebody_comes(*given: Any, **more: Any) -> None:
        bring_up(*given, **more)
        late.append(psycopg.connect(**near.parameters()))  # type: ignore[arg-type]

    monkeypatch.setattr(restoring, "_bring_up", somebody_comes)
    with nothing_changes(near, settings.HOME):
        with pytest.raises(RestoreRefused, match="in use"):
            restore(path=lived_in, passphrase=PASSPHRASE, at=NOON)
        late[0].close()


def test_a_drill_finds_a_row_that_is_missing_and_leaves_nothing(
    lived_in: Path, near: Cluster, settings: SettingsWrapper
) -> None:
    with nothing_changes(near, settings.HOME):
        assert "as promised" in drill(path=lived_in, at=NOON)
    promised = repacked(lived_in, lambda parts: None, to=settings.HOME.parent / "promised.tar")
    with tarfile.open(promised) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("delete from crowd_told where ctid = (select ctid from crowd_told limit 1)")
        cursor.execute("delete from crowd_told where ctid = any(array(select ctid from crowd_told offset %s))",
                       [manifest["tables"]["crowd_told"] - 1])  # fmt: skip
    poorer = write_backup(to=settings.HOME.parent / "poorer.tar", at=NOON).path
    with tarfile.open(poorer) as tar:
        dump = tar.extractfile("database.dump").read()  # type: ignore[union-attr]
    (settings.HOME.parent / "dump").write_bytes(dump)
    digest = sha256(settings.HOME.parent / "dump")

    def tampered(parts: dict[str, bytes]) -> None:
        parts["database.dump"] = dump
        manifest_with(sha256=digest)(parts)

    repacked(promised, tampered, to=settings.HOME.parent / "tampered.tar")
    with nothing_changes(near, settings.HOME), pytest.raises(BackupFailed, match="crowd_told"):
        drill(path=settings.HOME.parent / "tampered.tar", at=NOON)


def databases(cluster: Cluster) -> set[str]:
    with psycopg.connect(**cluster.parameters(dbname="postgres")) as own:  # type: ignore[arg-type]
        return {name for (name,) in own.execute("select datname from pg_database").fetchall()}


@pytest.mark.parametrize("moment", [0.0, 0.7])
def test_a_killed_restore_leaves_the_live_database_and_the_next_one_succeeds(
    moment: float, lived_in: Path, near: Cluster, settings: SettingsWrapper
) -> None:
    secret = settings.HOME.parent / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    with connection.cursor() as cursor:
        before = counts(cursor)
    keys = settings.KEY_FILE.read_bytes()
    _hang_up()
    argv = [
        sys.executable,
        "-m",
        "tongpin.wiring.cli",
        "restore",
        str(lived_in),
        "--passphrase-file",
        str(secret),
        "--yes",
    ]
    env = {**os.environ, "DATABASE_URL": near.dsn(role="app")}
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while process.poll() is None and f"{DATABASE}_restoring" not in databases(near):
        time.sleep(0.005)
    time.sleep(moment)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert DATABASE in databases(near)
    with connection.cursor() as cursor:
        assert counts(cursor) == before
    assert settings.KEY_FILE.read_bytes() == keys
    restore(path=lived_in, passphrase=PASSPHRASE, at=NOON)
    crowd.read_to_the_end(readers=READERS, lanes=LANES)
    crowd.check(readers=READERS, lanes=LANES)
    assert not {name for name in databases(near) if name.startswith(f"{DATABASE}_")}


def test_only_so_many_backups_are_kept(house: Move, settings: SettingsWrapper) -> None:
    for day in range(1, 6):
        (settings.BACKUPS / f"tongpin-202611{day:02d}T040000Z.tar").write_bytes(b"")
    (settings.BACKUPS / "mine.tar").write_bytes(b"")
    forget_old(keep=2)
    assert sorted(path.name for path in settings.BACKUPS.iterdir()) == [
        "mine.tar",
        "tongpin-20261104T040000Z.tar",
        "tongpin-20261105T040000Z.tar",
    ]


def test_a_backup_that_cannot_be_written_leaves_nothing_half_done(
    lived_in: Path, settings: SettingsWrapper, noon: datetime
) -> None:
    nowhere = settings.HOME / "no such folder" / "x.tar"
    with pytest.raises(BackupFailed):
        write_backup(to=nowhere, at=noon)
    assert list(settings.BACKUPS.iterdir()) == []
