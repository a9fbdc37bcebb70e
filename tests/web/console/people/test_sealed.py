"""Addresses that only this house can read."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.web.console.sealed import seal, unseal


@given(st.text(max_size=200).filter(lambda text: "\ud800" not in text))
def test_a_text_comes_back_and_cannot_be_read_on_the_way(text: str) -> None:
    sealed = seal(text, purpose="search")
    assert unseal(sealed, purpose="search") == text
    assert unseal(sealed, purpose="page") == ""


def test_a_phone_does_not_stand_in_the_letters() -> None:
    sealed = seal("13812345678", purpose="search")
    assert b"13812345678" not in base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))


@pytest.mark.parametrize("foreign", ["", "x", "%%%", "made-up", "a" * 500, "汉字", "QUJD" * 20])
def test_what_is_none_of_ours_is_nothing(foreign: str) -> None:
    assert unseal(foreign, purpose="search") == ""
