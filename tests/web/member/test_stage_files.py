"""Files from the stage: none stays that nobody said, none is served that was taken back, no body is read that is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from PIL import Image
from pytest_django import Settings
from time_machine import travel

from tests.loop.give.talks.cast import GUEST, LIN, live
from tongpin.core.files.models import StoredFile
from tongpin.loop.give.talks.actions import end, new_stage_link
from tongpin.loop.give.talks.models import Segment
from tongpin.web.member import stage_giving
from tongpin.web.member.stage_giving import MOST_BODY

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path / "files"
    with travel(noon, tick=False):
        yield


@pytest.fixture
def stage(noon: datetime) -> str:
    talk, _at = live(noon, [])
    return f"/stage/{new_stage_link(talk_id=talk, at=noon, actor=LIN)}/"


def guest() -> Client:
    return Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "orange").save(out, "JPEG")
    return SimpleUploadedFile("那一页.jpg", out.getvalue(), "image/jpeg")


def test_a_picture_that_was_taken_back_is_fetched_by_nobody(stage: str) -> None:
    sent = guest().post(f"{stage}say/", {"words": "", "key": "p", "picture": picture()}, headers=JSON).json()
    assert (guest().get(sent["file"]).status_code, guest().get(f"{sent['file']}/small").status_code) == (200, 200)
    guest().post(f"{stage}back/{sent['segment']}/")
    assert (guest().get(sent["file"]).status_code, guest().get(f"{sent['file']}/small").status_code) == (404, 404)
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(("words", "key"), [("长" * 4001, "p"), ("图注", ""), ("图注", "k" * 41)])
def test_a_file_beside_what_cannot_be_said_is_not_kept(stage: str, words: str, key: str) -> None:
    answer = guest().post(f"{stage}say/", {"words": words, "key": key, "picture": picture()}, headers=JSON)
    assert (answer.status_code, Segment.objects.count(), StoredFile.objects.count()) == (422, 0, 0)


def test_a_file_that_arrives_as_the_talk_ends_is_not_kept(
    stage: str, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stage_giving.keep_picture

    def slow(**told: object) -> object:
        kept = whole(**told)  # type: ignore[arg-type]
        end(talk_id=int(str(told["about"])), at=noon, actor=GUEST)
        return kept

    monkeypatch.setattr(stage_giving, "keep_picture", slow)
    answer = guest().post(f"{stage}say/", {"words": "", "key": "p", "picture": picture()}, headers=JSON)
    assert (answer.status_code, Segment.objects.count(), StoredFile.objects.count()) == (422, 0, 0)


def test_a_body_that_is_too_large_is_read_by_no_page_either(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(MultiPartParser, "parse", lambda _self: read.append("a body"))
    answer = guest().post(f"{stage}say/", {"words": "x", "key": "k"}, headers={"content-length": str(MOST_BODY + 1)})
    assert (answer.status_code, "20 MB" in answer.text, read) == (422, True, [])


def test_a_key_with_a_mark_no_database_keeps_is_still_a_key(stage: str) -> None:
    answers = [guest().post(f"{stage}say/", {"words": "好", "key": "a\0b"}, headers=JSON).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Segment.objects.get().client_key == "ab"
