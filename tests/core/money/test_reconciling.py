"""What the provider knows and we do not: lost notices, lapsed times, bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.core.money.till import UNKNOWN, Heard, Street, asked, begun, facts, kinds, paid, sandbox
from tongpin.cashier.port import BillLine, ChargeState
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.money.actions import Reconciled, ask_refund, close_payment, reconcile, send_refunds, settle
from tongpin.core.money.models import BillDay, Payment
from tongpin.core.money.queries import open_discrepancies, open_payments, payment_seen, refund_seen
from tongpin.core.money.rules import GRACE, is_overdue, wait_after
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.money.subjects import register_subject

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def pay_quietly(payment: PaymentSeen, at: datetime) -> None:
    """The payer pays and the notice never comes."""
    sandbox().decide(number=payment.number, outcome="paid", now=at)


def seen(payment: PaymentSeen) -> PaymentSeen:
    found = payment_seen(payment.id)
    assert found is not None
    return found


def round_at(street: Street, at: datetime) -> Reconciled:
    return reconcile(provider=street, at=at)


NOTHING = Reconciled(asked=0, settled=0, closed=0, silent=0, broken=0, discrepancies=0, bills=())


def test_a_lost_notice_is_found_after_two_minutes(noon: datetime, street: Street, heard: Heard) -> None:
    payment = begun(noon)
    pay_quietly(payment, noon + timedelta(seconds=30))
    assert round_at(street, noon + timedelta(seconds=119)) == NOTHING
    found = round_at(street, noon + timedelta(seconds=120))
    assert (found.asked, found.settled) == (1, 1)
    assert heard.calls == [("settled", 1, False)]
    assert seen(payment).paid_at == noon + timedelta(seconds=30)
    assert round_at(street, noon + timedelta(hours=1)) == NOTHING


def test_a_payment_that_waits_is_asked_about_ever_more_rarely(noon: datetime, street: Street) -> None:
    begun(noon)
    times = [m for m in range(0, 130) if round_at(street, noon + timedelta(minutes=m)).asked]
    assert times == [2, 6, 14, 30, 62, 126]
    assert [wait_after(n) for n in (0, 1, 7, 8, 60)] == [timedelta(minutes=m) for m in (2, 4, 256, 360, 360)]


def test_a_payment_never_begun_lapses_without_asking(noon: datetime, street: Street, heard: Heard) -> None:
    due = noon + timedelta(minutes=15)
    payment = asked(noon, due=due)
    assert round_at(street, due + GRACE) == NOTHING
    assert round_at(street, due + GRACE + timedelta(seconds=1)).closed == 1
    assert (street.calls, heard.calls, seen(payment).status) == ([], [("closed", 1, "lapsed")], "closed")


def test_an_overdue_payment_is_closed_there_then_here(noon: datetime, street: Street, heard: Heard) -> None:
    due = noon + timedelta(minutes=15)
    payment = begun(noon, due=due)
    round_at(street, noon + timedelta(minutes=14))
    street.calls.clear()
    assert round_at(street, due + 2 * GRACE).closed == 1
    assert heard.calls == [("closed", 1, "lapsed")]
    at_the_till = sandbox().at_the_till(number=payment.number, now=due)
    assert at_the_till is not None
    assert at_the_till.status == "closed"
    assert Payment.objects.get().next_look_at is None


def test_a_payer_who_was_quicker_than_the_closing_is_settled(noon: datetime, street: Street, heard: Heard) -> None:
    due = noon + timedelta(minutes=15)
    payment = begun(noon, due=due)
    pay_quietly(payment, due - timedelta(seconds=1))
    street.before["query"] = UNKNOWN
    assert round_at(street, due + 2 * GRACE) == Reconciled(1, 0, 0, 1, 0, 0, ())
    street.before.clear()
    assert round_at(street, due + timedelta(hours=1)).settled == 1
    assert heard.calls == [("settled", 1, False)]


def test_money_that_came_in_after_closing_here_is_found_late(noon: datetime, street: Street, heard: Heard) -> None:
    paid_late, unpaid = begun(noon, about=1), begun(noon, about=2)
    for payment in (paid_late, unpaid):
        close_payment(payment_id=payment.id, reason="gone", at=noon)
    pay_quietly(paid_late, noon)
    found = round_at(street, noon)
    assert (found.asked, found.settled, found.closed) == (2, 1, 1)
    assert heard.calls == [("closed", 1, "gone"), ("closed", 2, "gone"), ("settled", 1, True)]
    assert seen(unpaid).close_reason == "gone"
    at_the_till = sandbox().at_the_till(number=unpaid.number, now=noon)
    assert at_the_till is not None
    assert at_the_till.status == "closed"
    assert round_at(street, noon + timedelta(days=1)).asked == 0


def test_silence_settles_and_closes_nothing(noon: datetime, street: Street, heard: Heard) -> None:
    payment = begun(noon, due=noon + timedelta(minutes=15))
    street.before["query"] = UNKNOWN
    for hours in (1, 2, 3):
        assert round_at(street, noon + timedelta(hours=hours)).silent == 1
    assert (heard.calls, [p.id for p in open_payments()]) == ([], [payment.id])


def test_a_room_that_falls_down_over_one_payment_does_not_stop_the_others(
    noon: datetime, street: Street, heard: Heard
) -> None:
    def fall(payment: PaymentSeen, late: bool, at: datetime) -> None:
        if payment.about == 1:
            raise RuntimeError("the room fell down")

    heard.on_settled = fall
    payments = [begun(noon, about=n) for n in (1, 2)]
    for payment in payments:
        pay_quietly(payment, noon)
    found = round_at(street, noon + timedelta(minutes=2))
    assert (found.asked, found.settled, found.broken) == (2, 1, 1)
    assert [seen(payment).status for payment in payments] == ["pending", "paid"]
    heard.on_settled = None
    assert round_at(street, noon + timedelta(minutes=6)).settled == 1


def test_a_wrong_amount_is_a_difference_and_lapses_in_the_end(noon: datetime, street: Street, heard: Heard) -> None:
    due = noon + timedelta(minutes=15)
    payment = begun(noon, due=due)
    settle(payment_id=payment.id, state=ChargeState(status="paid", amount_fen=1), at=noon)
    assert round_at(street, noon + timedelta(minutes=10)) == NOTHING
    assert round_at(street, due + 2 * GRACE).closed == 1
    assert [d.kind for d in open_discrepancies()] == ["amount_differs"]


def test_a_provider_without_queries_is_not_asked(noon: datetime, street: Street, heard: Heard) -> None:
    begun(noon, due=noon + timedelta(minutes=15))
    street.can(queries=False)
    assert round_at(street, noon + timedelta(minutes=10)) == NOTHING
    assert round_at(street, noon + timedelta(minutes=17)).closed == 1
    assert (street.calls, heard.calls) == ([], [("closed", 1, "lapsed")])


def test_yesterdays_bill_is_compared_once_and_agrees(noon: datetime, street: Street) -> None:
    payment = paid(noon)
    refund = ask_refund(payment_id=payment.id, amount_fen=100, reason="", key=(1,), at=noon, actor="t")
    send_refunds(limit=1, at=noon)
    send_refunds(limit=1, at=noon + timedelta(minutes=2))
    tomorrow = noon + timedelta(days=1)
    assert [round_at(street, at).bills for at in (noon, tomorrow, tomorrow)] == [(), (TODAY,), ()]
    assert [c for c in street.calls if c[0] == "bill"] == [("bill", "2026-11-22")]
    assert open_discrepancies() == []
    assert [(b.day, b.lines) for b in BillDay.objects.all()] == [(TODAY, 2)]
    assert refund_seen(refund.id) is not None


def test_a_bill_that_is_not_ready_is_asked_for_later(noon: datetime, street: Street) -> None:
    paid(noon)
    street.can(bill_ready_hours=10)
    midnight = datetime.fromisoformat("2026-11-23T00:00:00+08:00")
    assert round_at(street, midnight + timedelta(hours=9)).bills == ()
    assert street.calls == []
    street.before["bill"] = UNKNOWN
    assert round_at(street, midnight + timedelta(hours=10)).bills == ()
    street.before.clear()
    assert round_at(street, midnight + timedelta(days=2, hours=11)).bills == (
        TODAY,
        date(2026, 11, 23),
        date(2026, 11, 24),
    )


def line(number: str, at: datetime, **told: Any) -> BillLine:
    return BillLine(
        **{
            "number": number,
            "kind": "charge",
            "charge_number": number,
            "amount_fen": 8900,
            "fee_fen": 53,
            "at": at,
            **told,
        }
    )


def test_everything_on_a_bill_that_is_unlike_ours_is_kept(noon: datetime, street: Street, heard: Heard) -> None:
    same, fee, missing = (paid(noon, about=n) for n in (1, 2, 3))
    lost = begun(noon, about=4)
    unlike = begun(noon, about=5)
    refund = ask_refund(payment_id=same.id, amount_fen=100, reason="", key=(1,), at=noon, actor="t")
    Payment.objects.filter(pk__in=[lost.id, unlike.id]).update(next_look_at=None)
    street.lines = (
        line(same.number, noon),
        line(fee.number, noon, fee_fen=60),
        line(lost.number, noon),
        line(unlike.number, noon, amount_fen=1),
        line("unheard-1", noon, amount_fen=7),
        line("unheard-2", noon, kind="refund", amount_fen=5),
        line(refund.number, noon, kind="refund", charge_number=same.number, amount_fen=100),
    )
    found = round_at(street, noon + timedelta(days=1))
    assert (found.bills, found.discrepancies) == ((TODAY,), 5)
    assert {(d.kind, d.number, d.ours_fen, d.theirs_fen, d.day) for d in open_discrepancies()} == {
        ("fee_differs", fee.number, 53, 60, TODAY),
        ("amount_differs", unlike.number, 8900, 1, TODAY + timedelta(days=1)),
        ("unknown_charge", "unheard-1", 0, 7, TODAY),
        ("unknown_refund", "unheard-2", 0, -5, TODAY),
        ("missing_on_bill", missing.number, 8900, 0, TODAY),
    }
    assert heard.calls[3:] == [("settled", 4, False), ("refunded", 1, 100, 100)]
    assert seen(lost).paid_at == noon
    assert len(facts("discrepancy.found")) == 5


def test_a_bill_with_a_line_no_room_could_take_is_compared_again(noon: datetime, street: Street, heard: Heard) -> None:
    def fall(payment: PaymentSeen, late: bool, at: datetime) -> None:
        if payment.about == 1:
            raise RuntimeError("the room fell down")

    heard.on_settled = fall
    payments = [begun(noon, about=n) for n in (1, 2)]
    Payment.objects.update(next_look_at=None)
    street.lines = tuple(line(payment.number, noon) for payment in payments)
    tomorrow = noon + timedelta(days=1)
    assert round_at(street, tomorrow).bills == ()
    assert [seen(payment).status for payment in payments] == ["pending", "paid"]
    heard.on_settled = None
    assert round_at(street, tomorrow).bills == (TODAY,)
    assert [seen(payment).status for payment in payments] == ["paid", "paid"]


def test_a_fee_that_only_the_bill_tells_is_booked_once(noon: datetime, street: Street) -> None:
    payment = begun(noon)
    settle(payment_id=payment.id, state=ChargeState(status="paid", paid_at=noon, amount_fen=8900), at=noon)
    assert balance(Account("fees")) == 0
    street.lines = (line(payment.number, noon),)
    round_at(street, noon + timedelta(days=1))
    BillDay.objects.all().delete()
    round_at(street, noon + timedelta(days=1))
    assert (balance(Account("fees")), seen(payment).fee_fen, trial_balance()) == (53, 53, {"fen": 0})
    assert kinds().count("posting.made") == 1
    assert open_discrepancies() == []


def test_time_runs_out_after_the_grace(noon: datetime) -> None:
    assert [is_overdue(due=due, at=noon) for due in (None, noon, noon - GRACE, noon - 2 * GRACE)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_round_reaches_everything_that_is_due_batch_by_batch(noon: datetime, street: Street, heard: Heard) -> None:
    payments = [begun(noon, about=n) for n in range(1, 8)]
    for payment in payments[:5]:
        pay_quietly(payment, noon)
    found = reconcile(provider=street, at=noon + timedelta(minutes=2), batch=2)
    assert (found.asked, found.settled) == (7, 5)
    assert [call for call in street.calls if call[0] == "query"] == [("query", one.number) for one in payments]
    assert [seen(payment).status for payment in payments] == ["paid"] * 5 + ["pending"] * 2


def test_overdue_payments_are_closed_batch_by_batch_past_one_that_a_room_cannot_take(
    noon: datetime, street: Street, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = noon + timedelta(minutes=15)
    payments = [asked(noon, about=n, due=due) for n in range(1, 8)]
    close = heard.closed

    def fall(payment: PaymentSeen, *, reason: str, at: datetime) -> None:
        if payment.about in (1, 2):
            raise RuntimeError("the room fell down")
        close(payment, reason=reason, at=at)

    register_subject("order", replace(heard.subject(), closed=fall))
    found = reconcile(provider=street, at=due + 2 * GRACE, batch=2)
    assert (found.closed, found.broken) == (5, 2)
    assert [seen(payment).status for payment in payments] == ["pending"] * 2 + ["closed"] * 5
