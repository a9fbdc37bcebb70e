"""Write keys: made, shown once, renewed, ended; and the events that came by them."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.web.console.shop_files import at_work, url
from tongpin.core.intake.events import Key, Problem
from tongpin.core.intake.models import TrackRecent
from tongpin.core.intake.tracking import keep_problems
from tongpin.core.team.actions import make_write_key
from tongpin.core.team.credentials import Made
from tongpin.core.team.keys import keyring
from tongpin.core.team.models import AuditLine, WriteKey
from tongpin.core.team.queries import find_write_key
from tongpin.core.team.rules import SYSTEM, Held

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"tps_[0-9a-z]{20,}")


def server_key(noon: datetime, name: str = "小程序后台") -> Made:
    return make_write_key(actor=SYSTEM, kind="server", name=name, now=noon)


def test_a_server_key_is_shown_once_with_lines_to_paste(noon: datetime, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://house.example.com"
    client = at_work(Held("manager"))
    answer = client.post(url("keys"), {"kind": "server", "name": "小程序后台", "namespace": "shop-1"})
    (secret,) = set(SECRET.findall(answer.text))
    found = find_write_key(secret=secret, now=noon)
    assert found is not None
    assert (found.name, found.kind, found.namespace) == ("小程序后台", "server", "shop-1")
    for line in (
        "analytics.host = &quot;https://house.example.com&quot;",
        "rudder.dataPlaneUrl = &quot;https://house.example.com&quot;",
        "path: &quot;/v1/batch&quot;",
        f"curl -u {secret}: https://house.example.com/v1/track",
    ):
        assert line in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    for name in (url("keys"), url("key", found.id)):
        assert not SECRET.findall(client.get(name).text)
    assert "YOUR_WRITE_KEY" in client.get(url("key", found.id)).text


def test_a_browser_key_stands_open_with_its_sites(noon: datetime, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://house.example.com"
    client = at_work(Held("manager"))
    asked = {"kind": "browser", "name": "网店首页", "origins": "https://shop.example.com\nhttps://m.example.com/"}
    client.post(url("keys"), asked)
    made = WriteKey.objects.get()
    assert made.origins == ["https://m.example.com", "https://shop.example.com"]
    page = client.get(url("key", made.pk)).text
    assert made.public in page
    assert "apiHost: &quot;house.example.com/v1&quot;, protocol: &quot;https&quot;" in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"origins": ""}, "Say on which sites this key is used."),
        ({"origins": "shop.example.com/path"}, "A site is written like this"),
        ({"kind": "server", "namespace": "B-1!"}, "Up to 40 small letters"),
        ({"name": ""}, "wrong"),
        ({"kind": "golden"}, "wrong"),
    ],
)
def test_a_faulty_key_is_refused_beside_the_field_and_none_is_made(wrong: dict[str, str], told: str) -> None:
    asked = {"kind": "browser", "name": "网店首页", "origins": "https://shop.example.com", **wrong}
    answer = at_work(Held("manager")).post(url("keys"), asked)
    assert (answer.status_code, told in answer.text, WriteKey.objects.count()) == (422, True, 0)
    assert AuditLine.objects.count() == 0


def test_the_last_events_are_shown_good_and_bad_with_reasons(noon: datetime) -> None:
    made = server_key(noon)
    events = [
        {
            "at": noon.isoformat(),
            "kind": "event.tracked",
            "body": json.dumps({"name": "付款成功", "write_key": made.id}),
        },
        {"at": noon.isoformat(), "kind": "traits.told", "body": '{"write_key":1,"cut'},
    ]
    sealed = keyring().encrypt(json.dumps(events), context="track_recent")
    TrackRecent.objects.create(write_key=made.id, sealed=sealed, good=41, bad=1, seen_at=noon)
    key = Key(made.id, True, "s")
    keep_problems(key, [Problem("nobody", "userId or anonymousId is needed", b'{"type":"track"}')], received_at=noon)
    client = at_work(Held("manager"))
    page = client.get(url("key", made.id)).text
    assert [told in page for told in ("付款成功", "41 since the key was made", "neither userId nor anonymousId")] == [
        True
    ] * 3
    assert "{&quot;type&quot;:&quot;track&quot;}" in page
    part = client.get(url("key", made.id), headers={"HX-Request": "true"}).text
    assert part.startswith('<div id="events"')
    listed = client.get(url("keys")).text
    assert ">41<" in listed


def test_events_that_were_cleared_or_sealed_with_another_key_are_left_out(noon: datetime) -> None:
    for sealed in (b"", b"\x01 not ours"):
        made = server_key(noon)
        TrackRecent.objects.create(write_key=made.id, sealed=sealed, good=5, seen_at=noon)
        page = at_work(Held("manager"), login=f"m{made.id}").get(url("key", made.id)).text
        assert "None in the last 7 days." in page


def test_a_key_is_renewed_and_the_old_one_goes_on_for_a_day(noon: datetime) -> None:
    made = server_key(noon)
    client = at_work(Held("manager"))
    answer = client.post(url("key_roll", made.id))
    (secret,) = set(SECRET.findall(answer.text))
    assert secret != made.secret
    assert WriteKey.objects.count() == 2
    again = client.post(url("key_roll", made.id), follow=True)
    assert (WriteKey.objects.count(), "This key was renewed already" in again.text) == (2, True)


def test_a_revoked_key_stops_at_once(noon: datetime) -> None:
    made = server_key(noon)
    client = at_work(Held("manager"))
    with travel(noon, tick=False):
        client.post(url("key_revoke", made.id))
        assert client.get(url("key", made.id)).status_code == 404
    assert find_write_key(secret=made.secret, now=noon) is None


def test_who_manages_no_keys_changes_none(noon: datetime) -> None:
    made = server_key(noon)
    before = AuditLine.objects.count()
    client = at_work(Held("operator"))
    asked = {"kind": "server", "name": "x"}
    answers = [
        client.get(url("keys")),
        client.post(url("keys"), asked),
        client.get(url("key", made.id)),
        client.post(url("key_roll", made.id)),
        client.post(url("key_revoke", made.id)),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert (WriteKey.objects.count(), AuditLine.objects.count()) == (1, before)
    assert find_write_key(secret=made.secret, now=noon) is not None


def test_three_keys_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = at_work(Held("manager"))
    numbers = []
    for i in range(3):
        server_key(noon, f"第 {i} 把")
        client.get(url("keys"))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("keys"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[2] <= 20
