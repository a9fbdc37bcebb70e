"""The whole product as a story needs it: started by its own command, with a real browser before it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.database import copy_of_migrated
from tests.ports import free_port
from tongpin.wiring.postgres import temporary_cluster

PASSWORD = "绘本 小铺 每晚 读一页"


@dataclass(frozen=True)
class House:
    """A product that runs: what it printed, and the environment in which its other commands find it."""

    printed: str
    env: Mapping[str, str]


@contextmanager
def empty_cluster(folder: Path) -> Iterator[str]:
    """A cluster as the first start makes it, without a table; gives its address."""
    with temporary_cluster(folder, fsync=False) as temporary:
        yield temporary.cluster.dsn(role="app")


@contextmanager
def house(folder: Path, *, database: AbstractContextManager[str], **settings: str) -> Iterator[House]:
    """The whole product under its supervisor, as `bin/tongpin up` starts it."""
    with database as address:
        env = {k: v for k, v in os.environ.items() if not k.startswith("TONGPIN_")}
        env |= {"TONGPIN_HOME": str(folder / "house"), "DATABASE_URL": address, **settings}
        argv = [sys.executable, "-u", "-m", "tongpin.wiring.cli", "up", "--port", str(free_port())]
        with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as up:
            printed = ""
            until = time.monotonic() + 120
            while "/owner/" not in printed and time.monotonic() < until and up.poll() is None:
                printed += up.stdout.readline() if up.stdout else ""
            try:
                assert "/owner/" in printed, printed
                yield House(printed, env)
            finally:
                up.terminate()
                assert up.wait(30) == 0


@pytest.fixture(scope="module")
def migrated_copy(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> AbstractContextManager[str]:
    """A database that was migrated before: one story shows the very first start, the others begin behind it."""
    if "TONGPIN_TEST_SERVER" not in os.environ:
        return empty_cluster(tmp_path_factory.mktemp("own"))

    @contextmanager
    def made() -> Iterator[str]:
        with django_db_blocker.unblock(), copy_of_migrated() as address:
            yield address

    return made()


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house that begins with an empty cluster; gives what it printed."""
    folder = tmp_path_factory.mktemp("first")
    with house(folder, database=empty_cluster(folder)) as running:
        yield running.printed


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, migrated_copy: AbstractContextManager[str]) -> Iterator[str]:
    """A house with nothing in it; gives what it printed."""
    with house(tmp_path_factory.mktemp("story"), database=migrated_copy) as running:
        yield running.printed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


def sign_in(page: Page, printed: str) -> str:
    """The owner comes in by the printed link; gives the address of the house."""
    link = re.search(r"http://\S+/owner/\S+", printed)[0]  # type: ignore[index]
    page.goto(link)
    for name, value in (("display_name", "李晴"), ("login", "liqing"), ("password", PASSWORD), ("repeat", PASSWORD)):
        page.fill(f"[name={name}]", value)
    page.locator("#content form button, main form button").first.click()
    expect(page.get_by_role("heading", name=re.compile("李晴"))).to_be_visible()
    return str(re.search(r"http://127\.0\.0\.1:\d+", printed)[0])  # type: ignore[index]
