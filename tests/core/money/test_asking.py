"""Asked to pay, and sent to the till."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.core.money.till import REFUSED, UNKNOWN, Heard, Street, asked, begun, facts, kinds, paid, sandbox, told_paid
from tongpin.cashier.port import TransportError
from tongpin.core.money.actions import (
    AlreadyPaid,
    BadAmount,
    BadTitle,
    NoSuchPayment,
    PaymentConflict,
    PaymentNotOpen,
    ask_refund,
    begin,
    close_payment,
    settle_by_hand,
)
from tongpin.core.money.models import Payment
from tongpin.core.money.queries import open_payments, payment_of, payment_seen, payments_about, payments_by
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.money.subjects import NoSuchSubject, subject_of
from tongpin.core.money.tills import NoSuchTill, forget_till_opener, till

pytestmark = pytest.mark.django_db


def test_the_same_attempt_is_the_same_payment(noon: datetime) -> None:
    due = noon + timedelta(minutes=15)
    payment = asked(noon, due=due)
    assert asked(noon + timedelta(minutes=1), due=due + timedelta(minutes=1)) == payment
    assert facts() == [
        (
            "payment.asked",
            17,
            {
                "payment": payment.id,
                "about_kind": "order",
                "about": 1,
                "amount_fen": 8900,
                "provider": "sandbox",
                "due": "2026-11-22T04:15:00Z",
            },
        )
    ]
    assert payment_seen(payment.id) == payment_of(payment.number) == payment
    assert open_payments() == payments_about("order", 1) == payments_by([17]) == [payment]
    assert (payment_seen(payment.id + 1), payment_of("nobody")) == (None, None)


@pytest.mark.parametrize("other", [{"amount_fen": 1}, {"person_id": 18}, {"provider": "manual"}])
def test_the_same_attempt_over_something_else_is_refused(noon: datetime, other: dict[str, Any]) -> None:
    payment = asked(noon)
    with pytest.raises(PaymentConflict):
        asked(noon, **other)
    assert open_payments() == [payment]


@pytest.mark.parametrize("amount", [0, -1, 1.5, True])
def test_a_payment_is_for_a_whole_amount(noon: datetime, amount: int) -> None:
    with pytest.raises(BadAmount):
        asked(noon, amount=amount)


@pytest.mark.parametrize("title", ["", "  ", "给 13812345678 的杨梅", "mei@example.com"])
def test_a_title_that_tells_of_a_person_is_refused(noon: datetime, title: str) -> None:
    with pytest.raises(BadTitle):
        asked(noon, title=title)
    assert (Payment.objects.count(), kinds()) == (0, [])


def test_what_nobody_registered_cannot_be_paid_for(noon: datetime) -> None:
    with pytest.raises(NoSuchSubject):
        asked(noon, about_kind="wish")
    assert subject_of("order").title(7) == "order 7"


def test_a_further_attempt_closes_the_open_one_without_telling_the_subject(noon: datetime, heard: Heard) -> None:
    first = begun(noon)
    second = asked(noon, attempt=2, provider="manual")
    assert [(p.id, p.status, p.close_reason) for p in payments_about("order", 1)] == [
        (first.id, "closed", "replaced"),
        (second.id, "pending", ""),
    ]
    assert (kinds(), heard.calls) == (["payment.asked", "payment.closed", "payment.asked"], [])
    assert told_paid(first, noon).outcome == "late"
    assert heard.calls == [("settled", 1, True)]


def test_what_is_paid_is_not_asked_for_again_until_it_is_asked_back(noon: datetime) -> None:
    first = paid(noon)
    with pytest.raises(AlreadyPaid):
        asked(noon, attempt=2)
    ask_refund(payment_id=first.id, amount_fen=8900, reason="again", key=(1,), at=noon, actor="t")
    assert asked(noon, attempt=2).status == "pending"


def test_beginning_again_is_the_same_charge(noon: datetime, street: Street) -> None:
    payment = asked(noon)
    ways = [
        begin(
            payment_id=payment.id, provider=street, return_url="/back", notice_url="/n", at=noon + timedelta(minutes=n)
        )
        for n in (0, 1)
    ]
    assert ways[0] == ways[1]
    assert ways[0].url == f"/till/{payment.number}"
    assert street.calls == [("begin", payment.number)] * 2
    row = Payment.objects.get()
    assert (row.begun_at, row.next_look_at) == (noon, noon + timedelta(minutes=2))


def test_what_is_closed_paid_overdue_or_another_providers_is_not_begun(noon: datetime, street: Street) -> None:
    due = noon + timedelta(minutes=15)
    closed, done, late = asked(noon, about=1), paid(noon, about=2), asked(noon, about=3, due=due)
    other = asked(noon, about=4, provider="manual")
    close_payment(payment_id=closed.id, reason="gone", at=noon)
    for payment in (closed, done, late, other):
        with pytest.raises(PaymentNotOpen):
            begin(payment_id=payment.id, provider=street, return_url="", notice_url="", at=due)
    with pytest.raises(NoSuchPayment):
        begin(payment_id=0, provider=street, return_url="", notice_url="", at=due)
    assert street.calls == []


def test_a_refused_beginning_is_a_failed_attempt_and_an_unknown_one_is_not(noon: datetime, street: Street) -> None:
    payment = asked(noon)
    for error in (UNKNOWN, REFUSED, REFUSED):
        street.before["begin"] = error
        with pytest.raises(TransportError):
            begin(payment_id=payment.id, provider=street, return_url="", notice_url="", at=noon)
    assert facts("payment.failed") == [
        ("payment.failed", 17, {"payment": payment.id, "reason": "refused"}),
        ("payment.failed", 17, {"payment": payment.id, "reason": "refused", "occurrence": 2}),
    ]
    assert open_payments()[0].begun_at == noon


def test_settled_by_hand_once(noon: datetime, heard: Heard) -> None:
    payment = asked(noon, provider="manual")
    assert [settle_by_hand(payment_id=payment.id, at=noon, actor="staff:1") for _ in range(2)] == ["settled", "known"]
    assert (kinds(), heard.calls) == (["payment.asked", "payment.settled"], [("settled", 1, False)])


def test_a_house_without_a_till_says_so() -> None:
    with pytest.raises(NoSuchTill):
        till("manual")
    forget_till_opener()
    with pytest.raises(NoSuchTill, match="set up"):
        till("sandbox")
    assert sandbox().kind == "sandbox"


def test_open_payments_are_all_reached_batch_by_batch(noon: datetime) -> None:
    payments = [asked(noon, about=n) for n in range(1, 8)]
    found: list[PaymentSeen] = []
    while batch := open_payments(after=found[-1].id if found else 0, size=3):
        assert len(batch) <= 3
        found += batch
    assert found == payments


def test_of_a_provider_only_those_are_looked_for_whose_payer_was_told_the_way(noon: datetime) -> None:
    asked(noon, about=1)
    told, other = begun(noon, about=2), begun(noon, about=3)
    Payment.objects.filter(pk=other.id).update(provider="manual")
    assert [one.id for one in open_payments(providers=["sandbox"])] == [told.id]
    assert open_payments(providers=[]) == []
