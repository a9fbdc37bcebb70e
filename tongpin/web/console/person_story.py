"""A person's timeline (时间线): a stretch of what the ledger tells of them, by day, filtered by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.queries import Cursor, timeline
from tongpin.core.people.seen import Counts
from tongpin.web.console.person_names import Around
from tongpin.web.console.person_sentences import Happening, Reader, happenings
from tongpin.web.look.gate import StaffRequest
from tongpin.web.look.parts import FilterChip

SHOWN = 30
STEPS: dict[str, tuple[str, ...]] = {
    "gather": ("gather",),
    "give": ("give",),
    "sell": ("sell",),
    "share": ("share",),
    "other": ("insight", "house"),
}
GLYPHS = {"gather": "聚", "give": "予", "sell": "售", "share": "传"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Days = tuple[tuple[datetime, tuple[Happening, ...]], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A stretch of the timeline, by day. `chips` stand with the address of their part; about `left` facts are older."""

    days: Days
    chips: tuple[tuple[FilterChip, str], ...]
    total: int
    older: str
    older_part: str
    left: int
    first: str
    step: str


def told_to(
    request: StaffRequest,
    person_id: int,
    members: Sequence[int],
    counts: Counts,
    *,
    money: bool,
    places: Collection[int] = (),
    people: Collection[int] = (),
) -> tuple[Story, Around]:
    """The stretch that a request asks for, as far as the reader may know it, and the names around the person."""
    asked, before, shown = (request.GET.get(name, "") for name in ("step", "before", "shown"))
    step = asked if asked in STEPS else ""
    kinds = [kind for kind, fact in CATALOGUE.items() if fact.step in STEPS[step]] if step else None
    start = _cursor(before)
    entries = timeline(person_ids=members, kinds=kinds, before=start, limit=SHOWN + 1)
    reader = Reader(request.scope, money, request.staff.scope("messages.see"))
    told, around = happenings(entries[:SHOWN], members=frozenset(members), reader=reader, places=places, people=people)
    by_step = {code: int(getattr(counts, code)) for code in STEPS}
    total = by_step[step] if step else sum(by_step.values())
    seen = SHOWN + (int(shown) if shown.isdecimal() and len(shown) < 10 else 0)
    address, part = (reverse(name, args=[person_id]) for name in ("console:person", "console:person_story"))
    older = _query(step=step, before=_mark(entries[SHOWN - 1]), shown=seen) if len(entries) > SHOWN else ""
    story = Story(
        days=_by_day(told),
        chips=tuple((chip, part + chip.href.removeprefix(address)) for chip in _chips(address, step, by_step)),
        total=total,
        older=address + older if older else "",
        older_part=part + older if older else "",
        left=max(total - seen, 0),
        first=address + _query(step=step) if start else "",
        step=step,
    )
    return story, around


def _query(**held: str | int) -> str:
    query = urlencode({name: value for name, value in held.items() if value})
    return f"?{query}" if query else ""


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
        if number or code == step or code in GLYPHS:
            word, kind = GLYPHS.get(code) or _("Other"), code if code in GLYPHS else ""
            found.append(FilterChip(word, f"{address}?step={code}", number, chosen=code == step, kind=kind))
    return found


def _by_day(told: Sequence[Happening]) -> Days:
    days: list[tuple[datetime, list[Happening]]] = []
    for one in told:
        if not days or timezone.localtime(days[-1][0]).date() != timezone.localtime(one.at).date():
            days.append((one.at, []))
        days[-1][1].append(one)
    return tuple((day, tuple(rows)) for day, rows in days)
