"""One cell: exporters' tricks removed, ids intact, damage seen."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.cells import CellProblem, fold, id_of, looks_damaged, text_of, value_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\t2610223374120", "2610223374120"),
        ("'2610223374120", "2610223374120"),
        ('="2610223374120"', "2610223374120"),
        ("`2610223374120", "2610223374120"),
        ("\t'2610223374120\t", "2610223374120"),
        ('="\t123"', "123"),
        (" 小美　", "小美"),
        ("\ufeff小美\u200b", "小美"),
        ("两行\r\n地址", "两行\n地址"),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE person; --", "; DROP TABLE person; --"),
        (None, ""),
        (89.0, "89"),
        (44.5, "44.5"),
        (7, "7"),
        (datetime(2026, 10, 22), "2026-10-22"),
        (datetime(2026, 10, 22, 12, 4), "2026-10-22 12:04:00"),
    ],
)
def test_text_is_what_a_person_reads(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "—", "null", "NULL", "nan", "N/A", "/", "\t", "'", '=""', None])
def test_what_means_nothing_is_none(cell):
    assert value_of(cell) is None


@pytest.mark.parametrize(
    ("cell", "ident"),
    [
        ("00004", "00004"),
        ("17850.0", "17850"),
        (17850.0, "17850"),
        (536365, "536365"),
        ("C536379", "C536379"),
        ("85123A", "85123A"),
        ("12E4", "12E4"),
        ("E20220331142238091806171", "E20220331142238091806171"),
        ("3.14", "3.14"),
        (3.14, "3.14"),
        (261022337412012.0, "261022337412012"),
        (9007199254740991.0, "9007199254740991"),
        ("2610223374120123456", "2610223374120123456"),
        ("2610223374120120000", "2610223374120120000"),
        ("-", None),
    ],
)
def test_ids_stay_text(cell, ident):
    assert id_of(cell) == ident


@pytest.mark.parametrize("cell", ["2.61022E+12", "2.61022e+12", "3E+15", 2.610223374120123e18, 1000000000000000.0])
def test_an_id_a_spreadsheet_destroyed_is_refused(cell):
    with pytest.raises(CellProblem) as problem:
        id_of(cell)
    assert problem.value.reason == "id_damaged"
    assert looks_damaged(cell)


def test_in_a_column_of_rounded_ids_a_rounded_id_is_damaged():
    with pytest.raises(CellProblem):
        id_of("2610223374120120000", rounded=True)
    assert id_of("2610223374120123456", rounded=True) == "2610223374120123456"


def test_an_endless_id_is_refused():
    with pytest.raises(CellProblem) as problem:
        id_of("x" * 5000)
    assert (problem.value.reason, len(problem.value.text)) == ("id_unreadable", 200)


def test_a_problem_never_shows_the_cell_in_its_message():
    with pytest.raises(CellProblem) as problem:
        id_of("2.61022E+12")
    assert str(problem.value) == "id_damaged"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("89.00", "89"),
        ("00004", "4"),
        ("0.50", "0.5"),
        ("true", "TRUE"),
        ("a  b", "a b"),
        ("-0.0", "-0"),
    ],
)
def test_folding_makes_equal_what_saving_again_changes(one, other):
    assert fold(one) == fold(other)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_whole_number_in_a_cell_is_the_same_id_as_its_text(number):
    assert id_of(float(number)) == id_of(str(number)) == id_of(f"{number}.0") == id_of(f"\t{number}") == str(number)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_breaks_a_cell(text):
    text_of(text)
    with suppress(CellProblem):
        assert isinstance(id_of(text), str | None)
