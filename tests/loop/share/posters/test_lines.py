"""Lines as Chinese is broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongpin.loop.share.posters.rules.lines import broken, by_clause


def in_lines(text: str, width: int, most: int = 9) -> list[str]:
    return broken(text, fits=lambda line: len(line) <= width, most=most)


def test_no_line_begins_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    assert in_lines("每天早上，读书", 4) == ["每天早", "上，读书"]
    assert in_lines("我们说「一起吗」", 4) == ["我们说", "「一起", "吗」"]


def test_a_word_stays_whole_where_it_can() -> None:
    assert in_lines("read ten pages", 8) == ["read ten", "pages"]
    assert in_lines("跑了 13 天", 4) == ["跑了", "13 天"]
    assert in_lines("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_what_finds_no_room_ends_in_an_ellipsis() -> None:
    assert in_lines("一二三四五六七八九", 4, most=2) == ["一二三四", "五六七…"]
    assert in_lines("", 4) == [""]


def test_a_slogan_is_read_clause_by_clause_where_that_goes_in() -> None:
    assert by_clause("读书，或跑步。", fits=lambda line: len(line) <= 5, most=3) == ["读书，", "或跑步。"]
    assert by_clause("读书，或跑步。", fits=lambda line: len(line) <= 3, most=3) == ["读书，", "或跑", "步。"]


@given(st.text("一二三，。「」ab1 ", max_size=40), st.integers(3, 12))
def test_nothing_is_lost_and_nothing_stands_out(text: str, width: int) -> None:
    lines = in_lines(text, width, most=99)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= width for line in lines)
