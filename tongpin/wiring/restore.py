"""Restoring: a backup is built up in a database beside the live one, brought to this version, made to obey the list of
the erased, and only then takes the live one's place. Whatever fails before leaves the house as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tongpin.base.clock import now
from tongpin.wiring import filing
from tongpin.wiring.backup import (
    FORMAT,
    BackupFailed,
    connection_parameters,
    counts,
    environment,
    newest,
    open_keys,
    read_passphrase,
    sha256,
    tool,
)

_KNOWN = {"manifest.json", "database.dump", "keys.sealed"}
LARGEST_MANIFEST = 4_000_000


class RestoreRefused(BackupFailed):
    """This file is not a backup of ours, or the house is in use."""


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Takes a backup apart into `folder` and returns its manifest. Names that lead elsewhere, links and devices are
    refused before anything is written. Raises RestoreRefused."""
    _check_the_end(path)
    try:
        with tarfile.open(path, "r:") as tar:
            members = tar.getmembers()
            for member in members:
                # A sparse member would unpack to far more than the file holds.
                if not _is_ours(member.name) or not member.isfile() or member.issparse():
                    raise RestoreRefused(f"this is not a backup of Tongpin: it holds {member.name[:80]!r}")
            if not {"manifest.json", "database.dump"} <= {member.name for member in members}:
                raise RestoreRefused("this is not a backup of Tongpin: the manifest or the database is missing")
            if tar.getmember("manifest.json").size > LARGEST_MANIFEST:
                raise RestoreRefused("this is not a backup of Tongpin: its manifest is too large")
            for member in members:
                target = folder / member.name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source = tar.extractfile(member)
                if source is None:
                    raise RestoreRefused(f"{member.name[:80]!r} cannot be read")
                with target.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
        manifest = json.loads((folder / "manifest.json").read_text())
    except (
        tarfile.TarError,
        ValueError,
        RecursionError,
        FileExistsError,
        NotADirectoryError,
        IsADirectoryError,
    ) as error:
        raise RestoreRefused(DAMAGED) from error
    _check_manifest(manifest, folder / "database.dump")
    return cast(dict[str, Any], manifest)


DAMAGED = "this file is damaged or is not a backup of Tongpin; take another backup"


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    inside = parts[0] == "files" and len(parts) > 1 and not {"", ".", ".."} & set(parts) and "\\" not in name
    return name in _KNOWN or inside


def _check_the_end(path: Path) -> None:
    """A tar that was cut off between two members reads as whole; only its closing zeros tell."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1024, 0))
        if file.read().strip(b"\0") or size < 1024:
            raise RestoreRefused(DAMAGED)


def _check_manifest(manifest: Any, dump: Path) -> None:
    if not isinstance(manifest, dict):
        raise RestoreRefused(DAMAGED)
    if manifest.get("format") != FORMAT:
        raise RestoreRefused(f"this backup has format {str(manifest.get('format'))[:20]}; this version reads {FORMAT}")
    tables = manifest.get("tables")
    if not isinstance(tables, dict) or not all(isinstance(rows, int) for rows in tables.values()):
        raise RestoreRefused(DAMAGED)
    if manifest.get("sha256") and manifest["sha256"] != sha256(dump):
        raise RestoreRefused(DAMAGED)


@contextmanager
def _beside() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server's own database, from where ours can be renamed."""
    with psycopg.connect(**connection_parameters("postgres"), autocommit=True) as own:  # type: ignore[arg-type]
        yield own


def _drop(own: psycopg.Connection[Any], name: str) -> None:
    own.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def build_beside(*, folder: Path, name: str) -> None:
    """Makes database `name` from an unpacked backup. Raises BackupFailed and leaves nothing behind."""
    with _beside() as own:
        _drop(own, name)
        try:
            own.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupFailed("the database role may not create databases: grant it CREATEDB for restores") from error
    parameters = connection_parameters(name)
    done = subprocess.run(
        [tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2", f"--dbname={name}",
         folder / "database.dump"],
        env=environment(parameters), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        with _beside() as own:
            _drop(own, name)
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BackupFailed(f"the backup's database could not be read: {lines[0] if lines else 'no word why'}")


def drill(*, path: Path, at: datetime) -> str:
    """Restores a backup beside the live house, compares every table's rows with the manifest, and removes it again."""
    name = f"{connection_parameters()['dbname']}_drill"
    with tempfile.TemporaryDirectory(dir=settings.BACKUPS, prefix=".drill-") as work:
        manifest = unpack(path, Path(work))
        build_beside(folder=Path(work), name=name)
        try:
            with psycopg.connect(**connection_parameters(name)) as own, own.cursor() as cursor:  # type: ignore[arg-type]
                found = counts(cursor)
                lacking = filing.left_out(cursor=cursor, files=Path(work) / "files")
        finally:
            with _beside() as own:
                _drop(own, name)
    wrong = {table: (rows, found.get(table)) for table, rows in manifest["tables"].items() if found.get(table) != rows}
    if wrong:
        raise BackupFailed(f"the drill found other rows than the backup promised: {wrong}")
    if lacking:
        raise BackupFailed(f"the drill found that {lacking} files of the house are not in the backup")
    return f"{sum(found.values()):,} rows in {len(found)} tables are as promised"


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
            " and application_name <> current_setting('application_name')"
        )
        return int(cursor.fetchone()[0])


def restore(*, path: Path, passphrase: str, at: datetime) -> dict[str, int]:
    """Puts a backup in the place of what is there. Raises RestoreRefused, BackupFailed; then nothing has changed."""
    if _others():
        raise RestoreRefused(IN_USE)
    name = f"{connection_parameters()['dbname']}_restoring"
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as work:
        folder = Path(work)
        manifest = unpack(path, folder)
        sealed = folder / "keys.sealed"
        keys = open_keys(sealed.read_bytes(), passphrase) if sealed.exists() and passphrase else b""
        build_beside(folder=folder, name=name)
        laid: list[Path] = []
        try:
            _bring_up(name, keys=keys, folder=folder)
            # Before the rows that name them: a kill between leaves files too many, never too few.
            laid = filing.lay_absent(source=folder / "files", target=Path(settings.FILES))
            _take_place(name)
        except BaseException:
            with _beside() as own:
                _drop(own, name)
            filing.take_away(laid)
            raise
        if keys:
            _put_keys(keys)
        filing.lay_over(source=folder / "files", target=Path(settings.FILES))
    tables: dict[str, int] = manifest["tables"]
    return tables


IN_USE = "the house is in use: stop `tongpin up` first, then restore"


def _take_place(name: str) -> None:
    """The restored database takes the live one's name. Both renamings are one transaction: a kill leaves one or the other."""
    live = connection_parameters()["dbname"]
    aside = f"{live}_before"
    connection.close()
    if getattr(connection, "pool", None) is not None:
        connection.close_pool()  # type: ignore[attr-defined]
    with _beside() as own:
        _drop(own, aside)
        try:
            with own.transaction():
                for old, new in ((live, aside), (name, live)):
                    own.execute(
                        sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))
                    )
        except psycopg.errors.ObjectInUse as error:
            raise RestoreRefused(IN_USE) from error
        _drop(own, aside)


def _bring_up(name: str, *, keys: bytes, folder: Path) -> None:
    """Migrates the restored database and makes it obey the list of the erased, in a process that knows only it."""
    parameters = connection_parameters(name)
    # Files of the erased go from what was unpacked; the house's own are not touched before all is well.
    env = {**os.environ, "DATABASE_URL": _url(parameters), "TONGPIN_FILES": str(folder / "files")}
    if keys:
        own = folder / "personal.keys"
        own.write_bytes(keys)
        env["TONGPIN_KEY_FILE"] = str(own)
    done = subprocess.run(
        [sys.executable, "-m", "tongpin.wiring.bringing_up"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BackupFailed(f"the restored database could not be brought to this version: {lines[-1] if lines else ''}")


def _url(parameters: dict[str, str]) -> str:

    part = {k: quote(v, safe="") for k, v in parameters.items()}
    port = f"&port={part['port']}" if "port" in part else ""
    return f"postgresql://{part['user']}:{part.get('password', '')}@/{part['dbname']}?host={part.get('host', '')}{port}"


def _put_keys(opened: bytes) -> None:
    """The keys of the backup become the house's, whole or not at all; other keys that were there are kept beside them."""
    target = Path(settings.KEY_FILE)
    if target.exists():
        if target.read_bytes() == opened:
            return
        shutil.copy2(target, target.with_name(f"{target.name}.before-{now():%Y%m%dT%H%M%S}"))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(opened)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)


def drill_command() -> int:
    """`tongpin backup --drill`."""
    path = newest()
    if path is None:
        print("There is no backup to try; make one with: tongpin backup")
        return 1
    try:
        told = drill(path=path, at=now())
    except (BackupFailed, OSError) as failure:
        print(failure)
        return 1
    print(f"{path.name}: restored beside the live database and compared; {told}")
    return 0


def command(*, file: str, passphrase_file: str, yes: bool) -> int:
    """`tongpin restore FILE --yes`."""
    path = Path(file)
    if not path.is_file():
        print(f"There is no file {file}")
        return 1
    if not yes:
        print("This replaces all that is in the house now by the backup. Say so with --yes.")
        return 2
    try:
        tables = restore(path=path, passphrase=read_passphrase(passphrase_file), at=now())
    except (BackupFailed, OSError) as failure:
        print(failure)
        return 1
    print(f"Restored {sum(tables.values()):,} rows in {len(tables)} tables; erased people stayed erased.")
    return 0
