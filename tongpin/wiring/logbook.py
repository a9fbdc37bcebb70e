"""One log for all processes of the product: each line with its time and the name of who wrote it."""

import os
from datetime import UTC, datetime
from pathlib import Path


class Logbook:
    """Rotates by size: the name itself is the newest, `.3` the oldest. Never raises: a full disk stops no one."""

    def __init__(self, path: Path, *, limit: int = 20_000_000, keep: int = 3) -> None:
        self._path = path
        self._limit = limit
        self._keep = keep
        self._file = -1
        self._size = 0

    def write(self, name: str, lines: list[str]) -> None:
        if not lines:
            return
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        block = "".join(f"{stamp} {name}: {line}\n" for line in lines).encode(errors="replace")
        try:
            if self._file < 0:
                self._open()
            if self._size and self._size + len(block) > self._limit:
                self._rotate()
            self._size += os.write(self._file, block)
        except OSError:
            self.close()

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._file).st_size

    def _rotate(self) -> None:
        self.close()
        for number in range(self._keep, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path
