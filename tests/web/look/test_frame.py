"""The frame around pages: rail, theme, language, errors, toasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.utils import timezone
from pytest_django import Settings

from tests.web.look.sheet.pages import ME
from tongpin.core.ledger.queries import LedgerClock
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Held, Role
from tongpin.web.look import errors
from tongpin.web.look.context import Shell
from tongpin.web.look.toast import toast

pytestmark = pytest.mark.usefixtures("sheet")
PAGES = ["/", "/?empty", "/people", "/person", "/imports", "/imports?empty", "/settings", "/sign-in"]


def frame(*, role: Role | None = "owner", page: str = "console:today", **cookies: str) -> Shell:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    namespace, _, name = page.partition(":")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name=name, namespaces=[namespace])
    request.user = None  # type: ignore[assignment]
    held = (Held(role),) if role else ()
    mate = Teammate(2, "x", "X", "en", held, "working", False, None)
    request._gate_staff = mate  # type: ignore[attr-defined]
    return Shell(request)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_sheet_is_drawn_in_both_languages(sheet: Client, address: str) -> None:
    chinese = sheet.get(address)
    english = sheet.get(address, headers={"accept-language": "en"})
    assert (chinese.status_code, english.status_code) == (200, 200)
    assert '<html lang="zh-Hans"' in chinese.text
    assert '<html lang="en"' in english.text


def test_the_rail_shows_what_exists_and_what_one_may_see() -> None:
    assert [link.glyph for link in frame().rail] == ["今", "人", "聚", "设"]
    assert [link.glyph for link in frame(role=None).rail] == ["今", "设"]
    assert [link.glyph for link in frame().rail_steps] == ["聚"]
    assert [link.glyph for link in frame().rail_bar] == ["今", "人"]
    assert [link.glyph for link in frame().rail_more] == ["设"]


def test_the_bar_of_a_phone_names_the_step_one_is_in_and_marks_more() -> None:
    def marked(page: str) -> tuple[str, bool]:
        here = frame(page=page).step_here
        return (here.glyph if here else "", frame(page=page).more_here)

    told = {page: marked(page) for page in ("console:import_upload", "console:settings", "console:today")}
    assert told == {
        "console:import_upload": ("聚", False),
        "console:settings": ("", True),
        "console:today": ("", False),
    }


def test_an_entry_whose_page_is_not_wired_is_hidden(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tongpin.web.look.urls"
    assert frame().rail == []
    assert frame().search == ""


def test_the_rail_marks_the_room_a_page_belongs_to() -> None:
    assert [link.glyph for link in frame(page="console:person_edit").rail if link.here] == ["人"]
    assert [link.glyph for link in frame(page="console:import_preview").rail if link.here] == ["聚"]
    assert [link.glyph for link in frame(page="console:team").rail if link.here] == ["设"]


def test_search_is_for_those_who_may_see_people() -> None:
    assert frame().search == "/people"
    assert frame(role=None).search == ""


def test_only_light_and_dark_are_themes() -> None:
    assert frame(tongpin_theme="dark").theme == "dark"
    assert frame(tongpin_theme='"><script>').theme == ""


def test_the_theme_is_kept_and_leads_back_to_this_house_only(sheet: Client) -> None:
    answer = sheet.post("/look/theme", {"theme": "dark", "next": "/people"})
    assert (answer.status_code, answer["Location"]) == (302, "/people")
    assert answer.cookies["tongpin_theme"].value == "dark"
    away = sheet.post("/look/theme", {"theme": "purple", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"
    assert "tongpin_theme" not in away.cookies
    assert 'data-bs-theme="dark"' in sheet.get("/").text


def test_the_clock_says_when_readers_lag() -> None:
    near, far = frame(), frame()
    near.__dict__["clock"] = LedgerClock(timezone.now() - timedelta(seconds=5), 40)
    far.__dict__["clock"] = LedgerClock(timezone.now() - timedelta(minutes=9), 40)
    assert (near.clock_is_near, far.clock_is_near) == (True, False)


def test_the_frame_of_a_stranger_asks_no_database() -> None:
    shell = Shell(RequestFactory().get("/"))
    assert (shell.me, shell.rail, shell.search, shell.sign_out) == (None, [], "", "")


def test_a_toast_rides_on_the_answer_and_can_be_taken_back() -> None:
    answer = toast(HttpResponse(), "已移出 3 人", undo="/undo/7")
    assert answer["HX-Trigger"] == (
        '{"toast": {"text": "\\u5df2\\u79fb\\u51fa 3 \\u4eba", "undo": "/undo/7", "kind": "good"}}'
    )


def test_a_message_keeps_its_way_back_over_a_redirect(sheet: Client) -> None:
    shown = sheet.get("/people").text
    assert '<form method="post" action="/undo">' in shown
    assert "已移出 3 人" in shown


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (errors.unreadable, 400, "这个请求读不懂"),
        (errors.forbidden, 403, "这一页不对您开放"),
        (errors.csrf_failure, 403, "这一页开得太久了"),
        (errors.not_found, 404, "没有这一页"),
        (errors.server_error, 500, "我们这边出错了"),
    ],
)
def test_what_went_wrong_is_said_in_plain_words_without_a_database(page: object, status: int, words: str) -> None:
    answer = page(RequestFactory().get("/"))  # type: ignore[operator]
    assert answer.status_code == status
    assert f"<h1>{words}</h1>" in answer.content.decode()


def test_the_last_error_page_stands_when_nothing_can_be_drawn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_words: object) -> str:
        raise OSError("no templates")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = errors.server_error(HttpRequest())
    assert (answer.status_code, "再试" in answer.content.decode()) == (500, True)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_an_address_nobody_knows_gets_the_same_look(sheet: Client) -> None:
    answer = sheet.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_the_account_menu_names_who_is_signed_in(sheet: Client) -> None:
    assert ME.display_name in sheet.get("/").text
