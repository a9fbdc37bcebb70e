"""Every page in a real browser, as wide as a phone and as a desk: no serious fault for those who see, hear or point
less well (axe), and nothing that scrolls sideways."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as conf
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.web.pages import Looks, Page, pages
from tests.web.village import Village
from tongpin.base.clock import now as present
from tongpin.web.look.gate import MEMBER_COOKIE

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 1440)
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium here: apt install chromium fonts-wqy-microhei")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def village(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Village:
    settings.FILES, settings.IMPORTS = tmp_path / "files", tmp_path / "imports"
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    made = Village(present() - timedelta(hours=9))
    made.grow()
    return made


@pytest.mark.parametrize("room", ["console", "member"])
def test_no_page_has_a_serious_fault_or_scrolls_sideways(
    village: Village, chromium: Browser, live_server: LiveServer, room: str
) -> None:
    looks, axe = Looks(village), Axe()
    contexts = opened(village, chromium, live_server.url)
    faults: dict[str, list[str]] = {}
    seen = 0
    for page in pages(village):
        if not page.name.startswith(f"{room}:") or not is_shown(looks, page):
            continue
        seen += 1
        tab = contexts[page.who].new_page()
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            tab.goto(live_server.url + page.address, wait_until="load")
            found = [
                f"{one['id']}: {' | '.join(node['html'][:160] for node in one['nodes'][:3])}"
                for one in axe.run(tab).response["violations"]
                if one["impact"] in GRAVE
            ]
            over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"scrolls sideways by {over} px"] if over > 0 else []
            if found:
                faults[f"{page.name} at {width}"] = found
        tab.close()
    assert not faults, "\n".join(f"{where}: {what}" for where, what in faults.items())
    assert seen > 30


def is_shown(looks: Looks, page: Page) -> bool:
    answer = looks.at(page)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and b"<html" in answer.content


def opened(village: Village, chromium: Browser, address: str) -> dict[str, BrowserContext]:
    """A browser for each who looks."""
    name = conf.SESSION_COOKIE_NAME
    cookies = {
        "boss": (name, village.boss().cookies[name].value),
        "member": (MEMBER_COOKIE, village.session()),
        "stranger": None,
    }
    found = {}
    for who, cookie in cookies.items():
        found[who] = chromium.new_context(locale="zh-CN")
        if cookie:
            found[who].add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
    return found
