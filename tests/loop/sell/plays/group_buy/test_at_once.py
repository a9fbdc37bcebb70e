"""Many buyers in the same moment, on real transactions."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from tests.at_once import at_once
from tests.loop.sell.cast import on_shelf, pay, people, refunds_arrive, told
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.people.merging import merge
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy.actions import (
    CannotJoin,
    Held,
    close_due,
    end_unpaid,
    join,
    lapse_due,
    leave,
    open_group_buy,
)
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.rules import HOLD, LINGER

pytestmark = pytest.mark.django_db(transaction=True)


def sitting(group: int, person: int, at: datetime) -> Held:
    return join(group_id=group, person_id=person, provider="sandbox", at=at, actor=f"person:{person}")


def opened(noon: datetime, *, seats: int = 3) -> int:
    return open_group_buy(key="g", offer_id=on_shelf(noon), seats=seats, at=noon, actor="staff:1")


def counts(group: int) -> tuple[str, int, int]:
    return GroupBuy.objects.values_list("state", "taken", "held").get(pk=group)


def kinds(found: list[object]) -> Counter[str]:
    return Counter(str(one) if isinstance(one, Exception) else type(one).__name__ for one in found)


FULL = "this person cannot take a seat now: all_held"


def test_the_last_seat_goes_to_one_of_fifty(noon: datetime) -> None:
    group = opened(noon)
    crowd = people(52, noon)
    for person in crowd[:2]:
        pay(sitting(group, person, noon).payment.id, noon)
    found = at_once(*[partial(sitting, group, person, noon) for person in crowd[2:]])
    assert kinds(found) == {"Held": 1, FULL: 49}
    assert counts(group) == ("running", 2, 1)
    assert (Seat.objects.count(), Order.objects.count()) == (3, 3)
    seat = next(one for one in found if isinstance(one, Held))
    # The same notice ten times over, at once.
    outcomes = Counter(at_once(*[partial(pay, seat.payment.id, noon)] * 10))
    assert outcomes == {"settled": 1, "known": 9}
    assert counts(group) == ("filled", 3, 0)
    assert len(told("group_buy.filled")) == 1
    assert set(trial_balance().values()) == {0}
    assert balance(Account("cash:sandbox")) == 3 * 5500


def test_a_seat_that_ran_out_goes_to_one_of_many(noon: datetime) -> None:
    group = opened(noon)
    crowd = people(23, noon)
    for person in crowd[:3]:
        sitting(group, person, noon)
    found = at_once(*[partial(sitting, group, person, noon + HOLD) for person in crowd[3:]])
    assert kinds(found) == {"Held": 3, FULL: 17}
    assert counts(group) == ("running", 0, 3)
    assert Counter(Seat.objects.values_list("state", flat=True)) == {"lapsed": 3, "held": 3}


def test_one_person_at_many_doors_has_one_seat(noon: datetime) -> None:
    group = opened(noon)
    one, other = people(2, noon)
    merge(kept=other, gone=one, reasons=[], actor="staff:1", at=noon)
    found = at_once(*[partial(sitting, group, person, noon) for person in (one, other) * 5])
    assert kinds(found) == {"Held": 10}
    assert len({held.seat_id for held in found}) == 1
    assert counts(group) == ("running", 0, 1)


def test_late_money_and_a_newcomer_share_out_the_last_seat(noon: datetime) -> None:
    group = opened(noon, seats=2)
    slow, quick, new = people(3, noon)
    late = sitting(group, slow, noon)
    pay(sitting(group, quick, noon).payment.id, noon)
    found = at_once(
        *[
            partial(pay, late.payment.id, noon + HOLD),
            partial(sitting, group, new, noon + HOLD),
            partial(sitting, group, slow, noon + HOLD),
        ]
    )
    assert not [one for one in found if isinstance(one, Exception) and not isinstance(one, CannotJoin)]
    state, taken, held = counts(group)
    assert taken + held == 2
    live = Seat.objects.filter(state__in=("held", "taken"))
    assert live.count() == 2
    assert (state == "filled") == (held == 0)
    waiting = Seat.objects.filter(state="held").select_related("order").first()
    if waiting is not None:
        pay(waiting.order.payment_id or 0, noon + HOLD)
    refunds_arrive(noon + HOLD)
    assert counts(group) == ("filled", 2, 0)
    assert balance(Account("cash:sandbox")) == 2 * 5500


def test_paying_leaving_and_the_deadline_at_once_lose_no_money(noon: datetime) -> None:
    group = opened(noon, seats=8)
    end = GroupBuy.objects.get().ends
    seats = [sitting(group, person, end - timedelta(minutes=9)) for person in people(8, noon)]
    for seat in seats[:4]:
        pay(seat.payment.id, end - timedelta(minutes=8))
    found = at_once(
        *[
            *[partial(pay, seat.payment.id, end - timedelta(minutes=1)) for seat in seats[4:7]],
            *[partial(leave, seat_id=seat.seat_id, at=end, actor="person:1") for seat in seats[:2] + seats[6:]],
            *[partial(close_due, at=end)] * 3,
        ]
    )
    assert "OperationalError" not in {type(one).__name__ for one in found}, "no two wait for each other"
    close_due(at=end)
    refunds_arrive(end)
    assert refunds_arrive(end) == 0
    assert counts(group)[0] == "failed"
    assert balance(Account("cash:sandbox")) == 0
    assert set(trial_balance().values()) == {0}
    assert Offer.objects.get().stock_left == 30
    assert set(Order.objects.values_list("state", flat=True)) <= {"refunded", "cancelled", "placed"}
    connection.close()


def test_an_unpaid_group_that_ends_while_money_and_newcomers_come_loses_neither_goods_nor_money(noon: datetime) -> None:
    offer, (stranger, *crowd) = on_shelf(noon), people(6, noon)
    group = open_group_buy(key="own", offer_id=offer, person_id=stranger, at=noon, actor=f"person:{stranger}")
    seat, over = sitting(group, stranger, noon), noon + HOLD + LINGER
    lapse_due(at=noon + HOLD)
    found = at_once(
        *[partial(end_unpaid, at=over)] * 3,
        partial(pay, seat.payment.id, over),
        *[partial(sitting, group, person, over) for person in crowd],
    )
    wrong = [one for one in found if isinstance(one, Exception) and not isinstance(one, CannotJoin)]
    assert wrong == []
    after = over + HOLD + LINGER
    lapse_due(at=after)
    end_unpaid(at=after)
    refunds_arrive(after)
    state, taken, held = counts(group)
    assert (state, taken, held) in (("running", 1, 0), ("unpaid", 0, 0))
    assert Offer.objects.get().stock_left == (27 if state == "running" else 30)
    assert balance(Account("cash:sandbox")) == 5500 * taken
    assert set(trial_balance().values()) == {0}
