"""What a page may cost: questions to the database whatever the number of rows, and bytes on a phone."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.web.pages import Looks, Page, pages
from tests.web.village import Village

pytestmark = [pytest.mark.django_db, pytest.mark.whole]
MOST_QUERIES = 20
MOST_BYTES = 150_000
NOT_ALLOWED = 405
ASSET = re.compile(r'<(?:link[^>]+rel="(?:stylesheet|modulepreload)"[^>]+href|script[^>]+src)="([^"]+)"')
PICTURE = re.compile(r'<img(?![^>]*loading="lazy")[^>]* src="([^"]+)"')
LAZY = re.compile(r'<img(?=[^>]*loading="lazy")[^>]* src="([^"]+)"')
ABOVE_THE_FOLD = 5
"""So many pictures that load when they come into view are in view on a phone at once."""


@pytest.fixture
def village(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[Village]:
    settings.FILES, settings.IMPORTS = tmp_path / "files", tmp_path / "imports"
    cache.clear()
    with travel(noon, tick=False):
        yield Village(noon)


def asked(looks: Looks, page: Page) -> tuple[int, int]:
    """The answer's status, and how often the page asked the database when it was looked at again."""
    status = looks.at(page).status_code
    if status == NOT_ALLOWED:
        return status, 0
    with CaptureQueriesContext(connection) as seen:
        looks.at(page)
    return status, len(seen)


def test_no_page_asks_more_than_20_times_nor_more_often_for_three_times_the_rows(village: Village) -> None:
    counts: dict[str, list[tuple[int, int]]] = {}
    for _ in range(2):
        looks = Looks(village)
        for page in pages(village):
            counts.setdefault(page.name, []).append(asked(looks, page))
        village.grow()
        village.grow()
    looked_at = {name: told for name, told in counts.items() if told[0][0] != NOT_ALLOWED}
    broken = {name: told for name, told in looked_at.items() if any(status >= 400 for status, _ in told)}
    growing = {name: told for name, told in looked_at.items() if told[1][1] > told[0][1]}
    too_many = {name: told for name, told in looked_at.items() if max(n for _, n in told) > MOST_QUERIES}
    assert (broken, growing, too_many) == ({}, {}, {})
    assert len(looked_at) > 120


def test_a_members_page_weighs_no_more_than_150_kb_with_all_it_is_drawn_with(village: Village) -> None:
    village.grow()
    village.grow()
    looks = Looks(village)
    weights = {page.name: weight_of(looks, page) for page in pages(village) if page.name.startswith("member:")}
    assert {name: told for name, told in weights.items() if sum(told.values()) > MOST_BYTES} == {}
    assert len([told for told in weights.values() if told]) > 35


def weight_of(looks: Looks, page: Page) -> dict[str, int]:
    """Bytes of a page by what they are for; of pictures that load when they come into view the first few."""
    answer = looks.at(page)
    if answer.status_code != 200:
        return {}
    if not answer["Content-Type"].startswith("text/html"):
        return {page.address: len(answer.content)}
    told = {page.address: len(gzip.compress(answer.content))}
    for address in set(ASSET.findall(answer.text)):
        name = urljoin(page.address, address.replace("&amp;", "&")).removeprefix("/static/")
        found = finders.find(name)
        assert found, f"{page.name} names {address}, which is not there"
        told[address] = len(gzip.compress(Path(found).read_bytes()))
    for address in {*PICTURE.findall(answer.text), *LAZY.findall(answer.text)[:ABOVE_THE_FOLD]}:
        if not address.startswith("data:"):
            told[address] = body_of(looks.at(Page(page.name, address, page.who)))
    return told


def body_of(answer: object) -> int:
    if getattr(answer, "streaming", False):
        return sum(len(part) for part in answer.streaming_content)  # type: ignore[attr-defined]
    return len(answer.content)  # type: ignore[attr-defined]
