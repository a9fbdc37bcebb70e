"""The owner's first day: start, sign in by the printed link, import a dirty export, find and open a customer, attach the
group's chat, merge two records and take it back, add somebody by hand on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import sign_in
from tests.upgrade.make import CHAT, ORDERS

pytestmark = pytest.mark.browser


def upload(page: Page, at: str, file: Path) -> None:
    page.goto(f"{at}/imports/new/")
    page.set_input_files("input[type=file]", file)
    if page.url.endswith("/new/"):
        page.locator("form#upload button").last.click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))


def import_all(page: Page) -> None:
    if "/columns/" in page.url:
        page.get_by_role("button", name="看每行会变成什么").click()
        page.wait_for_url(re.compile(r"/preview/"))
    page.get_by_role("button", name=re.compile("^导入 ")).click()
    expect(page.get_by_text("已导入")).to_be_visible(timeout=30_000)


def test_the_owners_first_day(first_start: str, browser: Browser, tmp_path: Path) -> None:
    at = re.search(r"http://127\.0\.0\.1:\d+", first_start)[0]  # type: ignore[index]
    link = re.search(r"http://\S+/owner/\S+", first_start)[0]  # type: ignore[index]
    desk = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = desk.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)

    # The owner signs in by the printed link, which works once.
    sign_in(page, first_start)
    stranger = browser.new_context(locale="zh-CN").new_page()
    stranger.goto(link)
    expect(stranger.locator("[name=display_name]")).to_have_count(0)

    # A shop's dirty export, in the shop's own encoding: what was recognised, what every row became.
    (tmp_path / "订单.csv").write_bytes(ORDERS.encode("gb18030"))
    upload(page, at, tmp_path / "订单.csv")
    expect(page.get_by_text("淘宝 / 天猫").first).to_be_visible()
    import_all(page)
    expect(page.get_by_text("金额读不懂").first).to_be_visible()
    assert page.get_by_text("2610223374120").count() == 1

    # The group's exported chat is attached.
    (tmp_path / "绘本 2 群.txt").write_text(CHAT)
    upload(page, at, tmp_path / "绘本 2 群.txt")
    import_all(page)

    # She finds a customer and opens the person, with a timeline.
    page.goto(f"{at}/people/")
    page.locator("[name=q]").first.fill("2610223374120")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/\d+/$"))  # an exact number leads straight to whom it belongs
    expect(page.get_by_text("绘本月读盒").or_(page.get_by_text("¥89.00")).first).to_be_visible()
    assert "13812342716" not in page.content()
    bought = page.url

    # Two records of one person become one, and two again.
    page.goto(f"{bought}merge/")
    page.locator("[name=who]").fill("郑可心")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("郑可心")).first.click()
    page.get_by_role("button", name=re.compile("同一人|合并")).first.click()
    page.wait_for_load_state()
    page.goto(bought)
    expect(page.get_by_text("绘本 2 群").first).to_be_visible()
    page.get_by_text("拆开").first.click()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open] button").last.click()
    page.wait_for_load_state()
    page.goto(bought)
    expect(page.get_by_text("绘本 2 群")).to_have_count(0)

    # On a phone she adds somebody by hand.
    phone = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, storage_state=desk.storage_state(), has_touch=True
    ).new_page()
    phone.goto(f"{at}/people/add/")
    phone.locator("[name=who]").fill("13900001111")
    phone.get_by_role("button", name=re.compile("添加|加")).last.click()
    phone.wait_for_load_state()
    expect(phone.get_by_text("139****1111").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrong == []
