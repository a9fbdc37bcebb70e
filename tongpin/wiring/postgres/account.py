"""Which system account runs the server. PostgreSQL refuses root; started as root, it gets an account of its own."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tongpin.wiring.postgres.failures import PostgresError

# The second is taken where a person already signs in under the first.
NAMES = ("tongpin", "tongpin-db")
_FIRST_PERSON = 1000


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.getuid()

    @contextmanager
    def hat(self) -> Iterator[None]:
        """Do file work with this account's rights only, so that nothing it left lying about can lead root astray."""
        if self.uid == os.geteuid():
            yield
            return
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(os.getuid())
            os.setegid(os.getgid())


def serving_account() -> Account:
    """The account the server runs as: ours, or as root a system account that is made on first use."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()) if _is_known(os.geteuid()) else None)
    for name in NAMES:
        entry = _look_up(name) or _create(name)
        if entry.pw_uid < _FIRST_PERSON:
            if entry.pw_uid == 0:
                raise PostgresError(f"The account {name} is root under another name; PostgreSQL will not run as it.")
            return _account(entry)
    raise PostgresError(
        f"The account names {' and '.join(NAMES)} belong to people here, so none is left for the database. "
        "Start Tongpin as an ordinary account instead of root, or set DATABASE_URL."
    )


def _account(entry: pwd.struct_passwd | None) -> Account:
    if entry is None:  # a container that runs as a bare number
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())
    return Account(entry.pw_name, entry.pw_uid, os.getegid() if os.geteuid() else entry.pw_gid)


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _look_up(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    # Debian's `su` leaves the administrator's folders out of PATH.
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    said = "there is no program useradd"
    if program:
        who = ["--system", "--user-group", "--comment", "Tongpin database"]
        where = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        done = subprocess.run([program, *who, *where, name], capture_output=True, text=True, check=False)
        said = done.stderr.strip() or f"useradd ended with {done.returncode}"
    if entry := _look_up(name):
        return entry
    raise PostgresError(
        f"PostgreSQL does not run as root, and the account {name} could not be made for it ({said}). Make it "
        f"yourself (useradd --system --user-group {name}), start Tongpin as an ordinary account, or set DATABASE_URL."
    )
