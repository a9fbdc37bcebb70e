"""Money never passes through binary fractions; what is not plain is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.cells import CellProblem
from tongpin.channels.sheet.money import count_of, currency_in, fee_of, fen_of, price_of, rounded_fen


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("89", 8900),
        ("89.0", 8900),
        ("89.00", 8900),
        ("89.5", 8950),
        ("0.01", 1),
        ("-12.34", -1234),
        ("+5", 500),
        ("¥1,234.50", 123450),
        ("￥ 23.50", 2350),
        ("1,234,567.89元", 123456789),
        ("23.50元", 2350),
        ("RMB 8", 800),
        ("CNY8.8", 880),
        ("£2.55", 255),
        ("$1,000", 100000),
        ("（12.00）", -1200),
        ("(12.00)", -1200),
        ("-¥3.00", -300),
        ("¥-3.00", -300),
        ("１２．５０", 1250),
        ("12.3000", 1230),
        ("0.30000000000000004", 30),
        (".5", 50),
        ("5.", 500),
        ("\t89.00", 8900),
        ("'89.00", 8900),
        ('="89.00"', 8900),
        ("`89.00", 8900),
        (89.0, 8900),
        (44.5, 4450),
        (0.1 + 0.2, 30),
        (1.1 * 3, 330),
        (89, 8900),
        (-0.0, 0),
        (1e-9, 0),
        ("", None),
        ("-", None),
        (None, None),
        ("/", None),
    ],
)
def test_amounts_become_fen(cell, fen):
    assert fen_of(cell) == fen


@pytest.mark.parametrize(
    "cell",
    [
        "八九",
        "1.2万",
        "12,50",
        "1,23.00",
        "1.234,50",
        "12.5.0",
        "1e3",
        "¥",
        "12%",
        "约12",
        "--5",
        "12-",
        "Infinity",
        float("nan"),
        float("inf"),
        "9" * 20,
        1e20,
        "=1+1",
        "0x10",
        "１２万",
        "5 5 元 5元",
    ],
)
def test_what_is_no_plain_amount_is_refused(cell):
    with pytest.raises(CellProblem) as problem:
        fen_of(cell)
    assert problem.value.reason == "amount_unreadable"


@pytest.mark.parametrize("cell", ["33.333", 33.333, "0.001"])
def test_parts_of_a_fen_are_not_lost_in_silence(cell):
    with pytest.raises(CellProblem) as problem:
        fen_of(cell)
    assert problem.value.reason == "amount_too_fine"
    assert price_of(cell) == Decimal(str(cell))
    assert fee_of(cell) == rounded_fen(Decimal(str(cell)))


@pytest.mark.parametrize(("amount", "fen"), [("0.005", 1), ("-0.005", -1), ("0.0049", 0), ("2.675", 268)])
def test_rounding_is_half_up(amount, fen):
    assert rounded_fen(Decimal(amount)) == fen


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_spelling_of_a_sum_is_the_same_fen(fen):
    yuan = Decimal(fen) / 100
    sign = "-" if fen < 0 else ""
    spellings = [
        f"{yuan}",
        f"{yuan:.2f}",
        f"{yuan:.4f}",
        f"¥{yuan:,.2f}",
        f"{yuan:,.2f}元",
        f"{sign}￥{abs(yuan):,.2f}",
    ]
    assert {fen_of(spelling) for spelling in spellings} == {fen}
    if abs(fen) < 10**11:
        assert fen_of(float(yuan)) == fen


@given(st.text(max_size=20))
def test_no_text_becomes_money_by_accident(text):
    try:
        fen = fen_of(text)
    except CellProblem:
        return
    assert fen is None or any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("2", 2),
        ("2.0", 2),
        (2.0, 2),
        ("1,000", 1000),
        ("2件", 2),
        ("x2", 2),
        ("×3", 3),
        ("1.5", "1.5"),
        ("-10", -10),
        ("３", 3),
    ],
)
def test_counts(cell, count):
    assert count_of(cell) == Decimal(count)


@pytest.mark.parametrize("cell", ["两件", "2-3", "many", 1e300, float("nan")])
def test_what_is_no_count_is_refused(cell):
    with pytest.raises(CellProblem) as problem:
        count_of(cell)
    assert problem.value.reason == "quantity_unreadable"


def test_a_sign_names_a_currency():
    assert [currency_in(text) for text in ("¥1", "￥1", "£1", "€1", "1元", "金额(元)", "$1", "1")] == [
        "CNY",
        "CNY",
        "GBP",
        "EUR",
        "CNY",
        "CNY",
        None,
        None,
    ]
