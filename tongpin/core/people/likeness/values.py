"""What goes in (Record, Address) and what comes out (Reason, Likeness, Pair)."""

from dataclasses import dataclass
from typing import Literal

from tongpin.core.people.likeness.weights import STRONG, SUGGEST


@dataclass(frozen=True, slots=True)
class Address:
    """One place a person lives or receives at. A line that nobody split goes whole into `street` or `detail`."""

    province: str = ""
    city: str = ""
    district: str = ""
    suburb: str = ""
    street: str = ""
    number: str = ""
    detail: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One person as known so far; every text may be dirty, masked or wrong.

    `birth` is yyyymmdd, yyyymm or yyyy; `phones` are full (E.164); `masked_phones` like 138****2716; `accounts` and
    `numbers` are `kind:value` ("taobao:tb8812", "card:000731"), only equal kinds are compared.
    """

    person_id: int
    names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    birth: str | None = None
    phones: tuple[str, ...] = ()
    masked_phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    accounts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One trait compared: a code for the web layer to word, its bits, and codes of detail. Never a personal value."""

    code: str
    agrees: bool
    weight: float
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """The chance (0..1) that both records are one person, and why, strongest reason first."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def band(self) -> Literal["strong", "suggest", "weak"]:
        """`weak` is not offered by itself; a screen may still show it beside a person."""
        if self.score >= STRONG:
            return "strong"
        return "suggest" if self.score >= SUGGEST else "weak"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two person ids, the smaller first, and how like they are."""

    first: int
    second: int
    likeness: Likeness
