"""The house's keyring. Each process looks once a second whether the key file was rotated."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tongpin.base.secrets import Keyring, load, load_or_create

LOOKED_AT_EVERY = 1.0


@dataclass(slots=True)
class _Held:
    ring: Keyring
    stamp: tuple[int, int]
    looked: float


_held: dict[Path, _Held] = {}


def keyring() -> Keyring:
    """The keyring of settings.KEY_FILE, made on the first start. Raises KeyFileError with what to do."""
    path = Path(settings.KEY_FILE)
    held = _held.get(path)
    if held is None:
        _held[path] = held = _Held(load_or_create(path), _stamp(path), time.monotonic())
    elif time.monotonic() - held.looked > LOOKED_AT_EVERY:
        held.looked = time.monotonic()
        stamp = _stamp(path)
        # A file that was lost while the house runs is missed at the next start; what is open now goes on.
        if stamp not in (held.stamp, (0, 0)):
            held.ring, held.stamp = load(path), stamp
    return held.ring


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def forget_keyring() -> None:
    """After the key file was replaced: the next call reads it anew."""
    _held.clear()
