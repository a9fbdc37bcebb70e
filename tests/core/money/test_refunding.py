"""Money given back: never too much, under one number, and unknown is not failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.core.money.till import REFUSED, UNKNOWN, Heard, Street, asked, facts, kinds, paid, sandbox
from tongpin.cashier.port import RefundState
from tongpin.core.money.actions import (
    NoSuchRefund,
    NotForAHuman,
    RefundConflict,
    RefundsSent,
    RefundTooMuch,
    ask_refund,
    drop_refund,
    retry_refund,
    send_refunds,
    settle_by_hand,
    settle_refund_by_hand,
    take_notice,
)
from tongpin.core.money.models import Refund
from tongpin.core.money.queries import (
    open_discrepancies,
    payment_seen,
    refund_seen,
    refunds_of,
    refunds_waiting_for_a_human,
)
from tongpin.core.money.refunding import settle_refund, take_refund_state
from tongpin.core.money.rules import refund_refusal, wait_after
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.core.money.subjects import register_subject

pytestmark = pytest.mark.django_db


def back(payment: PaymentSeen, amount: int, at: datetime, key: object = 1) -> RefundSeen:
    return ask_refund(payment_id=payment.id, amount_fen=amount, reason="regret", key=(key,), at=at, actor="staff:1")


def now_of(refund: RefundSeen) -> RefundSeen:
    seen = refund_seen(refund.id)
    assert seen is not None
    return seen


def sums(payment: PaymentSeen) -> tuple[int, int]:
    seen = payment_seen(payment.id)
    assert seen is not None
    return seen.refunding_fen, seen.refunded_fen


def test_refunds_never_exceed_what_was_paid(noon: datetime) -> None:
    payment = paid(noon)
    back(payment, 8000, noon)
    with pytest.raises(RefundTooMuch):
        back(payment, 901, noon, 2)
    back(payment, 900, noon, 3)
    with pytest.raises(RefundTooMuch):
        back(payment, 1, noon, 4)
    assert (sums(payment), [r.amount_fen for r in refunds_of(payment.id)]) == ((8900, 0), [8000, 900])
    assert [body["amount_fen"] for _, _, body in facts("refund.asked")] == [8000, 900]


@pytest.mark.parametrize("amount", [0, -1, True])
def test_a_refund_is_over_a_whole_amount(noon: datetime, amount: int) -> None:
    payment = paid(noon)
    with pytest.raises(RefundTooMuch):
        back(payment, amount, noon)


def test_nothing_is_given_back_of_what_is_not_paid(noon: datetime) -> None:
    with pytest.raises(RefundTooMuch):
        back(asked(noon), 1, noon)
    assert (Refund.objects.count(), kinds()) == (0, ["payment.asked"])


def test_the_same_key_is_the_same_refund_and_another_amount_under_it_is_refused(noon: datetime) -> None:
    payment = paid(noon)
    first = back(payment, 100, noon)
    assert back(payment, 100, noon + timedelta(days=1)) == first
    with pytest.raises(RefundConflict):
        back(payment, 101, noon)
    assert sums(payment) == (100, 0)


def test_a_refund_is_asked_looked_after_and_settled(noon: datetime, heard: Heard, street: Street) -> None:
    payment = paid(noon)
    refund = back(payment, 3000, noon)
    assert send_refunds(limit=10, at=noon) == RefundsSent(processing=1)
    assert send_refunds(limit=10, at=noon + timedelta(minutes=1)) == RefundsSent()
    assert send_refunds(limit=10, at=noon + timedelta(minutes=2)) == RefundsSent(done=1)
    assert send_refunds(limit=10, at=noon + timedelta(days=1)) == RefundsSent()
    assert street.calls == [("refund", refund.number), ("query_refund", refund.number)]
    assert heard.calls[1:] == [("refunded", 1, 3000, 3000)]
    assert (sums(payment), now_of(refund).status) == ((3000, 3000), "done")
    assert facts("refund.settled") == [
        (
            "refund.settled",
            17,
            {
                "refund": refund.id,
                "payment": payment.id,
                "about_kind": "order",
                "about": 1,
                "amount_fen": 3000,
            },
        )
    ]


def test_a_notice_of_a_refund_settles_it_once(noon: datetime, heard: Heard) -> None:
    payment = paid(noon)
    refund = back(payment, 3000, noon)
    send_refunds(limit=10, at=noon)
    said = sandbox().decide_refund(number=refund.number, charge_number=payment.number, outcome="done", now=noon)
    takes = [take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=noon) for _ in range(3)]
    assert [t.outcome for t in takes] == ["done", "repeated", "repeated"]
    assert settle_refund(refund_id=refund.id, at=noon) == "done"
    assert (heard.calls[1:], sums(payment)) == ([("refunded", 1, 3000, 3000)], (3000, 3000))


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_number(noon: datetime, street: Street) -> None:
    """The provider took the order, the answer never came, or the process died before it was written."""
    payment = paid(noon)
    refund = back(payment, 3000, noon)
    street.after["refund"] = UNKNOWN
    assert send_refunds(limit=10, at=noon) == RefundsSent(unknown=1)
    assert (now_of(refund).status, refunds_waiting_for_a_human()) == ("waiting", [])
    street.after["refund"] = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        send_refunds(limit=10, at=noon + timedelta(minutes=2))
    assert now_of(refund).status == "waiting"
    street.after.clear()
    assert send_refunds(limit=10, at=noon + timedelta(minutes=3)) == RefundsSent()
    assert send_refunds(limit=10, at=noon + timedelta(minutes=6)) == RefundsSent(done=1)
    assert street.calls == [("refund", refund.number)] * 3
    at_the_till = sandbox().at_the_till(number=payment.number, now=noon + timedelta(minutes=6))
    assert at_the_till is not None
    assert [(r.number, r.amount_fen) for r in at_the_till.refunds] == [(refund.number, 3000)]
    assert "refund.failed" not in kinds()


def test_a_refund_the_provider_forgot_is_asked_again_under_its_number(noon: datetime, street: Street) -> None:
    payment = paid(noon)
    refund = back(payment, 3000, noon)
    assert take_refund_state(refund_id=refund.id, state=RefundState(status="processing"), at=noon) == "processing"
    assert send_refunds(limit=10, at=noon) == RefundsSent(processing=1)
    assert street.calls == [("query_refund", refund.number), ("refund", refund.number)]
    assert take_refund_state(refund_id=refund.id, state=RefundState(status="absent"), at=noon) == "unknown"


def test_a_provider_that_never_answers_is_shown_to_a_human_and_still_asked(noon: datetime, street: Street) -> None:
    refund = back(paid(noon), 3000, noon)
    street.before["refund"] = UNKNOWN
    at = noon
    for tries in range(8):
        assert refunds_waiting_for_a_human() == []
        assert send_refunds(limit=10, at=at) == RefundsSent(unknown=1)
        at += wait_after(tries)
    assert [r.id for r in refunds_waiting_for_a_human()] == [refund.id]
    street.before.clear()
    assert send_refunds(limit=10, at=at) == RefundsSent(processing=1)


def test_a_refused_refund_waits_for_a_human_who_tries_again(noon: datetime, street: Street, heard: Heard) -> None:
    payment = paid(noon)
    refund = back(payment, 3000, noon)
    street.before["refund"] = REFUSED
    for n in (1, 2):
        assert send_refunds(limit=10, at=noon) == RefundsSent(failed=1)
        failed = now_of(refund)
        assert (failed.status, failed.failure, refunds_waiting_for_a_human()) == ("failed", "refused", [failed])
        assert sums(payment) == (3000, 0)
        assert len(facts("refund.failed")) == n
        assert send_refunds(limit=10, at=noon + timedelta(days=1)) == RefundsSent()
        again = retry_refund(refund_id=refund.id, at=noon, actor="staff:1")
        assert (again.status, again.number) == ("waiting", refund.number)
        assert retry_refund(refund_id=refund.id, at=noon, actor="staff:1") == again
    street.before.clear()
    assert send_refunds(limit=10, at=noon) == RefundsSent(processing=1)
    assert [body.get("occurrence", 1) for _, _, body in facts("refund.failed")] == [1, 2]


def test_a_refund_given_by_hand_is_settled_once(noon: datetime, street: Street, heard: Heard) -> None:
    payment = asked(noon, provider="sandbox")
    settle_by_hand(payment_id=payment.id, at=noon, actor="staff:1")
    street.can(refunds=False)
    refund = back(payment, 8900, noon)
    assert send_refunds(limit=10, at=noon) == RefundsSent(failed=1)
    assert now_of(refund).failure == "provider_cannot_refund"
    seen = [settle_refund_by_hand(refund_id=refund.id, at=noon, actor="staff:1") for _ in range(2)]
    assert [one.status for one in seen] == ["done", "done"]
    assert (heard.calls[1:], sums(payment), street.calls) == ([("refunded", 1, 8900, 8900)], (8900, 8900), [])


def test_a_dropped_refund_frees_its_amount_and_is_a_difference_if_it_comes_true(noon: datetime, street: Street) -> None:
    payment = paid(noon)
    refund = back(payment, 8900, noon)
    street.before["refund"] = REFUSED
    send_refunds(limit=10, at=noon)
    for _ in range(2):
        assert drop_refund(refund_id=refund.id, at=noon, actor="staff:1").status == "dropped"
    assert sums(payment) == (0, 0)
    assert back(payment, 8900, noon, 2).number != refund.number
    assert settle_refund(refund_id=refund.id, at=noon) == "done"
    assert [(d.kind, d.theirs_fen) for d in open_discrepancies()] == [("dropped_refund_done", 8900)]
    assert (sums(payment), now_of(refund).status) == ((8900, 0), "dropped")


def test_only_what_failed_is_decided_by_hand(noon: datetime) -> None:
    refund = back(paid(noon), 3000, noon)
    for act in (settle_refund_by_hand, drop_refund):
        with pytest.raises(NotForAHuman):
            act(refund_id=refund.id, at=noon, actor="staff:1")
    settle_refund(refund_id=refund.id, at=noon)
    with pytest.raises(NotForAHuman):
        retry_refund(refund_id=refund.id, at=noon, actor="staff:1")
    with pytest.raises(NoSuchRefund):
        retry_refund(refund_id=0, at=noon, actor="staff:1")


def test_another_amount_than_asked_settles_nothing(noon: datetime, heard: Heard) -> None:
    refund = back(paid(noon), 3000, noon)
    assert (
        take_refund_state(refund_id=refund.id, state=RefundState(status="done", amount_fen=2999), at=noon) == "failed"
    )
    assert [(d.kind, d.ours_fen, d.theirs_fen) for d in open_discrepancies()] == [("refund_differs", 3000, 2999)]
    assert (now_of(refund).failure, heard.calls[1:]) == ("amount_differs", [])


def test_one_refund_without_a_till_does_not_stop_the_others(noon: datetime) -> None:
    other = asked(noon, about=2, provider="manual")
    settle_by_hand(payment_id=other.id, at=noon, actor="staff:1")
    back(other, 1, noon, "other")
    back(paid(noon), 1, noon, "ours")
    assert send_refunds(limit=10, at=noon) == RefundsSent(processing=1, unknown=1)


def test_a_room_that_falls_down_over_one_refund_does_not_stop_the_others(
    noon: datetime, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(payment: PaymentSeen, refund: RefundSeen, *, at: datetime) -> None:
        if payment.about == 1:
            raise RuntimeError("somebody's name")

    register_subject("order", replace(heard.subject(), refunded=fall))
    refunds = [back(paid(noon, about=n), 100, noon, n) for n in (1, 2)]
    send_refunds(limit=10, at=noon)
    later = noon + timedelta(minutes=2)
    assert send_refunds(limit=10, at=later) == RefundsSent(done=1, unknown=1)
    assert [now_of(refund).status for refund in refunds] == ["processing", "done"]
    assert "RuntimeError" in caplog.text
    assert "somebody" not in caplog.text
    register_subject("order", heard.subject())
    assert send_refunds(limit=10, at=later + timedelta(minutes=4)) == RefundsSent(done=1)


FINE: dict[str, Any] = {
    "can_refund": True,
    "can_refund_parts": True,
    "max_refunds": 2,
    "refund_days": 30,
    "is_part": True,
    "earlier": 1,
}


@pytest.mark.parametrize(
    ("told", "days", "reason"),
    [
        ({}, 30, ""),
        ({"can_refund": False}, 0, "provider_cannot_refund"),
        ({"can_refund_parts": False}, 0, "provider_refunds_whole_only"),
        ({"can_refund_parts": False, "is_part": False}, 0, ""),
        ({"earlier": 2}, 0, "too_many_refunds"),
        ({"earlier": 99, "max_refunds": 0}, 0, ""),
        ({}, 31, "too_old_to_refund"),
        ({"refund_days": 0}, 9999, ""),
    ],
)
def test_what_a_provider_will_not_do_is_known_before_it_is_asked(
    noon: datetime, told: dict[str, Any], days: int, reason: str
) -> None:
    assert refund_refusal(**{**FINE, **told}, paid_at=noon, at=noon + timedelta(days=days)) == reason
