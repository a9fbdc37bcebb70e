"""Keeping files and letting them go.

A content and its rows come and go under one lock of its name, so that whoever keeps it in the moment another lets it go
finds it on the shelf.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from tongpin.core.files import shelf
from tongpin.core.files.models import StoredFile
from tongpin.core.files.queries import FileSeen, Kind, seen
from tongpin.core.files.reencoding import Reencoded, picture_anew, voice_anew

LOCK = 7_100_030


def keep_picture(
    *, content: bytes, person_id: int | None, about_kind: str, about: int, at: datetime, actor: str
) -> FileSeen:
    """Draws a picture (图) anew as a JPEG of at most 2048 pixels a side, upright, without what a camera wrote in it,
    and keeps it. The same picture of the same person for the same thing: the file that is there.

    Takes a tenth of a second and more: call it before the transaction of what it belongs to. Raises FileRefused.
    """
    return _keep("picture", picture_anew(content=content), person_id, about_kind, about, at)


def keep_voice(
    *, content: bytes, person_id: int | None, about_kind: str, about: int, at: datetime, actor: str
) -> FileSeen:
    """Records a voice (语音) anew as an MP3, which every phone plays, and keeps it; at most ten minutes.

    Takes seconds for a long one: call it before the transaction of what it belongs to. Raises FileRefused.
    """
    return _keep("voice", voice_anew(content=content), person_id, about_kind, about, at)


def let_go(*, file_id: int, at: datetime, actor: str) -> bool:
    """Forgets a file, and its content where nothing else holds it; False where it is gone already."""
    return bool(_forget(StoredFile.objects.filter(pk=file_id).values_list("pk", "name")))


def let_go_of(*, about_kind: str, about: int, keeping: int = 0, at: datetime, actor: str) -> int:
    """Forgets the files of a thing, all but one where it is named; returns how many."""
    rows = StoredFile.objects.filter(about_kind=about_kind, about=about).exclude(pk=keeping)
    return _forget(rows.values_list("pk", "name"))


def let_go_named(*, about_kind: str, about: int, names: Iterable[str], at: datetime, actor: str) -> int:
    """Forgets these files of a thing, whoever gave them; returns how many. Nobody can bring them back."""
    rows = StoredFile.objects.filter(about_kind=about_kind, about=about, name__in=list(names))
    return _forget(rows.values_list("pk", "name"))


def let_go_of_people(*, person_ids: Iterable[int]) -> int:
    """Forgets everything these people gave; returns how many."""
    return _forget(StoredFile.objects.filter(person_id__in=list(person_ids)).values_list("pk", "name"))


@transaction.atomic
def _keep(kind: Kind, made: Reencoded, person_id: int | None, about_kind: str, about: int, at: datetime) -> FileSeen:
    name = shelf.name_of(content=made.content)
    lock_name(name=name)
    shelf.put(name=name, content=made.content, small=made.small)
    row, _is_new = StoredFile.objects.get_or_create(
        name=name,
        about_kind=about_kind,
        about=about,
        person_id=person_id,
        defaults={
            "kind": kind,
            "media_type": made.media_type,
            "size": len(made.content),
            "width": made.width,
            "height": made.height,
            "seconds": made.seconds,
            "made_at": at,
        },
    )
    return seen(row)


@transaction.atomic
def _forget(rows: Iterable[tuple[int, str]]) -> int:
    held = list(rows)
    gone, _by_model = StoredFile.objects.filter(pk__in=[number for number, _name in held]).delete()
    for name in {name for _number, name in held}:
        # The content goes after the rows went for good; what is missed by a kill, the nightly sweep takes.
        transaction.on_commit(partial(clear_unheld, name=name))
    return gone


@transaction.atomic
def clear_unheld(*, name: str) -> bool:
    """Takes a content off the shelf unless a row holds it; says whether it did."""
    lock_name(name=name)
    if StoredFile.objects.filter(name=name).exists():
        return False
    shelf.clear(name=name)
    return True


def lock_name(*, name: str) -> None:
    """Whoever keeps or clears a content holds this until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, ('x' || left(%s, 8))::bit(32)::int)", [LOCK, name])
