"""Many who post at the same moment, on real connections."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import partial

import pytest
from django.db import transaction

from tests.at_once import at_once
from tongpin.core.books.actions import NotEnough, PostingConflict, hold, post, roll_up
from tongpin.core.books.models import Posting
from tongpin.core.books.queries import balance, crooked_accounts, trial_balance
from tongpin.core.books.rules import Account, Transfer

pytestmark = pytest.mark.django_db(transaction=True)

SALES, CASH, REWARDS = Account("sales"), Account("cash:sandbox"), Account("rewards")


def move(amount: int, taken_from: Account, put_to: Account, key: object, at: datetime) -> tuple[int, ...]:
    return post([Transfer(amount, taken_from, put_to)], about_kind="", about=0, reason="", at=at, actor="t", key=(key,))


def test_eight_who_spend_one_purse_never_overdraw_it(noon: datetime) -> None:
    fund = Account("fund", "community", 1)
    move(50, SALES, fund, "fill", noon)

    def spend(who: int) -> int:
        taken = 0
        for n in range(5):
            try:
                move(3, fund, CASH, (who, n), noon)
                taken += 3
            except NotEnough:
                assert balance(fund) < 3
        return taken

    found = at_once(*[partial(spend, who) for who in range(8)])
    assert sum(found) == 48
    assert (balance(fund), balance(CASH), trial_balance(), crooked_accounts()) == (2, 48, {"fen": 0}, [])


def test_one_key_in_eight_threads_is_one_posting(noon: datetime) -> None:
    found = at_once(*[partial(move, 7, SALES, Account("fund", "community", 1), "once", noon)] * 8)
    assert len(set(found)) == 1
    assert (Posting.objects.count(), balance(Account("fund", "community", 1))) == (1, 7)


def test_one_key_with_two_amounts_is_one_posting_and_conflicts(noon: datetime) -> None:
    found = at_once(*[partial(move, amount, SALES, CASH, "once", noon) for amount in (1, 1, 2, 2)])
    assert [type(one) for one in found].count(tuple) == 2
    assert [type(one) for one in found].count(PostingConflict) == 2
    assert Posting.objects.count() == 1


def test_transfers_both_ways_between_two_purses_do_not_stand_across_from_each_other(noon: datetime) -> None:
    one, two = (Account("fund", "community", n) for n in (1, 2))
    move(100, SALES, one, "a", noon)
    move(100, SALES, two, "b", noon)

    def go(way: int, who: int) -> None:
        for n in range(10):
            move(1, *((one, two) if way else (two, one)), (way, who, n), noon)

    assert at_once(*[partial(go, n % 2, n) for n in range(8)]) == [None] * 8
    assert (balance(one), balance(two)) == (100, 100)


def test_payments_wait_for_nobody_elses_posting(noon: datetime) -> None:
    """Cash and sales have no row to wait for: a payment goes through while another one's transaction is still open."""
    ready, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            move(5, SALES, CASH, "slow", noon)
            ready.set()
            assert go_on.wait(10)

    def quick() -> int:
        assert ready.wait(10)
        move(6, SALES, CASH, "quick", noon)
        seen = balance(CASH)
        go_on.set()
        return seen

    assert at_once(slow, quick) == [None, 6]
    assert balance(CASH) == 11


def test_rolling_up_beside_posting_counts_each_once(noon: datetime) -> None:
    def go(who: int) -> None:
        for n in range(10):
            hold(
                name="reward",
                person_id=who + 1,
                amount=2,
                taken_from=REWARDS,
                about_kind="",
                about=0,
                at=noon,
                actor="t",
                key=(who, n),
            )

    def roll() -> None:
        for _ in range(10):
            roll_up(limit=7)

    assert at_once(*[partial(go, n) for n in range(5)], roll, roll) == [None] * 7
    assert (balance(REWARDS), trial_balance(), crooked_accounts()) == (-100, {"fen": 0}, [])
    while roll_up(limit=1000):
        pass
    assert (balance(REWARDS), trial_balance(), crooked_accounts()) == (-100, {"fen": 0}, [])
