"""Putting together all that is known of one person, for the person. Layers above register what they hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.core.ledger.queries import Cursor, timeline
from tongpin.core.people.knowing import full_identity, full_life, full_name, full_trait
from tongpin.core.people.models import (
    Assessment,
    Consent,
    Identity,
    LifeFact,
    Merge,
    Note,
    Person,
    PersonTag,
    Purchase,
    Request,
    Trait,
)

Part = Literal["who", "did", "bought", "judged"]
Value = str | int | float | bool | None | datetime | date
PAGE = 5000
READABLE = 3000
"""Lines of one section on the page to read; the JSON holds all."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the export: which part it belongs to, its code, and its rows by column code."""

    part: Part
    code: str
    rows: Sequence[Mapping[str, Value]]


Exporter = Callable[[tuple[int, ...]], Iterable[Section]]
EXPORTERS: dict[str, Exporter] = {}


def register_exporter(name: str, function: Exporter) -> None:
    """Makes a layer's part of every export known; called once at start."""
    EXPORTERS[name] = function


def collect(members: Sequence[int]) -> list[Section]:
    """All sections of these records of one person."""
    ids = list(members)
    sections = [*_who(ids), *_judged(ids), *_bought(ids), _facts(ids)]
    for exporter in EXPORTERS.values():
        sections.extend(exporter(tuple(ids)))
    return sections


def _who(ids: list[int]) -> Iterable[Section]:
    people = Person.objects.filter(pk__in=ids).order_by("pk")
    yield Section(
        "who",
        "names",
        [
            {"number": p.pk, "nickname": p.nickname, "name": full_name(p), "came_via": p.via, "since": p.created_at}
            for p in people
        ],
    )
    yield Section(
        "who",
        "identities",
        [
            {
                "kind": one.kind,
                "scope": one.namespace,
                "value": full_identity(one),
                "source": one.via,
                "at": one.linked_at,
            }
            for one in Identity.objects.filter(person__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "who",
        "traits",
        [
            {"kind": one.kind, "value": full_trait(one), "source": one.via, "at": one.told_at}
            for one in Trait.objects.filter(person__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "who",
        "life_facts",
        [
            {"kind": one.kind, "value": full_life(one), "source": one.via, "at": one.told_at}
            for one in LifeFact.objects.filter(person__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "who",
        "consents",
        [
            {
                "purpose": one.purpose,
                "channel": one.channel,
                "basis": one.basis,
                "at": one.given_at,
                "withdrawn": one.withdrawn_at,
            }
            for one in Consent.objects.filter(person__in=ids).order_by("pk")
        ],
    )


def _judged(ids: list[int]) -> Iterable[Section]:
    yield Section(
        "judged",
        "tags",
        [
            {"tag": one.tag.name, "source": one.by, "at": one.put_at, "taken_off": one.taken_at}
            for one in PersonTag.objects.filter(person__in=ids).select_related("tag").order_by("pk")
        ],
    )
    yield Section(
        "judged",
        "notes",
        [
            {"words": one.words, "source": one.by_name, "at": one.written_at, "taken_off": one.removed_at}
            for one in Note.objects.filter(person__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "judged",
        "assessments",
        [
            {
                "kind": one.kind,
                "value": one.value if one.value is None else round(one.value, 2),
                "source": one.word,
                "reasons": ", ".join(f"{piece['sign']} ×{piece['count']}" for piece in one.evidence),
                "at": one.as_of,
            }
            for one in Assessment.objects.filter(person__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "judged",
        "merges",
        [
            {
                "number": one.gone,
                "reasons": ", ".join(str(reason.get("code", "")) for reason in one.reasons),
                "at": one.merged_at,
                "taken_off": one.undone_at,
            }
            for one in Merge.objects.filter(kept__in=ids).order_by("pk")
        ],
    )
    yield Section(
        "judged",
        "requests",
        [
            {"wish": one.wish, "at": one.asked_at, "done": one.done_at}
            for one in Request.objects.filter(person__in=ids).order_by("pk")
        ],
    )


def _bought(ids: list[int]) -> Iterable[Section]:
    yield Section(
        "bought",
        "orders",
        [
            {
                "order": one.order,
                "shop": one.place_id,
                "placed": one.placed_at,
                "paid": one.paid_at,
                "cancelled": one.cancelled_at,
                "lines": one.items,
                "paid_fen": one.paid_fen if one.paid_fen is not None else one.items_fen,
                "refunded_fen": one.refunded_fen,
                "currency": one.currency,
            }
            for one in Purchase.objects.filter(person_id__in=ids).order_by("paid_at", "place_id", "order")
        ],
    )


def _facts(ids: list[int]) -> Section:
    """Every fact the ledger holds about them, oldest first."""
    rows: list[dict[str, Value]] = []
    before: Cursor | None = None
    while entries := timeline(person_ids=ids, before=before, limit=PAGE):
        for entry in entries:
            body = msgspec.json.encode(entry.body).decode() if entry.body else ""
            rows.append({"at": entry.at, "fact": entry.kind, "shop": entry.place_id, "details": body})
        before = Cursor(entries[-1].at, entries[-1].seq)
    return Section("did", "facts", rows[::-1])


PARTS: dict[Part, object] = {
    "who": gettext_lazy("Who I am"),
    "did": gettext_lazy("What I did"),
    "bought": gettext_lazy("What I bought"),
    "judged": gettext_lazy("What you concluded about me"),
}

TITLES: dict[str, object] = {
    "names": gettext_lazy("Names"),
    "identities": gettext_lazy("Identities and contact data"),
    "traits": gettext_lazy("Other signs"),
    "life_facts": gettext_lazy("Facts of life"),
    "consents": gettext_lazy("Consents"),
    "tags": gettext_lazy("Tags"),
    "notes": gettext_lazy("Notes of the team"),
    "assessments": gettext_lazy("Assessments"),
    "merges": gettext_lazy("Records merged into this one"),
    "requests": gettext_lazy("Requests"),
    "orders": gettext_lazy("Orders"),
    "facts": gettext_lazy("All that was recorded"),
    "memberships": gettext_lazy("Groups and places"),
    "messages": gettext_lazy("My messages"),
    "letters": gettext_lazy("Letters to me"),
    "files": gettext_lazy("My pictures and recordings"),
    "applications": gettext_lazy("My applications"),
    "answers": gettext_lazy("My answers when I applied"),
    "charters": gettext_lazy("Community rules I agreed to"),
    "welcomes": gettext_lazy("My first steps in communities"),
    "talks_given": gettext_lazy("Talks I gave"),
    "talk_segments": gettext_lazy("What I said in talks"),
    "questions": gettext_lazy("Questions I asked"),
    "talks_heard": gettext_lazy("Talks I heard"),
    "talk_sign_ups": gettext_lazy("Talks I signed up for"),
    "quoted": gettext_lazy("Digests I was asked to be quoted in"),
    "links": gettext_lazy("Links of my own"),
    "posters": gettext_lazy("My posters"),
    "referrals": gettext_lazy("Who brought me, and whom I brought"),
    "commissions": gettext_lazy("What my friends' purchases earned me"),
    "payouts": gettext_lazy("What was paid out to me"),
    "recipients": gettext_lazy("Who my parcels went to"),
    "returns": gettext_lazy("What I asked my money back for"),
}

COLUMNS: dict[str, object] = {
    "address": gettext_lazy("Address"),
    "amount": gettext_lazy("Amount (fen)"),
    "answer": gettext_lazy("Answer"),
    "at": gettext_lazy("Time"),
    "base": gettext_lazy("Reckoned from (fen)"),
    "basis": gettext_lazy("Basis"),
    "called": gettext_lazy("Called there"),
    "came_via": gettext_lazy("Came via"),
    "cancelled": gettext_lazy("Cancelled"),
    "channel": gettext_lazy("Channel"),
    "community": gettext_lazy("Community"),
    "currency": gettext_lazy("Currency"),
    "details": gettext_lazy("Details"),
    "done": gettext_lazy("Done"),
    "edition": gettext_lazy("Edition"),
    "fact": gettext_lazy("Fact"),
    "files": gettext_lazy("Files"),
    "for": gettext_lazy("Belongs to"),
    "generation": gettext_lazy("Generation"),
    "how": gettext_lazy("How"),
    "kind": gettext_lazy("Kind"),
    "left": gettext_lazy("Left"),
    "lines": gettext_lazy("Number"),
    "link": gettext_lazy("Link"),
    "messages": gettext_lazy("Messages"),
    "name": gettext_lazy("Name"),
    "nickname": gettext_lazy("Nickname"),
    "number": gettext_lazy("No."),
    "order": gettext_lazy("Order"),
    "paid": gettext_lazy("Paid"),
    "paid_fen": gettext_lazy("Paid (fen)"),
    "phone": gettext_lazy("Phone"),
    "place": gettext_lazy("Place"),
    "placed": gettext_lazy("Placed"),
    "purpose": gettext_lazy("Purpose"),
    "qualified": gettext_lazy("First order paid"),
    "question": gettext_lazy("Question"),
    "rate": gettext_lazy("Rate (1/10,000)"),
    "reasons": gettext_lazy("Reasons"),
    "refunded": gettext_lazy("Gone back (fen)"),
    "refunded_fen": gettext_lazy("Refunded (fen)"),
    "role": gettext_lazy("Role"),
    "scope": gettext_lazy("Within"),
    "seconds": gettext_lazy("Seconds"),
    "shop": gettext_lazy("Place no."),
    "side": gettext_lazy("Who brought whom"),
    "since": gettext_lazy("Since"),
    "size": gettext_lazy("Size (bytes)"),
    "source": gettext_lazy("Source"),
    "state": gettext_lazy("State"),
    "subject": gettext_lazy("Subject"),
    "tag": gettext_lazy("Tag"),
    "taken_off": gettext_lazy("Taken off"),
    "talk": gettext_lazy("Talk"),
    "title": gettext_lazy("Title"),
    "value": gettext_lazy("Value"),
    "wish": gettext_lazy("Wish"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "words": gettext_lazy("Words"),
}


def pack(sections: Sequence[Section], *, at: datetime, language: str) -> bytes:
    """The zip: `data.json` for programs, `index.html` for people."""
    whole: dict[str, dict[str, list[dict[str, Value]]]] = {part: {} for part in PARTS}
    for section in sections:
        whole[section.part].setdefault(section.code, []).extend(dict(row) for row in section.rows)
    data = {"made_at": at, **whole}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", msgspec.json.format(msgspec.json.encode(data), indent=1))
        with translation.override(language):
            packed.writestr("index.html", page(whole, at=at, language=language))
    return out.getvalue()


def page(whole: Mapping[str, Mapping[str, Sequence[Mapping[str, Value]]]], *, at: datetime, language: str) -> str:
    """The same as a page that opens anywhere; needs nothing from outside."""
    title = escape(_("What we know about you"))
    made = escape(_("Made %(when)s") % {"when": _moment(at)})
    body = [f"<h1>{title}</h1><p>{made}</p>"]
    for part, heading in PARTS.items():
        body.append(f"<h2>{escape(str(heading))}</h2>")
        tables = [(code, rows) for code, rows in whole[part].items() if rows]
        if not tables:
            body.append(f"<p>{escape(_('Nothing'))}</p>")
        for code, rows in tables:
            body.append(f"<h3>{escape(str(TITLES.get(code, code)))}</h3>{_table(rows)}")
    style = (
        "body{font:15px/1.6 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}"
        "table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.2em .5em;text-align:left;"
        "vertical-align:top;overflow-wrap:anywhere}"
    )
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return (
        f'<!doctype html><html lang="{escape(language)}"><head>{head}<style>{style}</style></head>'
        f"<body>{''.join(body)}</body></html>"
    )


def _table(rows: Sequence[Mapping[str, Value]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    shown = rows[-READABLE:]
    head = "".join(f"<th>{escape(str(COLUMNS.get(name, name)))}</th>" for name in columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in columns) + "</tr>" for row in shown
    )
    more = ""
    if len(shown) < len(rows):
        more = f"<p>{escape(_('The newest %(n)d of %(all)d; data.json holds all.') % {'n': len(shown), 'all': len(rows)})}</p>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{more}"


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return _moment(value) if isinstance(value, datetime) else str(value)


def _moment(at: datetime) -> str:
    """A moment in the merchant's zone."""
    return at.astimezone(ZoneInfo(settings.ZONE)).strftime("%Y-%m-%d %H:%M")
