"""The parts of a person's page in words: threads held and missing, why records were merged, orders, consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tongpin.core.people.rules import Ground, touchpoint_of_identity
from tongpin.core.people.scoping import may_be_named
from tongpin.core.people.seen import ConsentShown, Merged, OrderSeen, PersonCard, Relation, Told
from tongpin.core.team.rules import Scope
from tongpin.web.console.likeness_words import Why, why
from tongpin.web.console.people_words import (
    BASIS_WORDS,
    CHANNEL_WORDS,
    LIFE_WORDS,
    PURPOSE_WORDS,
    SIGN_WORDS,
    TOUCHPOINT_WORDS,
    TRAIT_WORDS,
    Word,
    life_shown,
    name_or_number,
    sum_words,
    via_word,
)
from tongpin.web.console.person_names import Around
from tongpin.web.look.tags.words import listed

Opened = Mapping[str, Sequence[str]]
"""Full values that this view alone may show, by field."""

PLACE_THREADS = {"group": "group", "official_account": "official_account", "personal_account": "wecom", "shop": "shop"}
ADDABLE = ("phone", "mail")


@dataclass(frozen=True, slots=True)
class Thread:
    """One line of what holds a person. `show` is where a POST tells it in full, `drop` where it is untied."""

    icon: str
    word: Word
    text: str
    note: str
    show: str = ""
    drop: int = 0


@dataclass(frozen=True, slots=True)
class MergedSeen:
    """A record merged into the person, in words."""

    merge_id: int
    name: str
    reasons: tuple[Why, ...]
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LifeSeen:
    """A fact of life in words."""

    id: int
    word: Word
    text: str
    show: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentSeen:
    """A consent in words."""

    purpose: str
    channel: str
    what: Word
    where: Word
    basis: Word
    given_at: datetime
    withdrawn_at: datetime | None
    refused: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in words."""

    number: str
    shop: str
    at: datetime | None
    state: str
    lines: int
    paid: str
    back: str


@dataclass(frozen=True, slots=True)
class RelationSeen:
    """Somebody beside the person."""

    person_id: int
    name: str
    at: datetime


def show_url(person_id: int, field: str) -> str:
    """Where a POST tells a field in full; empty where it may not be told."""
    return reverse("console:person_show", args=[person_id, field]) if field else ""


def _told(person_id: int, shown: str, field: str, opened: Opened) -> tuple[str, str]:
    if field and field in opened:
        return listed(opened[field]), ""
    return shown, show_url(person_id, field)


def threads(card: PersonCard, *, opened: Opened, scope: Scope) -> list[Thread]:
    """What holds the person: each thread with its identities and places, then identities that are no thread."""
    found: list[Thread] = []
    loose: list[Thread] = []
    lines: dict[str, list[Thread]] = {point: [] for point in TOUCHPOINT_WORDS}
    for sign in card.identities:
        word, icon = SIGN_WORDS.get(sign.kind, (sign.kind, "id"))
        text, show = _told(card.person_id, sign.shown, sign.unmask, opened)
        point = touchpoint_of_identity(sign.kind, sign.namespace)
        line = Thread(icon, word, text, via_word(sign.via), show, sign.id)
        (lines[point] if point else loose).append(line)
    for place in card.places:
        point = PLACE_THREADS.get(place.kind, "")
        if point:
            word, icon = TOUCHPOINT_WORDS[point]
            named = may_be_named(community_id=place.community_id, scope=scope)
            lines[point].append(Thread(icon, word, place.name if named else _("in another community"), ""))
    for point in TOUCHPOINT_WORDS:
        found += lines[point]
    return [*found, *loose]


def lacking(card: PersonCard) -> list[tuple[str, Word, str]]:
    """(code, word, icon) of threads the person does not hold."""
    return [(point, *TOUCHPOINT_WORDS[point]) for point in card.missing]


def traits(card: PersonCard, *, opened: Opened) -> list[Thread]:
    """What was told of them that is no sign."""
    found = []
    for one in card.traits:
        text, show = _told(card.person_id, one.shown, one.unmask, opened)
        found.append(Thread("info-circle", TRAIT_WORDS.get(one.kind, one.kind), text, via_word(one.via), show))
    return found


def reasons(grounds: Sequence[Ground]) -> tuple[Why, ...]:
    """Reasons in words, those that say nothing left out."""
    return tuple(why(ground) for ground in grounds)


def merged(records: Sequence[Merged], *, around: Around) -> list[MergedSeen]:
    """Records that became one with the person."""
    return [
        MergedSeen(
            one.merge_id,
            name_or_number(one.display_name, one.person_id),
            reasons(one.grounds),
            who(one.by, around),
            one.at,
        )
        for one in records
    ]


def who(actor: str, around: Around) -> str:
    """An actor as facts keep it, in words."""
    kind, _colon, number = actor.partition(":")
    if kind == "staff" and number.isdecimal():
        return around.title("staff", int(number))
    return {"system": _("the server"), "import": via_word(actor), "rule": _("a rule"), "hand": ""}.get(
        kind, via_word(actor)
    )


def life(facts: Sequence[Told], person_id: int, *, opened: Opened) -> list[LifeSeen]:
    """Facts of life that have a word; parts of an address stand behind the whole one."""
    found = []
    for one in facts:
        if one.kind in LIFE_WORDS:
            text, show = _told(person_id, life_shown(one.kind, one.shown), one.unmask, opened)
            whole = one.kind in ("gender", "child_birth_month")
            found.append(LifeSeen(one.id, LIFE_WORDS[one.kind], text, "" if whole else show, one.at))
    return found


def consents(said: Sequence[ConsentShown]) -> list[ConsentSeen]:
    """Consents in force first, then what was withdrawn."""
    seen = [
        ConsentSeen(
            purpose=one.purpose,
            channel=one.channel,
            what=PURPOSE_WORDS.get(one.purpose, one.purpose),
            where=CHANNEL_WORDS.get(one.channel, one.channel),
            basis=BASIS_WORDS.get(one.basis, one.basis),
            given_at=one.given_at,
            withdrawn_at=one.withdrawn_at,
            refused=one.basis == "refused",
        )
        for one in said
    ]
    return sorted(seen, key=lambda one: one.withdrawn_at is not None)


def orders(latest: Sequence[OrderSeen], *, around: Around, money: bool) -> list[OrderLine]:
    """Orders in words; without the right to money without sums."""
    return [
        OrderLine(
            number=one.number,
            shop=around.title("place", one.place_id),
            at=one.paid_at or one.placed_at,
            state="cancelled" if one.cancelled_at else "" if one.paid_at else "unpaid",
            lines=one.lines,
            paid=sum_words(one.paid_fen, one.currency) if money else "",
            back=sum_words(one.back_fen, one.currency) if money and one.back_fen else "",
        )
        for one in latest
    ]


def relations(people: Sequence[Relation], *, seen: frozenset[int]) -> list[RelationSeen]:
    """Those of them whom the reader may see."""
    return [
        RelationSeen(one.person_id, name_or_number(one.display_name, one.person_id), one.at)
        for one in people
        if one.person_id in seen
    ]
