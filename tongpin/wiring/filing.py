"""What the house as a whole does with files that core/files, below the people, cannot: a person's export, putting files
back from a backup, and saying what is missing."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tongpin.core.files.queries import files_of_people
from tongpin.core.files.shelf import path_of
from tongpin.core.people.exporting import Section

OF_ROWS = "select distinct name from stored_file"


def export_files(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """The pictures and recordings this person gave, oldest first, each with the address where it can be fetched."""
    given = files_of_people(person_ids=person_ids)
    yield Section(
        "did",
        "files",
        [
            {
                "at": one.made_at,
                "kind": one.kind,
                "address": f"/f/{one.name}",
                "size": one.size,
                "for": kind,
                "number": number,
            }
            for kind, number, one in given
        ],
    )


def lay_absent(*, source: Path, target: Path) -> list[Path]:
    """Copies files of an unpacked backup that are not there; returns them, so that they can be taken away again."""
    laid: list[Path] = []
    try:
        for path, goal in _pairs(source, target):
            if not goal.exists():
                _copy(path, goal)
                laid.append(goal)
    except BaseException:
        take_away(laid)
        raise
    return laid


def lay_over(*, source: Path, target: Path) -> None:
    """Copies files of an unpacked backup over those there that differ: a disk may have lost some of their bits."""
    for path, goal in _pairs(source, target):
        if not (goal.is_file() and filecmp.cmp(path, goal, shallow=False)):
            _copy(path, goal)


def take_away(paths: Iterable[Path]) -> None:
    """Removes what was laid there."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _pairs(source: Path, target: Path) -> Iterable[tuple[Path, Path]]:
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file():
            yield path, target / path.relative_to(source)


def _copy(path: Path, goal: Path) -> None:
    """Whole or not at all, for the house alone: 0600 in folders of 0700."""
    for folder in reversed([goal.parent, *goal.parent.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    number, draft = tempfile.mkstemp(prefix=".writing-", dir=goal.parent)
    try:
        with os.fdopen(number, "wb") as out, path.open("rb") as given:
            shutil.copyfileobj(given, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(goal)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def left_out(*, cursor: Any, files: Path) -> int:
    """How many contents that rows of a restored database hold, and that still lie in the house, a backup's files lack.

    What was let go while the backup was written is in its rows and not in its files: that is no fault.
    """
    cursor.execute("select to_regclass('public.stored_file')")
    if cursor.fetchone()[0] is None:
        return 0  # a backup from before there were files
    cursor.execute(OF_ROWS)
    lacking = [name for (name,) in cursor if not (files / name[:2] / name).is_file()]
    return sum(path_of(name=name).is_file() for name in lacking)
