"""What the tracking endpoint takes, and what it says to what it cannot take."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from tests.web.track.conftest import SITE, Caller, entries, kinds
from tongpin.core.intake.models import TrackProblem
from tongpin.core.people.models import Identity, Person


def track(**more: object) -> dict[str, object]:
    return {"type": "track", "userId": "u1", "event": "Lesson Read", "messageId": "m1", **more}


def test_a_tracked_event_becomes_a_fact_about_a_person(caller: Caller) -> None:
    status, answer, _ = caller.post("/v1/track", track(properties={"lesson": 7}))
    assert (status, answer) == (200, {"success": True})
    met, event = entries()
    assert met["kind"] == "person.met"
    assert met["identities"] == ["custom"]
    assert event["kind"] == "event.tracked"
    assert event["person"] == met["person"]
    assert (event["name"], event["properties"]) == ("Lesson Read", {"lesson": 7})


def test_the_same_message_twice_is_one_fact(caller: Caller) -> None:
    body = {"batch": [track(), track(), track(messageId="m2")]}
    caller.post("/v1/batch", body)
    caller.post("/v1/batch", body)
    assert kinds() == ["event.tracked", "event.tracked"]


def test_gzip_and_three_content_types_are_understood(caller: Caller) -> None:
    for n, kind in enumerate(("application/json", "text/plain", "application/x-www-form-urlencoded")):
        packed = gzip.compress(json.dumps(track(messageId=f"g{n}")).encode())
        status, _, _ = caller.post("/v1/t", packed, content_type=kind, content_encoding="gzip")
        assert status == 200
    assert kinds() == ["event.tracked"] * 3


def test_the_key_may_stand_in_the_body(caller: Caller) -> None:
    assert caller.post("/v1/track", track(writeKey=caller.server), key=None)[0] == 200
    assert caller.post("/v1/track", track(writeKey="made-up"), key=None)[0] == 401
    assert caller.post("/v1/track", track(), key=None)[0] == 401
    assert len(kinds()) == 1


def test_phone_and_mail_of_an_identify_become_sealed_identities_and_never_facts(caller: Caller) -> None:
    traits = {
        "phone": "138 1234 2716",
        "email": "Lin@Example.com",
        "name": "林小美",
        "nickname": "小美",
        "plan": "gold",
    }
    caller.post("/v1/identify", {"userId": "u1", "messageId": "i1", "traits": traits})
    assert sorted(Identity.objects.values_list("kind", "shown")) == [
        ("custom", "u1"), ("mail", "l***@example.com"), ("phone", "138****2716"),
    ]  # fmt: skip
    person = Person.objects.get()
    assert (person.nickname, person.name_masked, person.identified) == ("小美", "林**", True)
    told = entries()[-1]
    assert told["traits"] == {"plan": "gold"}
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(row_to_json(e)::text, '') from entry e")
        written = cursor.fetchone()[0]
    for secret in ("1381234", "lin@", "Lin@", "林小美"):
        assert secret not in written


def test_a_browser_key_gives_claims_only(caller: Caller) -> None:
    body = {"userId": "boss", "anonymousId": "a1", "messageId": "i1", "traits": {"phone": "13812342716", "name": "假"}}
    assert caller.post("/v1/i", body, key="browser", origin=SITE)[0] == 200
    assert sorted(Identity.objects.values_list("kind", flat=True)) == ["claimed_user", "device"]
    person = Person.objects.get()
    assert (person.identified, person.name_sealed) == (False, None)
    assert entries()[-1]["claimed"] is True


def test_a_browser_claim_never_reaches_the_person_a_server_key_knows(caller: Caller) -> None:
    caller.post("/v1/identify", {"userId": "u1", "messageId": "i1", "traits": {"phone": "13812342716"}})
    caller.post("/v1/t", track(anonymousId="a1", messageId="b1"), key="browser", origin=SITE)
    assert Person.objects.count() == 2


def test_a_browser_key_is_refused_from_another_site(caller: Caller) -> None:
    status, answer, _ = caller.post("/v1/t", track(), key="browser", origin="https://elsewhere.example")
    assert (status, answer["reason"]) == (403, "origin")
    assert entries() == []


def test_preflight_allows_what_browser_sdks_send(caller: Caller) -> None:
    status, _, headers = caller.post("/v1/t", b"", method="OPTIONS", origin=SITE)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert "authorization" in headers["Access-Control-Allow-Headers"]


def test_an_anonymous_visitor_becomes_the_person_who_signs_in(caller: Caller) -> None:
    caller.post("/v1/t", {"anonymousId": "a1", "event": "Seen", "messageId": "1"})
    caller.post("/v1/identify", {"userId": "u1", "anonymousId": "a1", "messageId": "2"})
    assert Person.objects.count() == 1
    assert {e["person"] for e in entries()} == {Person.objects.get().pk}


def test_one_device_of_two_known_people_merges_nobody(caller: Caller) -> None:
    caller.post("/v1/identify", {"userId": "u1", "anonymousId": "a1", "messageId": "1"})
    caller.post("/v1/identify", {"userId": "u2", "anonymousId": "a1", "messageId": "2"})
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from person_alias")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"type": "track", "event": "x", "messageId": "1"}, "nobody"),
        ({"type": "track", "userId": "u", "messageId": "1"}, "no_event"),
        ({"type": "dance", "userId": "u", "messageId": "1"}, "unknown_type"),
        ({"type": "group", "userId": "u", "messageId": "1"}, "group"),
        ({"type": "alias", "userId": "u", "messageId": "1"}, "alias"),
        ({"type": "track", "userId": "u", "event": "x", "timestamp": "1015-01-01T00:00:00Z"}, "clock"),
        ({"type": "track", "userId": "u", "event": "x", "timestamp": "9015-01-01T00:00:00Z"}, "clock"),
        ({"type": "track", "userId": "u", "event": "x", "properties": {"n": "y" * 40_000}}, "too_large"),
        ("not an event", "not_understood"),
    ],
)
def test_an_unusable_event_is_kept_with_its_reason_and_the_others_go_in(
    caller: Caller, body: object, reason: str
) -> None:
    status, answer, _ = caller.post("/v1/batch", {"batch": [body, track(messageId="good")]})
    assert (status, answer) == (200, {"success": True, "unusable": 1})
    assert TrackProblem.objects.get().reason == reason
    assert kinds() == ["event.tracked"]


def test_what_the_database_cannot_hold_stands_alone(caller: Caller) -> None:
    poison = b'{"type":"track","userId":"u","event":"x","messageId":"p","properties":{"n":1e999999}}'
    good = json.dumps(track(messageId="good")).encode()
    nul = b'{"type":"track","userId":"u2","event":"x","messageId":"z","properties":{"n":"a\\u0000b\\ud800"}}'
    status, answer, _ = caller.post("/v1/batch", b'{"batch":[' + b",".join([good, poison, nul]) + b"]}")
    assert (status, answer.get("unusable", 0)) == (200, 1)
    assert TrackProblem.objects.get().reason in ("cannot_be_stored", "not_understood")
    assert sorted(e["message"] for e in entries() if e["kind"] == "event.tracked") == ["good", "z"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"{", "json"), (b"\x1f\x8bbroken", "gzip"), (b'{"batch":7}', "json"), (b"\xff\xfe{}", "utf8")],
)
def test_what_is_no_json_is_refused_as_a_whole(caller: Caller, body: bytes, reason: str) -> None:
    status, answer, _ = caller.post("/v1/batch", body)
    assert (status, answer["reason"]) == (400, reason)
    assert entries() == []


def test_a_gzip_bomb_is_refused(caller: Caller) -> None:
    status, answer, _ = caller.post("/v1/batch", gzip.compress(b'{"batch":[' + b" " * 50_000_000 + b"]}"))
    assert (status, answer["reason"]) == (400, "too_large")


def test_a_wrong_clock_is_corrected_by_sent_at(caller: Caller) -> None:
    now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        slow = now - timedelta(days=400)
        body = {"batch": [track(timestamp=(slow - timedelta(minutes=5)).isoformat())], "sentAt": slow.isoformat()}
        caller.post("/v1/batch", body)
    assert entries()[-1]["at"] == now - timedelta(minutes=5)


def test_nulls_are_like_absent(caller: Caller) -> None:
    event = track(anonymousId=None, properties=None, context=None, timestamp=None, traits=None, groupId=None)
    assert caller.post("/v1/track", event)[:2] == (200, {"success": True})


def test_too_many_requests_of_a_key_are_asked_to_come_again(caller: Caller) -> None:
    caller.app.meter.made = {}
    with time_machine.travel(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), tick=False):
        caller.post("/v1/track", track())
        key_id = next(iter(caller.app.meter.made))
        caller.app.meter.made[key_id] = 1000
        status, _, headers = caller.post("/v1/track", track(messageId="late"))
    assert status == 429
    assert headers["Retry-After"] == "1"
    assert [e["message"] for e in entries() if e["kind"] == "event.tracked"] == ["m1"]


def test_an_unknown_path_says_which_there_are(caller: Caller) -> None:
    status, answer, _ = caller.post("/v1/nothing", track())
    assert status == 404
    assert "/v1/batch" in answer["message"]
