"""What would become of a file: the same reading, planning and deciding as an import, with nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tongpin.base.tally import Tally
from tongpin.base.text import mask_name
from tongpin.channels.sheet.chats.iteration import iterate as iterate_chat
from tongpin.channels.sheet.chats.values import Said
from tongpin.channels.sheet.iterating import iterate as iterate_table
from tongpin.channels.sheet.rows import BadRow
from tongpin.core.intake.conversing import Conversations, Window, arrivals_in, outcomes_of
from tongpin.core.intake.foreseeing import Foresight
from tongpin.core.intake.keeping import NAMES, Counted, Kept, count_in
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.placing import Chunk, Refusal
from tongpin.core.intake.planning import LATE, Plan, Planner
from tongpin.core.intake.recalling import Told
from tongpin.core.intake.recognising import chat_found, chat_mapping, known_shop, table_found
from tongpin.core.intake.uploads import path_of
from tongpin.core.people.resolving import Foreseen, foresee


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of a preview: what it would become, who is meant, and its first facts."""

    row: int
    outcome: str
    reason: str
    column: str
    text: str
    order: str
    person_id: int | None
    who: str
    what: str
    amount_fen: int | None
    at: datetime | None


def preview(batch: Batch, *, limit: int = 60) -> list[Seen]:
    """The first rows of a table or conversation with what they would become. Reads only."""
    if batch.kind == "messages":
        return _preview_chat(batch, limit)
    chunk = Chunk()
    for item in islice(rows_of(batch), limit):
        chunk.add(item)
    decided, rows, _ = _foresight(batch).take(chunk)
    told = {row.plan.row: row for row in rows}
    refused = {one.row: one for one in chunk.refused}
    return [_seen(kept, told.get(kept.row), refused.get(kept.row)) for kept in sorted(decided.rows())]


def dry_run(batch: Batch, *, at: datetime) -> dict[str, Any]:
    """The counts a whole import would have. Reads only."""
    counts: dict[str, Any] = {"rows": 0, "people": 0, "orders": 0, "messages": 0, "reasons": {}}
    if batch.kind == "messages":
        for _, kept, more in _chat_windows(batch):
            count_in(counts, kept, more)
        return counts
    foresight = _foresight(batch)
    for chunk in chunks_of(rows_of(batch)):
        decided, _, more = foresight.take(chunk)
        count_in(counts, decided.rows(), more)
    return counts


def rows_of(batch: Batch) -> Iterator[Plan | Refusal]:
    """All rows of a table, planned."""
    found = table_found(batch)
    shop = batch.shop_id or known_shop(batch)
    planner = Planner(shop=shop or 0, provider=found.platform or batch.layout, now=batch.uploaded_at)
    latest = batch.uploaded_at + LATE
    for row in iterate_table(path_of(batch), found, zone=ZoneInfo(settings.ZONE), latest=latest):
        if isinstance(row, BadRow):
            yield Refusal(row.row, row.reason, row.column, row.text, row.cells)
        else:
            yield planner.plan(row)


def chunks_of(items: Iterator[Plan | Refusal]) -> Iterator[Chunk]:
    """As an import cuts them."""
    chunk = Chunk()
    for item in items:
        chunk.add(item)
        if chunk.is_full:
            yield chunk
            chunk = Chunk()
    if chunk.plans or chunk.refused:
        yield chunk


def _foresight(batch: Batch) -> Foresight:
    return Foresight(shop=batch.shop_id or known_shop(batch), is_of_shop=batch.kind != "bills")


def _seen(kept: Kept, told: Told | None, refused: Refusal | None) -> Seen:
    if told is None:
        text = refused.text if refused else ""
        return Seen(kept.row, NAMES[kept.outcome], kept.reason, kept.column, text, "", None, "", "", None, None)
    plan = told.plan
    said = told.fresh or plan.sayings
    amounts = (one.body[name] for one in said for name in ("amount_fen", "payable_fen") if name in one.body)
    amount = next((fen for fen in amounts if isinstance(fen, int)), None)
    person = kept.person if kept.person is not None and kept.person > 0 else None
    who = plan.nickname or mask_name(plan.name) or next((value for _, value in plan.traits), "")
    what = plan.products[0][1] if plan.products else ""
    at = (plan.sayings[max(plan.main, 0)] if plan.sayings else None) or next(iter(said), None)
    return Seen(
        kept.row, NAMES[kept.outcome], kept.reason, "", "", told.order, person, who, what, amount, at.at if at else None
    )


def _preview_chat(batch: Batch, limit: int) -> list[Seen]:
    seen: list[Seen] = []
    for window, kept, _ in _chat_windows(batch):
        items = {item.row: item for part in window.parts.values() for item, _, _ in part.said}
        bad = {one.row: one for one in window.bad}
        for one in sorted(kept):
            item = items.get(one.row)
            if item is None:
                text = bad[one.row].text
                seen.append(Seen(one.row, "rejected", one.reason, one.column, text, "", None, "", "", None, None))
                continue
            who = item.sender_name if isinstance(item, Said) else ""
            person = one.person if one.person is not None and one.person > 0 else None
            outcome = NAMES[one.outcome]
            seen.append(Seen(one.row, outcome, one.reason, "", "", "", person, who, item.text[:80], None, item.at))
        if len(seen) >= limit:
            break
    return seen[:limit]


def _chat_windows(batch: Batch) -> Iterator[tuple[Window, list[Kept], Counted]]:
    """The windows of a conversation with what their rows would become."""
    opened, found = chat_found(batch)
    items = iterate_chat(opened, found, zone=ZoneInfo(settings.ZONE), mapping=chat_mapping(batch))
    told = Tally()
    met = Foreseen()
    for window in Conversations(batch, makes_places=False).windows(items):
        kept = [Kept(one.row, Row.Outcome.REJECTED, one.reason, one.column, cells=one.cells) for one in window.bad]
        people = messages = 0
        for part in window.parts.values():
            resolved = foresee(arrivals_in(part), met=met)
            keys = [key for _, key, _ in part.said]
            known = _messages(part.place, keys)
            new = {key for key in keys if key not in known and told.count(hash((part.place, key)) % (1 << 64)) == 1}
            kept += outcomes_of(part, resolved.people[len(part.members) :], new)
            people, messages = people + len(resolved.met), messages + len(new)
        yield window, kept, Counted(people=people, messages=messages)


def _messages(place: int, keys: Sequence[str]) -> set[str]:
    if place <= 0 or not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select key from message where place_id = %s and key = any(string_to_array(%s, ','))",
            [place, ",".join(keys)],
        )
        return {row[0] for row in cursor.fetchall()}
