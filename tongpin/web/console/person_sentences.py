"""Facts of one person as sentences (事实成句). What the reader may not see is left out: sums without the right to money,
people outside their scope, words of places they may not read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.sentences import SENTENCES, Language, Part, Ref, Text, When
from tongpin.core.ledger.entries import Entry
from tongpin.core.people.queries import display_names
from tongpin.core.people.scoping import among, may_be_named
from tongpin.core.places.models import Message
from tongpin.core.team.rules import Scope
from tongpin.web.console.fact_words import OF_SOMEBODY, parts_of
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_words import name_or_number
from tongpin.web.console.person_names import NOUNS, Around, around

WORDS = 140
PAGES = {"person": "console:person", "import": "console:import"}

Names = dict[int, str]
"""What people are called; those outside the scope are missing."""


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of a sentence, linked where it has a page."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact in words."""

    step: str
    bits: tuple[Bit, ...]
    place: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as far as it changes what is said."""

    scope: Scope
    money: bool
    messages: Scope


def happenings(
    entries: Sequence[Entry],
    *,
    members: Collection[int],
    reader: Reader,
    places: Collection[int] = (),
    people: Collection[int] = (),
) -> tuple[list[Happening], Around]:
    """Facts in words, in their order, and what stands around the person: names, besides of `places`, and which of
    `people` the reader may see. One to five queries."""
    language: Language = "en" if (get_language() or "").startswith("en") else "zh"
    said = {entry.seq: parts_of(entry, language, money=reader.money) for entry in entries}
    wanted: dict[str, set[int]] = defaultdict(set, place={*places, *(e.place_id for e in entries if e.place_id)})
    for part in (one for parts in said.values() for one in parts):
        if isinstance(part, Ref) and part.id:
            wanted[part.noun].add(part.id)
    known = around(wanted={noun: wanted[noun] for noun in NOUNS if wanted[noun]}, members=members)
    others = {entry.person_id for entry in entries if entry.person_id and entry.person_id not in members}
    named = wanted["person"] | others
    known.people = among(person_ids=named | set(people), scope=reader.scope)
    names = display_names(person_ids=sorted(named & known.people)) if named & known.people else {}
    words = _words(entries, known, reader.messages)
    return [
        _happening(entry, said[entry.seq], names, known, members, words, language, reader) for entry in entries
    ], known


def _happening(
    entry: Entry,
    parts: Sequence[Part],
    names: Names,
    known: Around,
    members: Collection[int],
    words: dict[int, str],
    language: Language,
    reader: Reader,
) -> Happening:
    fact = CATALOGUE.get(entry.kind)
    community = known.communities.get(entry.place_id or 0)
    named = may_be_named(community_id=community, scope=reader.scope)
    place = known.title("place", entry.place_id or 0) if named else ""
    bits = [_bit(part, names, known, members) for part in parts]
    alone = entry.kind in SENTENCES and SENTENCES[entry.kind].stands_alone
    if entry.person_id and entry.person_id not in members and not alone:
        bits = [_bit(Ref("person", entry.person_id), names, known, members), Bit(" "), *bits]
    elif not entry.person_id and entry.kind in OF_SOMEBODY:
        bits = [Bit(_("Somebody") + " "), *bits]
    elif language == "en" and bits and not bits[0].href:
        bits[0] = Bit(bits[0].text[:1].upper() + bits[0].text[1:])
    return Happening(
        step=fact.step if fact else "house",
        bits=tuple(bits),
        place=place,
        words=words.get(int(entry.body.get("message", 0)), "") if entry.kind == "message.heard" else "",
        at=entry.at,
    )


def _words(entries: Sequence[Entry], known: Around, scope: Scope) -> dict[int, str]:
    """What was said, of messages in places whose words one may read."""
    heard = [
        int(entry.body["message"])
        for entry in entries
        if entry.kind == "message.heard" and "message" in entry.body and entry.place_id in known.communities
        and scope and scope.holds(known.communities[entry.place_id])
    ]  # fmt: skip
    if not heard:
        return {}
    found = Message.objects.filter(pk__in=heard, recalled_at=None).values_list("pk", "words")
    return {int(pk): text if len(text) <= WORDS else text[:WORDS] + "…" for pk, text in found}


def _bit(part: Part, names: Names, known: Around, members: Collection[int]) -> Bit:
    if isinstance(part, Text):
        return Bit(part.text)
    if isinstance(part, When):
        return Bit(f"{timezone.localtime(part.at):%Y-%m-%d %H:%M}")
    if part.noun == "person":
        if part.id not in names:
            return Bit(_("somebody") if part.id else "—")
        return Bit(name_or_number(names[part.id], part.id), "" if part.id in members else way(PAGES["person"], part.id))
    title = known.title(part.noun, part.id)
    if not title:
        return Bit(f"#{part.id}" if part.id else "—")
    return Bit(title, way(PAGES["import"], part.id) if part.noun == "import" else "")
