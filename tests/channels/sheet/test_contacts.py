"""Phones, mails and names: what was hidden never becomes a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.contacts import is_hidden, mail_of, name_of, phone_of, province_of


@pytest.mark.parametrize(
    "cell",
    [
        "13800138000",
        "'13800138000",
        "\t13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "8613800138000",
        "0086-13800138000",
        13800138000.0,
        13800138000,
        "13800138000.0",
        "(86)13800138000",
    ],
)
def test_one_mobile_in_many_spellings(cell):
    assert phone_of(cell) == ("+8613800138000", None, "")


@pytest.mark.parametrize("cell", ["138****2716", "186******05", "*******8000", "138****2716-1234", "1380013****"])
def test_a_masked_phone_never_becomes_a_phone(cell):
    assert phone_of(cell) == (None, cell, "")


@pytest.mark.parametrize("cell", ["****", "***********", "$$密文", "##密文", "1*********0"])
def test_a_phone_of_which_nothing_is_left_is_only_noted(cell):
    assert phone_of(cell) == (None, None, "phone_hidden")


@pytest.mark.parametrize("cell", ["18412345678-1234", "18412345678转1234", "18412345678,88"])
def test_a_relay_number_is_no_phone_of_a_person(cell):
    assert phone_of(cell) == (None, None, "phone_relay")


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("0571-88888888", "057188888888"),
        ("88888888", "88888888"),
        ("+44 20 7946 0958", "+442079460958"),
        ("4001234567", "4001234567"),
    ],
)
def test_other_numbers(cell, phone):
    assert phone_of(cell).phone == phone


@pytest.mark.parametrize("cell", ["无", "12345", "微信同号", "138001380", "23800138000"])
def test_what_is_no_phone_is_noted(cell):
    assert phone_of(cell) == (None, None, "phone_unreadable")


@pytest.mark.parametrize("cell", ["", "-", None, "\t"])
def test_a_blank_phone_says_nothing(cell):
    assert phone_of(cell) == (None, None, "")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.integers(0, 10), st.integers(1, 8))
def test_hiding_any_digits_of_a_phone_leaves_no_phone(phone, start, length):
    masked = phone[:start] + "*" * length + phone[start + length :]
    assert phone_of(masked).phone is None


@pytest.mark.parametrize(
    ("cell", "mail"),
    [
        ("Mei@Example.COM", "mei@example.com"),
        (" mei@example.com\t", "mei@example.com"),
        ("m***@qq.com", None),
        ("mei", None),
        ("a@b", None),
        ("mei@example.com; li@example.com", None),
        ("", None),
    ],
)
def test_mail_addresses(cell, mail):
    assert mail_of(cell) == mail


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("郑*心", "郑*心"),
        ("****", None),
        ("##密文", None),
        ("$$密文", None),
        ("小美🌸", "小美🌸"),
        ("***妈妈", "***妈妈"),
        ("-", None),
    ],
)
def test_names(cell, name):
    assert name_of(cell) == name


def test_what_is_hidden_is_seen():
    assert [is_hidden(text) for text in ("a*", "##密文", "$$密文", "密文", "●●", "plain")] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("内蒙古自治区", "内蒙古"),
        ("上海", "上海"),
        ("吉林省 通化市", "吉林"),
        ("中国 广东省", "广东"),
        ("广西壮族自治区", "广西"),
        ("Devon", None),
        ("", None),
        (None, None),
    ],
)
def test_provinces(text, province):
    assert province_of(text) == province
