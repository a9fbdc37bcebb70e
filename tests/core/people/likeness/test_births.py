from __future__ import annotations

import pytest

from tongpin.core.people.likeness.births import compare_births, read_birth


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("19900213", "19900213"),
        ("1990-2-13", "19900213"),
        ("1990/02/13", "19900213"),
        ("1990年2月13日", "19900213"),
        ("１９９０0213", "19900213"),
        ("1990-02", "199002"),
        ("1990", "1990"),
        ("19904499", "19904499"),
        ("", ""),
        (None, ""),
        ("unknown", ""),
        ("00000000", ""),
        ("199", ""),
    ],
)
def test_a_birth_is_read_as_it_stands(raw: str | None, read: str) -> None:
    assert read_birth(raw) == read


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ("19900213", "19900213", "birth_same"),
        ("19900101", "19900101", "birth_same_placeholder"),
        ("19900213", "19900231", "birth_digits_swapped"),
        ("19900512", "19901205", "birth_day_month_swapped"),
        ("19900213", "19900214", "birth_near"),
        ("19900213", "19900227", "birth_part_same"),
        ("19900213", "19670213", "birth_part_same"),
        ("19900213", "1990", "birth_year_same"),
        ("19900213", "199003", "birth_differs"),
        ("19900213", "19671130", "birth_differs"),
    ],
)
def test_how_two_births_agree(a: str, b: str, code: str) -> None:
    reason = compare_births(a, b)
    assert reason is not None
    assert compare_births(b, a) == reason
    assert (reason.code, reason.agrees) == (code, code != "birth_differs")


def test_an_unknown_birth_says_nothing() -> None:
    assert compare_births("", "19900213") is None
