"""What a server stands on: an account, a place, the programs. And how a program is run there."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongpin.wiring.linux import dies_with_parent
from tongpin.wiring.postgres.account import Account
from tongpin.wiring.postgres.binaries import Binaries
from tongpin.wiring.postgres.failures import PostgresError
from tongpin.wiring.postgres.place import Place

# Nothing of the caller's environment may steer the server: PGDATA, PGOPTIONS, LC_ALL, TZ.
_ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Ground:
    account: Account
    place: Place
    binaries: Binaries

    def popen_options(self, *, dies_by: signal.Signals) -> dict[str, Any]:
        """For Popen: as the account, away from the terminal's signals, ended with us."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": dict(_ENVIRONMENT),
            "start_new_session": True,
            "umask": 0o077,
            "preexec_fn": dies_with_parent(by=dies_by),
        }
        if not self.account.is_ours:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return options

    def run(self, tool: str, *arguments: str, script: str = "") -> None:
        """Run one program of PostgreSQL to its end; raises PostgresError with its last words."""
        command = [str(self.binaries.tool(tool)), *arguments]
        options = self.popen_options(dies_by=signal.SIGKILL)
        try:
            done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, **options)
        except (OSError, subprocess.SubprocessError) as failure:
            raise PostgresError(f"{command[0]} could not be run as {self.account.name}: {failure}.")
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip())[-2000:]
            raise PostgresError(f"{tool} ended with {done.returncode} in {self.place.data.parent}:\n{said}")

    def write(self, path: Path, text: str) -> None:
        """Put a small file into the account's folders, whole or not at all."""
        fresh = path.with_name(f".{path.name}.new")
        with self.account.hat():
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(file, "w") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(path)
            sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder outlive a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
