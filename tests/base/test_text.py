"""Chinese-aware text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.text import clean, fold, grams, mask_address, mask_mail, mask_name, mask_phone, query_grams, sort_key


def test_names_are_found_by_one_character_and_by_pairs() -> None:
    assert grams("林小美") == ["小", "小美", "林", "林小", "美"]
    assert query_grams("林") == ["林"]
    assert query_grams("小美") == ["小美"]


@given(st.text(max_size=60), st.data())
def test_whatever_part_of_a_name_is_typed_its_grams_are_among_the_names(name: str, data: st.DataObject) -> None:
    text = fold(name)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert set(query_grams(text[start:end])) <= set(grams(name))


def test_names_sort_by_pinyin_and_latin_letters_among_them() -> None:
    assert sorted(["张三", "阿强", "Bob", "李四", "林小美"], key=sort_key) == ["阿强", "Bob", "李四", "林小美", "张三"]


def test_control_and_direction_marks_leave_a_name() -> None:
    assert clean("  林\u202e小\x00美\n ") == "林小美"


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_phone, "+8613812342716", "138****2716"),
        (mask_phone, "12345", "***45"),
        (mask_mail, "lin@example.com", "l***@example.com"),
        (mask_name, "林小美", "林**"),
        (mask_name, "", ""),
        (mask_address, "浙江省杭州市城南路8号", "浙江省杭州市…"),
    ],
)
def test_masks_show_no_more_than_they_should(mask: object, value: str, shown: str) -> None:
    assert mask(value) == shown  # type: ignore[operator]
