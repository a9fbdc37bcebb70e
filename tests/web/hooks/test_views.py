"""Webhooks over HTTP: what other software may send, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tongpin.base.rates import Meter
from tongpin.core.intake import hooks
from tongpin.core.intake.admitting import Busy
from tongpin.core.intake.models import Hook, HookPost
from tongpin.core.people.models import Person
from tongpin.core.team.rules import SYSTEM
from tongpin.web.hooks import views

pytestmark = pytest.mark.django_db

MAPPING = {"id": "message_id", "data.tel": "phone", "tel": "mail", "why": "keep"}


@pytest.fixture
def web() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def secret(noon: datetime) -> str:
    made = hooks.open_hook(name="报名", actor=SYSTEM, at=noon)
    hooks.map_hook(hook_id=made.id, mapping=MAPPING, actor=SYSTEM, at=noon)
    return made.secret


@pytest.fixture(autouse=True)
def _fresh_meter() -> None:
    views.meter.forget()


def facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry")
        return int(cursor.fetchone()[0])


def test_json_is_recorded_once_and_known_afterwards(web: Client, secret: str) -> None:
    content = {"id": 1, "data": {"tel": "13812345678"}}
    first = web.post(f"/hooks/{secret}", content, content_type="application/json")
    again = web.post(f"/hooks/{secret}", content, content_type="application/json")
    assert (first.status_code, first.json()) == (
        200,
        {"ok": True, "state": "recorded", "new": 1, "known": 0, "faults": []},
    )
    assert (again.status_code, again.json()) == (
        200,
        {"ok": True, "state": "known", "new": 0, "known": 1, "faults": []},
    )
    assert Person.objects.count() == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "", "application/cloudevents+json"])
def test_json_is_taken_whatever_it_says_it_is(kind: str, web: Client, secret: str) -> None:
    answer = web.post(f"/hooks/{secret}", b'{"id": "1", "why": "x"}', content_type=kind)
    assert answer.json()["state"] == "recorded"


def test_a_form_is_taken_url_encoded_and_in_parts(web: Client, secret: str) -> None:
    encoded = web.post(
        f"/hooks/{secret}", "id=1&tel=lin%40example.com&why=a&why=b", content_type="application/x-www-form-urlencoded"
    )
    parts = web.post(f"/hooks/{secret}", {"id": "2", "tel": "lin@example.com", "why": "林"})
    assert (encoded.json()["state"], parts.json()["state"]) == ("recorded", "recorded")
    assert [hooks.content_of(post)["why"] for post in HookPost.objects.order_by("pk")] == ["a,b", "林"]
    assert Person.objects.count() == 1


def test_an_unmapped_webhook_keeps_the_sample_and_says_so(web: Client, noon: datetime) -> None:
    made = hooks.open_hook(name="报名", actor=SYSTEM, at=noon)
    answer = web.post(f"/hooks/{made.secret}", {"tel": "1"}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "sample")


def test_some_good_things_are_taken_and_the_bad_ones_named(web: Client, secret: str) -> None:
    content = [{"id": "1", "why": "x"}, {"id": "2", "data": {"tel": "12"}}]
    answer = web.post(f"/hooks/{secret}", content, content_type="application/json")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ok": True,
            "state": "recorded",
            "new": 1,
            "known": 0,
            "faults": [
                {
                    "place": 1,
                    "field": "phone",
                    "fault": "identity_unreadable",
                    "message": "give a whole phone number (13812345678, +85251234567) or mail address (lin@example.com)",
                }
            ],
        },
    )


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"not json", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"a":' + b"9" * 9999 + b"}", "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b"{}", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"unmapped": "1"}', "application/json", 422),
        (b'{"data": {"tel": "12"}}', "application/json", 422),
        (b"[" + b"{}," * 600 + b"{}]", "application/json", 422),
        (b"x" * (hooks.LIMIT + 1), "application/json", 413),
        (b"a=1&" * 5000, "application/x-www-form-urlencoded", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 422),
        (b"--x", "multipart/form-data", 400),
        (b"\xff=\xff", "application/x-www-form-urlencoded", 422),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_changes_nothing(
    body: bytes, kind: str, status: int, web: Client, secret: str
) -> None:
    answer = web.post(f"/hooks/{secret}", body, content_type=kind)
    assert (answer.status_code, answer.json()["ok"], bool(answer.json()["message"])) == (status, False, True)
    assert (facts(), Person.objects.count()) == (0, 0)


def test_an_answer_never_repeats_what_was_posted(web: Client, secret: str) -> None:
    answer = web.post(f"/hooks/{secret}", {"data": {"tel": "13987654321 marker"}}, content_type="application/json")
    assert answer.status_code == 422
    assert b"13987654321" not in answer.content


def test_a_body_in_chunks_is_read_to_its_end(web: Client, secret: str) -> None:
    def send(body: bytes) -> Any:
        return web.generic(
            "POST", f"/hooks/{secret}", content_type="application/json", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked",
            **{"wsgi.input": BytesIO(body)},
        )  # fmt: skip

    assert send(b'{"id": "1", "why": "x"}').json()["state"] == "recorded"
    assert send(b"x" * (hooks.LIMIT + 5)).status_code == 413


@pytest.mark.parametrize("address", ["guess", "%00", "a" * 3000, "%F0%9F%90%B1", "..%2f..%2fetc"])
def test_an_unknown_address_takes_nothing(address: str, web: Client, secret: str) -> None:
    answer = web.post(f"/hooks/{address}", {"id": "1"}, content_type="application/json")
    assert answer.status_code == 404
    assert (facts(), HookPost.objects.count()) == (0, 0)


def test_only_posts_are_taken(web: Client, secret: str) -> None:
    assert [web.get(f"/hooks/{secret}").status_code, web.put(f"/hooks/{secret}").status_code] == [405, 405]


def test_a_flood_is_asked_to_come_again(web: Client, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "meter", Meter(3, clock=lambda: 100.0))
    answers = [web.post(f"/hooks/{secret}", {"id": "1"}, content_type="application/json") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "1"


def test_when_writers_keep_meeting_the_sender_is_asked_to_come_again(
    web: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: object) -> None:
        raise Busy

    monkeypatch.setattr(views, "take", busy)
    assert web.post(f"/hooks/{secret}", {"id": "1"}, content_type="application/json").status_code == 429


def test_a_post_costs_the_same_for_one_thing_and_for_three(
    web: Client, secret: str, django_assert_max_num_queries: Callable[..., DjangoAssertNumQueries]
) -> None:
    def things(*numbers: int) -> list[dict[str, object]]:
        return [{"id": str(n), "data": {"tel": f"1381234000{n}"}, "why": "x"} for n in numbers]

    from django.test.utils import CaptureQueriesContext

    for known in (8, 9):  # the first lists what kind of number this is, the second finds it listed
        web.post(f"/hooks/{secret}", things(known), content_type="application/json")
    with CaptureQueriesContext(connection) as one:
        web.post(f"/hooks/{secret}", things(0), content_type="application/json")
    with CaptureQueriesContext(connection) as three:
        web.post(f"/hooks/{secret}", things(1, 2, 3), content_type="application/json")
    assert len(one) == len(three)
    assert len(one) < 25


def test_the_secret_is_kept_nowhere_in_the_database(web: Client, secret: str) -> None:
    web.post(f"/hooks/{secret}", {"id": "1", "why": "x"}, content_type="application/json")
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(h::text, ' ') from hook h")
        told = str(cursor.fetchone()[0])
        cursor.execute("select string_agg(e::text, ' ') from entry e")
        told += str(cursor.fetchone()[0])
    assert secret not in told
    assert Hook.objects.count() == 1
