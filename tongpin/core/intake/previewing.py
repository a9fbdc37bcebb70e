"""What would become of a file: the same planning as an import, compared with what is known, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tongpin.channels.sheet.chats.iteration import iterate as iterate_chat
from tongpin.channels.sheet.chats.values import BadRow as BadChatRow
from tongpin.channels.sheet.chats.values import Notice, Said
from tongpin.channels.sheet.iterating import iterate as iterate_table
from tongpin.channels.sheet.rows import BadRow
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.placing import NAMES
from tongpin.core.intake.planning import Plan, Planner
from tongpin.core.intake.recognising import chat_found, chat_mapping, table_found
from tongpin.core.intake.uploads import path_of
from tongpin.core.people.resolving import sign_digest
from tongpin.core.people.signs import Sign
from tongpin.core.places.models import Place

CHUNK = 1500


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
    rows = islice(_rows(batch), limit)
    return [seen for _, part in zip(range(1), [list(rows)], strict=True) for seen in _judge(part, _Memory())]


def dry_run(batch: Batch, *, at: datetime) -> dict[str, Any]:
    """The counts a whole import would have. Reads only; people are counted by their signs."""
    counts: dict[str, Any] = {"rows": 0, "people": 0, "orders": 0, "messages": 0, "reasons": {}}
    if batch.kind == "messages":
        seen = _preview_chat(batch, None)
        counts["messages"] = sum(1 for one in seen if one.outcome == "new")
        _count(counts, seen)
        return counts
    memory = _Memory()
    rows = _rows(batch)
    while part := list(islice(rows, CHUNK)):
        _count(counts, _judge(part, memory))
    counts["people"], counts["orders"] = len(memory.people), len(memory.orders)
    return counts


def _count(counts: dict[str, Any], seen: Iterable[Seen]) -> None:
    for one in seen:
        counts["rows"] += 1
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
        if one.reason:
            counts["reasons"][one.reason] = counts["reasons"].get(one.reason, 0) + 1


class _Memory:
    """What earlier rows of the same file would have brought."""

    def __init__(self) -> None:
        self.digests: set[bytes] = set()
        self.signs: set[Sign] = set()
        self.people: set[Sign] = set()
        self.orders: set[str] = set()


def _rows(batch: Batch) -> Iterable[Any]:
    found = table_found(batch)
    place = Place.objects.filter(
        kind=Place.Kind.SHOP, platform=found.platform or "sheet", name=batch.shop_name or found.platform or "sheet"
    ).first()
    planner = Planner(shop=place.pk if place else 0, provider=found.platform or batch.layout, now=batch.uploaded_at)
    for row in iterate_table(path_of(batch), found, zone=ZoneInfo(settings.ZONE)):
        yield row if isinstance(row, BadRow) else planner.plan(row)


def _judge(part: Sequence[Any], memory: _Memory) -> list[Seen]:
    plans = [item for item in part if isinstance(item, Plan)]
    digests = [one.digest for plan in plans for one in plan.sayings]
    signs = {one: sign_digest(one) for plan in plans for one in plan.signs}
    with connection.cursor() as cursor:
        cursor.execute("select digest from entry_key where digest = any(%s)", [digests])
        known = {bytes(row[0]) for row in cursor.fetchall()} | memory.digests
        cursor.execute("select digest, person_id from identity where digest = any(%s)", [list(signs.values())])
        owners = {bytes(digest): int(person) for digest, person in cursor.fetchall()}
    seen: list[Seen] = []
    for item in part:
        if isinstance(item, BadRow):
            seen.append(Seen(item.row, "rejected", item.reason, item.column, item.text, "", None, "", "", None, None))
            continue
        seen.append(_judge_plan(item, known, owners, signs, memory))
    return seen


def _judge_plan(
    plan: Plan, known: set[bytes], owners: dict[bytes, int], signs: dict[Sign, bytes], memory: _Memory
) -> Seen:
    fresh = [one for one in plan.sayings if one.digest not in known]
    person = next((owners[signs[one]] for one in plan.signs if signs[one] in owners), None)
    if person is None and plan.signs and not any(one in memory.signs for one in plan.signs):
        memory.people.add(plan.signs[0])
    memory.signs.update(plan.signs)
    if not plan.sayings:
        outcome = Row.Outcome.REJECTED
    elif plan.sayings[plan.main] in fresh:
        outcome = Row.Outcome.NEW
    else:
        outcome = Row.Outcome.CHANGED if fresh else Row.Outcome.KNOWN
    for one in fresh:
        known.add(one.digest)
        memory.digests.add(one.digest)
        if one.kind == "order.placed":
            memory.orders.add(plan.order)
    amount = next((one.body[name] for one in plan.sayings for name in ("amount_fen", "payable_fen") if name in one.body), None)
    goods = plan.products[0][1] if plan.products else ""
    at = plan.sayings[plan.main].at if plan.sayings else None
    who = plan.nickname or plan.name or next((value for _, value in plan.traits), "")
    fen = amount if isinstance(amount, int) else None
    return Seen(plan.row, NAMES[outcome], plan.reason, "", "", plan.order, person, who, goods, fen, at)


def _preview_chat(batch: Batch, limit: int | None) -> list[Seen]:
    opened, found = chat_found(batch)
    items = iterate_chat(opened, found, zone=ZoneInfo(settings.ZONE), mapping=chat_mapping(batch))
    seen: list[Seen] = []
    for item in items:
        if isinstance(item, (Said, Notice)):
            who = item.sender_name if isinstance(item, Said) else ""
            seen.append(Seen(item.row, "new", "", "", "", "", None, who, item.text[:80], None, item.at))
        elif isinstance(item, BadChatRow):
            seen.append(Seen(item.row, "rejected", item.reason, item.column, item.text, "", None, "", "", None, None))
        if limit and len(seen) >= limit:
            break
    return seen
