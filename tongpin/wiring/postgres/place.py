"""Where the data folder and the sockets lie: in the home, or, where that cannot be, at a place noted in the home."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tongpin.wiring.home import Home, private_folder
from tongpin.wiring.postgres.account import Account
from tongpin.wiring.postgres.failures import PostgresError

PORT = 5432
SYSTEM = Path("/var/lib/tongpin")
# The kernel keeps 108 bytes for a socket's path, the last of them a zero.
_LONGEST = 107


@dataclass(frozen=True)
class Place:
    data: Path
    sockets: Path

    @property
    def lock(self) -> Path:
        """Beside the data folder, so that two homes that name the same folder still meet."""
        return self.data.parent / "pg.lock"


def noted(home: Home) -> Place | None:
    """What `pg.where` in the home says."""
    try:
        lines = _note(home).read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise PostgresError(
            f"{home.root} belongs to another account. Run the command as that one, or set TONGPIN_HOME."
        )
    fields = dict(line.split(" = ", 1) for line in lines if " = " in line and not line.startswith("#"))
    try:
        return Place(data=Path(fields["data"]), sockets=Path(fields["sockets"]))
    except KeyError:
        raise PostgresError(f"{_note(home)} is damaged: it must name data and sockets. Mend it by hand.")


def expected(home: Home, *, system: Path) -> Place:
    """The noted place, or the one that the first start will most likely take. Creates nothing."""
    if place := noted(home):
        return place
    if os.geteuid() == 0:
        return _outside(home, system)
    return Place(data=home.pg, sockets=home.run)


def settle(home: Home, account: Account, *, system: Path) -> Place:
    """The place of this home with its folders made, but not the data folder itself."""
    place = noted(home)
    if not account.is_ours:
        if place is None:
            place = _outside(home, system)
            _refuse_to_guess(home, place)
            _write_note(home, place)
        _system_folder(system, place.data.parent, account)
        with account.hat():
            private_folder(place.sockets)
        return place
    place = Place(data=place.data if place else home.pg, sockets=place.sockets if place else home.run)
    if not _fits(place.sockets) or (place.sockets != home.run and not _is_private(place.sockets)):
        place = Place(data=place.data, sockets=home.run if _fits(home.run) else _short_folder())
        _write_note(home, place)
    private_folder(place.sockets)
    return place


def _outside(home: Home, system: Path) -> Place:
    folder = system / hashlib.blake2b(str(home.root).encode(), digest_size=6).hexdigest()
    return Place(data=folder / "pg", sockets=folder / "run")


def _refuse_to_guess(home: Home, place: Place) -> None:
    if (home.pg / "PG_VERSION").exists():
        raise PostgresError(
            f"{home.pg} holds a database that was not made by root. Start Tongpin as the account it belongs to."
        )
    if place.data.exists():
        raise PostgresError(
            f"{place.data} holds the database of an earlier home at {home.root}, and this home is new. To use that "
            f"database again, bring the earlier home back (its keys are needed to read it); to begin anew, move "
            f"{place.data.parent} away."
        )


def _system_folder(system: Path, folder: Path, account: Account) -> None:
    try:
        system.mkdir(mode=0o755, parents=True, exist_ok=True)
        if system.stat().st_uid != 0 or stat.S_IMODE(system.stat().st_mode) & 0o022:
            raise PostgresError(f"{system} may be written by others than root; mend it: chown root: and chmod 755.")
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, account.uid, account.gid)
        except FileExistsError:
            seen = folder.lstat()
            if seen.st_uid == 0 and not any(folder.iterdir()):  # a kill came between mkdir and chown
                os.chown(folder, account.uid, account.gid)
            elif not stat.S_ISDIR(seen.st_mode) or seen.st_uid != account.uid:
                raise PostgresError(f"{folder} does not belong to the account {account.name}. Move it away.")
    except OSError as failure:
        raise PostgresError(
            f"The database needs a folder at {folder}: {failure.strerror}. Start Tongpin as an ordinary account, "
            "or set DATABASE_URL to a server of your own."
        )


def _write_note(home: Home, place: Place) -> None:
    text = (
        "# Where the PostgreSQL of this Tongpin home lies. Written by tongpin; edit it only if you move the folders.\n"
        f"data = {place.data}\n"
        f"sockets = {place.sockets}\n"
    )
    fresh = _note(home).with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(_note(home))


def _note(home: Home) -> Path:
    return home.root / "pg.where"


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= _LONGEST


def _is_private(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid() and not stat.S_IMODE(seen.st_mode) & 0o077


def _short_folder() -> Path:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    base = runtime if _is_private(runtime) else Path("/tmp")  # noqa: S108 - mkdtemp makes it ours alone
    return Path(tempfile.mkdtemp(prefix="tongpin-", dir=base))
