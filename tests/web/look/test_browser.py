"""The frame in a real browser: keyboard, theme, toasts, dialogs, copying, a phone, and the content policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.whole]

ADDRESSES = ["/", "/?empty", "/people", "/person", "/imports", "/imports?empty", "/settings", "/sign-in", "/nowhere"]
SMALL = """() => [...document.querySelectorAll('button, .btn, select, summary, .rail-link, .bottom a, input:not([type=hidden])')]
  .filter(el => el.getClientRects().length && !el.closest('.visually-hidden, .skip'))
  .filter(el => Math.max(el.getBoundingClientRect().height, el.closest('label')?.getBoundingClientRect().height || 0) < 39.5)
  .map(el => el.outerHTML.slice(0, 90))"""


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
def page(chromium: Browser, sheet_address: str) -> Iterator[Page]:
    """A desktop page whose console stays silent."""
    context = chromium.new_context(base_url=sheet_address, locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sheet_address)
    page = context.new_page()
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # What the tests break on purpose; a word from the content policy is never among them.
        expected = ("404 (Not Found)", "409 (Conflict)", "htmx:", "ERR_FAILED", "Response Status Error")
        if message.type in {"error", "warning"} and not any(words in message.text for words in expected):
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.mark.parametrize("width", [360, 390, 900, 1440])
def test_no_page_scrolls_sideways_and_on_a_phone_every_control_is_large_enough(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for address in ADDRESSES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, address
        if width < 768:
            assert page.evaluate(SMALL) == [], address


def test_the_keyboard_moves_between_rooms_and_rows(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/people")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("[data-row]").nth(1).evaluate("row => row.classList.contains('in-hand')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/person")
    page.keyboard.press("Escape")
    page.wait_for_url("**/people")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("gp?")
    assert page.locator("#search").input_value() == "gp?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_pressed_while_composing_han_do_nothing(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, isComposing: true}))"
    )
    expect(page.locator("#keys")).to_be_hidden()


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.goto("/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator(".top [data-theme-form] button").click()
    dark = page.evaluate(background)
    page.goto("/people")
    assert page.evaluate(background) == dark != light
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_language_changes_and_leads_back(page: Page) -> None:
    page.goto("/people")
    page.locator(".top").get_by_role("button", name="English").click()
    page.wait_for_url("**/people")
    expect(page.locator(".rail [aria-current]")).to_contain_text("People")
    expect(page.locator(".rail [aria-current] .rail-glyph")).to_have_text("人")


def test_a_dangerous_step_waits_for_its_number(page: Page) -> None:
    page.goto("/imports")
    page.locator("[data-dialog=go]").click()
    dialog = page.locator("#go")
    expect(dialog.get_by_role("button", name="先不导")).to_be_focused()
    go = dialog.get_by_role("button", name="导入 1,640 行")
    expect(go).to_be_disabled()
    page.locator("[data-must-equal]").fill("1,64")
    expect(go).to_be_disabled()
    page.locator("[data-must-equal]").fill("1,640")
    expect(go).to_be_enabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_copying_says_so_and_copies(page: Page) -> None:
    page.goto("/person")
    page.keyboard.press("c")
    expect(page.locator("[data-copy] span")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "念安，好久没见"


def test_a_toast_offers_the_way_back_and_leaves(page: Page) -> None:
    page.clock.install()
    page.goto("/people")
    toast = page.locator(".toast")
    expect(toast.get_by_role("button", name="撤回")).to_be_visible()
    expect(toast).to_contain_text("8 秒")
    page.clock.run_for(9000)
    expect(toast).to_have_count(0)


def test_an_answer_of_htmx_can_bring_a_toast(page: Page) -> None:
    page.goto("/")
    detail = "{text: '<b>移出 1 人</b>', undo: '/undo/1', kind: 'good'}"
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('toast', {{detail: {detail}, bubbles: true}}))")
    expect(page.locator(".toast > span").first).to_have_text("<b>移出 1 人</b>")
    assert page.locator(".toast form").get_attribute("action") == "/undo/1"


def test_what_was_typed_survives_a_reload_and_a_sign_in(page: Page) -> None:
    page.goto("/person")
    page.locator("#note").fill("孩子入托")
    page.reload()
    assert page.locator("#note").input_value() == "孩子入托"
    page.evaluate("document.querySelector('form[data-keep]').dispatchEvent(new Event('submit', {bubbles: true}))")
    page.goto("/sign-in")
    page.goto("/person")
    assert page.locator("#note").input_value() == "孩子入托"
    page.evaluate("document.querySelector('form[data-keep]').dispatchEvent(new Event('submit', {bubbles: true}))")
    page.goto("/person")
    assert page.locator("#note").input_value() == ""


def test_a_part_that_cannot_be_fetched_speaks_alone(page: Page) -> None:
    page.goto("/")
    page.route("**/broken", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/broken', {target: '#todo', swap: 'innerHTML'}).catch(() => {})")
    expect(page.locator("#todo > .broken")).to_contain_text("这一块没取到")
    expect(page.locator("#todo .entry")).to_have_count(7)


def test_a_row_goes_at_once_and_comes_back_with_the_reason_when_refused(page: Page) -> None:
    page.goto("/")
    told = {"HX-Trigger": '{"toast": {"text": "already taken", "undo": "", "kind": "bad"}}'}
    page.route("**/refuse", lambda route: route.fulfill(status=409, headers=told))
    row = page.locator("#todo .entry").first
    page.evaluate(
        "htmx.ajax('POST', '/refuse', {source: document.querySelector('.entry'), swap: 'none'}).catch(() => {})"
    )
    expect(page.locator(".toast-bad")).to_contain_text("already taken")
    expect(row).to_be_visible()
    expect(page.locator(".toast-bad")).to_have_count(1)


def test_without_a_connection_a_bar_says_so(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#offline")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_phone_has_its_bar_and_the_rest_under_more(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/people")
    expect(page.locator(".rail")).to_be_hidden()
    assert [t.split()[0] for t in page.locator(".bottom > *").all_inner_texts()] == ["今", "人", "聚", "⋯"]
    page.locator(".bottom summary").click()
    expect(page.locator(".bottom .menu-body")).to_contain_text("设置")
    page.locator("h1").click()
    expect(page.locator(".bottom .menu-body")).to_be_hidden()


def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/people")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
