"""The test gateway itself: the port towards the till, and `decide` towards its own till page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from operator import attrgetter
from urllib.parse import quote

import msgspec

from tongpin.base.clock import local_day
from tongpin.cashier.configuration import BadConfig, read_count, read_text, refuse_unknown
from tongpin.cashier.port import (
    Acknowledgement,
    Begun,
    BillLine,
    Capabilities,
    Charge,
    ChargeState,
    Notice,
    RefundOrder,
    RefundState,
    StateStore,
    TransportError,
)
from tongpin.cashier.sandbox import rules, signing
from tongpin.cashier.sandbox.rules import CannotDecide, Outcome, RefundOutcome, Taken
from tongpin.cashier.sandbox.signing import Delivery, Spoken

PREFIX = "charge:"
SETTINGS = frozenset({"secret", "till_url", "fee_rate", "refund_seconds"})
SHORTEST_SECRET = 16
MOST_TRIES = 200
"""Of callers who change one charge at once, one gets through in every round: 200 rounds let 200 callers through."""

CAPABILITIES = Capabilities(
    ways=("page",),
    refunds=True,
    partial_refunds=True,
    queries=True,
    notices=True,
    bills=True,
    needs_human=False,
    max_refunds=rules.MOST_REFUNDS,
    refund_days=rules.REFUND_DAYS,
)


def open_sandbox(*, config: Mapping[str, str], store: StateStore) -> Sandbox:
    """From its settings: `secret` (signs notices), `till_url` (template of its page with {number}), and, if wanted,
    `fee_rate` (ten-thousandths of what is paid; 0) and `refund_seconds` (until a refund is done by itself; 60)."""
    refuse_unknown(config=config, known=SETTINGS)
    secret = read_text(config=config, setting="secret", must=f"at least {SHORTEST_SECRET} random characters")
    if len(secret) < SHORTEST_SECRET:
        raise BadConfig(setting="secret", must=f"at least {SHORTEST_SECRET} random characters")
    till_url = read_text(config=config, setting="till_url", must="the address of the till page, with {number} in it")
    if "{number}" not in till_url or not till_url.startswith(("https://", "http://", "/")):
        raise BadConfig(setting="till_url", must="the address of the till page, with {number} in it")
    return Sandbox(
        store=store,
        secret=secret.encode(),
        till_url=till_url,
        fee_rate=read_count(config=config, setting="fee_rate", default=0, most=10_000),
        refund_seconds=read_count(config=config, setting="refund_seconds", default=60, most=30 * 86_400),
    )


class Sandbox:
    """Keeps each charge under `charge:<number>`; a bill reads them all, which is enough for trying."""

    kind = "sandbox"
    capabilities = CAPABILITIES

    def __init__(self, *, store: StateStore, secret: bytes, till_url: str, fee_rate: int, refund_seconds: int) -> None:
        self._store = store
        self._secret = secret
        self._till_url = till_url
        self._fee_rate = fee_rate
        self._refund_seconds = refund_seconds

    # The port: what the till asks.

    def begin(self, *, charge: Charge, now: datetime) -> Begun:
        if charge.ways and "page" not in charge.ways:
            raise TransportError(permanent=True, reason="way_not_offered")
        if charge.currency not in self.capabilities.currencies:
            raise TransportError(permanent=True, reason="currency_not_offered")
        for _ in range(MOST_TRIES):
            found = self._store.get(key=_key(charge.number))
            if found is not None:
                if msgspec.convert(found[0], Taken).amount_fen != charge.amount_fen:
                    raise TransportError(permanent=True, reason="amount_differs")
                break
            new = rules.taken(charge=charge, now=now)
            if self._store.put(key=_key(charge.number), value=msgspec.to_builtins(new), expected_version=None):
                break
        else:
            raise TransportError(permanent=False, reason="busy")
        return Begun(way="page", url=self._till_url.replace("{number}", quote(charge.number)))

    def query(self, *, number: str, now: datetime) -> ChargeState:
        kept = self.at_the_till(number=number, now=now)
        return rules.charge_state(kept=kept) if kept else ChargeState(status="absent")

    def close(self, *, number: str, now: datetime) -> ChargeState:
        kept = self._change(number=number, now=now, by=lambda kept: rules.closed(kept=kept, now=now))
        return rules.charge_state(kept=kept) if kept else ChargeState(status="absent")

    def parse_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        return signing.verified(secret=self._secret, headers=headers, body=body, now=now)

    def acknowledgement(self, *, ok: bool) -> Acknowledgement:
        return Acknowledgement(status=204 if ok else 400, content_type="text/plain", body=b"" if ok else b"FAIL")

    def refund(self, *, order: RefundOrder, now: datetime) -> RefundState:
        def ask(kept: Taken) -> Taken:
            return rules.refunded(kept=kept, order=order, seconds=self._refund_seconds, now=now)

        kept = self._change(number=order.charge_number, now=now, by=ask)
        if kept is None:
            raise TransportError(permanent=True, reason="absent")
        return _refund_state(kept, order.number)

    def query_refund(self, *, number: str, charge_number: str, now: datetime) -> RefundState:
        kept = self.at_the_till(number=charge_number, now=now)
        return _refund_state(kept, number) if kept else RefundState(status="absent")

    def bill(self, *, day: date, now: datetime) -> tuple[BillLine, ...]:
        """As far as the day has come."""
        lines = (line for kept in self._all(now) for line in _lines(kept))
        asked = day.isoformat()
        return tuple(sorted((line for line in lines if local_day(line.at) == asked), key=attrgetter("at", "number")))

    # The till page: what somebody who tries it decides.

    def at_the_till(self, *, number: str, now: datetime) -> Taken | None:
        """The charge with its refunds as they stand now, to be shown; None where there is none."""
        found = self._store.get(key=_key(number))
        return rules.as_of(kept=msgspec.convert(found[0], Taken), now=now) if found else None

    def decide(self, *, number: str, outcome: Outcome, now: datetime) -> Delivery:
        """Pay, or let the attempt be refused. The notice to deliver; the same one again where it was paid before.
        Raises CannotDecide."""

        def settle(kept: Taken) -> Taken:
            new = rules.decided(kept=kept, outcome=outcome, fee_rate=self._fee_rate, now=now)
            return new if new is kept else _telling(new, number)

        return self._deliver(self._decide(number, now, settle), about=number, now=now)

    def decide_refund(self, *, number: str, charge_number: str, outcome: RefundOutcome, now: datetime) -> Delivery:
        """Let a refund be done at once, or fail. The notice to deliver, also of one that time has done.
        Raises CannotDecide."""

        def settle(kept: Taken) -> Taken:
            new = rules.refund_decided(kept=kept, number=number, outcome=outcome, now=now)
            told = any(said.about == number and said.status == outcome for said in kept.notices)
            return kept if told else _telling(new, number)

        return self._deliver(self._decide(charge_number, now, settle), about=number, now=now)

    def notices(self, *, number: str) -> tuple[str, ...]:
        """Ids of all notices there are about a charge and its refunds, oldest first."""
        found = self._store.get(key=_key(number))
        return tuple(said.notice_id for said in msgspec.convert(found[0], Taken).notices) if found else ()

    def deliver_again(self, *, number: str, notice_id: str, now: datetime) -> Delivery:
        """A notice as it was first made, signed anew: late or out of order, it says what was true then."""
        kept = self.at_the_till(number=number, now=now)
        for said in kept.notices if kept else ():
            if kept and said.notice_id == notice_id:
                return self._signed(kept, said, now)
        raise CannotDecide(reason="absent")

    # How a charge is changed: read, decide, compare and set; again where somebody was quicker.

    def _change(self, *, number: str, now: datetime, by: Callable[[Taken], Taken]) -> Taken | None:
        for _ in range(MOST_TRIES):
            found = self._store.get(key=_key(number))
            if found is None:
                return None
            before = rules.as_of(kept=msgspec.convert(found[0], Taken), now=now)
            after = by(before)
            if after is before:
                return after
            if self._store.put(key=_key(number), value=msgspec.to_builtins(after), expected_version=found[1]):
                return after
        raise TransportError(permanent=False, reason="busy")

    def _decide(self, number: str, now: datetime, by: Callable[[Taken], Taken]) -> Taken:
        kept = self._change(number=number, now=now, by=by)
        if kept is None:
            raise CannotDecide(reason="absent")
        return kept

    def _deliver(self, kept: Taken, *, about: str, now: datetime) -> Delivery:
        latest = next(said for said in reversed(kept.notices) if said.about == about)
        return self._signed(kept, latest, now)

    def _signed(self, kept: Taken, said: rules.Said, now: datetime) -> Delivery:
        return signing.signed(
            secret=self._secret, notice_id=said.notice_id, url=kept.notice_url, body=said.body.encode(), now=now
        )

    def _all(self, now: datetime) -> Iterator[Taken]:
        for _, value in self._store.items(prefix=PREFIX):
            yield rules.as_of(kept=msgspec.convert(value, Taken), now=now)


def _key(number: str) -> str:
    return f"{PREFIX}{number}"


def _refund_state(kept: Taken, number: str) -> RefundState:
    refund = rules.refund_of(kept=kept, number=number)
    return rules.refund_state(refund=refund) if refund else RefundState(status="absent")


def _telling(kept: Taken, about: str) -> Taken:
    """With a notice of how the charge, or one of its refunds, stands now."""
    notice_id = f"{kept.number}.{len(kept.notices) + 1}"
    refund = rules.refund_of(kept=kept, number=about)
    state = rules.refund_state(refund=refund) if refund else rules.charge_state(kept=kept)
    spoken = Spoken(
        notice_id=notice_id,
        number=about,
        charge_number=kept.number,
        charge=state if isinstance(state, ChargeState) else None,
        refund=state if isinstance(state, RefundState) else None,
    )
    said = rules.Said(notice_id=notice_id, about=about, status=state.status, body=msgspec.json.encode(spoken).decode())
    return msgspec.structs.replace(kept, notices=(*kept.notices, said))


def _lines(kept: Taken) -> Iterator[BillLine]:
    if kept.status == "paid" and kept.decided_at is not None:
        yield BillLine(
            number=kept.number,
            kind="charge",
            charge_number=kept.number,
            amount_fen=kept.amount_fen,
            fee_fen=kept.fee_fen,
            at=kept.decided_at,
            provider_number=f"test-{kept.number}",
        )
    for refund in kept.refunds:
        if refund.status == "done" and refund.decided_at is not None:
            yield BillLine(
                number=refund.number,
                kind="refund",
                charge_number=kept.number,
                amount_fen=refund.amount_fen,
                fee_fen=0,
                at=refund.decided_at,
                provider_number=f"test-{refund.number}",
            )
