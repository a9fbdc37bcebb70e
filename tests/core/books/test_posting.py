"""Amounts moved: all or none, once per key, with their facts, summing to zero whatever happens."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.core.books.actions import NotEnough, PostingConflict, hold, post, release, roll_up, take_back
from tongpin.core.books.models import AccountBalance, AccountTotal, Posting
from tongpin.core.books.queries import Crooked, balance, crooked_accounts, statement, trial_balance
from tongpin.core.books.rules import Account, BadTransfer, Transfer, purse

pytestmark = pytest.mark.django_db

SALES, CASH, REWARDS = Account("sales"), Account("cash:sandbox"), Account("rewards")
DUE = Account("receivable", "order", 12)


def told() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select kind, person_id, actor, body from entry order by seq")
        return [(k, p, a, b if isinstance(b, dict) else json.loads(b)) for k, p, a, b in cursor.fetchall()]


def paid(
    noon: datetime, *, key: tuple[object, ...] = ("order", 12), amount: int = 900, reason: str = "paid"
) -> tuple[int, ...]:
    moved = [Transfer(amount, SALES, DUE), Transfer(amount, DUE, CASH)]
    return post(moved, about_kind="order", about=12, reason=reason, at=noon, actor="person:17", key=key)


def earned(noon: datetime, amount: int, key: object = 1) -> tuple[int, ...]:
    return hold(
        name="reward",
        person_id=17,
        amount=amount,
        taken_from=REWARDS,
        about_kind="order",
        about=12,
        at=noon,
        actor="system",
        key=(key,),
    )


def test_a_batch_moves_amounts_and_tells_each(noon: datetime) -> None:
    first, second = paid(noon)
    assert (balance(SALES), balance(DUE), balance(CASH)) == (-900, 0, 900)
    same = {"unit": "fen", "amount": 900, "about_kind": "order", "about": 12, "reason": "paid"}
    assert told() == [
        (
            "posting.made",
            None,
            "person:17",
            {"posting": first, "taken_from": "sales", "put_to": "receivable/order/12", **same},
        ),
        (
            "posting.made",
            None,
            "person:17",
            {"posting": second, "taken_from": "receivable/order/12", "put_to": "cash:sandbox", **same},
        ),
    ]
    assert trial_balance() == {"fen": 0}
    assert AccountBalance.objects.count() == 0


def test_the_same_key_moves_nothing_again_also_later(noon: datetime) -> None:
    first = paid(noon)
    assert paid(noon.replace(hour=9)) == first
    assert (balance(CASH), Posting.objects.count(), len(told())) == (900, 2, 2)


@pytest.mark.parametrize("other", [{"amount": 901}, {"reason": "guessed"}])
def test_other_content_under_a_known_key_is_refused(noon: datetime, other: dict[str, Any]) -> None:
    paid(noon)
    with pytest.raises(PostingConflict):
        paid(noon, **other)
    assert (balance(CASH), Posting.objects.count()) == (900, 2)


@pytest.mark.parametrize("lines", [1, 3])
def test_more_or_fewer_lines_under_a_known_key_are_refused(noon: datetime, lines: int) -> None:
    paid(noon)
    moved = [Transfer(900, SALES, DUE), Transfer(900, DUE, CASH), Transfer(1, SALES, CASH)][:lines]
    with pytest.raises(PostingConflict):
        post(moved, about_kind="order", about=12, reason="paid", at=noon, actor="person:17", key=("order", 12))
    assert Posting.objects.count() == 2


def test_a_batch_that_overdraws_moves_nothing_of_it(noon: datetime) -> None:
    earned(noon, 50)
    free = purse("reward", part="free", person_id=17)
    with pytest.raises(NotEnough) as refused:
        post(
            [Transfer(9, SALES, CASH), Transfer(1, free, REWARDS)],
            about_kind="",
            about=0,
            reason="",
            at=noon,
            actor="t",
            key=(2,),
        )
    assert (refused.value.account, str(refused.value)) == (free.code, "there is not enough on this account")
    assert (balance(CASH), balance(free), Posting.objects.count(), len(told())) == (0, 0, 1, 1)


def test_what_comes_in_and_goes_out_in_one_batch_counts_on_the_whole(noon: datetime) -> None:
    fund = Account("fund", "community", 4)
    post(
        [Transfer(8, fund, REWARDS), Transfer(8, SALES, fund)],
        about_kind="",
        about=0,
        reason="",
        at=noon,
        actor="t",
        key=(1,),
    )
    assert (balance(fund), balance(SALES)) == (0, -8)


def test_nothing_is_no_posting(noon: datetime) -> None:
    with pytest.raises(BadTransfer):
        post([], about_kind="", about=0, reason="", at=noon, actor="t", key=(1,))


def test_a_reward_is_held_released_and_taken_back(noon: datetime) -> None:
    held, free = purse("reward", part="held", person_id=17), purse("reward", part="free", person_id=17)
    about: dict[str, Any] = {"about_kind": "order", "about": 12, "at": noon, "actor": "system"}
    earned(noon, 50)
    release(name="reward", person_id=17, amount=30, **about, key=(1,))
    assert (balance(held), balance(free), balance(REWARDS)) == (20, 30, -50)
    take_back(name="reward", part="held", person_id=17, amount=20, put_to=REWARDS, **about, key=(1,))
    take_back(name="reward", part="free", person_id=17, amount=10, put_to=REWARDS, **about, key=(2,))
    assert (balance(held), balance(free), balance(REWARDS)) == (0, 20, -20)
    with pytest.raises(NotEnough):
        release(name="reward", person_id=17, amount=1, **about, key=(2,))
    assert [(line.amount, line.other, line.reason) for line in statement(held).lines] == [
        (-20, "rewards", "taken_back"),
        (-30, "reward.free/person/17", "released"),
        (50, "rewards", "held"),
    ]
    assert {person for _, person, _, _ in told()} == {17}


def test_a_statement_is_read_in_pages(noon: datetime) -> None:
    ids = [earned(noon, n, n)[0] for n in range(1, 6)]
    first = statement(REWARDS, size=2)
    second = statement(REWARDS, size=2, older_than=first.older_than)
    third = statement(REWARDS, size=2, older_than=second.older_than)
    assert [[(line.id, line.amount) for line in page.lines] for page in (first, second, third)] == [
        [(ids[4], -5), (ids[3], -4)],
        [(ids[2], -3), (ids[1], -2)],
        [(ids[0], -1)],
    ]
    assert third.older_than is None


def test_rolling_up_changes_no_balance(noon: datetime) -> None:
    paid(noon)
    earned(noon, 50)
    before = [balance(a) for a in (SALES, DUE, CASH, REWARDS)]
    assert [roll_up(limit=2), roll_up(limit=2), roll_up(limit=2)] == [2, 1, 0]
    assert dict(AccountTotal.objects.values_list("account", "total")) == {
        "sales": -900,
        "receivable/order/12": 0,
        "cash:sandbox": 900,
        "rewards": -50,
        "reward.held/person/17": 50,
    }
    paid(noon, key=("order", 13))
    assert [balance(a) for a in (SALES, DUE, CASH, REWARDS)] == [before[0] - 900, 0, before[2] + 900, before[3]]
    assert (trial_balance(), crooked_accounts()) == ({"fen": 0}, [])


def test_a_balance_changed_behind_the_postings_is_found(noon: datetime) -> None:
    earned(noon, 50)
    AccountBalance.objects.update(balance=60)
    assert trial_balance() == {"fen": 10}
    assert crooked_accounts() == [Crooked("reward.held/person/17", 60, 50)]


STEPS = st.one_of(
    st.tuples(st.just("post"), st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)),
    st.tuples(
        st.sampled_from(["hold", "release", "back_held", "back_free"]), st.integers(1, 3), st.just(0), st.integers(1, 9)
    ),
    st.tuples(st.sampled_from(["repeat", "roll"]), st.just(0), st.just(0), st.just(0)),
)
ACCOUNTS = [
    CASH,
    SALES,
    Account("fund", "community", 1),
    purse("reward", part="free", person_id=1),
    purse("reward", part="held", person_id=2),
    Account("points", "person", 1, "points"),
]


def step(kind: str, left: int, right: int, amount: int, key: int, at: datetime) -> tuple[int, ...]:
    about: dict[str, Any] = {"about_kind": "", "about": 0, "at": at, "actor": "t", "key": (key,)}
    if kind == "post":
        moved = [Transfer(amount, ACCOUNTS[left], ACCOUNTS[right])]
        if right == 5:
            moved.append(Transfer(amount, CASH, SALES))
        return post(moved, reason="", **about)
    if kind == "hold":
        return hold(name="reward", person_id=left, amount=amount, taken_from=REWARDS, **about)
    if kind == "release":
        return release(name="reward", person_id=left, amount=amount, **about)
    part: Any = kind.removeprefix("back_")
    return take_back(name="reward", part=part, person_id=left, amount=amount, put_to=REWARDS, **about)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_whatever_is_posted_books_sum_to_zero_and_none_is_overdrawn(
    steps: list[tuple[str, int, int, int]], noon: datetime
) -> None:
    """A model in plain integers says what each account must hold after every step, refused ones included."""
    with transaction.atomic():
        expected: dict[str, int] = {}
        done: list[tuple[tuple[str, int, int, int, int], tuple[int, ...]]] = []
        for key, (kind, left, right, amount) in enumerate(steps):
            if kind == "roll":
                roll_up(limit=3)
            elif kind == "repeat":
                for what, ids in done[-2:]:
                    assert step(*what, noon) == ids
            else:
                try:
                    ids = step(kind, left, right, amount, key, noon)
                except (NotEnough, BadTransfer):
                    pass
                else:
                    done.append(((kind, left, right, amount, key), ids))
                    for row in Posting.objects.filter(pk__in=ids):
                        expected[row.taken_from] = expected.get(row.taken_from, 0) - row.amount
                        expected[row.put_to] = expected.get(row.put_to, 0) + row.amount
            assert set(trial_balance().values()) <= {0}
            assert crooked_accounts() == []
            for account in [*ACCOUNTS, REWARDS]:
                assert balance(account) == expected.get(account.code, 0)
                assert not account.guarded or balance(account) >= 0
        transaction.set_rollback(True)
