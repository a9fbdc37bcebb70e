"""Files on their way in: kept 0600 in the house's own folder until they are placed, then removed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from django.conf import settings

from tongpin.base.ids import token
from tongpin.base.text import clean
from tongpin.core.intake.models import Batch


class TooLarge(ValueError):
    """The file is larger than this house takes."""


class NoRoom(OSError):
    """The disk is full: nothing was kept."""


def folder() -> Path:
    """Where uploads lie."""
    path = Path(settings.IMPORTS)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(batch: Batch) -> Path:
    """The file of a batch. It is gone once the batch is done."""
    return folder() / batch.stored_as


def plain_name(name: str) -> str:
    """The last part of a file's name, whatever path somebody put before it."""
    return clean(PureWindowsPath(PurePosixPath(name).name).name, limit=200) or "file"


def receive(*, pieces: Iterable[bytes], file_name: str, by: str, at: datetime) -> Batch:
    """Keeps an uploaded file whole, or nothing of it. Raises TooLarge, NoRoom, and what `pieces` raises."""
    limit = settings.IMPORT_LIMIT_MB * 1_000_000
    stored_as = f"{token()}.upload"
    path = folder() / stored_as
    size, seen = 0, hashlib.sha256()
    try:
        with _room(), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in _as_they_come(pieces):
                size += len(piece)
                if size > limit:
                    raise TooLarge(f"at most {settings.IMPORT_LIMIT_MB} MB; split the file")
                seen.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        return Batch.objects.create(
            file_name=plain_name(file_name), stored_as=stored_as, size=size, sha256=seen.digest(), by=by, uploaded_at=at
        )
    except _NotComing as gone:
        path.unlink(missing_ok=True)
        raise gone.cause from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class _NotComing(Exception):
    """Where the file comes from it cannot be read on."""

    def __init__(self, cause: OSError) -> None:
        super().__init__()
        self.cause = cause


def _as_they_come(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What goes wrong with the source is not to be taken for a full disk here."""
    coming = iter(pieces)
    while True:
        try:
            piece = next(coming, None)
        except OSError as error:
            raise _NotComing(error) from error
        if piece is None:
            return
        yield piece


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NoRoom("the disk is full or not writable; free some room and upload again") from error


def discard(batch: Batch) -> None:
    """Removes a batch's file; what it became stands in the ledger."""
    if batch.stored_as:
        path_of(batch).unlink(missing_ok=True)
