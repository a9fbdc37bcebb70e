"""What is erased of a person in intake: their rows, and every stored file or sealed sample that still holds them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection

from tongpin.base.secrets import KeyFileError
from tongpin.base.text import fold
from tongpin.core.intake.models import Batch, Hook, HookPost, Row, TrackProblem, TrackRecent
from tongpin.core.intake.uploads import discard, path_of
from tongpin.core.people.erasure import Erasing, MustWait
from tongpin.core.people.knowing import telling
from tongpin.core.team.keys import keyring

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
PIECE = 4 << 20
UNPACKED = 4 << 30
"""Bytes read of one packed file at most; what is packed tighter is no export of a shop and counts as a hit."""

IN_HAND = (Batch.State.QUEUED, Batch.State.RUNNING)
HOOK_SAMPLE, HOOK_POST = "hook.sample", "hook.post"


class ImportInHand(MustWait):
    """An import that is running, or about to, holds this person: wait until it is done, or cancel it, then erase."""


def erase_from_intake(erasing: Erasing) -> None:
    """Rows lose the person and their cells. A file that waits is removed whole, its import must be uploaded again.

    Raises ImportInHand.
    """
    ids, values = list(erasing.person_ids), telling(erasing.values)
    if values:
        _erase_files(values)
        _erase_cells(values)
        _erase_samples(values)
    Row.objects.filter(person_id__in=ids).update(person_id=None, cells_sealed=None)
    HookPost.objects.filter(person_id__in=ids).update(person_id=None, sealed=None)
    TrackRecent.objects.update(sealed=keyring().encrypt("[]", context="track_recent"))


def _erase_files(values: Sequence[str]) -> None:
    written = {form for value in values for form in _written(value)}
    needles = sorted({form.encode(encoding, "ignore") for form in written for encoding in ENCODINGS} - {b""})
    for batch in Batch.objects.order_by("pk"):
        if _scrub_batch(batch, values):
            batch.save(update_fields=["file_name", "place_name", "recognised", "mapping", "problem"])
        path = path_of(batch)
        if not batch.stored_as or not path.is_file() or not file_holds(path, needles):
            continue
        if batch.state in IN_HAND:
            raise ImportInHand(
                f"import {batch.pk} is running and its file holds this person; wait until it is done or cancel it"
            )
        discard(batch)
        Batch.objects.filter(pk=batch.pk).update(stored_as="", state=Batch.State.FAILED, problem="file_erased")


def _scrub_batch(batch: Batch, values: Sequence[str]) -> bool:
    """Names and samples a batch remembers of its file; True where something was taken out."""
    changed = False
    for field in ("file_name", "place_name", "recognised", "mapping", "problem"):
        before = getattr(batch, field)
        after = scrubbed(before, values)
        if after != before:
            setattr(batch, field, after)
            changed = True
    return changed


def scrubbed(value: Any, values: Sequence[str]) -> Any:
    """The same JSON with an ellipsis in place of every text that holds one of the values."""
    if isinstance(value, str):
        return "…" if _stands_in(value, values) else value
    if isinstance(value, list):
        return [scrubbed(one, values) for one in value]
    if isinstance(value, dict):
        return {name: scrubbed(one, values) for name, one in value.items()}
    return value


def _stands_in(text: str, values: Sequence[str]) -> bool:
    """Whether one of the values stands in a text, however it is written: 137 6655 4433, LIN@example.com, as JSON."""
    folded = fold(text)
    for value in values:
        escaped = json.dumps(value)[1:-1]
        if value in text or escaped in text:
            return True
        if any(telling([short]) and short in folded for short in (fold(value), fold(escaped))):
            return True
    return False


def _written(value: str) -> set[str]:
    """A value as files may hold it; a mobile number also in groups. Small and large letters are the same in files."""
    if not (value.isascii() and value.isdigit() and len(value) == 11):
        return {value}
    groups = (value[:3], value[3:7], value[7:])
    return {value, " ".join(groups), "-".join(groups)}


def file_holds(path: Path, needles: Sequence[bytes]) -> bool:
    """True where one of the needles stands in the file or in a part of it, should it be packed."""
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as packed:
                return any(_holds(packed, one, needles) for one in packed.infolist())
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
            return True  # what cannot be looked into might hold them
    with path.open("rb") as plain:
        return _stream_holds(plain, needles)


def _holds(packed: zipfile.ZipFile, part: zipfile.ZipInfo, needles: Sequence[bytes]) -> bool:
    if part.is_dir():
        return False
    with packed.open(part) as unpacked:
        return _stream_holds(unpacked, needles)  # type: ignore[arg-type]


def _stream_holds(stream: BinaryIO, needles: Sequence[bytes]) -> bool:
    longest = max(len(needle) for needle in needles)
    looked_for = [needle.lower() for needle in needles]
    tail, read = b"", 0
    for piece in _pieces(stream):
        window = tail + piece.lower()
        if any(needle in window for needle in looked_for):
            return True
        tail, read = window[-longest:], read + len(piece)
        if read > UNPACKED:
            return True
    return False


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _erase_cells(values: Sequence[str]) -> None:
    """Rows that were rejected or wait have their cells sealed and often no person."""
    with connection.cursor() as cursor:
        cursor.execute("select batch_id, row, cells_sealed from import_row where cells_sealed is not null")
        found = [
            (batch, row)
            for batch, row, sealed in cursor.fetchall()
            if _sealed_holds(sealed, values, context="import_row")
        ]
        if found:
            cursor.execute(
                "update import_row r set cells_sealed = null from unnest(%s::bigint[], %s::bigint[]) as t(b, n)"
                " where r.batch_id = t.b and r.row = t.n",
                [[batch for batch, _ in found], [row for _, row in found]],
            )


def _erase_samples(values: Sequence[str]) -> None:
    gone = [
        problem.pk
        for problem in TrackProblem.objects.all()
        if _stands_in(problem.detail, values)
        or (problem.sealed is not None and _sealed_holds(problem.sealed, values, context="track_problem"))
    ]
    TrackProblem.objects.filter(pk__in=gone).delete()
    for hook in Hook.objects.exclude(sample_sealed=None):
        if hook.sample_sealed is not None and _sealed_holds(hook.sample_sealed, values, context=HOOK_SAMPLE):
            Hook.objects.filter(pk=hook.pk).update(sample_sealed=None)
    told = [
        post.pk
        for post in HookPost.objects.exclude(sealed=None).iterator()
        if post.sealed is not None and _sealed_holds(post.sealed, values, context=HOOK_POST)
    ]
    HookPost.objects.filter(pk__in=told).update(sealed=None)


def _sealed_holds(sealed: bytes | memoryview, values: Sequence[str], *, context: str) -> bool:
    """What cannot be opened might hold them."""
    try:
        text = keyring().decrypt(sealed, context=context)
    except KeyFileError:
        return True
    return _stands_in(text, values)
