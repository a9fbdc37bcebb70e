"""What every payment provider keeps to, whatever its kind. A new kind adds a Stand: how its street is made to happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from tests.cashier.stores import MemoryStore
from tongpin.base.clock import DEFAULT_ZONE
from tongpin.cashier.configuration import BadConfig
from tongpin.cashier.port import (
    BadNotice,
    Begun,
    BillLine,
    Charge,
    Provider,
    RefundOrder,
    TransportError,
)
from tongpin.cashier.registry import PROVIDERS, open_provider
from tongpin.cashier.sandbox.gateway import Sandbox

NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
DAY = NOON.astimezone(DEFAULT_ZONE).date()
Sent = tuple[dict[str, str], bytes]


@dataclass(frozen=True)
class Stand:
    """How a kind is set up, and how its payer pays and its refund arrives; each returns the notice that is sent."""

    config: dict[str, str]
    pay: Callable[[Provider, str, datetime], Sent] | None = None
    give_back: Callable[[Provider, RefundOrder, datetime], Sent] | None = None


def _pay(provider: Provider, number: str, at: datetime) -> Sent:
    delivery = cast(Sandbox, provider).decide(number=number, outcome="paid", now=at)
    return delivery.headers, delivery.body


def _give_back(provider: Provider, order: RefundOrder, at: datetime) -> Sent:
    delivery = cast(Sandbox, provider).decide_refund(
        number=order.number, charge_number=order.charge_number, outcome="done", now=at
    )
    return delivery.headers, delivery.body


STANDS: dict[str, Stand] = {
    "sandbox": Stand(
        config={
            "secret": "a-secret-of-a-test-gateway",
            "till_url": "https://shop.example/till/{number}",
            "refund_seconds": "3600",
        },
        pay=_pay,
        give_back=_give_back,
    ),
    "manual": Stand(config={"account": "某某茶行\n6222 0000 0000 0000"}),
}


@dataclass(frozen=True)
class Till:
    """A provider that was just opened, with its stand and where it keeps its state."""

    provider: Provider
    stand: Stand
    store: MemoryStore

    def begin(self, *, number: str = "order-1", amount_fen: int = 8800) -> Begun:
        return self.provider.begin(charge=charge(number, amount_fen), now=NOON)

    def pay(self, *, number: str = "order-1", at: datetime = NOON) -> Sent:
        if self.stand.pay is None:
            pytest.skip("nobody but a person sees money come in here")
        return self.stand.pay(self.provider, number, at)

    def give_back(self, order: RefundOrder, *, at: datetime = NOON) -> Sent:
        if self.stand.give_back is None:
            pytest.skip("a person gives money back here")
        return self.stand.give_back(self.provider, order, at)

    def needs(self, *names: str) -> None:
        if missing := [name for name in names if not getattr(self.provider.capabilities, name)]:
            pytest.skip(f"{self.provider.kind} does not offer {', '.join(missing)}")


@pytest.fixture(params=sorted(PROVIDERS))
def till(request: pytest.FixtureRequest) -> Iterator[Till]:
    stand, store = STANDS[request.param], MemoryStore()
    yield Till(provider=open_provider(kind=request.param, config=stand.config, store=store), stand=stand, store=store)


def charge(number: str = "order-1", amount_fen: int = 8800) -> Charge:
    return Charge(number=number, amount_fen=amount_fen, title="明前龙井 250 克", due=NOON + timedelta(minutes=30))


def part(number: str = "back-1", amount_fen: int = 800) -> RefundOrder:
    return RefundOrder(number=number, charge_number="order-1", amount_fen=amount_fen, total_fen=8800, reason="damaged")


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(TransportError) as caught:
        ask()
    assert caught.value.permanent
    return caught.value.reason


def test_every_built_in_kind_is_tested_here() -> None:
    assert set(STANDS) == set(PROVIDERS)


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_without_its_settings_none_is_opened(kind: str) -> None:
    with pytest.raises(BadConfig):
        open_provider(kind=kind, config={}, store=MemoryStore())


def test_what_it_says_of_itself_holds_together(till: Till) -> None:
    can = till.provider.capabilities
    assert till.provider.kind in PROVIDERS
    assert can.ways
    assert can.currencies
    assert (can.max_refunds > 0) == can.refunds
    assert can.refunds or not can.partial_refunds
    assert can.needs_human or (can.queries and can.refunds)
    assert min(can.max_refunds, can.refund_days, can.bill_ready_hours) >= 0


def test_beginning_says_how_to_pay(till: Till) -> None:
    begun = till.begin()
    assert begun.way in till.provider.capabilities.ways
    assert {"page": begun.url, "code": begun.url, "bridge": begun.parameters, "lines": begun.lines}[begun.way]


def test_begun_again_with_the_same_number_it_is_the_same(till: Till) -> None:
    assert till.begin() == till.begin()
    reopened = open_provider(kind=till.provider.kind, config=till.stand.config, store=till.store)
    assert reopened.begin(charge=charge(), now=NOON + timedelta(minutes=1)) == till.begin()


def test_begun_again_after_its_time_it_is_still_the_same(till: Till) -> None:
    first = till.begin()
    assert till.provider.begin(charge=charge(), now=NOON + timedelta(hours=1)) == first


def test_begun_again_with_another_amount_it_is_refused_and_nothing_changes(till: Till) -> None:
    first = till.begin()
    assert refused(lambda: till.begin(amount_fen=1)) == "amount_differs"
    assert till.begin() == first


def test_what_it_denies_is_refused_for_good(till: Till) -> None:
    can, provider = till.provider.capabilities, till.provider
    till.begin()
    denied = {
        "queries": lambda: provider.query(number="order-1", now=NOON),
        "refunds": lambda: provider.refund(order=part(), now=NOON),
        "bills": lambda: provider.bill(day=DAY, now=NOON),
    }
    for name, ask in denied.items():
        if not getattr(can, name):
            assert refused(ask) in ("not_offered", "needs_human")


def test_what_was_never_begun_is_absent(till: Till) -> None:
    assert till.provider.close(number="order-9", now=NOON).status == "absent"
    till.needs("queries")
    assert till.provider.query(number="order-9", now=NOON).status == "absent"


def test_what_nobody_paid_is_pending_until_it_is_closed(till: Till) -> None:
    till.begin()
    if till.provider.capabilities.queries:
        state = till.provider.query(number="order-1", now=NOON)
        assert (state.status in ("absent", "pending"), state.was_paid) == (True, False)
    assert [till.provider.close(number="order-1", now=NOON).status for _ in range(2)] == ["closed", "closed"]
    if till.provider.capabilities.queries:
        assert till.provider.query(number="order-1", now=NOON).status == "closed"


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "application/json", "Wechatpay-Signature": "WECHATPAY/SIGNTEST/x"}]
)
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b"out_trade_no=order-1&trade_status=TRADE_SUCCESS"])
def test_what_anybody_may_send_is_not_believed(till: Till, headers: dict[str, str], body: bytes) -> None:
    till.begin()
    with pytest.raises(BadNotice):
        till.provider.parse_notice(headers=headers, body=body, now=NOON)


def test_an_acknowledgement_says_yes_or_no(till: Till) -> None:
    yes, no = (till.provider.acknowledgement(ok=ok) for ok in (True, False))
    assert no.status >= 400 or no.body != yes.body
    if till.provider.capabilities.notices:
        assert 200 <= yes.status < 300


def test_a_notice_of_payment_says_what_asking_says(till: Till) -> None:
    till.needs("notices", "queries")
    till.begin()
    headers, body = till.pay()
    notice = till.provider.parse_notice(headers=headers, body=body, now=NOON)
    asked = till.provider.query(number="order-1", now=NOON)
    assert notice is not None
    assert (notice.kind, notice.number, notice.charge_number) == ("charge", "order-1", "order-1")
    assert (notice.state.status, notice.state.amount_fen) == ("paid", 8800)
    assert (asked.status, asked.amount_fen, asked.paid_at) == ("paid", 8800, NOON)
    assert asked.provider_number == notice.state.provider_number != ""


def test_the_same_notice_again_is_the_same_notice(till: Till) -> None:
    till.needs("notices")
    till.begin()
    headers, body = till.pay()
    upper = {name.upper(): value for name, value in headers.items()}
    told = [till.provider.parse_notice(headers=h, body=body, now=NOON) for h in (headers, upper, headers)]
    assert told[0] is not None
    assert told == [told[0]] * 3


def test_a_notice_that_was_changed_on_the_way_is_not_believed(till: Till) -> None:
    till.needs("notices")
    till.begin()
    headers, body = till.pay()
    for changed in (body + b" ", body[:-1], body.replace(b"1", b"2", 1)):
        with pytest.raises(BadNotice):
            till.provider.parse_notice(headers=headers, body=changed, now=NOON)


def test_who_closes_what_is_paid_learns_that_it_is_paid(till: Till) -> None:
    till.begin()
    till.pay()
    assert till.provider.close(number="order-1", now=NOON).status == "paid"


def test_begun_again_after_it_was_paid_it_is_still_the_same(till: Till) -> None:
    first = till.begin()
    till.pay()
    assert till.begin() == first
    assert till.provider.query(number="order-1", now=NOON).status == "paid"


def test_a_refund_asked_again_with_the_same_number_is_one_refund(till: Till) -> None:
    till.needs("refunds", "partial_refunds")
    till.begin()
    till.pay()
    told = [till.provider.refund(order=part(amount_fen=8000), now=NOON) for _ in range(3)]
    assert {state.status for state in told} <= {"processing", "done"}
    assert {state.amount_fen for state in told} == {8000}
    assert refused(lambda: till.provider.refund(order=part(amount_fen=100), now=NOON)) == "amount_differs"
    assert till.provider.refund(order=part("back-2", 800), now=NOON).status in ("processing", "done")


def test_a_refund_that_arrived_is_told_and_known(till: Till) -> None:
    till.needs("refunds", "partial_refunds")
    till.begin()
    till.pay()
    till.provider.refund(order=part(), now=NOON)
    headers, body = till.give_back(part())
    state = till.provider.query_refund(number="back-1", charge_number="order-1", now=NOON)
    assert (state.status, state.amount_fen, state.done_at) == ("done", 800, NOON)
    assert till.provider.query(number="order-1", now=NOON).status == "refunding"
    if till.provider.capabilities.notices:
        notice = till.provider.parse_notice(headers=headers, body=body, now=NOON)
        assert notice is not None
        assert (notice.kind, notice.number, notice.charge_number) == ("refund", "back-1", "order-1")
        assert (notice.state.status, notice.state.amount_fen) == ("done", 800)


def test_no_more_is_given_back_than_was_paid(till: Till) -> None:
    till.needs("refunds", "partial_refunds")
    till.begin()
    assert refused(lambda: till.provider.refund(order=part(), now=NOON)) == "not_paid"
    till.pay()
    till.provider.refund(order=part(amount_fen=8000), now=NOON)
    assert refused(lambda: till.provider.refund(order=part("back-2", 801), now=NOON)) == "not_enough"
    assert till.provider.query_refund(number="back-2", charge_number="order-1", now=NOON).status == "absent"


def test_the_bill_of_a_day_has_what_came_in_and_what_went_back_that_day(till: Till) -> None:
    till.needs("bills", "refunds", "partial_refunds")
    for number in ("order-1", "order-2", "order-3"):
        till.begin(number=number)
    till.pay()
    till.pay(number="order-2", at=NOON + timedelta(minutes=1))
    till.provider.refund(order=part(), now=NOON)
    till.give_back(part(), at=NOON + timedelta(minutes=2))
    made = NOON + timedelta(days=2)
    lines = till.provider.bill(day=DAY, now=made)
    assert [_short(line) for line in lines] == [
        ("charge", "order-1", "order-1", 8800, NOON),
        ("charge", "order-2", "order-2", 8800, NOON + timedelta(minutes=1)),
        ("refund", "back-1", "order-1", 800, NOON + timedelta(minutes=2)),
    ]
    assert till.provider.bill(day=DAY + timedelta(days=1), now=made) == ()
    assert till.provider.bill(day=DAY - timedelta(days=1), now=made) == ()


def _short(line: BillLine) -> tuple[str, str, str, int, datetime]:
    return line.kind, line.number, line.charge_number, line.amount_fen, line.at
