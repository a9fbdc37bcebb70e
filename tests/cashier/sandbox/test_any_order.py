"""Whatever happens at the till in whatever order, no fen is lost and nothing goes backwards."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.cashier.stores import MemoryStore
from tests.cashier.till import NOON, back, charge, sandbox
from tests.examples import examples
from tongpin.base.clock import local_day
from tongpin.cashier.port import BadNotice, ChargeState, RefundState, TransportError
from tongpin.cashier.sandbox.rules import CannotDecide
from tongpin.cashier.sandbox.signing import Delivery

CHARGES = st.sampled_from(["order-1", "order-1", "order-1", "order-2"])
REFUNDS = st.sampled_from(["back-1", "back-2", "back-3"])
RANK = {"absent": 0, "pending": 1, "failed": 2, "paid": 3, "closed": 3, "refunding": 4}
REFUND_RANK = {"absent": 0, "processing": 1, "failed": 2, "done": 2}
LONGEST_DAYS = 400


class Till(RuleBasedStateMachine):
    """Two charges of 88 yuan, three refund numbers for each, time that only goes on, notices kept by the post."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = sandbox(MemoryStore(), fee_rate="60")
        self.now = NOON
        self.charges: dict[str, ChargeState] = {}
        self.refunds: dict[tuple[str, str], RefundState] = {}
        self.post: list[tuple[str, Delivery]] = []

    @initialize(is_paid=st.booleans())
    def perhaps_somebody_has_paid(self, is_paid: bool) -> None:
        if is_paid:
            self.gateway.begin(charge=charge(), now=self.now)
            self.gateway.decide(number="order-1", outcome="paid", now=self.now)

    @rule(minutes=st.sampled_from([0, 1, 4, 16, 60, 1440]))
    def time_goes_on(self, minutes: int) -> None:
        if self.now - NOON < timedelta(days=LONGEST_DAYS):
            self.now += timedelta(minutes=minutes)

    @rule(number=CHARGES, amount_fen=st.sampled_from([8800, 8800, 8800, 1]), lasts=st.sampled_from([None, 15]))
    def begin(self, number: str, amount_fen: int, lasts: int | None) -> None:
        due = self.now + timedelta(minutes=lasts) if lasts else None
        known = self.gateway.query(number=number, now=self.now)
        try:
            self.gateway.begin(charge=charge(number, amount_fen=amount_fen, due=due), now=self.now)
        except TransportError:
            assert self.gateway.query(number=number, now=self.now) == known
            assert known.amount_fen not in (0, amount_fen)
        else:
            assert self.gateway.query(number=number, now=self.now).amount_fen == amount_fen

    @rule(number=CHARGES, outcome=st.sampled_from(["paid", "paid", "refused"]))
    def decide(self, number: str, outcome: str) -> None:
        known = self.gateway.query(number=number, now=self.now)
        try:
            delivery = self.gateway.decide(number=number, outcome=outcome, now=self.now)  # type: ignore[arg-type]
        except CannotDecide:
            assert self.gateway.query(number=number, now=self.now) == known
        else:
            self.post.append((number, delivery))
            assert self.gateway.query(number=number, now=self.now).was_paid == (outcome == "paid")

    @rule(number=CHARGES)
    def close(self, number: str) -> None:
        assert self.gateway.close(number=number, now=self.now).status in ("absent", "closed", "paid", "refunding")

    @rule(number=REFUNDS, charge_number=CHARGES, amount_fen=st.sampled_from([1, 3000, 5000, 8800]))
    def refund(self, number: str, charge_number: str, amount_fen: int) -> None:
        asked = {"number": number, "charge_number": charge_number}
        known = self.gateway.query_refund(**asked, now=self.now)
        try:
            told = self.gateway.refund(order=back(**asked, amount_fen=amount_fen), now=self.now)
        except TransportError:
            assert self.gateway.query_refund(**asked, now=self.now) == known
        else:
            assert told.amount_fen == amount_fen
            assert known.status == "absent" or told == known

    @rule(number=REFUNDS, charge_number=CHARGES, outcome=st.sampled_from(["done", "failed"]))
    def decide_refund(self, number: str, charge_number: str, outcome: str) -> None:
        asked = {"number": number, "charge_number": charge_number}
        known = self.gateway.query_refund(**asked, now=self.now)
        try:
            delivery = self.gateway.decide_refund(**asked, outcome=outcome, now=self.now)  # type: ignore[arg-type]
        except CannotDecide:
            assert self.gateway.query_refund(**asked, now=self.now) == known
        else:
            self.post.append((charge_number, delivery))
            assert self.gateway.query_refund(**asked, now=self.now).status == outcome

    @rule(which=st.integers(0, 50))
    def the_post_comes(self, which: int) -> None:
        if not self.post:
            return
        number, old = self.post[which % len(self.post)]
        fresh = self.gateway.deliver_again(number=number, notice_id=old.notice_id, now=self.now)
        notice = self.gateway.parse_notice(headers=fresh.headers, body=fresh.body, now=self.now)
        assert notice is not None
        assert (notice.notice_id, notice.charge_number, fresh.body) == (old.notice_id, number, old.body)
        with suppress(BadNotice):  # once its five minutes are over
            assert self.gateway.parse_notice(headers=old.headers, body=old.body, now=self.now) == notice

    @invariant()
    def no_status_goes_backwards(self) -> None:
        for number in ("order-1", "order-2"):
            state = self.gateway.query(number=number, now=self.now)
            before = self.charges.get(number, ChargeState(status="absent"))
            assert RANK[state.status] > RANK[before.status] or state.status == before.status
            assert before.paid_at in (None, state.paid_at)
            self.charges[number] = state
            for refund in ("back-1", "back-2", "back-3"):
                back_now = self.gateway.query_refund(number=refund, charge_number=number, now=self.now)
                back_then = self.refunds.get((number, refund), RefundState(status="absent"))
                assert (
                    REFUND_RANK[back_now.status] > REFUND_RANK[back_then.status] or back_now.status == back_then.status
                )
                self.refunds[number, refund] = back_now

    @invariant()
    def no_more_goes_back_than_came_in(self) -> None:
        for number, state in self.charges.items():
            going = [r for (of, _), r in self.refunds.items() if of == number and r.status in ("processing", "done")]
            assert sum(one.amount_fen for one in going) <= (state.amount_fen if state.was_paid else 0)

    @invariant()
    def the_bills_add_up_to_what_came_in_less_what_went_back(self) -> None:
        days = [(NOON + timedelta(days=n)).date() for n in range((self.now - NOON).days + 2)]
        lines = [line for day in days for line in self.gateway.bill(day=day, now=self.now)]
        billed = sum(line.amount_fen if line.kind == "charge" else -line.amount_fen for line in lines)
        came = sum(state.amount_fen for state in self.charges.values() if state.was_paid)
        went = sum(state.amount_fen for state in self.refunds.values() if state.status == "done")
        assert billed == came - went
        assert len({(line.kind, line.charge_number, line.number) for line in lines}) == len(lines)
        assert all(line.at <= self.now for line in lines)
        assert [local_day(line.at) for line in lines] == sorted(local_day(line.at) for line in lines)


Till.TestCase.settings = settings(max_examples=examples(100), stateful_step_count=30, deadline=None)
TestTill = Till.TestCase
