from __future__ import annotations

import pytest

from tongpin.core.people.likeness.reach import (
    Shown,
    compare_accounts,
    compare_mails,
    compare_numbers,
    compare_phones,
    read_mail,
    read_numbered,
    read_phone,
)
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import MASKED_PHONE_MOST


def phones(a: str, b: str) -> Reason | None:
    one, other = read_phone(a), read_phone(b)
    assert one is not None
    assert other is not None
    reason = compare_phones((one,), (other,))
    assert compare_phones((other,), (one,)) == reason
    return reason


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("+8613612343308", "13612343308"),
        ("0086 136-1234-3308", "13612343308"),
        ("+61412345678", "61412345678"),
        ("136****3308", Shown("136", "3308")),
        ("+86136****3308", Shown("136", "3308")),
        ("186******05", Shown("186", "05")),
        ("136xxxx3308", Shown("136", "3308")),
        ("3308", Shown("", "3308")),
        ("***********", None),
        ("11111111111", None),
        ("", None),
    ],
)
def test_a_phone_is_full_or_what_its_mask_shows(raw: str, read: str | Shown | None) -> None:
    assert read_phone(raw) == read


@pytest.mark.parametrize(
    ("a", "b", "code", "detail"),
    [
        ("+8613612343308", "13612343308", "phone_same", ()),
        ("13612343308", "13621343308", "phone_near", ()),
        ("136****3308", "13612343308", "phone_mask_fits", ("head_3", "tail_4")),
        ("136****3308", "136******08", "phone_mask_fits", ("head_3", "tail_2")),
        ("1361234****", "136****3308", "phone_mask_fits", ("head_3",)),
        ("尾号3308", "13612343308", "phone_mask_fits", ("tail_4",)),
    ],
)
def test_how_two_phones_agree(a: str, b: str, code: str, detail: tuple[str, ...]) -> None:
    reason = phones(a, b)
    assert reason is not None
    assert (reason.code, reason.agrees, reason.detail) == (code, True, detail)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("13612343308", "13612343309"),
        ("136****3308", "13612343309"),
        ("136****3308", "137****3308"),
        ("13600000001", "18699999999"),
    ],
)
def test_phones_that_cannot_be_one_differ(a: str, b: str) -> None:
    reason = phones(a, b)
    assert reason is not None
    assert (reason.code, reason.agrees) == ("phone_differs", False)


def test_a_mask_weighs_what_it_shows_and_never_more_than_its_cap() -> None:
    shown = [phones(mask, "13612343308") for mask in ("136******08", "136****3308", "1361***3308")]
    weights = [reason.weight for reason in shown if reason is not None]
    assert weights == sorted(weights)
    assert weights[-1] == MASKED_PHONE_MOST


def test_one_phone_of_several_is_enough() -> None:
    reason = compare_phones(("13600000001", "13612343308"), ("13612343308", "18699999998"))
    assert reason is not None
    assert reason.code == "phone_same"


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ("xiaozhou@qq.com", "XiaoZhou@QQ.com", "mail_same"),
        ("xiaozhou+shop@qq.com", "xiaozhou@qq.com", "mail_same"),
        ("xiaozhou@qq.com", "xiaozhuo@qq.com", "mail_near"),
        ("xiaozhou@qq.com", "xiaozhou@163.com", "mail_local_same"),
        ("xiaozhou88@qq.com", "xiaozhou88@company.example", "mail_local_same"),
        ("123456789@qq.com", "123456780@qq.com", "mail_differs"),
        ("xiaozhou88@qq.com", "xiaozhou89@qq.com", "mail_differs"),
        ("info@a.example", "info@b.example", "mail_differs"),
    ],
)
def test_how_two_mails_agree(a: str, b: str, code: str) -> None:
    reason = compare_mails((read_mail(a),), (read_mail(b),))
    assert reason is not None
    assert reason.code == code


def test_accounts_agree_within_one_shop_only() -> None:
    def told(a: str, b: str) -> str | None:
        one, other = read_numbered(a), read_numbered(b)
        assert one is not None
        assert other is not None
        reason = compare_accounts((one,), (other,))
        return reason.code if reason else None

    assert told("taobao:tb9912", "taobao:TB9912") == "account_same"
    assert told("taobao:t***2", "taobao:tb9912") == "account_mask_fits"
    assert told("taobao:t***3", "taobao:tb9912") is None
    assert told("taobao:tb9912", "jd:tb9912") is None
    assert told("taobao:***", "taobao:tb9912") is None


def test_numbers_of_one_kind_agree_slip_or_differ() -> None:
    def told(a: str, b: str) -> str | None:
        one, other = read_numbered(a), read_numbered(b)
        assert one is not None
        assert other is not None
        reason = compare_numbers((one,), (other,))
        return reason.code if reason else None

    assert told("card:0007 31", "card:000731") == "number_same"
    assert told("card:001731", "card:000731") == "number_near"
    assert told("card:000732", "card:000731") == "number_differs"
    assert told("card:000731", "tax:000731") is None


def test_an_equal_but_short_number_weighs_little() -> None:
    short = compare_numbers((("table", "7"),), (("table", "7"),))
    long = compare_numbers((("tax", "7731904"),), (("tax", "7731904"),))
    assert short is not None
    assert long is not None
    assert short.weight < 4 < 16 < long.weight
