"""Accounts and transfers as values."""

from __future__ import annotations

import pytest

from tongpin.core.books.rules import (
    KINDS,
    Account,
    BadAccount,
    BadTransfer,
    Transfer,
    account_of,
    guarded_changes,
    natural_key,
    purse,
)

SALES, CASH = Account("sales"), Account("cash:sandbox")
HELD, FREE = purse("reward", part="held", person_id=17), purse("reward", part="free", person_id=17)


def test_a_code_names_its_account_and_back() -> None:
    accounts = [SALES, CASH, HELD, Account("receivable", "order", 12), Account("points", "person", 3, "points")]
    assert [a.code for a in accounts] == [
        "sales",
        "cash:sandbox",
        "reward.held/person/17",
        "receivable/order/12",
        "points/person/3",
    ]
    assert [account_of(a.code) for a in accounts] == accounts


@pytest.mark.parametrize(
    "told",
    [
        ("unheard",),
        ("cash",),
        ("cash:",),
        ("cash:San dbox",),
        ("sales:spring",),
        ("sales", "person", 17),
        ("reward.held",),
        ("reward.held", "community", 17),
        ("reward.held", "person", 0),
        ("fund", "community", -1),
        ("receivable", "", 12),
        ("points", "person", 17, "fen"),
        ("sales", "", 0, "points"),
    ],
)
def test_an_account_that_cannot_be_is_refused(told: tuple[str, ...]) -> None:
    with pytest.raises(BadAccount):
        Account(*told)  # type: ignore[arg-type]


def test_there_is_no_purse_but_those_of_the_table() -> None:
    with pytest.raises(BadAccount):
        purse("sales", part="held", person_id=1)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, 10**16])
def test_a_transfer_moves_a_whole_amount_above_zero(amount: int) -> None:
    with pytest.raises(BadTransfer):
        Transfer(amount, SALES, CASH)


def test_a_transfer_stays_in_one_unit_and_goes_somewhere_else() -> None:
    with pytest.raises(BadTransfer):
        Transfer(1, SALES, Account("points", "person", 1, "points"))
    with pytest.raises(BadTransfer):
        Transfer(1, SALES, SALES)


def test_only_guarded_accounts_that_change_on_the_whole_are_locked_in_the_order_of_their_codes() -> None:
    moved = [
        Transfer(5, SALES, HELD),
        Transfer(5, HELD, FREE),
        Transfer(2, SALES, purse("commission", part="free", person_id=9)),
    ]
    assert [(a.code, n) for a, n in guarded_changes(moved)] == [
        ("commission.free/person/9", 2),
        ("reward.free/person/17", 5),
    ]


def test_what_stands_on_the_path_of_a_payment_is_unguarded() -> None:
    assert [name for name in ("cash", "sales", "receivable", "refunds", "postage", "fees") if KINDS[name].guarded] == []


def test_a_posting_needs_a_key() -> None:
    with pytest.raises(BadTransfer):
        natural_key(())
