"""The page of the audit trail: who did what, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from tongpin.core.team.queries import names_of, team
from tongpin.core.team.trail import AuditSeen, audit_page
from tongpin.web.console.community_words import code_word
from tongpin.web.console.people_words import field_word
from tongpin.web.console.team_words import ACTORS, DEEDS, DETAIL_NAMES, SUBJECTS, detail_in_words, place_in_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.tags.words import listed


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the trail in words. `details` are codes and numbers."""

    at: datetime
    who: str | Promise
    deed: str | Promise
    what: str
    details: str
    place: str | Promise


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _who(seen: AuditSeen, names: dict[int, str]) -> str | Promise:
    if seen.actor_kind == "staff" and seen.actor_id in names:
        return names[seen.actor_id]
    word = ACTORS.get(seen.actor_kind, seen.actor_kind)
    return word if seen.actor_id is None else f"{word} {seen.actor_id}"


def _what(seen: AuditSeen, names: dict[int, str]) -> str:
    kind, number = seen.subject
    if not kind:
        return ""
    if kind == "staff" and number in names:
        return names[number]
    return f"{SUBJECTS.get(kind, kind)} {number or ''}".strip()


def _details(seen: AuditSeen) -> str:
    shown = []
    for name, value in seen.details.items():
        codes = value if isinstance(value, list) else [value]
        said = _field(str(value)) if name == "field" else listed([detail_in_words(code) for code in codes])
        shown.append(f"{DETAIL_NAMES.get(name, name)} {said}".strip())
    return " · ".join(shown)


def _field(code: str) -> str:
    """What was looked at in full: `identity:phone` of a person, `order:phone` of an order."""
    what, _colon, part = code.partition(":")
    return code_word("field", part) if what == "order" else str(field_word(code))


@needs("audit.see")
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """Filters: `who` (a teammate), `deed` (an action code); `older` pages by key."""
    who, deed = _whole(request.GET.get("who", "")), request.GET.get("deed", "")[:60]
    page = audit_page(older_than=_whole(request.GET.get("older", "")), staff_id=who, action=deed)
    ids = {s.actor_id for s in page.lines if s.actor_kind == "staff"} | {
        s.subject[1] for s in page.lines if s.subject[0] == "staff"
    }
    names = names_of(staff_ids={number for number in ids if number is not None})
    lines = [
        Line(
            at=seen.at,
            who=_who(seen, names),
            deed=DEEDS.get(seen.action, seen.action),
            what=_what(seen, names),
            details=_details(seen),
            place=place_in_words(seen.place),
        )
        for seen in page.lines
    ]
    chosen = {name: value for name, value in (("who", who), ("deed", deed)) if value}
    older = page.older_than and f"{reverse('console:audit')}?{urlencode({**chosen, 'older': page.older_than})}"
    first = f"{reverse('console:audit')}?{urlencode(chosen)}" if "older" in request.GET else ""
    return render(
        request,
        "console/settings/audit.html",
        {
            "lines": lines,
            "older": older or "",
            "first": first,
            "people": [(mate.id, mate.display_name) for mate in team()],
            "deeds": sorted(DEEDS.items(), key=lambda pair: str(pair[1])),
            "who": who,
            "deed": deed,
        },
    )
