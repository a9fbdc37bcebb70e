"""The test gateway: begin, pay, be told or not, give back, close, bill."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from tests.cashier.stores import ContestedStore, LostStore, MemoryStore
from tests.cashier.till import NOON, SETTINGS, back, charge, later, paid, sandbox
from tongpin.cashier.configuration import BadConfig
from tongpin.cashier.port import Begun, BillLine, ChargeState, Notice, RefundState, TransportError
from tongpin.cashier.sandbox.gateway import Sandbox, open_sandbox
from tongpin.cashier.sandbox.rules import MOST_ATTEMPTS, CannotDecide
from tongpin.cashier.sandbox.signing import Delivery

PAID = ChargeState(status="paid", provider_number="test-order-1", paid_at=NOON, amount_fen=8800)
TODAY = date(2026, 5, 4)


def heard(gateway: Sandbox, delivery: Delivery, minutes: float = 0) -> Notice:
    notice = gateway.parse_notice(headers=delivery.headers, body=delivery.body, now=later(minutes=minutes))
    assert notice is not None
    return notice


def refused(error: pytest.ExceptionInfo[TransportError]) -> tuple[bool, str]:
    return error.value.permanent, error.value.reason


class TestBeginning:
    def test_the_payer_is_sent_to_the_till_page(self) -> None:
        assert sandbox().begin(charge=charge(), now=NOON) == Begun(way="page", url="https://shop.example/till/order-1")

    def test_begun_again_it_is_the_same_whatever_happened_since(self) -> None:
        gateway = paid()
        assert gateway.begin(charge=charge(title="别的"), now=later(days=9)).url == "https://shop.example/till/order-1"
        assert gateway.query(number="order-1", now=later(days=9)) == PAID

    def test_with_another_amount_it_is_refused_and_nothing_changes(self) -> None:
        gateway = paid()
        with pytest.raises(TransportError) as caught:
            gateway.begin(charge=charge(amount_fen=1), now=NOON)
        assert refused(caught) == (True, "amount_differs")
        assert gateway.query(number="order-1", now=NOON) == PAID

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"due": NOON}, "already_due"),
            ({"currency": "USD"}, "currency_not_offered"),
            ({"ways": ("bridge", "code")}, "way_not_offered"),
        ],
    )
    def test_what_cannot_be_is_refused_for_good(self, wrong: dict[str, Any], reason: str) -> None:
        gateway = sandbox()
        with pytest.raises(TransportError) as caught:
            gateway.begin(charge=charge(**wrong), now=NOON)
        assert refused(caught) == (True, reason)
        assert gateway.query(number="order-1", now=NOON) == ChargeState(status="absent")

    def test_of_two_who_begin_at_once_the_first_amount_stands(self) -> None:
        store = ContestedStore()
        gateway = sandbox(store)
        store.quicker.append(lambda: gateway.begin(charge=charge(amount_fen=1), now=NOON))
        with pytest.raises(TransportError) as caught:
            gateway.begin(charge=charge(), now=NOON)
        assert refused(caught) == (True, "amount_differs")
        assert gateway.query(number="order-1", now=NOON).amount_fen == 1

    def test_where_nobody_gets_through_the_answer_is_to_ask_again(self) -> None:
        with pytest.raises(TransportError) as caught:
            sandbox(LostStore()).begin(charge=charge(), now=NOON)
        assert refused(caught) == (False, "busy")

    def test_the_till_page_sees_what_it_needs(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(due=later(minutes=15), return_url="https://shop.example/o/1"), now=NOON)
        kept = gateway.at_the_till(number="order-1", now=NOON)
        assert kept is not None
        assert (kept.title, kept.amount_fen, kept.return_url) == ("明前龙井 250 克", 8800, "https://shop.example/o/1")
        assert (kept.status, kept.due) == ("pending", later(minutes=15))
        assert gateway.at_the_till(number="order-2", now=NOON) is None


class TestPaying:
    def test_a_payment_is_told_once_and_stands(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(), now=NOON)
        delivery = gateway.decide(number="order-1", outcome="paid", now=NOON)
        assert delivery.url == "https://shop.example/hooks/pay/sandbox"
        assert heard(gateway, delivery) == Notice(
            notice_id="order-1.1", kind="charge", number="order-1", charge_number="order-1", state=PAID
        )
        assert gateway.query(number="order-1", now=NOON) == PAID

    def test_an_attempt_that_fails_leaves_room_for_another(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(), now=NOON)
        first = heard(gateway, gateway.decide(number="order-1", outcome="refused", now=NOON))
        second = heard(gateway, gateway.decide(number="order-1", outcome="refused", now=NOON))
        state = ChargeState(status="failed", provider_number="test-order-1", amount_fen=8800, reason="refused")
        assert (first.state, second.state) == (state, state)
        assert (first.notice_id, second.notice_id) == ("order-1.1", "order-1.2")
        assert heard(gateway, gateway.decide(number="order-1", outcome="paid", now=NOON)).state == PAID

    def test_paid_twice_is_paid_once_and_told_in_the_same_words(self) -> None:
        gateway = paid()
        again = gateway.decide(number="order-1", outcome="paid", now=later(days=1))
        assert again.notice_id == "order-1.1"
        assert heard(gateway, again, minutes=1440).state == PAID

    def test_what_is_over_cannot_be_decided_otherwise(self) -> None:
        gateway = paid()
        for number in ("order-2", "order-3", "order-4"):
            gateway.begin(charge=charge(number, due=later(minutes=15)), now=NOON)
        gateway.close(number="order-2", now=NOON)
        for _ in range(MOST_ATTEMPTS):
            gateway.decide(number="order-4", outcome="refused", now=NOON)
        reasons = []
        for number, outcome, minutes in (
            ("order-0", "paid", 0),
            ("order-1", "refused", 0),
            ("order-2", "paid", 0),
            ("order-3", "paid", 15),
            ("order-4", "refused", 1),
        ):
            with pytest.raises(CannotDecide) as caught:
                gateway.decide(number=number, outcome=outcome, now=later(minutes=minutes))  # type: ignore[arg-type]
            reasons.append(caught.value.reason)
        assert reasons == ["absent", "already_paid", "closed", "closed", "too_many_attempts"]
        assert gateway.decide(number="order-4", outcome="paid", now=later(minutes=2)).notice_id == "order-4.21"

    def test_a_fee_is_rounded_to_the_nearest_fen(self) -> None:
        gateway = paid(fee_rate="60")
        assert gateway.query(number="order-1", now=NOON).fee_fen == 53


class TestNotices:
    def test_a_notice_may_come_fifteen_times_within_a_day(self) -> None:
        gateway = paid()
        waits = (0, 15, 30, 60, 240, 840, 2040, 3840, 5640, 7440, 11040, 21840, 32640, 43440, 65040)
        told = [
            heard(
                gateway,
                gateway.deliver_again(number="order-1", notice_id="order-1.1", now=later(seconds=wait)),
                wait / 60,
            )
            for wait in waits
        ]
        assert len(told) == 15
        assert set(told) == {told[0]}
        assert told[0].state == PAID

    def test_notices_may_come_in_the_wrong_order_and_say_what_was_true_then(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(), now=NOON)
        gateway.decide(number="order-1", outcome="refused", now=NOON)
        gateway.decide(number="order-1", outcome="paid", now=NOON)
        gateway.refund(order=back(), now=NOON)
        gateway.decide_refund(number="back-1", charge_number="order-1", outcome="done", now=NOON)
        ids = gateway.notices(number="order-1")
        assert ids == ("order-1.1", "order-1.2", "order-1.3")
        told = [heard(gateway, gateway.deliver_again(number="order-1", notice_id=i, now=NOON)) for i in reversed(ids)]
        assert [(notice.kind, notice.number, notice.state.status) for notice in told] == [
            ("refund", "back-1", "done"),
            ("charge", "order-1", "paid"),
            ("charge", "order-1", "failed"),
        ]

    def test_where_no_notice_ever_came_asking_and_the_bill_tell_the_truth(self) -> None:
        gateway = paid(fee_rate="60")
        state = gateway.query(number="order-1", now=later(days=1))
        assert (state.status, state.paid_at, state.amount_fen, state.fee_fen) == ("paid", NOON, 8800, 53)
        assert gateway.bill(day=TODAY, now=later(days=1)) == (
            BillLine(
                number="order-1",
                kind="charge",
                charge_number="order-1",
                amount_fen=8800,
                fee_fen=53,
                at=NOON,
                provider_number="test-order-1",
            ),
        )

    def test_a_notice_there_never_was_cannot_be_delivered(self) -> None:
        gateway = paid()
        for number, notice_id in (("order-1", "order-1.2"), ("order-2", "order-2.1")):
            with pytest.raises(CannotDecide):
                gateway.deliver_again(number=number, notice_id=notice_id, now=NOON)
        assert gateway.notices(number="order-2") == ()


class TestClosing:
    def test_a_closed_charge_stays_closed(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(), now=NOON)
        closed = ChargeState(status="closed", provider_number="test-order-1", amount_fen=8800)
        assert [gateway.close(number="order-1", now=later(minutes=m)) for m in (0, 1)] == [closed, closed]
        assert gateway.query(number="order-1", now=NOON) == closed

    def test_time_closes_what_nobody_paid(self) -> None:
        gateway = sandbox()
        gateway.begin(charge=charge(due=later(minutes=15)), now=NOON)
        told = [gateway.query(number="order-1", now=later(minutes=m)).status for m in (14, 15, 16)]
        assert told == ["pending", "closed", "closed"]

    def test_who_closes_what_was_just_paid_learns_that_it_was_paid(self) -> None:
        store = ContestedStore()
        gateway = sandbox(store)
        gateway.begin(charge=charge(), now=NOON)
        store.quicker.append(lambda: gateway.decide(number="order-1", outcome="paid", now=NOON))
        assert gateway.close(number="order-1", now=NOON) == PAID

    def test_what_was_never_begun_is_absent(self) -> None:
        assert sandbox().close(number="order-1", now=NOON) == ChargeState(status="absent")


class TestGivingBack:
    def test_a_refund_is_under_way_and_then_done_by_itself(self) -> None:
        gateway = paid()
        under_way = RefundState(status="processing", provider_number="test-back-1", amount_fen=8800)
        assert gateway.refund(order=back(), now=NOON) == under_way
        asked = [
            gateway.query_refund(number="back-1", charge_number="order-1", now=later(seconds=s)) for s in (59, 60, 99)
        ]
        done = RefundState(status="done", provider_number="test-back-1", amount_fen=8800, done_at=later(minutes=1))
        assert asked == [under_way, done, done]
        assert gateway.query(number="order-1", now=NOON).status == "refunding"

    def test_asked_again_with_the_same_number_it_is_one_refund(self) -> None:
        gateway = paid()
        gateway.refund(order=back(amount_fen=5000), now=NOON)
        assert gateway.refund(order=back(amount_fen=5000), now=later(minutes=9)).status == "done"
        with pytest.raises(TransportError) as caught:
            gateway.refund(order=back(amount_fen=3800), now=NOON)
        assert refused(caught) == (True, "amount_differs")
        assert [line.amount_fen for line in gateway.bill(day=TODAY, now=later(days=1))] == [8800, 5000]

    def test_one_can_be_made_to_fail_and_the_money_is_there_for_another(self) -> None:
        gateway = paid()
        gateway.refund(order=back(), now=NOON)
        told = gateway.decide_refund(number="back-1", charge_number="order-1", outcome="failed", now=NOON)
        failed = RefundState(status="failed", reason="refused", provider_number="test-back-1", amount_fen=8800)
        assert gateway.query(number="order-1", now=NOON).status == "refunding"
        assert heard(gateway, told) == Notice(
            notice_id="order-1.2", kind="refund", number="back-1", charge_number="order-1", state=failed
        )
        assert gateway.refund(order=back(), now=later(days=1)) == failed
        assert gateway.refund(order=back("back-2"), now=later(days=1)).status == "processing"

    def test_a_refund_that_time_has_done_can_still_be_told_but_not_fail(self) -> None:
        gateway = paid()
        gateway.refund(order=back(), now=NOON)
        told = gateway.decide_refund(number="back-1", charge_number="order-1", outcome="done", now=later(minutes=2))
        again = gateway.decide_refund(number="back-1", charge_number="order-1", outcome="done", now=later(minutes=3))
        done = RefundState(status="done", provider_number="test-back-1", amount_fen=8800, done_at=later(minutes=1))
        assert [heard(gateway, told, 2).state, heard(gateway, again, 3).state] == [done, done]
        assert told.notice_id == again.notice_id
        for number, charge_number, reason in (
            ("back-1", "order-1", "already_decided"),
            ("back-9", "order-1", "absent"),
            ("back-1", "order-9", "absent"),
        ):
            with pytest.raises(CannotDecide) as caught:
                gateway.decide_refund(
                    number=number, charge_number=charge_number, outcome="failed", now=later(minutes=3)
                )
            assert caught.value.reason == reason

    def test_what_cannot_be_given_back_is_refused_for_good(self) -> None:
        gateway = paid()
        gateway.begin(charge=charge("order-2"), now=NOON)
        gateway.refund(order=back(amount_fen=8000), now=NOON)
        reasons = []
        for order, days in (
            (back("back-2", charge_number="order-9"), 0),
            (back("back-2", charge_number="order-2"), 0),
            (back("back-2", amount_fen=801), 0),
            (back("back-2", amount_fen=1, total_fen=8801), 0),
            (back("back-2", amount_fen=1), 366),
        ):
            with pytest.raises(TransportError) as caught:
                gateway.refund(order=order, now=later(days=days))
            reasons.append(refused(caught))
        assert reasons == [
            (True, reason) for reason in ("absent", "not_paid", "not_enough", "amount_differs", "too_late")
        ]
        assert gateway.query_refund(number="back-2", charge_number="order-1", now=NOON) == RefundState(status="absent")
        assert gateway.query_refund(number="back-2", charge_number="order-9", now=NOON) == RefundState(status="absent")

    def test_the_last_day_is_still_in_time(self) -> None:
        assert paid().refund(order=back(), now=later(days=365)).status == "processing"

    def test_in_more_than_fifty_parts_nothing_is_given_back(self) -> None:
        gateway = paid()
        for part in range(50):
            gateway.refund(order=back(f"part-{part:02}", amount_fen=1), now=NOON)
        with pytest.raises(TransportError) as caught:
            gateway.refund(order=back("part-50", amount_fen=1), now=NOON)
        assert refused(caught) == (True, "too_many_refunds")

    def test_of_two_who_give_back_at_once_only_what_was_paid_goes(self) -> None:
        store = ContestedStore()
        gateway = paid(store)
        store.quicker.append(lambda: gateway.refund(order=back("back-2", amount_fen=5000), now=NOON))
        with pytest.raises(TransportError) as caught:
            gateway.refund(order=back(amount_fen=5000), now=NOON)
        assert refused(caught) == (True, "not_enough")
        store.quicker.append(lambda: gateway.refund(order=back("back-3", amount_fen=1800), now=NOON))
        assert gateway.refund(order=back("back-4", amount_fen=2000), now=NOON).status == "processing"
        assert sum(line.amount_fen for line in gateway.bill(day=TODAY, now=later(hours=1))) == 8800 + 8800

    def test_of_forty_who_give_back_at_once_no_update_is_lost(self) -> None:
        gateway = paid()

        def give(part: int) -> str:
            try:
                return gateway.refund(order=back(f"part-{part:02}", amount_fen=400), now=NOON).status
            except TransportError as error:
                return error.reason

        with ThreadPoolExecutor(8) as pool:
            told = sorted(pool.map(give, range(40)))
        assert told == ["not_enough"] * 18 + ["processing"] * 22


class TestBilling:
    def test_a_day_is_a_day_in_beijing(self) -> None:
        gateway = sandbox()
        moments = {"order-1": later(hours=11, minutes=59), "order-2": later(hours=12), "order-3": later(hours=-12)}
        for number, at in moments.items():
            gateway.begin(charge=charge(number), now=later(hours=-12))
            gateway.decide(number=number, outcome="paid", now=at)
        days = [date(2026, 5, 3), TODAY, date(2026, 5, 5)]
        told = [[line.number for line in gateway.bill(day=day, now=later(days=3))] for day in days]
        assert told == [[], ["order-3", "order-1"], ["order-2"]]

    def test_a_refund_stands_on_the_day_it_was_done(self) -> None:
        gateway = paid(refund_seconds="86400")
        gateway.refund(order=back(amount_fen=800), now=NOON)
        told = [
            [
                (line.kind, line.number, line.charge_number, line.amount_fen)
                for line in gateway.bill(day=day, now=later(days=2))
            ]
            for day in (TODAY, date(2026, 5, 5))
        ]
        assert told == [[("charge", "order-1", "order-1", 8800)], [("refund", "back-1", "order-1", 800)]]

    def test_what_is_not_done_yet_is_on_no_bill(self) -> None:
        gateway = paid(refund_seconds="86400")
        gateway.refund(order=back(), now=NOON)
        assert gateway.bill(day=date(2026, 5, 5), now=later(hours=23)) == ()


class TestSettings:
    @pytest.mark.parametrize(
        ("wrong", "setting"),
        [
            ({"secret": ""}, "secret"),
            ({"secret": "short"}, "secret"),
            ({"till_url": ""}, "till_url"),
            ({"till_url": "https://shop.example/till"}, "till_url"),
            ({"till_url": "javascript:{number}"}, "till_url"),
            ({"fee_rate": "0.6"}, "fee_rate"),
            ({"refund_seconds": "-1"}, "refund_seconds"),
            ({"sceret": "a-secret-of-a-test-gateway"}, "sceret"),
        ],
    )
    def test_a_setting_that_cannot_be_is_refused(self, wrong: dict[str, str], setting: str) -> None:
        with pytest.raises(BadConfig) as caught:
            open_sandbox(config={**SETTINGS, **wrong}, store=MemoryStore())
        assert caught.value.setting == setting

    def test_a_house_may_give_its_own_page_without_a_host(self) -> None:
        begun = sandbox(till_url="/till/{number}/").begin(charge=charge(), now=NOON)
        assert begun.url == "/till/order-1/"
