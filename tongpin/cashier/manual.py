"""Paying by hand (线下收款): bank transfer or the merchant's own QR code. Nobody tells us; a person looks and says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from tongpin.base.money import Money
from tongpin.cashier.configuration import BadConfig, read_text, refuse_unknown
from tongpin.cashier.port import (
    Acknowledgement,
    BadNotice,
    Begun,
    BillLine,
    Capabilities,
    Charge,
    ChargeState,
    Line,
    Notice,
    RefundOrder,
    RefundState,
    StateStore,
    TransportError,
)

SETTINGS = frozenset({"account", "picture_url"})

CAPABILITIES = Capabilities(
    ways=("lines",),
    refunds=False,
    partial_refunds=False,
    queries=False,
    notices=False,
    bills=False,
    needs_human=True,
)


def open_manual(*, config: Mapping[str, str], store: StateStore) -> Manual:
    """From its settings: `account` (where to pay: holder, bank, number, one a line) and, if wanted, `picture_url`
    (the merchant's own collection code)."""
    refuse_unknown(config=config, known=SETTINGS)
    account = read_text(config=config, setting="account", must="where to pay: holder, bank and number, one a line")
    picture_url = config.get("picture_url", "").strip()
    if picture_url and not picture_url.startswith(("https://", "http://", "/")):
        raise BadConfig(setting="picture_url", must="the address of a picture, or left out")
    lines = tuple(line.strip() for line in account.splitlines() if line.strip())
    return Manual(store=store, account=lines, picture_url=picture_url or None)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a payer was told when the charge was begun."""

    amount_fen: int
    account: tuple[str, ...]
    picture_url: str | None
    reference: str = ""
    """Empty: they were told the number."""


class Manual:
    """Gives the payer lines to follow, and keeps them under `charge:<number>`: who began to pay must not see the account
    change. Whether money came is said by a person (core/money `settle_by_hand`); so is what goes back."""

    kind = "manual"
    capabilities = CAPABILITIES

    def __init__(self, *, store: StateStore, account: tuple[str, ...], picture_url: str | None) -> None:
        self._store = store
        self._account = account
        self._picture_url = picture_url

    def begin(self, *, charge: Charge, now: datetime) -> Begun:
        """Lines `account` (one or more), `amount` (to be paid to the fen) and `reference` (to be written into the
        transfer: by it a person finds the payment). It is the charge's own, which people type, else the number."""
        if charge.ways and "lines" not in charge.ways:
            raise TransportError(permanent=True, reason="way_not_offered")
        if charge.currency not in self.capabilities.currencies:
            raise TransportError(permanent=True, reason="currency_not_offered")
        kept = self._kept(charge, now)
        if kept.amount_fen != charge.amount_fen:
            raise TransportError(permanent=True, reason="amount_differs")
        lines = [Line("account", line) for line in kept.account]
        lines += [Line("amount", str(Money(charge.amount_fen))), Line("reference", kept.reference or charge.number)]
        return Begun(way="lines", url=kept.picture_url, lines=tuple(lines))

    def _kept(self, charge: Charge, now: datetime) -> Given:
        key = _key(charge.number)
        if (found := self._store.get(key=key)) is not None:
            return msgspec.convert(found[0], Given)
        if charge.due is not None and charge.due <= now:
            raise TransportError(permanent=True, reason="already_due")
        new = Given(
            amount_fen=charge.amount_fen,
            account=self._account,
            picture_url=self._picture_url,
            reference=charge.reference,
        )
        if self._store.put(key=key, value=msgspec.to_builtins(new), expected_version=None):
            return new
        if (found := self._store.get(key=key)) is None:
            raise TransportError(permanent=False, reason="busy")
        return msgspec.convert(found[0], Given)

    def query(self, *, number: str, now: datetime) -> ChargeState:
        raise TransportError(permanent=True, reason="needs_human")

    def close(self, *, number: str, now: datetime) -> ChargeState:
        """Nothing to tell anybody: what was begun counts as closed. A transfer may come all the same; a person sees it."""
        if (found := self._store.get(key=_key(number))) is None:
            return ChargeState(status="absent")
        return ChargeState(status="closed", amount_fen=msgspec.convert(found[0], Given).amount_fen)

    def parse_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        raise BadNotice(reason="not_offered")

    def acknowledgement(self, *, ok: bool) -> Acknowledgement:
        return Acknowledgement(status=404, content_type="text/plain", body=b"")

    def refund(self, *, order: RefundOrder, now: datetime) -> RefundState:
        raise TransportError(permanent=True, reason="needs_human")

    def query_refund(self, *, number: str, charge_number: str, now: datetime) -> RefundState:
        raise TransportError(permanent=True, reason="needs_human")

    def bill(self, *, day: date, now: datetime) -> tuple[BillLine, ...]:
        raise TransportError(permanent=True, reason="not_offered")


def _key(number: str) -> str:
    return f"charge:{number}"
