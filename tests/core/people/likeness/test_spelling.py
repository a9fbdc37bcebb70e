from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.people.likeness.spelling import edits, figures, fold, letters, near, overlap, swapped_neighbours

WORDS = st.text("abc叶舟", max_size=9)


def plain_edits(a: str, b: str) -> int:
    """Optimal string alignment as the textbook fills its table."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = a[i - 1] != b[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(WORDS, WORDS)
def test_edits_equal_the_textbook_table(a: str, b: str) -> None:
    assert edits(a, b) == plain_edits(a, b) == edits(b, a)


@given(WORDS, WORDS)
def test_swapped_neighbours_are_one_edit(a: str, b: str) -> None:
    if swapped_neighbours(a, b):
        assert edits(a, b) == 1
        assert swapped_neighbours(b, a)


@given(st.text(), st.text())
def test_overlap_is_a_share_and_the_same_from_both_sides(a: str, b: str) -> None:
    dice, held = overlap(a, b)
    assert 0 <= dice <= held <= 1
    assert overlap(b, a) == (dice, held)


def test_short_words_must_be_equal_and_long_ones_may_slip() -> None:
    assert [near("ann", "anm"), near("anne", "anme"), near("campbell", "cmapbel"), near("anne", "emma")] == [
        False,
        True,
        True,
        False,
    ]


def test_folding_takes_width_case_and_accents_and_keeps_han() -> None:
    assert fold("ＡＢＣ　Zoë 张三") == "abc zoe 张三"
    assert len(fold("啊" * 10_000)) == 120


def test_letters_drop_emoji_and_signs() -> None:
    assert letters("🌸向阳·花开🌻~88") == "向阳花开88"


def test_figures_lose_leading_zeros() -> None:
    assert figures("文三路199号03栋0室") == ("199", "3", "0")
