"""The passwords of the two roles: made once, kept in the home's keys."""

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from tongpin.wiring.home import Home, private_folder
from tongpin.wiring.postgres.failures import PostgresError


@dataclass(frozen=True)
class Passwords:
    super: str
    app: str

    @property
    def fingerprint(self) -> str:
        """Left in the data folder, to see whether its roles still have these passwords."""
        return hashlib.sha256(f"{self.super}\n{self.app}".encode()).hexdigest()


def passwords(home: Home) -> Passwords:
    """Those of this home, made on the first call."""
    path = home.keys / "postgres.json"
    try:
        if not path.exists():
            _make(path, home)
        kept = json.loads(path.read_text())
        return Passwords(super=str(kept["super"]), app=str(kept["app"]))
    except PermissionError:
        raise PostgresError(f"{path} cannot be read. Run the command as the account that started Tongpin first.")
    except (ValueError, KeyError, TypeError):
        raise PostgresError(f"{path} is damaged. Delete it: the next start makes new passwords for the same data.")


def _make(path: Path, home: Home) -> None:
    private_folder(home.root)
    private_folder(home.keys)
    made = Passwords(super=secrets.token_urlsafe(24), app=secrets.token_urlsafe(24))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w") as out:
        json.dump(asdict(made), out)
        out.flush()
        os.fsync(out.fileno())
    # A link fails where the name exists: of two first starts at once, one wins and both read the same.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
