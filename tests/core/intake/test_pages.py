"""Pages of JSON: settings, where things stand in an answer, where one page leads. No database, no server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tongpin.core.intake.fetching import BadSettings, Failed, check_status, is_header, with_parameters
from tongpin.core.intake.meanings import BadMapping
from tongpin.core.intake.pages import Paging, Place, _link, _onward, _place, check, dig

MAPPING = {"id": "message_id", "at": "happened_at", "tel": "phone"}
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_what_stands_at_a_path_is_found() -> None:
    content = {"data": {"list": [{"id": 1}, {"id": 2}]}}
    assert dig(content, "data.list") == [{"id": 1}, {"id": 2}]
    assert dig(content, "data.list.-1.id") == 2
    assert [dig(content, path) for path in ("data.none", "data.list.9", "data.list.x", "data.list.0.id.x")] == [
        None
    ] * 4
    assert dig([1], "") == [1]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"items": 5}, "not_understood"),
        ({"paging": {"how": "guess"}}, "not_understood"),
        ({"items": "x" * 201}, "too_long"),
        ({"paging": {"how": "cursor", "next": "next"}}, "needs_param"),
        ({"paging": {"how": "number", "param": "a b"}}, "needs_param"),
        ({"paging": {"how": "cursor", "param": "after"}}, "needs_next"),
        ({"auth": {"header": "X Key"}}, "not_a_header"),
        ({"auth": {"header": "Host"}}, "not_a_header"),
        ({"auth": {"header": "键"}}, "not_a_header"),
        ({"mapping": {"id": "message_id"}, "paging": {"newest_first": True}}, "needs_time"),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadSettings) as caught:
        check(given, with_mapping=False)
    assert caught.value.fault == fault


def test_settings_are_kept_as_they_were_checked() -> None:
    given = {"items": "data", "paging": {"how": "number", "param": "page"}, "mapping": {**MAPPING, "x": ""}}
    assert check(given, with_mapping=True) == {
        "items": "data", "paging": {"how": "number", "param": "page"}, "mapping": MAPPING,
    }  # fmt: skip
    assert check({}, with_mapping=False) == {}
    with pytest.raises(BadMapping):
        check({}, with_mapping=True)


ANSWER = {"next": "t2", "has_more": False, "data": [{"id": "a"}, {"id": "b"}], "page": {"next": "/v2?p=2"}}


@pytest.mark.parametrize(
    ("paging", "page", "answer", "found"),
    [
        (Paging(), "", ANSWER, ("", False)),
        (Paging("cursor", "next", "after"), "", ANSWER, ("t2", True)),
        (Paging("cursor", "next", "after", "has_more"), "", ANSWER, ("t2", False)),
        (Paging("cursor", "next", "after"), "t2", ANSWER, ("t2", False)),
        (Paging("cursor", "next", "after"), "t9", {"next": ""}, ("t9", False)),
        (Paging("cursor", "next", "after"), "t9", {"next": None}, ("t9", False)),
        (Paging("cursor", "next", "after"), "t9", {"next": True}, ("t9", False)),
        (Paging("cursor", "next", "after"), "", {"next": 7}, ("7", True)),
        (Paging("cursor", "data.-1.id", "after"), "a", ANSWER, ("b", True)),
        (Paging("link", "page.next"), "", ANSWER, ("https://shop.example/v2?p=2", True)),
        (Paging("number", param="p"), "", ANSWER, ("2", True)),
        (Paging("number", param="p"), "7", ANSWER, ("8", True)),
        (Paging("number", param="p", more="has_more"), "7", ANSWER, ("8", False)),
    ],
)
def test_one_page_leads_to_the_next(paging: Paging, page: str, answer: Any, found: tuple[str, bool]) -> None:
    assert _onward("https://shop.example/v1/orders", paging, Place(page), answer, httpx.Headers(), True) == found


def test_an_empty_page_is_the_end_and_the_last_full_one_is_asked_again() -> None:
    assert _onward("https://a.example/", Paging("number", param="p"), Place("5"), {}, httpx.Headers(), False) == (
        "4",
        False,
    )
    assert _onward("https://a.example/", Paging("number", param="p"), Place("1"), {}, httpx.Headers(), False) == (
        "1",
        False,
    )
    found = _onward("https://a.example/", Paging("cursor", "n", "c"), Place("a"), {"n": "b"}, httpx.Headers(), False)
    assert found == ("b", False)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("https://evil.example/v1", "next_elsewhere"),
        ("http://shop.example/v1", "next_elsewhere"),
        ("https://shop.example:8443/v1", "next_elsewhere"),
        ("//evil.example/", "next_elsewhere"),
        ("/orders\n?p=2", "next_unreadable"),
        ("javascript:alert(1)", "next_elsewhere"),
    ],
)
def test_a_next_page_elsewhere_is_refused_for_the_token_would_go_there(told: str, problem: str) -> None:
    with pytest.raises(Failed) as caught:
        _onward("https://shop.example/v1", Paging("link", "next"), Place(), {"next": told}, httpx.Headers(), True)
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://a.example/?p=2>; rel="next"', "https://a.example/?p=2"),
        (
            '<https://a.example/?p=1>; rel="prev", <https://a.example/?p=3>; rel="next"; title="x"',
            "https://a.example/?p=3",
        ),
        ("<https://a.example/?p=1,2>; rel=next", "https://a.example/?p=1,2"),
        ('<https://a.example/?p=9>; rel="last"', ""),
        ("garbage", ""),
        ("", ""),
    ],
)
def test_a_link_header_tells_the_next_page(header: str, found: str) -> None:
    assert _link(header) == found


def test_a_cursor_that_cannot_be_read_begins_anew() -> None:
    assert _place("not json") == Place()
    assert _place("") == Place()


@pytest.mark.parametrize(
    ("status", "header", "problem", "seconds"),
    [
        (401, "", "not_let_in:401", None),
        (403, "", "not_let_in:403", None),
        (404, "", "status:404", None),
        (304, "", "status:304", None),
        (429, "90", "status:429", 90),
        (503, "Sun, 22 Nov 2026 04:02:00 GMT", "status:503", 120),
        (503, "Sun, 22 Nov 2020 04:02:00 GMT", "status:503", 0),
        (429, "9" * 30, "status:429", 86400),
        (429, "soon", "status:429", None),
        (500, "-5", "status:500", None),
    ],
)
def test_an_answer_that_is_none_says_why_and_how_long_to_wait(
    status: int, header: str, problem: str, seconds: int | None
) -> None:
    with pytest.raises(Failed) as caught:
        check_status(status, {"retry-after": header}, at=NOON)
    after = caught.value.after
    assert (caught.value.problem, after.total_seconds() if after is not None else None) == (problem, seconds)


def test_a_good_answer_is_one() -> None:
    check_status(200, {}, at=NOON)
    check_status(204, {}, at=NOON)


def test_headers_that_would_break_a_request_are_none_of_ours() -> None:
    assert [is_header(name) for name in ("Authorization", "X-Shop-Key", "api_key")] == [True] * 3
    assert [is_header(name) for name in ("", "a b", "a\r\nb", "Content-Length", "connection", "a:b")] == [False] * 6


def test_parameters_are_set_and_not_doubled() -> None:
    assert with_parameters("https://a.example/x?p=1&q=2", {"p": "你"}) == "https://a.example/x?p=%E4%BD%A0&q=2"
    assert with_parameters("https://a.example/x", {}) == "https://a.example/x"
