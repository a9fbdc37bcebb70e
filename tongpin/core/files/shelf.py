"""The house's folder of files: `files/ab/<name>`, and `<name>.small` beside a picture. Only its owner may read it.

Contents are written whole or not at all; a name says its content, so nothing is ever written over.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

NAME: Final = re.compile(r"[0-9a-f]{40}")
SMALL: Final = ".small"
_DRAFT: Final = ".writing-"


def name_of(*, content: bytes) -> str:
    """40 hex digits (BLAKE2b-160) that stand for these bytes."""
    return hashlib.blake2b(content, digest_size=20).hexdigest()


def path_of(*, name: str, small: bool = False) -> Path:
    """Where a content lies or would lie. ValueError for what is no name of ours."""
    if not NAME.fullmatch(name):
        raise ValueError("a file's name is 40 hex digits")
    return Path(settings.FILES) / name[:2] / (name + SMALL * small)


def put(*, name: str, content: bytes, small: bytes = b"") -> None:
    """Lays a content on the shelf, safely on disk before it returns; what lies there stays."""
    for own, is_small in ((content, False), (small, True)):
        path = path_of(name=name, small=is_small)
        if own and not path.exists():
            _write(path, own)


def _write(path: Path, content: bytes) -> None:
    root = Path(settings.FILES)
    for folder in (root, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes the file 0600 under a name that nobody can guess.
    number, draft = tempfile.mkstemp(prefix=_DRAFT, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    for folder in (path.parent, root):
        _settle(folder)


def _settle(folder: Path) -> None:
    """The folder's own list of names on disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def take(*, name: str, small: bool = False) -> bytes | None:
    """What lies under this name, or nothing."""
    with suppress(FileNotFoundError):
        return path_of(name=name, small=small).read_bytes()
    return None


def clear(*, name: str) -> None:
    """Takes a content off the shelf, with its small picture."""
    for small in (True, False):
        path_of(name=name, small=small).unlink(missing_ok=True)


def lying(*, before: float) -> Iterator[str]:
    """Names of contents that have lain since before a moment (seconds of the epoch), in order; drafts of writers that
    were killed before it go on the way."""
    root = Path(settings.FILES)
    for folder in sorted(root.glob("[0-9a-f][0-9a-f]")) if root.is_dir() else ():
        names: set[str] = set()
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime >= before:
                    continue
                if path.name.startswith(_DRAFT):
                    path.unlink()
                elif NAME.fullmatch(path.name.removesuffix(SMALL)) and path.name[:2] == folder.name:
                    names.add(path.name.removesuffix(SMALL))
        yield from sorted(names)
