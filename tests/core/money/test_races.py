"""The same moment, on real connections: notices, closings, refunds, workers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from tests.at_once import at_once
from tests.core.money.till import Heard, Street, asked, begun, facts, kinds, paid, sandbox
from tongpin.cashier.port import ChargeState
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.money.actions import (
    RefundTooMuch,
    ask_refund,
    begin,
    close_payment,
    reconcile,
    send_refunds,
    settle,
    take_notice,
)
from tongpin.core.money.models import Payment, ProviderNotice
from tongpin.core.money.queries import payment_seen, refunds_of
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.money.subjects import register_subject

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_notice_fifteen_times_at_once_settles_once(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    said = sandbox().decide(number=payment.number, outcome="paid", now=noon)
    deeds = [lambda: take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=noon)] * 15
    found = at_once(*deeds)
    assert sorted(one.outcome for one in found) == ["repeated"] * 14 + ["settled"]
    assert {one.answer.status for one in found} == {204}
    assert heard.calls == [("settled", 1, False)]
    assert kinds() == ["payment.asked", "payment.settled", "posting.made"]
    assert (ProviderNotice.objects.count(), balance(Account("fees")), trial_balance()) == (1, 53, {"fen": 0})


def test_notice_query_and_hand_at_once_settle_once(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    said = sandbox().decide(number=payment.number, outcome="paid", now=noon)
    at = noon + timedelta(minutes=3)
    state = ChargeState(status="paid", amount_fen=8900, fee_fen=53)
    found = at_once(
        *[lambda: take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=at).outcome] * 3,
        *[lambda: reconcile(provider=sandbox(), at=at).settled] * 2,
        *[lambda: settle(payment_id=payment.id, state=state, at=at)] * 3,
    )
    assert sum(one in ("settled", 1) for one in found) == 1
    assert set(found) <= {"settled", "known", "repeated", 0, 1}
    assert heard.calls == [("settled", 1, False)]


def test_closing_and_paying_at_once_is_paid_in_time_or_late_never_lost(noon: datetime, heard: Heard) -> None:
    state = ChargeState(status="paid", amount_fen=8900)
    for about in range(1, 11):
        payment = asked(noon, about=about)
        heard.calls.clear()
        outcome, _ = at_once(
            partial(settle, payment_id=payment.id, state=state, at=noon),
            partial(close_payment, payment_id=payment.id, reason="gone", at=noon),
        )
        seen = payment_seen(payment.id)
        assert seen is not None
        if outcome == "settled":
            assert heard.calls == [("settled", about, False)]
        else:
            assert outcome == "late"
            assert heard.calls == [("closed", about, "gone"), ("settled", about, True)]
        assert (seen.status, seen.late) == ("paid", outcome == "late")


def test_a_room_that_locks_its_row_and_then_closes_does_not_stand_across_from_a_notice(
    noon: datetime, heard: Heard
) -> None:
    """The room's row is another payment here: taken by `locks` before money takes its own."""
    room, payment = asked(noon, about=99), asked(noon, about=1)
    met = threading.Barrier(2)

    def take_room() -> None:
        Payment.objects.select_for_update().get(pk=room.id)

    def lock(about: int) -> None:
        take_room()

    register_subject("order", replace(heard.subject(), locks=lock))
    heard.on_settled = lambda payment, late, at: take_room()

    def close() -> None:
        with transaction.atomic():
            take_room()
            met.wait(10)
            close_payment(payment_id=payment.id, reason="failed", at=noon)

    def settle_it() -> str:
        met.wait(10)
        return settle(payment_id=payment.id, state=ChargeState(status="paid", amount_fen=8900), at=noon)

    assert at_once(close, settle_it) == [None, "late"]


def test_the_same_payment_asked_eight_times_at_once_is_one(noon: datetime) -> None:
    found = at_once(*[lambda: asked(noon)] * 8)
    assert len({one.id for one in found}) == 1
    assert kinds() == ["payment.asked"]


def test_beginning_at_once_is_one_charge(noon: datetime) -> None:
    payment = asked(noon)
    found = at_once(
        *[lambda: begin(payment_id=payment.id, provider=sandbox(), return_url="", notice_url="", at=noon)] * 6
    )
    assert len(set(found)) == 1


def back(payment: PaymentSeen, amount: int, key: object, at: datetime) -> int:
    return ask_refund(payment_id=payment.id, amount_fen=amount, reason="", key=(key,), at=at, actor="t").id


def test_eight_who_refund_at_once_never_give_back_more_than_was_paid(noon: datetime) -> None:
    payment = paid(noon)
    found = at_once(*[partial(back, payment, 2000, n, noon) for n in range(8)])
    assert [type(one) for one in found].count(int) == 4
    assert [type(one) for one in found].count(RefundTooMuch) == 4
    seen = payment_seen(payment.id)
    assert seen is not None
    assert (seen.refunding_fen, seen.left_fen, len(facts("refund.asked"))) == (8000, 900, 4)


def test_one_key_at_once_is_one_refund(noon: datetime) -> None:
    payment = paid(noon)
    found = at_once(*[partial(back, payment, 8900, "once", noon)] * 8)
    assert len(set(found)) == 1
    assert [r.amount_fen for r in refunds_of(payment.id)] == [8900]


def test_four_workers_ask_for_each_refund_once(noon: datetime, street: Street, heard: Heard) -> None:
    for about in range(1, 7):
        back(paid(noon, about=about), 100, about, noon)
    found = at_once(*[lambda: send_refunds(limit=4, at=noon)] * 4)
    assert sum(one.processing for one in found) == 6
    assert len({number for name, number in street.calls if name == "refund"}) == len(street.calls) == 6
    later = noon + timedelta(minutes=2)
    found = at_once(*[lambda: send_refunds(limit=4, at=later)] * 4)
    assert sum(one.done for one in found) == 6
    assert sorted(call for call in heard.calls if call[0] == "refunded") == [
        ("refunded", n, 100, 100) for n in range(1, 7)
    ]


def test_notice_and_worker_at_once_settle_a_refund_once(noon: datetime, heard: Heard) -> None:
    payment = paid(noon)
    back(payment, 8900, 1, noon)
    send_refunds(limit=1, at=noon)
    (refund,) = refunds_of(payment.id)
    later = noon + timedelta(minutes=2)
    said = sandbox().decide_refund(number=refund.number, charge_number=payment.number, outcome="done", now=later)
    at_once(
        *[lambda: take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=later)] * 4,
        *[lambda: send_refunds(limit=4, at=later)] * 4,
    )
    assert heard.calls[1:] == [("refunded", 1, 8900, 8900)]
    assert kinds().count("refund.settled") == 1


def test_providers_are_not_asked_inside_a_transaction(noon: datetime, street: Street) -> None:
    payment = asked(noon)
    with transaction.atomic():
        for deed in (
            lambda: begin(payment_id=payment.id, provider=street, return_url="", notice_url="", at=noon),
            lambda: send_refunds(limit=1, at=noon),
            lambda: reconcile(provider=street, at=noon),
        ):
            with pytest.raises(RuntimeError, match="durable"):
                deed()
    assert street.calls == []
