"""A house with a test gateway, one thing to be paid for, and providers that fail as streets do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from tongpin.cashier.port import (
    BillLine,
    Capabilities,
    ChargeState,
    Provider,
    RefundOrder,
    RefundState,
    TransportError,
)
from tongpin.cashier.registry import open_provider
from tongpin.cashier.sandbox.gateway import Sandbox
from tongpin.core.money.actions import ask_payment, begin, take_notice
from tongpin.core.money.noticing import Taken
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.core.money.state import DatabaseStateStore
from tongpin.core.money.subjects import Subject

CONFIG = {"secret": "a secret for these tests", "till_url": "/till/{number}", "fee_rate": "60", "refund_seconds": "60"}


def sandbox() -> Sandbox:
    opened = open_provider(kind="sandbox", config=CONFIG, store=DatabaseStateStore(kind="sandbox"))
    assert isinstance(opened, Sandbox)
    return opened


class Street:
    """A provider reached over a bad street: calls named in `broken` fail before or after they arrived."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.kind = provider.kind
        self.capabilities: Capabilities = provider.capabilities
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}
        self.calls: list[tuple[str, str]] = []
        self.lines: tuple[BillLine, ...] | None = None

    def _go(self, name: str, number: str, call: Callable[[], Any]) -> Any:
        self.calls.append((name, number))
        if name in self.before:
            raise self.before[name]
        answer = call()
        if name in self.after:
            raise self.after[name]
        return answer

    def begin(self, *, charge: Any, now: datetime) -> Any:
        return self._go("begin", charge.number, lambda: self.provider.begin(charge=charge, now=now))

    def query(self, *, number: str, now: datetime) -> ChargeState:
        state: ChargeState = self._go("query", number, lambda: self.provider.query(number=number, now=now))
        return state

    def close(self, *, number: str, now: datetime) -> ChargeState:
        state: ChargeState = self._go("close", number, lambda: self.provider.close(number=number, now=now))
        return state

    def parse_notice(self, **told: Any) -> Any:
        return self.provider.parse_notice(**told)

    def acknowledgement(self, *, ok: bool) -> Any:
        return self.provider.acknowledgement(ok=ok)

    def refund(self, *, order: RefundOrder, now: datetime) -> RefundState:
        state: RefundState = self._go("refund", order.number, lambda: self.provider.refund(order=order, now=now))
        return state

    def query_refund(self, *, number: str, charge_number: str, now: datetime) -> RefundState:
        state: RefundState = self._go(
            "query_refund",
            number,
            lambda: self.provider.query_refund(number=number, charge_number=charge_number, now=now),
        )
        return state

    def bill(self, *, day: date, now: datetime) -> tuple[BillLine, ...]:
        lines: tuple[BillLine, ...] = self._go(
            "bill", day.isoformat(), lambda: self.provider.bill(day=day, now=now) if self.lines is None else self.lines
        )
        return lines

    def can(self, **told: Any) -> None:
        self.capabilities = replace(self.capabilities, **told)


UNKNOWN = TransportError(permanent=False, reason="unreachable")
REFUSED = TransportError(permanent=True, reason="refused")


@dataclass
class Heard:
    """What the subject was told, in order."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    on_settled: Callable[[PaymentSeen, bool, datetime], None] | None = None
    locked: list[int] = field(default_factory=list)

    def settled(self, payment: PaymentSeen, *, late: bool, at: datetime) -> None:
        self.calls.append(("settled", payment.about, late))
        if self.on_settled is not None:
            self.on_settled(payment, late, at)

    def refunded(self, payment: PaymentSeen, refund: RefundSeen, *, at: datetime) -> None:
        self.calls.append(("refunded", payment.about, refund.amount_fen, payment.refunded_fen))

    def closed(self, payment: PaymentSeen, *, reason: str, at: datetime) -> None:
        self.calls.append(("closed", payment.about, reason))

    def subject(self) -> Subject:
        return Subject(
            title=lambda about: f"order {about}",
            settled=self.settled,
            refunded=self.refunded,
            closed=self.closed,
            locks=self.locked.append,
        )


def asked(at: datetime, *, about: int = 1, amount: int = 8900, due: datetime | None = None, **told: Any) -> PaymentSeen:
    return ask_payment(
        **{
            "about_kind": "order",
            "about": about,
            "person_id": 17,
            "amount_fen": amount,
            "provider": "sandbox",
            "title": "杨梅 5 斤",
            "due": due,
            "at": at,
            "actor": "person:17",
            **told,
        }
    )


def begun(at: datetime, **told: Any) -> PaymentSeen:
    payment = asked(at, **told)
    begin(payment_id=payment.id, provider=sandbox(), return_url="/back", notice_url="/notice", at=at)
    return payment


def told_paid(payment: PaymentSeen, at: datetime) -> Taken:
    """The payer pays and the notice comes."""
    said = sandbox().decide(number=payment.number, outcome="paid", now=at)
    return take_notice(provider=sandbox(), headers=said.headers, body=said.body, at=at)


def paid(at: datetime, **told: Any) -> PaymentSeen:
    payment = begun(at, **told)
    assert told_paid(payment, at).outcome == "settled"
    return payment


def facts(*kinds: str) -> list[tuple[str, int | None, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("select kind, person_id, body::text from entry order by seq")
        return [(k, p, json.loads(b)) for k, p, b in cursor.fetchall() if not kinds or k in kinds]


def kinds() -> list[str]:
    return [kind for kind, _, _ in facts()]
