"""Whatever is refunded, released and drawn in whatever order: what stays is what stayed sold earns."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.loop.share.cast import people
from tongpin.core.books.queries import balance, crooked_accounts, trial_balance
from tongpin.core.books.rules import purse
from tongpin.loop.share.commissions.actions import accrue, release_due, take_back
from tongpin.loop.share.commissions.payable import next_payout_of, paid_out_fen, payouts
from tongpin.loop.share.commissions.paying_out import SPENT, pay_out, take_back_payout
from tongpin.loop.share.commissions.queries import earnings_of, lines_of
from tongpin.loop.share.commissions.rules import earned

NUMBERS = count(1)
SALES = st.lists(st.tuples(st.integers(1, 30_000), st.integers(0, 5000)), min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("refund"), st.integers(0, 2), st.integers(0, 20_000)),
        st.tuples(st.just("release"), st.integers(0, 12), st.just(0)),
        st.tuples(st.sampled_from(["pay", "back"]), st.just(0), st.just(0)),
    ),
    max_size=10,
)


@pytest.mark.django_db
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=SALES, steps=STEPS)
def test_what_stays_is_what_stayed_sold_earns_rounded_once(
    sales: list[tuple[int, int]], steps: list[tuple[str, int, int]], noon: datetime
) -> None:
    introducer, buyer = people(2, noon)
    trial = next(NUMBERS)
    left = {f"T{trial}-{n}": base for n, (base, _) in enumerate(sales)}
    rates = {order: rate for order, (_, rate) in zip(left, sales, strict=True)}
    for day, (order, base) in enumerate(left.items()):
        accrue(
            order=order,
            base_fen=base,
            buyer=buyer,
            introducer=introducer,
            rate=rates[order],
            held_days=3 * day,
            at=noon,
        )
    free = purse("commission", part="free", person_id=introducer)
    spent = balance(SPENT)
    for number, (what, which, fen) in enumerate(steps):
        if what == "refund":
            order = list(left)[which % len(left)]
            take_back(order=order, refund=f"R{trial}-{number}", refunded_fen=fen, at=noon)
            left[order] = max(left[order] - fen, 0)
        elif what == "release":
            release_due(at=noon + timedelta(days=which))
        elif what == "pay" and (amount := balance(free)):
            nth = next_payout_of(person_id=introducer)
            pay_out(
                person_id=introducer, amount_fen=amount, nth=nth, way="bank", reference=f"{number}", at=noon, actor="t"
            )
        elif what == "back" and (last := payouts(root=introducer, size=1)):
            take_back_payout(payout_id=last[0].id, at=noon, actor="t")
        stays = {one.order: one.stays_fen for one in lines_of(person_id=introducer)}
        whole = {order: earned(base_fen=base, rate=rates[order]) for order, base in left.items()}
        assert {order: stays.get(order, 0) for order in left} == whole
        told = earnings_of(person_id=introducer)
        paid = paid_out_fen(person_id=introducer)
        assert balance(SPENT) - spent == paid
        # What they have, what they hold and what they got is what stays and what they still owe.
        assert told.withdrawable_fen + told.in_return_period_fen + paid == sum(whole.values()) + told.owed_fen
        assert min(told.withdrawable_fen, told.in_return_period_fen, told.owed_fen) >= 0
        assert set(trial_balance().values()) <= {0}
        assert crooked_accounts() == []
