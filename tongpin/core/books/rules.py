"""What an account is, and what a posting does to it. Balance = what was put in minus what was taken out.

An asset (cash, receivable) and a cost stand above zero, sales and what the house has promised below. A purse of a person
or the fund of a community stands above zero by what is theirs, and is guarded: it never goes below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tongpin.base.ids import digest

ANY = "*"
CODE = re.compile(r"[a-z][a-z0-9_.]*")
MAX_AMOUNT = 10**15

Part = Literal["held", "free"]
"""What of a purse: held back until a time has passed (冻结), or free to be spent (可用)."""


@dataclass(frozen=True, slots=True)
class AccountKind:
    """`owner` is the kind of owner it must have: none, one kind, or `*` for any. `detailed` kinds are told apart by
    what stands after a colon: cash:sandbox."""

    guarded: bool = False
    owner: str = ""
    unit: str = "fen"
    detailed: bool = False


KINDS: dict[str, AccountKind] = {
    "cash": AccountKind(detailed=True),
    "receivable": AccountKind(owner=ANY),
    "sales": AccountKind(),
    "refunds": AccountKind(),
    "postage": AccountKind(),
    "fees": AccountKind(),
    "rewards": AccountKind(),
    "commissions": AccountKind(),
    "commissions_paid": AccountKind(),
    "vouchers": AccountKind(),
    "points_given": AccountKind(unit="points"),
    "reward.held": AccountKind(guarded=True, owner="person"),
    "reward.free": AccountKind(guarded=True, owner="person"),
    "commission.held": AccountKind(guarded=True, owner="person"),
    "commission.free": AccountKind(guarded=True, owner="person"),
    "payable": AccountKind(guarded=True, owner="person"),
    "fund": AccountKind(guarded=True, owner="community"),
    "points": AccountKind(guarded=True, owner="person", unit="points"),
}
"""Every kind of account. Whether one is guarded is not changed later: its balances stand elsewhere then."""

GUARDED = tuple(sorted(name for name, kind in KINDS.items() if kind.guarded))

PURSES = ("reward", "commission")
"""What has a held and a free part."""


class BadAccount(ValueError):
    """No such account can be: an unknown kind, or an owner or unit it does not have."""


class BadTransfer(ValueError):
    """A transfer moves a whole amount above zero between two accounts of one unit."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account by what it is for. `owner` is the id of an `owner_kind`; both are empty for the house's own."""

    kind: str
    owner_kind: str = ""
    owner: int = 0
    unit: str = "fen"

    def __post_init__(self) -> None:
        head, _, detail = self.kind.partition(":")
        known = KINDS.get(head)
        if known is None:
            raise BadAccount(f"there is no account of kind {head}: add it to the table in core/books/rules.py")
        if known.detailed != bool(detail) or (detail and not CODE.fullmatch(detail)):
            raise BadAccount(f"{head} is written {head}:<what>" if known.detailed else f"{head} has no parts")
        if self.unit != known.unit:
            raise BadAccount(f"{head} is kept in {known.unit}, not in {self.unit}")
        owned = bool(CODE.fullmatch(self.owner_kind)) and self.owner > 0
        if known.owner and (not owned or known.owner not in (ANY, self.owner_kind)):
            raise BadAccount(f"{head} belongs to a {known.owner if known.owner != ANY else 'thing'} with an id")
        if not known.owner and (self.owner_kind or self.owner):
            raise BadAccount(f"{head} is the house's own")

    @property
    def code(self) -> str:
        """How it is written in postings and facts: `sales`, `cash:sandbox`, `reward.held/person/17`."""
        return f"{self.kind}/{self.owner_kind}/{self.owner}" if self.owner_kind else self.kind

    @property
    def guarded(self) -> bool:
        """May it not go below zero?"""
        return KINDS[self.kind.partition(":")[0]].guarded


def account_of(code: str) -> Account:
    """The account a code stands for. Raises BadAccount."""
    kind, _, rest = code.partition("/")
    owner_kind, _, owner = rest.partition("/")
    known = KINDS.get(kind.partition(":")[0])
    return Account(kind, owner_kind, int(owner) if owner.isdigit() else 0, known.unit if known else "fen")


def purse(name: str, *, part: Part, person_id: int) -> Account:
    """One part of what a person has earned: reward (奖励) or commission (佣金)."""
    if name not in PURSES:
        raise BadAccount(f"there is no purse called {name}")
    return Account(f"{name}.{part}", "person", person_id)


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount (fen or points, above zero) that leaves one account for another."""

    amount: int
    taken_from: Account
    put_to: Account

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 0 < self.amount <= MAX_AMOUNT:
            raise BadTransfer("a transfer moves a whole amount above zero")
        if self.taken_from.unit != self.put_to.unit:
            raise BadTransfer(f"{self.taken_from.unit} do not become {self.put_to.unit} by a transfer")
        if self.taken_from == self.put_to:
            raise BadTransfer("a transfer goes to another account")

    @property
    def unit(self) -> str:
        """fen or points."""
        return self.taken_from.unit


def natural_key(key: tuple[object, ...]) -> bytes:
    """16 bytes for what a batch of transfers is for."""
    if not key:
        raise BadTransfer("a posting has a key that says what it is for")
    return digest("posting", *key)


def guarded_changes(transfers: Sequence[Transfer]) -> list[tuple[Account, int]]:
    """What a batch does to each guarded account on the whole, in the one order in which their rows are locked."""
    change: dict[Account, int] = {}
    for one in transfers:
        change[one.taken_from] = change.get(one.taken_from, 0) - one.amount
        change[one.put_to] = change.get(one.put_to, 0) + one.amount
    return sorted(((a, n) for a, n in change.items() if a.guarded and n), key=lambda pair: pair[0].code)
