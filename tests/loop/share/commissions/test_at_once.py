"""Releases and refunds that meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.at_once import at_once
from tests.loop.share.cast import people
from tongpin.core.books.queries import crooked_accounts, trial_balance
from tongpin.loop.share.commissions.actions import accrue, release_due, take_back
from tongpin.loop.share.commissions.payable import paid_out_fen
from tongpin.loop.share.commissions.paying_out import AmountChanged, pay_out
from tongpin.loop.share.commissions.queries import earnings_of, lines_of
from tongpin.loop.share.commissions.rules import earned

ORDERS = ("A1", "A2", "A3")


@pytest.mark.django_db(transaction=True)
def test_releases_and_refunds_that_meet_leave_what_stayed_sold(noon: datetime) -> None:
    mei, lu = people(2, noon)
    for order in ORDERS:
        accrue(order=order, base_fen=10_000, buyer=lu, introducer=mei, rate=777, held_days=0, at=noon)
    later = noon + timedelta(days=1)
    deeds: list[Callable[[], object]] = [lambda: release_due(at=later)] * 3
    for order in ORDERS:
        for number in ("R1", "R1", "R2"):
            deeds.append(
                lambda o=order, n=number: take_back(order=o, refund=n, refunded_fen=1234, at=later)  # type: ignore[misc]
            )
    assert [one for one in at_once(*deeds) if isinstance(one, Exception)] == []
    stays = earned(base_fen=10_000 - 2 * 1234, rate=777)
    assert [(one.state, one.stays_fen, one.owed_fen) for one in lines_of(person_id=mei)] == [("free", stays, 0)] * 3
    told = earnings_of(person_id=mei)
    assert (told.withdrawable_fen, told.in_return_period_fen) == (3 * stays, 0)
    assert set(trial_balance().values()) <= {0}
    assert crooked_accounts() == []


@pytest.mark.django_db(transaction=True)
def test_clicks_that_meet_pay_once_and_a_refund_beside_them_is_owed(noon: datetime) -> None:
    mei, lu = people(2, noon)
    for order in ORDERS:
        accrue(order=order, base_fen=10_000, buyer=lu, introducer=mei, rate=1000, held_days=0, at=noon)
    release_due(at=noon)
    told = {"person_id": mei, "amount_fen": 3000, "nth": 1, "way": "bank", "reference": "T-1", "at": noon, "actor": "t"}
    deeds: list[Callable[[], object]] = [lambda: pay_out(**told)] * 4  # type: ignore[arg-type]
    deeds += [lambda: take_back(order="A1", refund="R1", refunded_fen=10_000, at=noon)] * 2
    failed = [one for one in at_once(*deeds) if isinstance(one, Exception)]
    # Where the refund was first another amount stood free, and all clicks are told so.
    assert {type(one) for one in failed} <= {AmountChanged}
    earnings, paid = earnings_of(person_id=mei), paid_out_fen(person_id=mei)
    assert (len(failed), paid, earnings.withdrawable_fen, earnings.owed_fen) in [(0, 3000, 0, 1000), (4, 0, 2000, 0)]
    assert set(trial_balance().values()) <= {0}
    assert crooked_accounts() == []
