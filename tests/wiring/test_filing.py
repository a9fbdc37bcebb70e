"""What the house as a whole does with files: what a person gets of theirs, and what `check` says is missing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.conftest import NOON
from tests.core.files.making import drawn
from tongpin.core.files.actions import keep_picture
from tongpin.core.people.erasure import ERASERS
from tongpin.core.people.exporting import EXPORTERS, Section, collect
from tongpin.core.people.meeting import add_by_hand
from tongpin.wiring import checking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: Settings) -> None:
    settings.FILES = tmp_path / "files"


def test_a_person_gets_the_pictures_they_gave_with_their_addresses(noon: datetime) -> None:
    who = add_by_hand(nickname="小美", signs=[], actor="staff:1", at=noon).person_id
    one = keep_picture(
        content=drawn(), person_id=who, about_kind="review", about=5, at=NOON, actor=f"person:{who}"
    )  # fmt: skip
    keep_picture(content=drawn(), person_id=who + 1, about_kind="review", about=6, at=NOON, actor="staff:1")
    (section,) = [found for found in collect([who]) if found.code == "files"]
    row = {"at": NOON, "kind": "picture", "address": f"/f/{one.name}", "size": one.size, "for": "review", "number": 5}
    assert section == Section("did", "files", [row])
    assert "files" in ERASERS.keys() & EXPORTERS.keys()


def test_check_says_which_files_are_missing_and_where_to_take_them_from(settings: Settings) -> None:
    told = "files: all are there"
    assert told in [what for _state, what, _mend in checking._inside(True)]
    one = keep_picture(content=drawn(), person_id=None, about_kind="offer", about=1, at=NOON, actor="staff:1")
    (settings.FILES / one.name[:2] / one.name).unlink()
    (line,) = [line for line in checking._inside(True) if line[1].startswith("files:")]
    assert line == (
        "bad",
        f"files: 1 missing in {settings.FILES}",
        f"take them from a backup that has them: tar -xf BACKUP -C {settings.FILES.parent} files",
    )
    assert checking._files(1000, settings.FILES)[1].startswith("files: 1000 or more missing")
