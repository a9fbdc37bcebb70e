"""One holder at a time, known by name: a lock the kernel lets go of when the holder dies."""

import fcntl
import os
import time
from pathlib import Path


class Held(Exception):
    """Another process holds the lock; `note` is what it wrote there (empty for an instant at its start)."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class Lock:
    """Held from creation to `release`, or to the end of this process. Raises Held."""

    def __init__(self, path: Path, *, note: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        # `holder` takes the lock for an instant to look at it; that must not turn us away.
        for again in (True, True, True, False):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not again:
                    seen = os.pread(self._file, 4096, 0).decode(errors="replace").strip()
                    os.close(self._file)
                    raise Held(seen)
                time.sleep(0.02)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, note.encode() + b"\n", 0)

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def holder(path: Path) -> str | None:
    """The note of whoever holds the lock now; None where nobody does."""
    try:
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(file, 4096, 0).decode(errors="replace").strip()
    finally:
        os.close(file)
    return None
