"""Entries of the ledger as people read them: a sentence with names and links in place of ids.

All names of a page are asked for at once: two queries for people, one for all other things, whatever there is of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.sentences import SENTENCES, Language, Part, Ref, Text, When
from tongpin.core.ledger.entries import Entry
from tongpin.core.people.queries import display_names
from tongpin.web.console.fact_words import OF_SOMEBODY, parts_of
from tongpin.web.console.import_parts import way
from tongpin.web.console.thing_names import NAMED, rows_named
from tongpin.web.look.tags.words import when

Names = dict[tuple[str, int], str]

PAGES = {
    "person": "console:person",
    "import": "console:import",
    "staff": "console:team_member",
    "community": "console:community",
    "talk": "console:give_talk",
    "digest": "console:digest",
    "offer": "console:offer",
    "group_buy": "console:group_buy",
    "order": "console:order",
}
"""Which things have a page."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry in words. `where` is the place or who did it."""

    seq: int
    at: datetime
    step: str
    said: SafeString
    where: str


def happened(entries: Sequence[Entry]) -> list[Happened]:
    """Entries in human sentences, in the order given."""
    language: Language = "en" if (get_language() or "").startswith("en") else "zh"
    parts = {entry.seq: parts_of(entry, language) for entry in entries}
    names = _names(entries, parts.values())
    return [_happened(entry, parts[entry.seq], names) for entry in entries]


def _names(entries: Iterable[Entry], parts: Iterable[Sequence[Part]]) -> Names:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.person_id:
            wanted["person"].add(entry.person_id)
        if entry.place_id:
            wanted["place"].add(entry.place_id)
        if (staff := _staff(entry.actor)) is not None:
            wanted["staff"].add(staff)
    for part in (one for said in parts for one in said):
        if isinstance(part, Ref) and part.id:
            wanted[part.noun].add(part.id)
    people = display_names(person_ids=sorted(wanted["person"])) if wanted["person"] else {}
    found: Names = {("person", number): title for number, title in people.items() if title}
    return found | _titles({noun: ids for noun, ids in wanted.items() if noun in NAMED})


def _titles(wanted: dict[str, set[int]]) -> Names:
    """What things of all kinds are called. One query, or none."""
    asked = []
    for noun, ids in wanted.items():
        held, name = rows_named(noun)
        rows = held.filter(pk__in=ids).order_by()
        asked.append(rows.values_list(Cast(Value(noun), TextField()), "pk", Cast(name, TextField())))
    if not asked:
        return {}
    return {(noun, number): title for noun, number, title in asked[0].union(*asked[1:], all=True) if title}


def _staff(actor: str) -> int | None:
    number = actor.removeprefix("staff:")
    return int(number) if number != actor and number.isdecimal() else None


def _happened(entry: Entry, parts: Sequence[Part], names: Names) -> Happened:
    fact = CATALOGUE.get(entry.kind)
    named = entry.person_id and not (entry.kind in SENTENCES and SENTENCES[entry.kind].stands_alone)
    said = format_html_join(
        "", "{}", ((_drawn(part, names),) for part in (parts if named or entry.kind in OF_SOMEBODY else _begun(parts)))
    )
    if entry.person_id and named:
        said = format_html("{} {}", _linked(Ref("person", entry.person_id), names, strong=True), said)
    elif not entry.person_id and entry.kind in OF_SOMEBODY:
        said = format_html("{} {}", _("Somebody"), said)
    staff = _staff(entry.actor)
    where = names.get(("place", entry.place_id), "") if entry.place_id else ""
    return Happened(
        entry.seq,
        entry.at,
        fact.step if fact else "house",
        said,
        where or (names.get(("staff", staff), "") if staff else ""),
    )


def _begun(parts: Sequence[Part]) -> Sequence[Part]:
    """A sentence without a name before it, with a capital letter."""
    first = parts[0] if parts else None
    return [Text(first.text[:1].upper() + first.text[1:]), *parts[1:]] if isinstance(first, Text) else parts


def _drawn(part: Part, names: Names) -> SafeString | str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, When):
        return when(part.at)
    return _linked(part, names)


def _linked(ref: Ref, names: Names, *, strong: bool = False) -> SafeString:
    title = names.get((ref.noun, ref.id)) or (
        _("somebody") if ref.noun == "person" else f"#{ref.id}" if ref.id else "—"
    )
    href = way(PAGES[ref.noun], ref.id) if ref.noun in PAGES and ref.id else ""
    shown = format_html("<b>{}</b>", title) if strong else format_html("{}", title)
    return format_html('<a href="{}">{}</a>', href, shown) if href else shown
