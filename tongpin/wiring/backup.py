"""Backups (备份): the database and the files in one tar, consistent at one moment; never the key file, unless a passphrase
encrypts it.

    tongpin-20261122T040000Z.tar = manifest.json · database.dump (pg_dump, custom format) · files/… · keys.sealed
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.db import connection

from tongpin.base.clock import now
from tongpin.wiring.postgres import binaries as programs

FORMAT = 1


class BackupFailed(Exception):
    """No backup was written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """A backup that was written."""

    path: Path
    size: int
    tables: dict[str, int]


def connection_parameters(dbname: str | None = None) -> dict[str, str]:
    """libpq parameters of our database, or of another one on the same server."""
    parameters = connection.get_connection_params()
    kept = {k: str(parameters[k]) for k in ("host", "port", "user", "password", "dbname") if parameters.get(k)}
    if dbname:
        kept["dbname"] = dbname
    return kept


def tool(name: str) -> Path:
    """pg_dump or pg_restore of the wheel: newer than any server we run on, as they must be."""
    return programs.installed().tool(name)


def environment(parameters: dict[str, str]) -> dict[str, str]:
    """What the PostgreSQL tools read instead of a command line that others could see."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {**os.environ, **{names[k]: v for k, v in parameters.items()}}


def counts(cursor: Any) -> dict[str, int]:
    """Rows of every table, exactly, as the cursor's snapshot sees them."""
    cursor.execute("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
                   " and not relispartition order by relname")  # fmt: skip
    found: dict[str, int] = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f'select count(*) from "{table}"')
        found[table] = int(cursor.fetchone()[0])
    return found


def write_backup(*, to: Path | None = None, passphrase: str = "", at: datetime) -> Written:
    """Writes one backup, whole or not at all, while the house goes on. Raises BackupFailed."""
    folder = Path(settings.BACKUPS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = to or folder / f"tongpin-{at:%Y%m%dT%H%M%SZ}.tar"
    draft = target.with_name(target.name + ".writing")
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".dump-") as work:
            dump = Path(work) / "database.dump"
            tables = _dump(dump)
            manifest = {
                "format": FORMAT,
                "made_at": at.isoformat(),
                "postgres": connection.pg_version,  # type: ignore[attr-defined]
                "tables": tables,
                "migrations": _migrations(),
                "sha256": sha256(dump),
            }
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w") as tar:
                    _add(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
                    tar.add(dump, "database.dump")
                    for path in sorted(Path(settings.FILES).rglob("*")) if Path(settings.FILES).is_dir() else []:
                        # A file that an erasure takes away in this moment is not missed.
                        with suppress(FileNotFoundError):
                            if path.is_file() and not path.is_symlink():
                                tar.add(path, f"files/{path.relative_to(settings.FILES)}")
                    if passphrase:
                        _add(tar, "keys.sealed", seal_keys(Path(settings.KEY_FILE).read_bytes(), passphrase))
                raw.flush()
                os.fsync(raw.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BackupFailed(f"the backup could not be written ({error.strerror}); nothing was left half done") from error
    return Written(target, target.stat().st_size, tables)


def sha256(path: Path) -> str:
    """The digest of a file, read piece by piece: a database dump is larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump(target: Path) -> dict[str, int]:
    """pg_dump and our own counts look at the same snapshot, so a drill can compare them to the row."""
    parameters = connection_parameters()
    with psycopg.connect(**parameters) as own, own.cursor() as cursor:  # type: ignore[arg-type]
        cursor.execute("set transaction isolation level repeatable read read only")
        cursor.execute("select pg_export_snapshot()")
        row = cursor.fetchone()
        snapshot = str(row[0]) if row else ""
        tables = counts(cursor)
        done = subprocess.run(
            [tool("pg_dump"), "--format=custom", "--compress=gzip:6", "--no-owner", "--no-privileges",
             f"--snapshot={snapshot}", f"--file={target}"],
            env=environment(parameters), capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BackupFailed(f"pg_dump failed: {lines[-1] if lines else 'no word why'}")
    return tables


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select app || '.' || name from django_migrations order by 1")
        return [row[0] for row in cursor.fetchall()]


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def seal_keys(keys: bytes, passphrase: str) -> bytes:
    """The key file under a passphrase: salt ‖ Fernet token, the key from scrypt (2^15, 8, 1)."""
    salt = os.urandom(16)
    return salt + Fernet(_from_passphrase(passphrase, salt)).encrypt(keys)


def open_keys(sealed: bytes, passphrase: str) -> bytes:
    """The key file again. Raises BackupFailed for a wrong passphrase."""
    try:
        return Fernet(_from_passphrase(passphrase, sealed[:16])).decrypt(sealed[16:])
    except InvalidToken as error:
        raise BackupFailed("the passphrase does not open the keys of this backup") from error


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return base64.urlsafe_b64encode(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def newest() -> Path | None:
    """The newest backup in the backups folder."""
    found = sorted(Path(settings.BACKUPS).glob("tongpin-*.tar"))
    return found[-1] if found else None


def forget_old(*, keep: int) -> list[Path]:
    """Removes all but the newest `keep` backups that were made on schedule; returns what went."""
    gone = sorted(Path(settings.BACKUPS).glob("tongpin-*.tar"))[:-keep]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def read_passphrase(path: str) -> str:
    """The first line of a file; empty where none is named."""
    if not path:
        return ""
    words = Path(path).read_text().splitlines()
    if not words or len(words[0]) < 12:
        raise BackupFailed("the passphrase file needs a first line of at least 12 characters")
    return words[0]


def command(*, to: str, passphrase_file: str) -> int:
    """`tongpin backup`."""
    try:
        written = write_backup(to=Path(to) if to else None, passphrase=read_passphrase(passphrase_file), at=now())
    except (BackupFailed, OSError) as failure:
        print(failure)
        return 1
    rows = sum(written.tables.values())
    print(f"{written.path}: {written.size / 1e6:,.1f} MB, {rows:,} rows in {len(written.tables)} tables")
    if not passphrase_file:
        print(f"The key file is not in it: keep a copy of {settings.KEY_FILE} in another place.")
    return 0
