"""Where everything of one installation lies: `TONGPIN_HOME`, or `~/.tongpin`. Nobody but its owner may look inside."""

import errno
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

PRIVATE = 0o700

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "your disk quota is used up; free some space",
    errno.EROFS: "the file system is read-only",
    errno.ENAMETOOLONG: "the path is too long",
    errno.ELOOP: "the path runs in a circle of symbolic links",
}


class HomeError(Exception):
    """The home cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Home:
    root: Path

    @property
    def pg(self) -> Path:
        """The database's data folder, unless `pg.where` beside it names another place."""
        return self.root / "pg"

    @property
    def keys(self) -> Path:
        """Keys and passwords; no backup holds them."""
        return self.root / "keys"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def imports(self) -> Path:
        return self.root / "imports"

    @property
    def run(self) -> Path:
        """Sockets and locks; may be lost at any time while nothing runs."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def make(self) -> "Home":
        """Create what is missing and check the rest; raises HomeError."""
        private_folder(self.root)
        for folder in (self.keys, self.backups, self.files, self.imports, self.run, self.log):
            private_folder(folder)
        return self


def home() -> Home:
    """The home that the environment names. Creates nothing."""
    named = os.environ.get("TONGPIN_HOME", "")
    if any(not character.isprintable() for character in named):
        raise HomeError("TONGPIN_HOME holds a control character; give it a plain path.")
    try:
        root = Path(named).expanduser() if named else Path.home() / ".tongpin"
    except RuntimeError:
        raise HomeError("This account has no home folder; set TONGPIN_HOME to a folder of its own.")
    try:
        return Home(root.resolve())
    except (OSError, RuntimeError) as failure:
        raise HomeError(f"{root} cannot be used: {_why(failure)}. Set TONGPIN_HOME to another folder.")


def private_folder(folder: Path) -> None:
    """A folder that only we may enter: created, or checked and tightened; raises HomeError."""
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        seen = folder.stat()
        if seen.st_uid != os.geteuid():
            raise HomeError(_belongs_to_another(folder, seen.st_uid))
        if stat.S_IMODE(seen.st_mode) & 0o077:
            folder.chmod(PRIVATE)
            if stat.S_IMODE(folder.stat().st_mode) & 0o077:
                raise HomeError(
                    f"{folder} lies on a file system that cannot keep it private. "
                    "Set TONGPIN_HOME to a folder on an ordinary Linux disk."
                )
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            raise HomeError(
                f"{folder} cannot be written. Give its owner the right to (chmod u+rwx), or mount it writable."
            )
    except (FileExistsError, NotADirectoryError):
        raise HomeError(f"{_in_the_way(folder)} is a file where a folder is needed. Move it away, or set TONGPIN_HOME.")
    except PermissionError:
        raise HomeError(
            f"{folder} cannot be opened by the account {_name(os.geteuid())}. "
            "Start Tongpin as the account it belongs to, or set TONGPIN_HOME to a folder of your own."
        )
    except OSError as failure:
        raise HomeError(f"{folder} cannot be made: {_why(failure)}.")


def free_bytes(folder: Path) -> int:
    seen = os.statvfs(folder)
    return seen.f_bavail * seen.f_frsize


def _why(failure: BaseException) -> str:
    if isinstance(failure, OSError) and failure.errno is not None:
        return _REASONS.get(failure.errno) or os.strerror(failure.errno)
    return _REASONS[errno.ELOOP]


def _in_the_way(folder: Path) -> Path:
    return next((path for path in (folder, *folder.parents) if path.exists() and not path.is_dir()), folder)


def _belongs_to_another(folder: Path, owner: int) -> str:
    theirs, ours = _name(owner), _name(os.geteuid())
    return (
        f"{folder} belongs to the account {theirs}, and this is {ours}. "
        f"Run the command as {theirs}, or set TONGPIN_HOME to a folder of your own."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
