"""What stands free is paid out once, comes back where it was a slip or bounced, and what goes back later is a debt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.share.cast import found_to_be_one, people, told
from tests.loop.share.commissions.test_actions import sale, sound
from tongpin.core.books.queries import balance
from tongpin.core.books.rules import Account
from tongpin.core.people.models import Person
from tongpin.core.people.roots import PersonIsErased
from tongpin.loop.share.commissions.actions import HOUSE, release_due, take_back
from tongpin.loop.share.commissions.models import Payout
from tongpin.loop.share.commissions.payable import (
    Payable,
    PayoutSeen,
    next_payout_of,
    paid_out_fen,
    payable_to,
    payables,
    payouts,
)
from tongpin.loop.share.commissions.paying_out import (
    SPENT,
    TAKEN_BACK_WITHIN,
    AmountChanged,
    NoReference,
    PaidMeanwhile,
    PayoutUnknown,
    StrangeWay,
    TooLate,
    pay_out,
    payout_returned,
    take_back_payout,
)
from tongpin.loop.share.commissions.queries import Earnings, Totals, earnings_of, lines_of, totals

pytestmark = pytest.mark.django_db
LIN = "staff:1"
WEEK = timedelta(days=7)
FACTS = ("commission.settled", "payout.sent", "payout.settled", "payout.failed")


def earned(noon: datetime, *orders: str) -> int:
    """Somebody with 8.80 yuan free of each of these orders, a week after noon."""
    mei, lu = people(2, noon)
    for order in orders or ("A1",):
        sale(mei, lu, noon, order)
    release_due(at=noon + WEEK)
    return mei


def paid(person: int, fen: int, at: datetime, *, nth: int = 1, way: str = "bank", reference: str = "T-1") -> PayoutSeen:
    return pay_out(person_id=person, amount_fen=fen, nth=nth, way=way, reference=reference, at=at, actor=LIN)


def test_all_that_is_free_is_paid_out_and_the_books_say_from_where(noon: datetime) -> None:
    mei, at = earned(noon, "A1", "A2"), noon + WEEK
    assert payables() == [Payable(mei, 1760, 2, 1760)] == [payable_to(person_id=mei)]
    seen = paid(mei, 1760, at, reference=" T-1 ")
    assert seen == PayoutSeen(seen.id, mei, 1, 1760, "bank", "T-1", at, LIN, None, "")
    assert (payables(), payouts(root=mei), next_payout_of(person_id=mei)) == ([], [seen], 2)
    assert earnings_of(person_id=mei) == Earnings(0, 0, 0, 0, 1760, 2)
    assert [one.state for one in lines_of(person_id=mei)] == ["paid", "paid"]
    assert (totals(), paid_out_fen()) == (Totals(0, 0, 1760, 0, 0, 2), 1760)
    assert [balance(one) for one in (HOUSE, SPENT, Account("cash:bank"))] == [0, 1760, -1760]
    first, second = (line.id for line in reversed(lines_of(person_id=mei)))
    assert told(*FACTS) == [
        ("commission.settled", mei, {"commission": first, "amount_fen": 880, "payout": seen.id}),
        ("commission.settled", mei, {"commission": second, "amount_fen": 880, "payout": seen.id}),
        ("payout.sent", mei, {"payout": seen.id, "provider": "bank"}),
        ("payout.settled", mei, {"payout": seen.id, "amount_fen": 1760}),
    ]
    assert sound()


def test_a_doubled_click_pays_once_and_another_form_is_refused(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    first = paid(mei, 880, at)
    assert paid(mei, 880, at + timedelta(seconds=1)) == first
    for wrong in ({"reference": "T-2"}, {"way": "voucher"}, {"nth": 3}):
        with pytest.raises(PaidMeanwhile):
            paid(mei, 880, at, **wrong)
    with pytest.raises(AmountChanged) as changed:
        paid(mei, 880, at, nth=2, reference="T-2")
    assert changed.value.free_fen == 0
    assert (Payout.objects.count(), balance(SPENT)) == (1, 880)


def test_nothing_is_written_down_where_the_amount_the_way_or_the_number_is_wrong(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    for fen in (879, 881, 0, -880):
        with pytest.raises(AmountChanged) as changed:
            paid(mei, fen, at)
        assert changed.value.free_fen == 880
    with pytest.raises(StrangeWay):
        paid(mei, 880, at, way="cowries")
    with pytest.raises(NoReference):
        paid(mei, 880, at, reference="  ")
    Person.objects.filter(pk=mei).update(erased_at=noon)
    with pytest.raises(PersonIsErased):
        paid(mei, 880, at)
    assert payables() == []
    assert (Payout.objects.count(), told(*FACTS), balance(SPENT)) == (0, [], 0)


def test_a_slip_is_undone_for_ten_minutes_and_it_can_be_paid_again(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    first = paid(mei, 880, at, way="voucher")
    assert [balance(one) for one in (SPENT, Account("vouchers"))] == [880, -880]
    late = at + TAKEN_BACK_WITHIN + timedelta(seconds=1)
    with pytest.raises(TooLate):
        take_back_payout(payout_id=first.id, at=late, actor=LIN)
    soon = at + TAKEN_BACK_WITHIN
    assert [take_back_payout(payout_id=first.id, at=one, actor=LIN) for one in (soon, late)] == [True, False]
    assert [balance(one) for one in (HOUSE, SPENT, Account("vouchers"))] == [-880, 0, 0]
    assert earnings_of(person_id=mei) == Earnings(880, 0, 0, 0, 880, 1)
    assert (payables(), paid_out_fen(person_id=mei)) == ([Payable(mei, 880, 1, 880)], 0)
    assert paid(mei, 880, late, way="voucher").back_at == soon
    again = paid(mei, 880, late, nth=2)
    assert [(one.id, one.back_reason) for one in payouts()] == [(again.id, ""), (first.id, "slip")]
    assert [body for kind, _, body in told(*FACTS) if kind in ("payout.failed", "payout.settled")] == [
        {"payout": first.id, "amount_fen": 880},
        {"payout": first.id, "reason": "slip"},
        {"payout": again.id, "amount_fen": 880},
    ]
    with pytest.raises(PayoutUnknown):
        take_back_payout(payout_id=again.id + 1, at=late, actor=LIN)
    assert sound()


def test_a_transfer_that_bounced_stands_free_again_whenever_that_was(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    seen = paid(mei, 880, at)
    later = at + timedelta(days=9)
    assert [payout_returned(payout_id=seen.id, at=later, actor=LIN) for _ in range(2)] == [True, False]
    assert told("payout.failed") == [("payout.failed", mei, {"payout": seen.id, "reason": "returned"})]
    assert payable_to(person_id=mei) == Payable(mei, 880, 1, 880)
    assert sound()


def test_what_goes_back_after_it_was_paid_is_a_debt_that_the_next_payout_nets(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    (lu,) = people(1, noon)
    paid(mei, 880, at)
    assert take_back(order="A1", refund="R1", refunded_fen=11000, at=at) == 880
    assert earnings_of(person_id=mei) == Earnings(0, 0, 880, 880, 880, 1)
    sale(mei, lu, at, "A2")
    sale(mei, lu, at, "A3", base_fen=5000)
    release_due(at=at + WEEK)
    assert payables() == [Payable(mei, 400, 2, 1280)]
    assert payable_to(person_id=mei).off_fen == 880
    paid(mei, 400, at + WEEK, nth=2)
    assert earnings_of(person_id=mei) == Earnings(0, 0, 880, 0, 2160, 3)
    assert paid_out_fen(person_id=mei) == 1280 == sum(line.stays_fen for line in lines_of(person_id=mei))
    assert (payables(), balance(SPENT), balance(HOUSE)) == ([], 1280, 0)
    assert sound()


def test_what_is_owed_comes_off_a_payout_that_was_taken_back(noon: datetime) -> None:
    mei, at = earned(noon, "A1", "A2"), noon + WEEK
    seen = paid(mei, 1760, at)
    take_back(order="A1", refund="R1", refunded_fen=11000, at=at)
    take_back_payout(payout_id=seen.id, at=at, actor=LIN)
    assert earnings_of(person_id=mei) == Earnings(880, 0, 880, 0, 1760, 2)
    assert sound()


def test_merged_records_are_paid_together_and_numbers_never_meet(noon: datetime) -> None:
    mei, at = earned(noon), noon + WEEK
    other = earned(noon, "B1")
    paid(other, 880, at)
    sale(other, mei, noon, "B2")
    release_due(at=at)
    found_to_be_one(mei, other, at)
    assert payables() == [Payable(mei, 1760, 2, 1760)]
    assert next_payout_of(person_id=other) == next_payout_of(person_id=mei) == 2
    seen = paid(other, 1760, at, nth=2)
    assert (seen.person_id, balance(HOUSE)) == (mei, 0)
    assert [one.amount_fen for one in payouts(root=mei)] == [1760, 880]
    take_back_payout(payout_id=seen.id, at=at, actor=LIN)
    assert payables() == [Payable(mei, 1760, 2, 1760)]
    assert sound()
