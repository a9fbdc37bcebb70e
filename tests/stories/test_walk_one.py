"""Walk one: a community is founded and opens its door; somebody scans a code, applies, is let in and welcomed; a group
buy is opened, filled by its share link and paid with test payments; another one runs out and the money goes back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stories.conftest import sign_in

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


def phone(browser: Browser) -> tuple[BrowserContext, Page]:
    """A member's phone, with scripts off: everything here is a form."""
    context = browser.new_context(**PHONE)
    return context, context.new_page()


def submit(page: Page) -> None:
    """Presses the button of the form that the page is about."""
    page.locator("main form button.btn-primary, #content form button.btn-primary").last.click()
    page.wait_for_load_state()


def found(desk: Page, at: str, name: str = "青禾读跑社") -> str:
    """The owner founds a community and writes what must stand before its door opens. Gives its address."""
    desk.goto(f"{at}/communities/")
    desk.fill("[name=name]", name)
    submit(desk)
    home = re.match(r"(http\S+/communities/\d+/)", desk.url)
    assert home is not None, desk.url
    base = home[1]
    desk.goto(f"{base}positioning/")
    desk.fill("[name=thing_done_together]", "每天早上，读十页书，或跑三公里")
    desk.fill("[name=ideal_member]", "想有人一起坚持、时间很碎的爸爸妈妈")
    submit(desk)
    desk.goto(f"{base}charter/")
    desk.fill("[name=rules]", "不发广告和外链\n打卡只发自己做的")
    submit(desk)
    desk.goto(f"{base}questions/")
    desk.fill("[name=q1-text]", "最近在读什么书，或在跑多远？")
    submit(desk)
    desk.goto(f"{base}welcome/")
    submit(desk)
    return base


def put_up(desk: Page, at: str) -> str:
    """Puts up a towel that costs less together; gives the number of the offer."""
    desk.goto(f"{at}/sell/offers/new/")
    told = {
        "name": "有机棉纱布浴巾",
        "price": "69",
        "group_price": "55",
        "group_seats": "3",
        "group_hours": "24",
        "stock": "12",
    }
    for name, value in told.items():
        desk.fill(f"[name={name}]", value)
    submit(desk)
    offer = re.search(r"/sell/offers/(\d+)/", desk.url)
    assert offer is not None, desk.url
    return offer[1]


def check_out(page: Page, name: str) -> None:
    """Fills the form, and pays at the test till."""
    if page.locator("#nickname").count():
        page.fill("#nickname", name)
    for field, value in (("name", name), ("phone", "13812345678"), ("address", "杭州市西湖区文一西路 1 号")):
        page.fill(f"#{field}", value)
    page.locator("button[form], main form button.button").last.click()
    page.wait_for_load_state()
    assert "/till/sandbox/" in page.url, page.url
    expect(page.get_by_text("测试").first).to_be_visible()
    page.locator("button[name=outcome][value=paid]").click()
    page.wait_for_load_state()


def test_from_a_scanned_code_to_a_filled_group_buy(started: str, browser: Browser) -> None:
    desk = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    at = sign_in(desk, started)
    base = found(desk, at)
    number = base.rstrip("/").rpartition("/")[2]

    # Before the door is open nobody is asked anything.
    _, stranger = phone(browser)
    stranger.goto(f"{at}/c/{number}/")
    expect(stranger.get_by_text("还在筹备").first).to_be_visible()

    # The door opens; an entrance with a code is made.
    desk.goto(f"{base}joining/")
    desk.locator(
        f"form[action='/communities/{number}/door/public/open/'] button, form[action$='/public/open/'] button"
    ).first.click()
    desk.wait_for_load_state()
    desk.goto(f"{base}entrances/")
    desk.fill("[name=name]", "柜台")
    desk.locator("[name=channel]").select_option(index=1)
    submit(desk)
    desk.goto(f"{base}entrances/")
    code = re.search(r"/l/([0-9a-z]{10})", desk.content())
    assert code is not None

    # Somebody scans it on a phone, reads who we are, answers, accepts the charter, waits.
    mei_phone, mei = phone(browser)
    mei.goto(f"{at}/l/{code[1]}")
    expect(mei.get_by_text("每天早上，读十页书，或跑三公里")).to_be_visible()
    mei.get_by_role("link", name="申请加入").click()
    mei.fill("#nickname", "小美")
    mei.fill("#answer_0", "在读一本讲睡眠的书，每天睡前十来页。")
    mei.check("[name=charter]")
    mei.get_by_role("button", name="提交申请").click()
    expect(mei.get_by_role("heading", name="申请收到了")).to_be_visible()

    # She is let in from Today, and welcomed in order.
    desk.goto(f"{at}/admissions/")
    expect(desk.get_by_text("小美").first).to_be_visible()
    desk.locator("form[action$='/accept/'] button").first.click()
    desk.wait_for_load_state()
    mei.reload()
    expect(mei.get_by_text("欢迎你，小美")).to_be_visible()
    for _ in range(5):
        button = mei.locator("form[action$='/step/'] button")
        if not button.count():
            break
        button.click()
        mei.wait_for_load_state()
    assert mei.locator("form[action$='/step/']").count() == 0
    assert mei_phone.cookies()

    # A product is put up, with test payments switched on.
    desk.goto(f"{at}/settings/payments/")
    desk.locator("form[action$='/settings/payments/test/'] button").first.click()
    desk.wait_for_load_state()
    offer = put_up(desk, at)

    # She opens a group of three and pays; two more come by her share link; the third fills it.
    mei.goto(f"{at}/shop/{offer}/")
    expect(mei.get_by_text("有机棉纱布浴巾").first).to_be_visible()
    mei.goto(f"{at}/shop/{offer}/open/")
    check_out(mei, "小美")
    group = re.search(r"/g/(\d+)/", mei.url)
    assert group is not None, mei.url
    expect(mei.get_by_text(re.compile("还差 2 人")).first).to_be_visible()
    mei.locator(f"form[action$='/g/{group[1]}/share/'] button, a[href$='/g/{group[1]}/share/']").first.click()
    mei.wait_for_load_state()
    link = re.search(r"/l/([0-9a-z]{10})", mei.content())
    assert link is not None
    buyers = []
    for name in ("豆豆妈", "阿强"):
        _, buyer = phone(browser)
        buyer.goto(f"{at}/l/{link[1]}")
        assert f"/g/{group[1]}/" in buyer.url
        buyer.goto(f"{at}/g/{group[1]}/join/")
        check_out(buyer, name)
        buyers.append(buyer)
    expect(buyers[-1].get_by_text(re.compile("成团|满了|凑齐")).first).to_be_visible()
    mei.goto(f"{at}/g/{group[1]}/")
    expect(mei.get_by_text("阿强").first).to_be_visible()

    # A fourth finds it full; nobody can pay for a seat that is not there.
    _, late = phone(browser)
    late.goto(f"{at}/g/{group[1]}/join/")
    assert late.locator("form [name=address]").count() == 0

    # The house sees three orders to send.
    desk.goto(f"{at}/sell/orders/")
    expect(desk.get_by_text("待发").first).to_be_visible()
    assert desk.locator("a[href*='/sell/orders/']").count() >= 3
