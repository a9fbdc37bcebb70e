"""Two people in two columns: what both hold stands in one line, so that the eye compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.people.comparing import Side
from tongpin.web.console.people_doors import covers
from tongpin.web.console.people_words import (
    LIFE_WORDS,
    SIGN_WORDS,
    TRAIT_WORDS,
    Word,
    life_shown,
    name_or_number,
    sum_words,
    via_word,
)
from tongpin.web.look.gate import StaffRequest


@dataclass(frozen=True, slots=True)
class Column:
    """The head of one of the two columns."""

    person_id: int
    name: str
    records: int


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both, each as the values it has."""

    word: Word
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two people beside each other."""

    left: Column
    right: Column
    lines: tuple[Line, ...]


def money_of(request: StaffRequest) -> bool:
    """Whether sums may stand beside the people of this view."""
    return covers(request.staff.scope("money.see"), request.scope)


def column(side: Side) -> Column:
    """One of the two in a word."""
    return Column(side.person_id, name_or_number(side.display_name, side.person_id), side.records)


def compared(left: Side, right: Side, *, money: bool) -> Compared:
    """Two people, field by field; fields that neither has are left out."""
    both = [_fields(side, money=money) for side in (left, right)]
    words = dict.fromkeys(key for fields in both for key in _ordered(fields))
    lines = [Line(_word(key), both[0].get(key, ()), both[1].get(key, ())) for key in sorted(words, key=_place)]
    return Compared(column(left), column(right), tuple(line for line in lines if line.left or line.right))


Fields = dict[tuple[str, str], tuple[str, ...]]
_ORDER = ("name", "sign", "trait", "life", "place", "tag", "bought", "day", "via")


def _fields(side: Side, *, money: bool) -> Fields:
    fields: Fields = {("name", ""): (side.name_masked,) if side.name_masked else ()}
    for what, held in (("sign", side.signs), ("trait", side.traits), ("life", side.life)):
        for kind, shown in held:
            text = life_shown(kind, shown) if what == "life" else shown
            fields[what, kind] = (*fields.get((what, kind), ()), text)
    bought = ngettext("%(count)s order", "%(count)s orders", side.orders) % {"count": side.orders}
    sums = (sum_words(side.net_fen, side.currency),) if money else ()
    fields["place", ""] = side.places
    fields["tag", ""] = side.tags
    fields["bought", ""] = (bought, *sums) if side.orders else ()
    fields["day", ""] = (_day(side.last_day),) if side.last_day else ()
    fields["via", ""] = (f"{via_word(side.via)} {side.since:%Y-%m-%d}",)
    return fields


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _ordered(fields: Fields) -> Iterable[tuple[str, str]]:
    return (key for key in fields if key[0] != "life" or key[1] in LIFE_WORDS)


def _place(key: tuple[str, str]) -> tuple[int, int]:
    kinds = list(SIGN_WORDS)
    return _ORDER.index(key[0]), kinds.index(key[1]) if key[0] == "sign" and key[1] in kinds else 0


def _word(key: tuple[str, str]) -> Word:
    what, kind = key
    words: dict[str, Word] = {
        "name": _("Real name"),
        "sign": SIGN_WORDS[kind][0] if kind in SIGN_WORDS else kind,
        "trait": TRAIT_WORDS.get(kind, kind),
        "life": LIFE_WORDS.get(kind, kind),
        "place": _("Is in"),
        "tag": _("Tags"),
        "bought": _("Bought"),
        "day": _("Last active"),
        "via": _("Came by"),
    }
    return words[what]
