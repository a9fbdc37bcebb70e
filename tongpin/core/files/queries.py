"""What is known of files, and their contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from django.db.models import Case, IntegerField, When

from tongpin.core.files import shelf
from tongpin.core.files.models import StoredFile

Kind = Literal["picture", "voice"]

OF_THE_HOUSE: Final = frozenset({"offer", "till"})
"""What the pictures of the house itself belong to. Anything else is somebody's, also where nobody's number stands by it."""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A kept file. `width` and `height` of pictures in pixels, `seconds` of recordings; `personal`: it is somebody's."""

    id: int
    name: str
    kind: Kind
    media_type: str
    size: int
    width: int
    height: int
    seconds: float
    made_at: datetime
    personal: bool = False


def seen(row: StoredFile) -> FileSeen:
    """A row as it is shown."""
    return FileSeen(
        row.pk,
        row.name,
        cast(Kind, row.kind),
        row.media_type,
        row.size,
        row.width,
        row.height,
        row.seconds,
        row.made_at,
        row.person_id is not None or row.about_kind not in OF_THE_HOUSE,
    )


def file_seen(*, name: str) -> FileSeen | None:
    """What lies under a name, or nothing: several may have given it, then one of theirs. One query."""
    if not shelf.NAME.fullmatch(name):
        return None
    # A person's row comes first: what one person gave is treated as theirs by whoever keeps copies of it.
    theirs = Case(When(person_id=None, about_kind__in=OF_THE_HOUSE, then=1), default=0, output_field=IntegerField())
    row = StoredFile.objects.filter(name=name).order_by(theirs, "person_id", "pk").first()
    return seen(row) if row else None


def files_of(*, about_kind: str, about: int) -> tuple[FileSeen, ...]:
    """The files of one thing, oldest first. One query."""
    return files_of_many(about_kind=about_kind, abouts=(about,)).get(about, ())


def files_of_many(*, about_kind: str, abouts: Iterable[int]) -> dict[int, tuple[FileSeen, ...]]:
    """The files of several things of a kind, each oldest first; what has none is left out. One query."""
    found: dict[int, tuple[FileSeen, ...]] = {}
    for row in StoredFile.objects.filter(about_kind=about_kind, about__in=list(abouts)).order_by("pk"):
        found[row.about] = (*found.get(row.about, ()), seen(row))
    return found


def files_of_people(*, person_ids: Iterable[int]) -> tuple[tuple[str, int, FileSeen], ...]:
    """Everything these people gave, oldest first: what it belongs to (kind, number), and the file."""
    rows = StoredFile.objects.filter(person_id__in=list(person_ids)).order_by("pk")
    return tuple((row.about_kind, row.about, seen(row)) for row in rows)


def read(*, name: str) -> bytes | None:
    """The content under a name, or nothing. Asks the folder only."""
    return shelf.take(name=name) if shelf.NAME.fullmatch(name) else None


def thumbnail(*, name: str) -> bytes | None:
    """The small picture (a JPEG of at most 480 pixels and, but for the wildest, 24 kB) under a name; nothing for recordings."""
    return shelf.take(name=name, small=True) if shelf.NAME.fullmatch(name) else None


def missing(*, limit: int = 1000) -> tuple[str, ...]:
    """Names that rows hold and the folder does not: at most so many. For `tongpin check`."""
    found: list[str] = []
    for name in StoredFile.objects.order_by("name").values_list("name", flat=True).distinct().iterator(chunk_size=5000):
        if not shelf.path_of(name=name).is_file():
            found.append(name)
            if len(found) == limit:
                break
    return tuple(found)
