"""The first page of the settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.web.console.shop_files import at_work, url
from tongpin.core.ledger.models import Parked
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.BACKUPS = tmp_path
    with travel(noon, tick=False):
        yield


def beat(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s)", [at])


def test_everybody_finds_the_pages_they_may_open() -> None:
    places = ("team", "keys", "tokens", "audit", "security")
    for role, expected in (
        ("owner", [True] * 5),
        ("viewer", [False] * 4 + [True]),
        ("analyst", [False, False, True, False, True]),
    ):
        page = at_work(Held(role), login=role).get(url("settings")).text  # type: ignore[arg-type]
        assert [f'href="{url(name)}" data-open' in page for name in places] == expected
        assert ("How the house is" in page) == (role == "owner")


def test_a_house_that_is_well_says_so(noon: datetime, tmp_path: Path) -> None:
    (tmp_path / "tongpin-2026-11-22.tar").write_bytes(b"x" * 2048)
    os.utime(tmp_path / "tongpin-2026-11-22.tar", (noon.timestamp(), noon.timestamp()))
    beat(noon - timedelta(seconds=20))
    page = at_work(Held("owner")).get(url("settings")).text
    assert [word in page for word in ("fresh", "works", "up to date", "enough", "safe")] == [True] * 5
    assert [word in page for word in ("overdue", "silent", "stuck", "open on the way")] == [False] * 4


def test_what_is_wrong_with_the_house_is_said_with_what_to_do(noon: datetime, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://shop.example.com"
    beat(noon - timedelta(minutes=10))
    Parked.objects.create(reader="money", reaction="a → b", subject="x:1", seq=1, kind="order.paid", parked_at=noon)
    page = at_work(Held("owner")).get(url("settings")).text
    assert [word in page for word in ("overdue", "silent", "stuck", "open on the way")] == [True] * 4
    assert "Start everything again with bin/tongpin up." in page
    assert url("today_parked") in page


def test_the_page_asks_little(noon: datetime) -> None:
    client = at_work(Held("owner"))
    client.get(url("settings"))
    with CaptureQueriesContext(connection) as asked:
        client.get(url("settings"))
    assert len(asked) <= 20
