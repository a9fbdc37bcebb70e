"""What is read out of the one field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.people.signs import Sign
from tongpin.web.console.people_understand import Understood, joined_names, understand


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13812345678", Understood(sign=Sign("phone", "", "+8613812345678"))),
        (" +86 138-1234-5678 ", Understood(sign=Sign("phone", "", "+8613812345678"))),
        ("Lin@Example.com", Understood(sign=Sign("mail", "", "lin@example.com"))),
        ("wxid_a1b2c3d4", Understood(sign=Sign("chat_account", "wechat", "wxid_a1b2c3d4"))),
        ("微信号：xiaomei_88", Understood(sign=Sign("chat_account", "wechat", "xiaomei_88"))),
        ("Jasmine", Understood(called="Jasmine")),
        ("安安妈 🌷", Understood(called="安安妈 🌷")),
        ("2 宝妈", Understood(called="2 宝妈")),
        ("138****5678", Understood(fault="phone")),
        ("1381234567", Understood(fault="phone")),
        ("lin@example.", Understood(fault="mail")),
        ("lin@x", Understood(called="lin@x")),
        ("a@b@example.com", Understood(fault="mail")),
        ("  ", Understood(fault="empty")),
    ],
)
def test_a_phone_a_mail_an_id_and_a_name_are_told_apart(typed: str, meant: Understood) -> None:
    assert understand(typed) == meant


@given(st.text(max_size=300))
def test_anything_is_one_thing_and_nothing_breaks_it(typed: str) -> None:
    meant = understand(typed)
    assert sum([meant.sign is not None, bool(meant.called), bool(meant.fault)]) == 1
    assert len(meant.called) <= 120


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("安安妈", "", "安安妈"),
        ("", "念安", "念安"),
        ("安安妈", "念安", "安安妈（念安）"),
        ("安安妈", "安安妈", "安安妈"),
    ],
)
def test_two_names_become_one_nickname_by_which_both_are_found(first: str, second: str, joined: str) -> None:
    assert joined_names(first, second) == joined
