"""Notices: once, late, wrong, unknown, forged."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from tests.core.money.till import CONFIG, Heard, asked, begun, facts, kinds, sandbox, told_paid
from tongpin.cashier.port import ChargeState, RefundState
from tongpin.cashier.sandbox.signing import Spoken, signed
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.money.actions import (
    NoSuchDiscrepancy,
    ask_refund,
    clear_discrepancy,
    close_payment,
    settle,
    take_notice,
)
from tongpin.core.money.models import Payment, ProviderNotice
from tongpin.core.money.noticing import Taken
from tongpin.core.money.queries import open_discrepancies, open_payments, payment_seen, refunds_of
from tongpin.core.money.seen import PaymentSeen

pytestmark = pytest.mark.django_db


def spoken(number: str, state: ChargeState | RefundState, at: datetime, notice_id: str = "n1") -> Taken:
    """A genuine notice with any content."""
    told = Spoken(
        notice_id=notice_id,
        number=number,
        charge_number=number,
        charge=state if isinstance(state, ChargeState) else None,
        refund=state if isinstance(state, RefundState) else None,
    )
    said = signed(secret=CONFIG["secret"].encode(), notice_id=notice_id, url="", body=msgspec.json.encode(told), now=at)
    return take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=at)


def test_a_notice_settles_once_and_is_answered_well_again(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    outcomes = [told_paid(payment, noon) for _ in range(3)]
    assert [(t.outcome, t.answer.status) for t in outcomes] == [("settled", 204), ("repeated", 204), ("repeated", 204)]
    assert heard.calls == [("settled", 1, False)]
    assert heard.locked == [1]
    assert facts("payment.settled") == [
        (
            "payment.settled",
            17,
            {
                "payment": payment.id,
                "about_kind": "order",
                "about": 1,
                "amount_fen": 8900,
                "provider": "sandbox",
                "fee_fen": 53,
            },
        )
    ]
    seen = payment_seen(payment.id)
    assert seen is not None
    assert (seen.status, seen.late, seen.paid_at, seen.fee_fen, seen.left_fen) == ("paid", False, noon, 53, 8900)
    assert (balance(Account("fees")), balance(Account("cash:sandbox")), trial_balance()) == (53, -53, {"fen": 0})
    assert list(ProviderNotice.objects.values_list("number", "outcome")) == [(payment.number, "settled")]


def test_another_notice_of_a_paid_payment_changes_nothing(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    told_paid(payment, noon)
    before = payment_seen(payment.id)
    state = ChargeState(status="paid", amount_fen=8900, fee_fen=99)
    assert spoken(payment.number, state, noon, "another").outcome == "known"
    assert (payment_seen(payment.id), heard.calls) == (before, [("settled", 1, False)])
    assert list(ProviderNotice.objects.order_by("pk").values_list("outcome", flat=True)) == ["settled", "known"]


def test_a_notice_after_closing_settles_late_and_the_subject_may_refund(noon: datetime, heard: Heard) -> None:
    def give_back(payment: PaymentSeen, late: bool, at: datetime) -> None:
        if late:
            ask_refund(
                payment_id=payment.id, amount_fen=8900, reason="late", key=("late", payment.id), at=at, actor="system"
            )

    heard.on_settled = give_back
    payment = begun(noon)
    close_payment(payment_id=payment.id, reason="lapsed", at=noon)
    assert told_paid(payment, noon).outcome == "late"
    assert heard.calls == [("closed", 1, "lapsed"), ("settled", 1, True)]
    assert [body.get("late") for _, _, body in facts("payment.settled")] == [True]
    assert kinds()[-1] == "refund.asked"
    seen = payment_seen(payment.id)
    assert seen is not None
    assert (seen.status, seen.late, seen.close_reason, seen.left_fen) == ("paid", True, "lapsed", 0)
    assert [r.amount_fen for r in refunds_of(payment.id)] == [8900]


def test_closing_is_once_and_spares_what_is_paid(noon: datetime, heard: Heard) -> None:
    first, second = begun(noon, about=1), begun(noon, about=2)
    told_paid(second, noon)
    for payment in (first, first, second):
        close_payment(payment_id=payment.id, reason="gone", at=noon)
    assert heard.calls == [("settled", 2, False), ("closed", 1, "gone")]
    assert facts("payment.closed") == [("payment.closed", 17, {"payment": first.id, "reason": "gone"})]


@pytest.mark.parametrize("wrong", [{"amount_fen": 8800}, {"amount_fen": 9000}, {"amount_fen": 8900, "currency": "USD"}])
def test_a_wrong_amount_settles_nothing_and_is_kept_once(
    noon: datetime, heard: Heard, wrong: dict[str, object]
) -> None:
    payment = begun(noon)
    state = ChargeState(status="paid", **wrong)  # type: ignore[arg-type]
    assert [spoken(payment.number, state, noon, n).outcome for n in ("a", "b")] == ["amount_differs"] * 2
    assert (heard.calls, [p.id for p in open_payments()]) == ([], [payment.id])
    (found,) = open_discrepancies()
    assert (found.kind, found.number, found.payment_id) == ("amount_differs", payment.number, payment.id)
    assert (found.ours_fen, found.theirs_fen) == (8900, wrong["amount_fen"])
    assert [body["discrepancy_kind"] for _, _, body in facts("discrepancy.found")] == ["amount_differs"]
    assert Payment.objects.get().next_look_at is None


def test_a_difference_is_cleared_once(noon: datetime) -> None:
    payment = begun(noon)
    spoken(payment.number, ChargeState(status="paid", amount_fen=1), noon)
    (found,) = open_discrepancies()
    for how in ("returned", "other"):
        cleared = clear_discrepancy(discrepancy_id=found.id, how=how, at=noon, actor="staff:1")
        assert (cleared.how, cleared.cleared_at) == ("returned", noon)
    assert open_discrepancies() == []
    assert facts("discrepancy.cleared") == [("discrepancy.cleared", None, {"discrepancy": found.id, "how": "returned"})]
    with pytest.raises(NoSuchDiscrepancy):
        clear_discrepancy(discrepancy_id=0, how="x", at=noon, actor="staff:1")


def test_money_we_know_nothing_of_is_a_difference(noon: datetime) -> None:
    assert spoken("unheard-1", ChargeState(status="paid", amount_fen=500), noon, "a").outcome == "unknown_number"
    assert spoken("unheard-2", RefundState(status="done", amount_fen=300), noon, "b").outcome == "unknown_number"
    assert spoken("unheard-3", ChargeState(status="closed"), noon, "c").outcome == "unknown_number"
    assert spoken("unheard-4", RefundState(status="failed"), noon, "d").outcome == "unknown_number"
    assert [(d.kind, d.theirs_fen) for d in open_discrepancies()] == [("unknown_refund", -300), ("unknown_charge", 500)]


def test_a_forged_old_or_broken_notice_changes_nothing(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    said = sandbox().decide(number=payment.number, outcome="paid", now=noon)
    takes = [
        take_notice(provider=sandbox(), headers=said.headers, body=said.body + b" ", at=noon),
        take_notice(provider=sandbox(), headers={}, body=said.body, at=noon),
        take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=noon + timedelta(hours=1)),
    ]
    assert [(t.outcome, t.reason, t.answer.status) for t in takes] == [
        ("bad", "signature", 400),
        ("bad", "signature", 400),
        ("bad", "stale", 400),
    ]
    assert (heard.calls, ProviderNotice.objects.count()) == ([], 0)


def test_a_refused_attempt_is_told_and_another_may_follow(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    for _ in range(2):
        said = sandbox().decide(number=payment.number, outcome="refused", now=noon)
        assert take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=noon).outcome == "failed"
    assert [body.get("occurrence", 1) for _, _, body in facts("payment.failed")] == [1, 2]
    assert told_paid(payment, noon).outcome == "settled"


def test_a_provider_that_closed_a_charge_closes_the_payment(noon: datetime, heard: Heard) -> None:
    payment = begun(noon)
    assert spoken(payment.number, ChargeState(status="closed"), noon).outcome == "closed"
    assert heard.calls == [("closed", 1, "closed_by_provider")]


@pytest.mark.parametrize("status", ["absent", "pending", "failed"])
def test_what_is_not_paid_settles_nothing(noon: datetime, heard: Heard, status: str) -> None:
    payment = asked(noon)
    state = ChargeState(status=status, amount_fen=8900)  # type: ignore[arg-type]
    assert settle(payment_id=payment.id, state=state, at=noon) == "pending"
    assert heard.calls == []


def test_a_subject_that_cannot_settle_leaves_nothing_behind_and_the_next_notice_works(
    noon: datetime, heard: Heard
) -> None:
    def fall(payment: PaymentSeen, late: bool, at: datetime) -> None:
        raise RuntimeError("the room fell down")

    payment = begun(noon)
    before = kinds()
    heard.on_settled = fall
    with pytest.raises(RuntimeError):
        told_paid(payment, noon)
    assert (kinds(), ProviderNotice.objects.count(), balance(Account("fees"))) == (before, 0, 0)
    assert [p.status for p in open_payments()] == ["pending"]
    heard.on_settled = None
    assert told_paid(payment, noon).outcome == "settled"
