"""What is served of files, to whom, and with what a browser is told about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.conftest import NOON
from tests.core.files.making import drawn, sounding
from tongpin.core.files.actions import keep_picture, keep_voice, let_go
from tongpin.core.files.queries import FileSeen, read, thumbnail

pytestmark = pytest.mark.django_db
STRANGER = "ab" * 20


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: Settings) -> None:
    settings.FILES = tmp_path / "files"


def picture(person_id: int | None = None) -> FileSeen:
    return keep_picture(
        content=drawn(), person_id=person_id, about_kind="offer", about=1, at=NOON, actor="staff:1"
    )  # fmt: skip


def voice() -> FileSeen:
    content = sounding(kind="ogg", codec="libopus", rate=48_000)
    return keep_voice(content=content, person_id=None, about_kind="talk", about=1, at=NOON, actor="staff:1")


def got(address: str, **headers: str) -> HttpResponse:
    answer: HttpResponse = Client().get(address, headers=headers)  # type: ignore[assignment]
    return answer


def test_a_picture_is_served_without_a_session_and_runs_nothing(django_assert_num_queries: Any) -> None:
    one = picture()
    with django_assert_num_queries(1):
        answer = got(f"/f/{one.name}")
    assert (answer.status_code, answer.content) == (200, read(name=one.name))
    told = {
        "Content-Type": "image/jpeg",
        "Content-Length": str(one.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{one.name}"',
        "Accept-Ranges": "bytes",
    }
    assert {name: answer.headers[name] for name in told} == told
    assert answer.cookies == {}
    small = got(f"/f/{one.name}/small")
    assert (small.status_code, small.content, small["ETag"]) == (200, thumbnail(name=one.name), f'"{one.name}-small"')


def test_what_a_person_gave_is_kept_by_no_server_between() -> None:
    assert got(f"/f/{picture(7).name}")["Cache-Control"] == "private, max-age=31536000, immutable"


def test_what_was_let_go_is_gone_at_once_and_what_is_no_name_never_was() -> None:
    one = picture()
    let_go(file_id=one.id, at=NOON, actor="staff:1")
    # The test's transaction is never committed, so the content still lies there.
    assert read(name=one.name)
    missing = [f"/f/{one.name}", f"/f/{one.name}/small", f"/f/{STRANGER}", "/f/x", "/f/..%2F..%2Fkeys%2Fpersonal.keys"]
    assert [got(address).status_code for address in missing] == [404] * 5


def test_a_recording_has_no_small_picture() -> None:
    assert got(f"/f/{voice().name}/small").status_code == 404


def test_nobody_may_write_there() -> None:
    assert Client().post(f"/f/{picture().name}").status_code == 405


def test_what_a_browser_has_already_is_not_sent_again() -> None:
    one = picture()
    answer = got(f"/f/{one.name}", **{"If-None-Match": f'W/"x", "{one.name}"'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", f'"{one.name}"')


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-", 0, None),
        ("bytes=5-9", 5, 9),
        ("bytes=-4", -4, None),
        ("bytes=7-999999", 7, None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(asked: str, first: int, last: int | None) -> None:
    one = voice()
    content = read(name=one.name) or b""
    wanted = content[first:] if last is None else content[first : last + 1]
    answer = got(f"/f/{one.name}", Range=asked)
    start = len(content) - len(wanted) if last is None else first
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (206, wanted, "audio/mpeg")
    assert answer["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(content)}"


@pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes=x-"])
def test_a_part_that_makes_no_sense_is_the_whole(asked: str) -> None:
    one = voice()
    answer = got(f"/f/{one.name}", Range=asked)
    assert (answer.status_code, len(answer.content)) == (200, one.size)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(asked: str) -> None:
    one = voice()
    answer = got(f"/f/{one.name}", Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{one.size}")


def test_a_part_of_what_changed_meanwhile_is_the_whole() -> None:
    one = voice()
    assert got(f"/f/{one.name}", **{"Range": "bytes=0-1", "If-Range": '"another"'}).status_code == 200
    assert got(f"/f/{one.name}", **{"Range": "bytes=0-1", "If-Range": f'"{one.name}"'}).status_code == 206


def test_asking_for_the_head_gives_no_content() -> None:
    one = picture()
    answer = Client().head(f"/f/{one.name}", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", str(one.size))


def test_what_a_guest_gave_is_kept_by_no_server_between_also_where_no_number_stands_by_it() -> None:
    theirs = keep_picture(content=drawn(), person_id=None, about_kind="talk", about=1, at=NOON, actor="guest")
    assert got(f"/f/{theirs.name}")["Cache-Control"].startswith("private")
    ours = picture()
    assert ours.name == theirs.name, "the same picture, for the house as well"
    assert got(f"/f/{ours.name}")["Cache-Control"].startswith("private")
