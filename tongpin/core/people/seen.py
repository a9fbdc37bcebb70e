"""What a person's page shows, as plain values: contact data masked, words of codes left to the web."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tongpin.core.people.rules import Ground


@dataclass(frozen=True, slots=True)
class Merged:
    """A record merged into this person, why, and the merge by which it can be taken back."""

    person_id: int
    merge_id: int
    into: int
    display_name: str
    grounds: tuple[Ground, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """An identity. `unmask` names the field to ask for in full; empty where it is shown whole or may not be seen."""

    id: int
    kind: str
    namespace: str
    shown: str
    is_strong: bool
    via: str
    at: datetime
    unmask: str


@dataclass(frozen=True, slots=True)
class Told:
    """A trait or a life fact."""

    id: int
    kind: str
    shown: str
    via: str
    at: datetime
    unmask: str


@dataclass(frozen=True, slots=True)
class TagHeld:
    """A tag on the person; `by_rule` ones cannot be taken off by hand."""

    id: int
    name: str
    by: str
    at: datetime
    by_rule: bool


@dataclass(frozen=True, slots=True)
class NoteKept:
    """A teammate's note."""

    id: int
    words: str
    by: int | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody who brought this person, or whom they brought, and by which kind of fact we know."""

    person_id: int
    display_name: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """A consent, in force or withdrawn."""

    id: int
    purpose: str
    channel: str
    basis: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """A place the person is in now."""

    id: int
    kind: str
    name: str
    community_id: int | None


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """One order."""

    place_id: int
    number: str
    placed_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    lines: int
    paid_fen: int
    back_fen: int
    currency: str


@dataclass(frozen=True, slots=True)
class Purchases:
    """Paid orders in all, money less what went back, and the latest orders."""

    orders: int
    net_fen: int
    currency: str
    last_at: datetime | None
    latest: tuple[OrderSeen, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many facts of each step the ledger holds, and from when to when."""

    gather: int = 0
    give: int = 0
    sell: int = 0
    share: int = 0
    other: int = 0
    first_at: datetime | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Doubted:
    """An open suggestion: who else this may be, how likely, and why."""

    suggestion_id: int
    person_id: int
    display_name: str
    score: float
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class PersonCard:
    """All that a person's page needs. `person_id` is the root, whichever of the merged records was asked for."""

    person_id: int
    members: tuple[int, ...]
    display_name: str
    nickname: str
    name_masked: str
    unmask_name: str
    identified: bool
    internal: bool
    via: str
    since: datetime
    owner: int | None
    erased_at: datetime | None = None
    merged: tuple[Merged, ...] = ()
    identities: tuple[Sign, ...] = ()
    touchpoints: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    traits: tuple[Told, ...] = ()
    life: tuple[Told, ...] = ()
    tags: tuple[TagHeld, ...] = ()
    notes: tuple[NoteKept, ...] = ()
    consents: tuple[ConsentShown, ...] = ()
    places: tuple[PlaceHeld, ...] = ()
    brought_by: tuple[Relation, ...] = ()
    brought: tuple[Relation, ...] = ()
    purchases: Purchases = Purchases(0, 0, "CNY", None, ())
    counts: Counts = Counts()
    doubts: tuple[Doubted, ...] = ()
