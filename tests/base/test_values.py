"""Money, ids and the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.clock import local_day
from tongpin.base.ids import ALPHABET, digest, token, token_digest
from tongpin.base.money import Money


@given(st.integers(), st.integers())
def test_money_adds_exactly(a: int, b: int) -> None:
    assert (Money(a) + Money(b) - Money(b)) == Money(a)


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)


@pytest.mark.parametrize(("fen", "shown"), [(0, "¥0.00"), (8900, "¥89.00"), (-123456, "-¥1,234.56"), (5, "¥0.05")])
def test_money_is_shown_in_yuan(fen: int, shown: str) -> None:
    assert str(Money(fen)) == shown


def test_tokens_can_be_read_aloud_and_are_not_stored() -> None:
    made = token()
    assert len(made) == 26
    assert set(made) <= set(ALPHABET)
    assert token() != made
    assert made.encode() not in token_digest(made)


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_digests_tell_keys_apart(a: list[str], b: list[str]) -> None:
    if not any("\x1f" in part for part in (*a, *b)):
        assert (digest(*a) == digest(*b)) == (a == b)


def test_the_day_is_the_merchants() -> None:
    assert local_day(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == "2026-11-22"
