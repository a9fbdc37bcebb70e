"""Entries of the ledger as people read them: a sentence with names and links in place of ids.

All names of a page are asked for at once: two queries for people, one for all other things, whatever there is of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, TextField, Value
from django.db.models.functions import Cast
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpin.core.audiences.models import Segment
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.sentences import SENTENCES, Language, Part, Ref, Text, When, sentence
from tongpin.core.facts.upcasters import upcast
from tongpin.core.goods.models import Product
from tongpin.core.intake.models import Batch
from tongpin.core.ledger.entries import Entry
from tongpin.core.people.models import Tag
from tongpin.core.people.queries import display_names
from tongpin.core.places.models import Community, Place
from tongpin.core.team.models import Staff, WriteKey
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.give.digests.models import Digest
from tongpin.loop.give.talks.models import Talk
from tongpin.web.console.import_parts import way
from tongpin.web.look.tags.words import when

Names = dict[tuple[str, int], str]

TITLES: dict[str, tuple[type[Model], str, str]] = {
    "staff": (Staff, "pk", "display_name"),
    "place": (Place, "pk", "name"),
    "community": (Community, "pk", "name"),
    "import": (Batch, "pk", "file_name"),
    "product": (Product, "pk", "name"),
    "tag": (Tag, "pk", "name"),
    "segment": (Segment, "pk", "name"),
    "write_key": (WriteKey, "pk", "name"),
    "entrance": (Entrance, "pk", "name"),
    "tracked_code": (Entrance, "code_id", "name"),
    "talk": (Talk, "pk", "title"),
    "digest": (Digest, "pk", "title"),
}
"""Where the title of a thing stands: table, key, column. Rooms that come later add theirs; a thing without one is said
by its number. People are called by more than one column: `display_names`."""

PAGES = {"person": "console:person", "import": "console:import", "staff": "console:team_member"}
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
    parts = {entry.seq: _parts(entry, language) for entry in entries}
    names = _names(entries, parts.values())
    return [_happened(entry, parts[entry.seq], names) for entry in entries]


def _parts(entry: Entry, language: Language) -> list[Part]:
    _version, body = upcast(entry.kind, entry.version, entry.body)
    return sentence(entry.kind, body, language=language)


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
    return found | _titles({noun: ids for noun, ids in wanted.items() if noun in TITLES})


def _titles(wanted: dict[str, set[int]]) -> Names:
    """What things of all kinds are called. One query, or none."""
    asked = []
    for noun, ids in wanted.items():
        model, key, title = TITLES[noun]
        rows = model._default_manager.filter(**{f"{key}__in": ids}).order_by()
        asked.append(rows.values_list(Cast(Value(noun), TextField()), key, Cast(title, TextField())))
    if not asked:
        return {}
    return {(noun, number): title for noun, number, title in asked[0].union(*asked[1:], all=True) if title}


def _staff(actor: str) -> int | None:
    number = actor.removeprefix("staff:")
    return int(number) if number != actor and number.isdecimal() else None


def _happened(entry: Entry, parts: Sequence[Part], names: Names) -> Happened:
    fact = CATALOGUE.get(entry.kind)
    said = format_html_join("", "{}", ((_drawn(part, names),) for part in parts))
    if entry.person_id and not (entry.kind in SENTENCES and SENTENCES[entry.kind].stands_alone):
        said = format_html("{} {}", _linked(Ref("person", entry.person_id), names, strong=True), said)
    staff = _staff(entry.actor)
    where = names.get(("place", entry.place_id), "") if entry.place_id else ""
    return Happened(
        entry.seq,
        entry.at,
        fact.step if fact else "house",
        said,
        where or (names.get(("staff", staff), "") if staff else ""),
    )


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
