"""The house's keyring, loaded once in each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from tongpin.base.secrets import Keyring, load_or_create


@cache
def _loaded(path: str | Path) -> Keyring:
    return load_or_create(Path(path))


def keyring() -> Keyring:
    """The keyring of settings.KEY_FILE, made on the first start. Raises KeyFileError with what to do."""
    return _loaded(settings.KEY_FILE)


def forget_keyring() -> None:
    """After the key file was rotated or replaced: the next call reads it anew."""
    _loaded.cache_clear()
