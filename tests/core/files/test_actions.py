"""A content is kept once under its own name, and goes with the last that holds it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction

from tests.at_once import at_once
from tests.conftest import NOON
from tests.core.files.making import drawn, sounding, waved
from tongpin.core.files import shelf
from tongpin.core.files.actions import keep_picture, keep_voice, let_go, let_go_of
from tongpin.core.files.erasing import erase_from_files
from tongpin.core.files.models import StoredFile
from tongpin.core.files.queries import (
    FileSeen,
    file_seen,
    files_of,
    files_of_many,
    files_of_people,
    missing,
    read,
    thumbnail,
)
from tongpin.core.files.refusal import FileRefused
from tongpin.core.files.sweeping import sweep
from tongpin.core.people.erasure import ERASERS, erase, register_eraser
from tongpin.core.people.meeting import add_by_hand

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "staff:1", "at": NOON}
STRANGER = "ab" * 20


def kept(about: int = 1, *, person_id: int | None = None, colour: str = "teal") -> FileSeen:
    return keep_picture(
        content=drawn(size=(64, 32), colour=colour),
        person_id=person_id, about_kind="offer", about=about, at=NOON, actor="staff:1",
    )  # fmt: skip


def lying(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_picture_lies_under_the_name_of_its_content_and_only_the_house_reads_it(shelf_folder: Path) -> None:
    one = kept()
    path = shelf_folder / one.name[:2] / one.name
    content = path.read_bytes()
    assert one == FileSeen(one.id, one.name, "picture", "image/jpeg", len(content), 64, 32, 0, NOON)
    assert (shelf.name_of(content=content), read(name=one.name)) == (one.name, content)
    assert thumbnail(name=one.name) == (path.parent / f"{one.name}.small").read_bytes()
    assert {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(shelf_folder.stat().st_mode) == 0o700


def test_a_recording_is_kept_with_its_seconds_and_has_no_small_picture() -> None:
    content = sounding(kind="webm", codec="libopus", rate=48_000, seconds=2)
    one = keep_voice(content=content, person_id=7, about_kind="talk", about=3, **WHO)  # type: ignore[arg-type]
    assert (one.kind, one.media_type, one.personal, round(one.seconds)) == ("voice", "audio/mpeg", True, 2)
    assert (len(read(name=one.name) or b""), thumbnail(name=one.name)) == (one.size, None)


def test_the_same_twice_is_one_file_and_for_two_things_it_is_two_rows_and_one_content(shelf_folder: Path) -> None:
    one, again, other = kept(1), kept(1), kept(2)
    assert (one, one.name) == (again, other.name)
    assert (one.id != other.id, StoredFile.objects.count()) == (True, 2)
    assert lying(shelf_folder) == {one.name, f"{one.name}.small"}
    assert let_go(file_id=one.id, **WHO) is True  # type: ignore[arg-type]
    assert (files_of(about_kind="offer", about=1), read(name=one.name) is not None) == ((), True)
    assert let_go(file_id=one.id, **WHO) is False  # type: ignore[arg-type]
    assert let_go(file_id=other.id, **WHO) is True  # type: ignore[arg-type]
    assert (lying(shelf_folder), file_seen(name=one.name)) == (set(), None)


def test_what_is_refused_leaves_nothing(shelf_folder: Path) -> None:
    with pytest.raises(FileRefused):
        keep_picture(content=b"<svg/>", person_id=None, about_kind="offer", about=1, **WHO)  # type: ignore[arg-type]
    with pytest.raises(FileRefused):
        keep_voice(content=drawn(), person_id=None, about_kind="talk", about=1, **WHO)  # type: ignore[arg-type]
    assert (StoredFile.objects.count(), shelf_folder.exists()) == (0, False)


def test_files_of_several_things_come_in_one_query(django_assert_num_queries: object) -> None:
    first, second, third = kept(1), kept(1, colour="navy"), kept(2)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert files_of_many(about_kind="offer", abouts=[1, 2, 3]) == {1: (first, second), 2: (third,)}
    assert let_go_of(about_kind="offer", about=1, keeping=second.id, **WHO) == 1  # type: ignore[arg-type]
    assert files_of(about_kind="offer", about=1) == (second,)


@pytest.mark.parametrize("name", ["", "../../keys/personal.keys", "AB" * 20, "ab" * 19, f"{STRANGER}\n", "x" * 40])
def test_what_is_no_name_leads_nowhere(name: str) -> None:
    assert (read(name=name), thumbnail(name=name), file_seen(name=name)) == (None, None, None)
    with pytest.raises(ValueError, match="40 hex digits"):
        shelf.path_of(name=name)


def test_a_content_that_somebody_gave_counts_as_theirs_also_where_the_house_has_it() -> None:
    kept(1)
    theirs = kept(2, person_id=7)
    assert file_seen(name=theirs.name) == theirs
    assert theirs.personal


def test_a_rolled_back_letting_go_keeps_the_content() -> None:
    one = kept()
    with transaction.atomic():
        let_go(file_id=one.id, **WHO)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    assert (files_of(about_kind="offer", about=1), read(name=one.name) is not None) == ((one,), True)


def test_keeping_and_letting_go_at_the_same_moment_never_leaves_a_row_without_its_content() -> None:
    for _ in range(5):
        one = kept(1)
        at_once(partial(let_go, file_id=one.id, **WHO), partial(kept, 2), partial(kept, 3))  # type: ignore[arg-type]
        assert (missing(), StoredFile.objects.count()) == ((), 2)
        StoredFile.objects.all().delete()


def test_two_who_keep_the_same_at_the_same_moment_have_one_file() -> None:
    found = at_once(*[partial(kept, 1)] * 3)
    assert len({astuple(one) for one in found}) == 1


@pytest.fixture
def _registered() -> Iterator[None]:
    before = dict(ERASERS)
    ERASERS.clear()
    register_eraser("files", erase_from_files)
    yield
    ERASERS.clear()
    ERASERS.update(before)


@pytest.mark.usefixtures("_registered")
def test_with_a_person_their_files_go_and_what_another_gave_too_stays(shelf_folder: Path, noon: datetime) -> None:
    one, other = [add_by_hand(nickname=name, signs=[], actor="staff:1", at=noon).person_id for name in ("小美", "阿强")]
    shared, alone = kept(1, person_id=one), kept(2, person_id=one, colour="navy")
    kept(3, person_id=other)
    assert [(kind, about) for kind, about, _file in files_of_people(person_ids=[one])] == [("offer", 1), ("offer", 2)]
    erase(person_id=one, with_words=False, actor="staff:1", at=noon)
    assert files_of_people(person_ids=[one]) == ()
    assert (read(name=alone.name), thumbnail(name=alone.name)) == (None, None)
    assert lying(shelf_folder) == {shared.name, f"{shared.name}.small"}


def test_the_sweep_takes_what_no_row_holds_after_a_day_and_nothing_else(shelf_folder: Path, noon: datetime) -> None:
    one = kept()
    old = (noon - timedelta(days=2)).timestamp()
    left, fresh, draft = (shelf_folder / "ab" / name for name in (STRANGER, "ab" * 19 + "cd", ".writing-x"))
    others = shelf_folder / "ab" / "notes.txt", shelf_folder / "海报.png"
    (shelf_folder / "ab").mkdir(exist_ok=True)
    for path in (left, left.with_name(f"{STRANGER}.small"), fresh, draft, *others):
        path.write_bytes(b"x")
    for path in shelf_folder.rglob("*"):
        if path.is_file():
            os.utime(path, (noon.timestamp(),) * 2 if path == fresh else (old, old))
    assert (sweep(at=noon), sweep(at=noon)) == (1, 0)
    assert lying(shelf_folder) == {one.name, f"{one.name}.small", fresh.name, "notes.txt", "海报.png"}


def test_what_is_missing_is_told_once_a_content(shelf_folder: Path) -> None:
    one = kept(1)
    kept(2)
    assert missing() == ()
    (shelf_folder / one.name[:2] / one.name).unlink()
    assert (missing(), missing(limit=0)) == ((one.name,), (one.name,))
    assert keep_picture(
        content=drawn(size=(64, 32)), person_id=None, about_kind="offer", about=1, at=NOON, actor="staff:1"
    ) == one  # fmt: skip
    assert missing() == ()


def test_a_full_disk_leaves_no_half_file(shelf_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_voice(content=waved(seconds=1), person_id=None, about_kind="talk", about=1, at=NOON, actor="staff:1")
    assert (lying(shelf_folder), StoredFile.objects.count()) == (set(), 0)
