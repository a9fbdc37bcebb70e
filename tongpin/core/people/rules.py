"""Decisions about people on plain values: what may be done, what is held, what a person is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from tongpin.base.text import mask_address

ANY_CHANNEL = "any"

PURPOSES = frozenset({"service", "promotion", "research", "publish_words", "recommend", "share_with_partner"})
"""What consent can be for. `recommend` is choosing by what we know of them; `publish_words` is quoting them in public."""

CHANNELS = frozenset(
    {ANY_CHANNEL, "phone", "sms", "mail", "wecom", "official_account", "mini_app", "group", "matrix", "post", "web"}
)

OWN_WORD = frozenset({"asked", "given_in_chat", "form", "joined"})
"""Bases on which the person spoke for themselves. Only such a word can undo an earlier «no» of theirs."""

DECLARED = frozenset({"contract", "import_declared", "import_contract", "import_asked", "import_consent"})
"""Bases that somebody else declared: a contract that needs it, or who brought the list."""

REFUSED = "refused"
"""The basis of a «no» that came before any «yes»: the row is withdrawn the moment it is made."""


class ConsentHeld(NamedTuple):
    """A consent as stored, of any record of one person. `own_no`: they said no to it themselves, not by a teammate."""

    person_id: int
    channel: str
    basis: str
    given_at: datetime
    withdrawn_at: datetime | None
    own_no: bool = True


def said_by_themselves(actor: str) -> bool:
    """Whether who acts is the person, and nobody on their behalf. Unknown (before it was kept) counts as the person."""
    return not actor or actor.startswith("person:")


def own_no_stands(held: Iterable[ConsentHeld], *, channel: str, merged_at: datetime | None) -> bool:
    """Whether the person themselves said no to what a «yes» on this channel would reach, and no «yes» followed."""
    said = list(held)
    near = [c for c in said if ANY_CHANNEL in (channel, c.channel) or c.channel == channel]
    return any(c.own_no and not _overruled(c, said, merged_at) for c in near if c.withdrawn_at is not None)


def may_contact(held: Iterable[ConsentHeld], *, channel: str, merged_at: datetime | None) -> bool:
    """Whether consents of one purpose allow this channel; `any` asks whether there is a channel at all.

    The most restrictive of merged records wins: a «no» stands until the person says «yes» again, on the same record, or
    on any once the records were one (`merged_at`, of the latest merge). What others declared never overrules it.
    Nothing said means no.
    """
    said = list(held)
    if channel == ANY_CHANNEL:
        return any(_allows(said, one, merged_at) for one in {c.channel for c in said})
    return _allows(said, channel, merged_at)


def _allows(said: Sequence[ConsentHeld], channel: str, merged_at: datetime | None) -> bool:
    fitting = [c for c in said if c.channel in (channel, ANY_CHANNEL)]
    yes = [c for c in fitting if c.withdrawn_at is None]
    return bool(yes) and all(_overruled(c, yes, merged_at) for c in fitting if c.withdrawn_at is not None)


def _overruled(no: ConsentHeld, said: Iterable[ConsentHeld], merged_at: datetime | None) -> bool:
    """Whether a later «yes» in the person's own word, which stands, took back this «no»."""
    return any(
        c.withdrawn_at is None
        and c.basis in OWN_WORD
        and no.withdrawn_at is not None
        and c.given_at >= no.withdrawn_at
        and (c.channel == ANY_CHANNEL or c.channel == no.channel or no.channel == ANY_CHANNEL)
        and (c.person_id == no.person_id or (merged_at is not None and c.given_at >= merged_at))
        for c in said
    )


def display_name(records: Sequence[tuple[str, str]], signs: Sequence[str]) -> str:
    """What a person is called on screen: a nickname, else the masked real name, else a masked sign, else nothing
    (the web then words the number). `records` are (nickname, masked name) of the root first, then merged records."""
    for nickname, _ in records:
        if nickname:
            return nickname
    for _, masked in records:
        if masked:
            return masked
    return next((sign for sign in signs if sign), "")


TOUCHPOINTS = ("phone", "mail", "wecom", "official_account", "mini_app", "group", "shop", "matrix")
"""Ways to reach a person, in the order in which screens show them (触点)."""

_BY_IDENTITY = {
    "phone": "phone",
    "mail": "mail",
    "external_userid": "wecom",
    "matrix": "matrix",
    "shop_account": "shop",
    "chat_account": "group",
}
_BY_PLACE = {"group": "group", "official_account": "official_account", "personal_account": "wecom", "shop": "shop"}


def touchpoint_of_identity(kind: str, namespace: str) -> str:
    """The touchpoint an identity gives, or nothing. An openid belongs to an official account unless its namespace says
    mini app."""
    if kind == "openid":
        if namespace.startswith("shop:"):
            return "shop"
        return "mini_app" if namespace.startswith("mini") else "official_account"
    return _BY_IDENTITY.get(kind, "")


def touchpoints(identities: Iterable[tuple[str, str]], place_kinds: Iterable[str]) -> tuple[str, ...]:
    """Touchpoints held, from (kind, namespace) of identities and the kinds of places a person is in."""
    held = {touchpoint_of_identity(kind, namespace) for kind, namespace in identities}
    held |= {_BY_PLACE.get(kind, "") for kind in place_kinds}
    return tuple(point for point in TOUCHPOINTS if point in held)


@dataclass(frozen=True, slots=True)
class Side:
    """One person of a clash, all merged records together."""

    root: int
    identified: bool


def settle(a: Side, b: Side, *, trusted: bool) -> tuple[Literal["nothing", "merge", "suggest"], int, int]:
    """What becomes of two people whose signs arrived together: (deed, kept, gone).

    A nameless record joins an identified person where the source is trusted. Two identified people are never merged
    without a human; neither are two nameless ones.
    """
    if a.root == b.root:
        return "nothing", a.root, b.root
    if trusted and a.identified != b.identified:
        return ("merge", a.root, b.root) if a.identified else ("merge", b.root, a.root)
    return "suggest", a.root, b.root


def clash_score(*, trusted: bool, both_identified: bool) -> float:
    """How likely two people are one when their signs arrived together: families share phones and devices."""
    if not trusted:
        return 0.3
    return 0.9 if both_identified else 0.6


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a merge or a suggestion: a code for the web to word, its weight in bits, codes of detail."""

    code: str
    agrees: bool = True
    weight: float = 0.0
    detail: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """As stored."""
        return {"code": self.code, "agrees": self.agrees, "weight": round(self.weight, 3), "detail": list(self.detail)}

    @property
    def short(self) -> str:
        """As a fact carries it."""
        return ":".join((self.code, *self.detail))[:200]


def grounds_from_json(stored: Iterable[dict[str, object]]) -> tuple[Ground, ...]:
    """Reasons as stored, again as values."""
    return tuple(
        Ground(
            str(one.get("code", "")),
            bool(one.get("agrees", True)),
            float(str(one.get("weight", 0))),
            tuple(str(part) for part in one.get("detail", ()) or ()),  # type: ignore[attr-defined]
        )
        for one in stored
    )


def joined_grounds(kept: Iterable[Ground], more: Iterable[Ground]) -> tuple[Ground, ...]:
    """Reasons of both, the first of equal codes and details, strongest first."""
    found: dict[tuple[str, tuple[str, ...]], Ground] = {}
    for one in (*kept, *more):
        found.setdefault((one.code, one.detail), one)
    return tuple(sorted(found.values(), key=lambda g: (-abs(g.weight), g.code, g.detail)))


LIFE_KINDS = frozenset({"address", "birthday", "gender", "child_birth_month", "anniversary"})
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class BadLifeFact(ValueError):
    """What was given is not such a thing; the text says what would be."""


def life_value(kind: str, value: str) -> str:
    """A life fact as it is stored. Raises BadLifeFact with what to give instead."""
    if kind not in LIFE_KINDS:
        raise BadLifeFact(f"no such kind; give one of {', '.join(sorted(LIFE_KINDS))}")
    if kind in ("birthday", "anniversary"):
        found = _DAY.fullmatch(value)
        if not found or not _is_day(int(found[1] or 2000), int(found[2]), int(found[3])):
            raise BadLifeFact("give a day such as 1990-05-20, or 05-20 without the year")
    elif kind == "child_birth_month":
        found = _MONTH.fullmatch(value)
        if not found or not _is_day(int(found[1]), int(found[2]), 1):
            raise BadLifeFact("give a month such as 2024-07")
    elif kind == "gender":
        if value not in ("female", "male", "other"):
            raise BadLifeFact("give female, male or other")
    elif not value:
        raise BadLifeFact("give the address")
    return value


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def mask_life(kind: str, value: str) -> str:
    """What every teammate may see of a life fact: the month of a birthday, the beginning of an address."""
    if kind == "address":
        return mask_address(value)
    if kind in ("birthday", "anniversary") and (found := _DAY.fullmatch(value)):
        return f"{found[2]}-**"
    return value if kind in ("child_birth_month", "gender") else "…"


def masked_contact(identities: Iterable[tuple[str, str]], traits: Iterable[tuple[str, str]]) -> str:
    """The contact shown in a list: a phone before a mail, one that is sure before one that was only told."""
    for held in (list(identities), list(traits)):
        for wanted in ("phone", "masked_phone", "mail"):
            for kind, shown in held:
                if kind == wanted and shown:
                    return shown
    return ""


def missing(held: Collection[str]) -> tuple[str, ...]:
    """Touchpoints a person does not hold yet, in the order of screens."""
    return tuple(point for point in TOUCHPOINTS if point not in held)
