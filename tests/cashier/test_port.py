"""What every provider is told and tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cashier.till import NOON, back, charge
from tongpin.cashier.headers import find_header
from tongpin.cashier.port import REASONS, BadNotice, ChargeState, TransportError, check_number
from tongpin.cashier.titles import short_title


@pytest.mark.parametrize("number", ["order_", "A-z_09", "x" * 32])
def test_a_number_that_all_providers_take_is_taken(number: str) -> None:
    assert check_number(number=number) == number


@pytest.mark.parametrize(
    "number", ["", "five5", "x" * 33, "order 1", "order:1", "订单一二三四", "order-1\n", "order/1", "１２３４５６"]
)
def test_a_number_that_some_provider_refuses_is_refused_at_once(number: str) -> None:
    with pytest.raises(ValueError, match="6 to 32"):
        charge(number=number)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, "100"])
def test_an_amount_is_a_whole_number_of_fen_above_nothing(amount: object) -> None:
    with pytest.raises(ValueError, match="whole number of fen"):
        charge(amount_fen=amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"currency": "yuan"}, "three capital letters"),
        ({"title": " \n"}, "needs a title"),
        ({"due": datetime(2026, 5, 4)}, "needs a zone"),
    ],
)
def test_a_charge_says_what_is_wrong_with_it(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        charge(**wrong)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"number": "no"}, "6 to 32"),
        ({"charge_number": "no"}, "6 to 32"),
        ({"number": "order-1"}, "number of its own"),
        ({"amount_fen": 0}, "whole number of fen"),
        ({"amount_fen": 8801}, "more than the charge"),
    ],
)
def test_a_refund_says_what_is_wrong_with_it(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        back(**wrong)


def test_money_that_came_in_counts_as_paid_also_when_some_went_back() -> None:
    came_in = {
        status: ChargeState(status=status, paid_at=NOON).was_paid
        for status in ("pending", "failed", "paid", "closed", "refunding")
    }
    assert came_in == {"pending": False, "failed": False, "paid": True, "closed": False, "refunding": True}


def test_an_error_says_its_code_what_to_do_and_whether_to_ask_again() -> None:
    error = TransportError(permanent=False, reason="busy")
    assert (error.permanent, error.reason, str(error)) == (False, "busy", f"busy: {REASONS['busy']}")
    assert str(TransportError(permanent=True, reason="their_code")) == "their_code: see the provider"
    assert str(BadNotice(reason="stale")) == "stale: the notice is not believed; nothing was changed"


def test_a_header_is_found_in_any_case() -> None:
    headers = {"content-type": "text/plain", "WECHATPAY-nonce": "n"}
    assert [find_header(headers=headers, name=name) for name in ("Wechatpay-Nonce", "Content-Type", "Date")] == [
        "n",
        "text/plain",
        "",
    ]


def test_a_long_title_is_cut_where_one_can_see_it() -> None:
    assert short_title(title="茶" * 200, most=127) == "茶" * 126 + "…"
    assert short_title(title=" 明前\x00龙井\n 250 克 ", most=127) == "明前 龙井 250 克"


@given(st.text(), st.integers(1, 130))
def test_a_title_is_one_printable_line_that_fits(title: str, most: int) -> None:
    short = short_title(title=title, most=most)
    assert len(short) <= most
    assert short.isprintable()
    assert short_title(title=short, most=most) == short
