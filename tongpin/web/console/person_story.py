"""A person's timeline (时间线): what the ledger tells of them, in sentences, by day, filtered by step.

What the reader may not see is left out of the sentences: sums without the right to money, people outside their scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import own
from tongpin.core.facts.sentences import SENTENCES, Language, Part, Ref, Text, When, sentence
from tongpin.core.facts.upcasters import upcast
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.queries import Cursor, timeline
from tongpin.core.people.rules import Ground
from tongpin.core.people.scoping import among
from tongpin.core.people.seen import Counts
from tongpin.core.places.models import Message, Place
from tongpin.core.team.rules import Scope
from tongpin.web.console.import_parts import way
from tongpin.web.console.likeness_words import why
from tongpin.web.console.people_words import BASIS_WORDS, CHANNEL_WORDS, PURPOSE_WORDS, name_or_number
from tongpin.web.console.saying import PAGES, TITLES
from tongpin.web.look.gate import StaffRequest
from tongpin.web.look.parts import FilterChip

SHOWN = 30
WORDS = 140
STEPS: dict[str, tuple[str, ...]] = {
    "gather": ("gather",),
    "give": ("give",),
    "sell": ("sell",),
    "share": ("share",),
    "other": ("insight", "house"),
}
CONSENT_CODES = {"purpose": PURPOSE_WORDS, "channel": CHANNEL_WORDS, "basis": BASIS_WORDS}
GLYPHS = {"gather": "聚", "give": "予", "sell": "售", "share": "传"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
class Story:
    """A stretch of the timeline, by day. `chips` stand with the address of their part; about `left` facts are older."""

    days: tuple[tuple[datetime, tuple[Happening, ...]], ...]
    chips: tuple[tuple[FilterChip, str], ...]
    total: int
    older: str
    older_part: str
    left: int
    first: str
    step: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as far as it changes what is said."""

    scope: Scope
    money: bool
    messages: Scope


def story(
    *,
    person_id: int,
    members: Sequence[int],
    counts: Counts,
    reader: Reader,
    step: str = "",
    before: str = "",
    shown: int = 0,
) -> Story:
    """The timeline from `before` on (a mark of an earlier stretch), after `shown` facts were shown already."""
    step = step if step in STEPS else ""
    kinds = [kind for kind, fact in CATALOGUE.items() if fact.step in STEPS[step]] if step else None
    start = _cursor(before)
    entries = timeline(person_ids=members, kinds=kinds, before=start, limit=SHOWN + 1)
    page = entries[:SHOWN]
    by_step = {code: int(getattr(counts, code)) for code in STEPS}
    total = by_step[step] if step else sum(by_step.values())
    address, part = (reverse(name, args=[person_id]) for name in ("console:person", "console:person_story"))
    older = ""
    if len(entries) > SHOWN:
        held = {"step": step, "before": _mark(page[-1]), "shown": shown + SHOWN}
        older = urlencode({name: value for name, value in held.items() if value})
    return Story(
        days=_by_day(_happenings(page, frozenset(members), reader)),
        chips=tuple((chip, part + chip.href.removeprefix(address)) for chip in _chips(address, step, by_step)),
        total=total,
        older=f"{address}?{older}" if older else "",
        older_part=f"{part}?{older}" if older else "",
        left=max(total - shown - SHOWN, 0),
        first=(f"{address}?{urlencode({'step': step})}" if step else address) if start else "",
        step=step,
    )


def told_to(request: StaffRequest, person_id: int, members: Sequence[int], counts: Counts, *, money: bool) -> Story:
    """The stretch of the timeline that a request asks for."""
    shown = request.GET.get("shown", "")
    return story(
        person_id=person_id,
        members=members,
        counts=counts,
        reader=Reader(request.scope, money, request.staff.scope("messages.see")),
        step=request.GET.get("step", ""),
        before=request.GET.get("before", ""),
        shown=int(shown) if shown.isdecimal() and len(shown) < 10 else 0,
    )


def _mark(entry: Entry) -> str:
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1)}-{entry.seq}"


def _cursor(mark: str) -> Cursor | None:
    moment, _dash, seq = mark.rpartition("-")
    if not (moment.lstrip("-").isdecimal() and seq.isdecimal() and len(mark) < 40):
        return None
    try:
        return Cursor(_EPOCH + timedelta(microseconds=int(moment)), int(seq))
    except OverflowError:
        return None


def _chips(address: str, step: str, by_step: dict[str, int]) -> list[FilterChip]:
    found = [FilterChip(_("All"), address, chosen=not step)]
    for code, number in by_step.items():
        kind = code if code in GLYPHS else ""
        if number or code == step or code in GLYPHS:
            found.append(
                FilterChip(
                    GLYPHS.get(code) or _("Other"), f"{address}?step={code}", number, chosen=code == step, kind=kind
                )
            )
    return found


def _by_day(told: Sequence[Happening]) -> tuple[tuple[datetime, tuple[Happening, ...]], ...]:
    days: list[tuple[datetime, list[Happening]]] = []
    for one in told:
        if not days or timezone.localtime(days[-1][0]).date() != timezone.localtime(one.at).date():
            days.append((one.at, []))
        days[-1][1].append(one)
    return tuple((day, tuple(rows)) for day, rows in days)


def _happenings(entries: Sequence[Entry], members: frozenset[int], reader: Reader) -> list[Happening]:
    language: Language = "en" if (get_language() or "").startswith("en") else "zh"
    said = {entry.seq: _said(entry, language, money=reader.money) for entry in entries}
    names = _names(entries, said, members, reader.scope)
    places = {p.pk: p for p in Place.objects.filter(pk__in={e.place_id for e in entries if e.place_id})}
    words = _words(entries, places, reader.messages)
    told = []
    for entry in entries:
        fact, place = CATALOGUE.get(entry.kind), places.get(entry.place_id or 0)
        told.append(
            Happening(
                step=fact.step if fact else "house",
                bits=_bits(entry, said[entry.seq], names, members, language),
                place=place.name if place else "",
                words=words.get(int(entry.body.get("message", 0)), "") if entry.kind == "message.heard" else "",
                at=entry.at,
            )
        )
    return told


def _said(entry: Entry, language: Language, *, money: bool) -> list[Part]:
    _version, body = upcast(entry.kind, entry.version, entry.body)
    if not money and entry.kind in CATALOGUE:
        body = body | {column.name: None for column in own(entry.kind) if column.meaning == "fen"}
    return sentence(entry.kind, _worded(entry.kind, body), language=language)


def _worded(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Codes that the pages of people word, so that one thing is called one name on one page."""
    if kind == "person.merged":
        codes = [str(reason).partition(":")[0] for reason in body.get("reasons", ())]
        return body | {"reasons": tuple(dict.fromkeys(why(Ground(code)).text for code in codes))}
    if kind in ("consent.given", "consent.withdrawn"):
        return body | {name: str(words[body[name]]) for name, words in CONSENT_CODES.items() if body.get(name) in words}
    return body


Names = dict[tuple[str, int], str]


def _names(entries: Sequence[Entry], said: dict[int, list[Part]], members: frozenset[int], scope: Scope) -> Names:
    """Titles of all that is named, one query a noun. People outside the scope have none."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for part in (one for parts in said.values() for one in parts):
        if isinstance(part, Ref) and part.id and part.noun in TITLES:
            wanted[part.noun].add(part.id)
    others = {entry.person_id for entry in entries if entry.person_id and entry.person_id not in members}
    if people := wanted.pop("person", set()) | others:
        wanted["person"] = set(among(person_ids=people, scope=scope))
    found: Names = {}
    for noun, ids in wanted.items():
        titles = TITLES[noun](ids) if ids else {}
        found |= {(noun, number): title for number, title in titles.items() if title or noun == "person"}
    return found


def _words(entries: Sequence[Entry], places: dict[int, Place], scope: Scope) -> dict[int, str]:
    """What was said, of messages in places whose words one may read."""
    heard = [
        int(entry.body["message"])
        for entry in entries
        if entry.kind == "message.heard" and "message" in entry.body and entry.place_id in places
        and scope and scope.holds(places[entry.place_id].community_id)
    ]  # fmt: skip
    if not heard:
        return {}
    found = Message.objects.filter(pk__in=heard, recalled_at=None).values_list("pk", "words")
    return {int(pk): text if len(text) <= WORDS else text[:WORDS] + "…" for pk, text in found}


def _bits(
    entry: Entry, parts: Sequence[Part], names: Names, members: frozenset[int], language: Language
) -> tuple[Bit, ...]:
    bits = [_bit(part, names, members) for part in parts]
    alone = entry.kind in SENTENCES and SENTENCES[entry.kind].stands_alone
    if entry.person_id and entry.person_id not in members and not alone:
        return (_bit(Ref("person", entry.person_id), names, members), Bit(" "), *bits)
    if language == "en" and bits and not bits[0].href:
        bits[0] = Bit(bits[0].text[:1].upper() + bits[0].text[1:])
    return tuple(bits)


def _bit(part: Part, names: Names, members: frozenset[int]) -> Bit:
    if isinstance(part, Text):
        return Bit(part.text)
    if isinstance(part, When):
        return Bit(f"{timezone.localtime(part.at):%Y-%m-%d %H:%M}")
    title = names.get((part.noun, part.id))
    if part.noun == "person":
        if title is None:
            return Bit(_("somebody") if part.id else "—")
        return Bit(name_or_number(title, part.id), "" if part.id in members else way(PAGES["person"], part.id))
    if not title:
        return Bit(f"#{part.id}" if part.id else "—")
    return Bit(title, way(PAGES[part.noun], part.id) if part.noun == "import" else "")
