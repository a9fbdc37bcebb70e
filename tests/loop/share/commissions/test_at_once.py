"""Releases and refunds that meet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.loop.share.cast import people
from tongpin.core.books.queries import crooked_accounts, trial_balance
from tongpin.loop.share.commissions.actions import accrue, release_due, take_back
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
    gate = threading.Barrier(len(deeds))
    failed: list[Exception] = []

    def work(deed: Callable[[], object]) -> None:
        gate.wait(20)
        try:
            deed()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(deed,)) for deed in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert failed == []
    stays = earned(base_fen=10_000 - 2 * 1234, rate=777)
    assert [(one.state, one.stays_fen, one.owed_fen) for one in lines_of(person_id=mei)] == [("free", stays, 0)] * 3
    told = earnings_of(person_id=mei)
    assert (told.withdrawable_fen, told.in_return_period_fen) == (3 * stays, 0)
    assert set(trial_balance().values()) <= {0}
    assert crooked_accounts() == []
