"""The port every payment provider (收款渠道) stands behind: what the till says to a provider and hears from it.

Rules that hold for all of them:
- A number is ours, 6–32 of [0-9A-Za-z_-], and stands for one charge or one refund for ever. After an unknown result
  (`TransportError(permanent=False)`) ask again with the SAME number; another number could pay twice.
- The same call with the same number gives the same result; with another amount it is refused for good.
- A notice is a hint: it may come often, late, out of order or never. `query`, `query_refund` and `bill` tell the truth.
- Whether a notice was seen before is the caller's to know (by `notice_id`): a provider only says that it is genuine.
- Time comes in as `now`, aware; money is integer fen; days of bills are the provider's own (Beijing time).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

NUMBER = re.compile(r"[0-9A-Za-z_-]{6,32}")
CURRENCY = re.compile(r"[A-Z]{3}")

Way: TypeAlias = Literal["page", "code", "bridge", "lines"]
"""How the payer goes on: open a page, scan a drawn code, hand `parameters` to the app they are in (JSAPI), follow lines."""

ChargeStatus: TypeAlias = Literal["absent", "pending", "failed", "paid", "closed", "refunding"]
"""absent: the provider knows none (never begun; with Alipay also: nobody opened it yet), so treat it as pending until due.
failed: the last attempt did not work, another may. closed: unpaid, and can be paid no more. refunding: paid, and money
was asked back (its refunds have states of their own). It never goes back: absent, pending, failed, paid or closed, refunding."""

RefundStatus: TypeAlias = Literal["absent", "processing", "failed", "done"]
"""failed: the payer does not have the money and will not get it without a human; a human may still turn it into done."""

State: TypeAlias = dict[str, Any]

REASONS: dict[str, str] = {
    "absent": "no charge with this number was begun; begin it first",
    "already_due": "the time to pay is over; ask with a later one",
    "amount_differs": "this number stands for another amount; what is asked anew needs a number of its own",
    "bill_not_ready": "the bill of that day is not made yet; ask later",
    "busy": "too many changed this charge at once; ask again with the same number",
    "currency_not_offered": "the provider does not take this currency",
    "needs_human": "the provider cannot do this by itself; a person must",
    "not_enough": "more would be given back than was paid",
    "not_offered": "the provider does not offer this; see its capabilities",
    "not_paid": "nothing was paid, so nothing can be given back",
    "payer_needed": "this way of paying needs to know the payer",
    "refused": "the provider refused; its own pages say why",
    "too_late": "the provider gives nothing back after so many days; a person must",
    "too_many_refunds": "the provider gives back in no more parts; a person must",
    "unreachable": "the provider could not be reached or did not answer; ask again with the same number",
    "way_not_offered": "the provider offers none of the ways to pay that this screen can follow",
}
"""Every reason a built-in provider gives, with what to do; screens word them in the reader's language."""


class CashierError(Exception):
    """What went wrong as a code (`reason`) that screens word; the text holds no personal data."""

    def __init__(self, *, reason: str, text: str = "") -> None:
        super().__init__(f"{reason}: {text or REASONS.get(reason, 'see the provider')}")
        self.reason = reason


class TransportError(CashierError):
    """permanent: it did not happen and will not. Otherwise nobody knows: ask again, with the same number."""

    def __init__(self, *, permanent: bool, reason: str) -> None:
        super().__init__(reason=reason)
        self.permanent = permanent


class BadNotice(CashierError):
    """Not to be believed: reason `signature`, `stale` (clock or replay), `unreadable`, `not_ours` or `not_offered`."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason, text="the notice is not believed; nothing was changed")


def check_number(*, number: str) -> str:
    """The number itself. ValueError where a provider would refuse it."""
    if not NUMBER.fullmatch(number):
        raise ValueError("a number of a charge or refund is 6 to 32 of 0-9 A-Z a-z _ -")
    return number


def _check_money(*, amount_fen: int, currency: str) -> None:
    if type(amount_fen) is not int or amount_fen <= 0:
        raise ValueError("an amount is a whole number of fen above 0")
    if not CURRENCY.fullmatch(currency):
        raise ValueError("a currency is three capital letters, such as CNY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What somebody is asked to pay (待付款).

    payer_hint: the payer in the provider's own terms (openid), where the way needs it; payer_address: their IP, likewise.
    ways: what the screen can follow, best first; none means any. title may be long: providers shorten it.
    reference: what a payer writes by hand where one must (an order's number, say); empty: the number.
    """

    number: str
    amount_fen: int
    title: str
    currency: str = "CNY"
    payer_hint: str = ""
    payer_address: str = ""
    due: datetime | None = None
    return_url: str = ""
    notice_url: str = ""
    ways: tuple[Way, ...] = ()
    reference: str = ""

    def __post_init__(self) -> None:
        check_number(number=self.number)
        _check_money(amount_fen=self.amount_fen, currency=self.currency)
        if not self.title.strip():
            raise ValueError("a charge needs a title: the payer must see what the money is for")
        if self.due is not None and self.due.tzinfo is None:
            raise ValueError("the due time needs a zone")


class Line(NamedTuple):
    """One thing to follow when paying by hand: a code that screens word (`account`, `amount`) and its text."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """How to pay. url: the page, what the code says, or a picture beside lines. parameters: for the bridge of an app."""

    way: Way
    url: str | None = None
    lines: tuple[Line, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeState:
    """A charge as the provider has it. amount_fen: what it is over (0 if absent). fee_fen: 0 where only bills tell it."""

    status: ChargeStatus
    provider_number: str = ""
    paid_at: datetime | None = None
    amount_fen: int = 0
    currency: str = "CNY"
    fee_fen: int = 0
    reason: str = ""

    @property
    def was_paid(self) -> bool:
        """Money came in, whatever happened to it since."""
        return self.status in ("paid", "refunding")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to be given back (退款申请): a part of a charge or all of it. total_fen is what the charge was over."""

    number: str
    charge_number: str
    amount_fen: int
    total_fen: int
    reason: str = ""
    currency: str = "CNY"
    notice_url: str = ""

    def __post_init__(self) -> None:
        check_number(number=self.number)
        check_number(number=self.charge_number)
        _check_money(amount_fen=self.amount_fen, currency=self.currency)
        if self.number == self.charge_number:
            raise ValueError("a refund needs a number of its own")
        if self.amount_fen > self.total_fen:
            raise ValueError("a refund cannot be over more than the charge was")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund as the provider has it. done_at: when the payer had the money."""

    status: RefundStatus
    reason: str = ""
    provider_number: str = ""
    amount_fen: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A genuine word from the provider. number: the charge's, or the refund's (then charge_number names its charge)."""

    notice_id: str
    kind: Literal["charge", "refund"]
    number: str
    charge_number: str
    state: ChargeState | RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a day's bill (对账单). Amounts are above 0 in both kinds; fee_fen of a refund is fee given back."""

    number: str
    kind: Literal["charge", "refund"]
    charge_number: str
    amount_fen: int
    fee_fen: int
    at: datetime
    provider_number: str = ""


class Acknowledgement(NamedTuple):
    """What the provider wants to hear after a notice; anything else makes it send again."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do. needs_human: a person sees the money come and gives it back.

    max_refunds: parts one charge may be given back in; refund_days: how long after paying (0: no limit).
    bill_ready_hours: after the end of a day, until its bill is there.
    """

    ways: tuple[Way, ...]
    refunds: bool
    partial_refunds: bool
    queries: bool
    notices: bool
    bills: bool
    needs_human: bool
    max_refunds: int = 0
    refund_days: int = 0
    bill_ready_hours: int = 0
    currencies: tuple[str, ...] = ("CNY",)


class StateStore(Protocol):
    """Where a provider keeps what it must not forget; handed in, one for each kind: no provider sees another's
    keys (up to 100 characters). Values are JSON objects; versions rise with each put."""

    def get(self, *, key: str) -> tuple[State, int] | None:
        """The value and its version, as committed by whoever came last."""

    def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        """Compare and set; expected_version None: there must be none yet. False: somebody was quicker, nothing changed
        (and the caller's transaction goes on)."""

    def items(self, *, prefix: str) -> Iterable[tuple[str, State]]:
        """Every key that begins so, with its value, in any order."""


@runtime_checkable
class Provider(Protocol):
    """A payment provider. What `capabilities` denies raises TransportError(permanent=True, `not_offered`|`needs_human`)."""

    @property
    def kind(self) -> str:
        """Its name in the registry."""

    @property
    def capabilities(self) -> Capabilities: ...

    def begin(self, *, charge: Charge, now: datetime) -> Begun:
        """Ask for money. Again with the same number: the same result, whatever happened since (`query` tells that).
        With another amount or currency: TransportError(permanent=True, `amount_differs`)."""

    def query(self, *, number: str, now: datetime) -> ChargeState: ...

    def close(self, *, number: str, now: datetime) -> ChargeState:
        """Let it be paid no more. The state afterwards: closed, or paid where the payer was quicker, or absent."""

    def parse_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        """What a verified notice says; None where it is genuine but about neither charge nor refund (acknowledge it).
        `body` is the raw bytes as received, `headers` in any case. Raises BadNotice."""

    def acknowledgement(self, *, ok: bool) -> Acknowledgement: ...

    def refund(self, *, order: RefundOrder, now: datetime) -> RefundState:
        """Give money back. Again with the same number: the state it has by now, no second refund."""

    def query_refund(self, *, number: str, charge_number: str, now: datetime) -> RefundState: ...

    def bill(self, *, day: date, now: datetime) -> tuple[BillLine, ...]:
        """What came in and went back on that day, in order of time. TransportError(`bill_not_ready`) before it is made."""
