"""Placing: plans of rows become people, facts and row outcomes, one chunk a transaction.

A chunk writes its facts, what its rows became, and the checkpoint together: after a crash the import goes on behind the
last chunk that was placed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from tongpin.base.clock import now
from tongpin.core.goods.actions import know_products
from tongpin.core.intake.deciding import Decided, decide, of_orders
from tongpin.core.intake.keeping import NAMES, Counted, Kept, keep_blocks, keep_rows, move_checkpoint
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.planning import SHOP_SCOPE, Plan, body_text
from tongpin.core.intake.recalling import Ledger, Told, recall
from tongpin.core.intake.telling_more import consent, learn
from tongpin.core.ledger.bulk import LIMIT, Line, record_many
from tongpin.core.ledger.models import Origin
from tongpin.core.people.arriving import lines_of_arrival
from tongpin.core.people.merging import settle_clashes
from tongpin.core.people.models import Strength
from tongpin.core.people.pairs import pair
from tongpin.core.people.resolving import Arrival, Raced, Resolved, remember, resolve_many
from tongpin.core.people.roots import roots_of
from tongpin.core.people.signs import Sign
from tongpin.core.people.suggesting import make_findable, suggest_for

ROWS = 3000
SAYINGS = 4500
"""A chunk ends at so many rows or facts, whichever comes first."""

TRIES = 8

T = TypeVar("T")


@dataclass(slots=True)
class Refusal:
    """A row that becomes nothing, with its cells, so that it can be handed back."""

    row: int
    reason: str
    column: str = ""
    text: str = ""
    cells: Sequence[object] = ()


@dataclass(slots=True)
class Chunk:
    """Rows on their way into one transaction."""

    plans: list[Plan] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    sayings: int = 0
    last_row: int = 0

    def add(self, item: Plan | Refusal) -> None:
        if isinstance(item, Plan):
            self.plans.append(item)
            self.sayings += len(item.sayings)
        else:
            self.refused.append(item)
        self.last_row = max(self.last_row, item.row)

    @property
    def is_full(self) -> bool:
        return len(self.plans) + len(self.refused) >= ROWS or self.sayings >= SAYINGS


@dataclass(slots=True)
class Shelf:
    """What one run of an import remembers of the shop: its products by key."""

    products: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Placed:
    """What became of a chunk."""

    rows: list[Kept]
    counted: Counted


def place_chunk(chunk: Chunk, *, batch: Batch, shop: int | None, progress: float, shelf: Shelf | None = None) -> Placed:
    """Writes a chunk and moves the batch's checkpoint. Meets a rival writer by doing it again."""
    return trying_again(lambda: _place_once(chunk, batch, shop, progress, shelf or Shelf()))


def trying_again(work: Callable[[], T]) -> T:
    """Does a transaction again where a rival writer got in between, or two waited for each other."""
    for attempt in range(TRIES):
        try:
            return work()
        except Raced:
            if attempt == TRIES - 1:
                raise
        except OperationalError:
            # A deadlock, most likely. Within another transaction there is no second try.
            if attempt == TRIES - 1 or connection.in_atomic_block:
                raise
        time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable")


def _place_once(chunk: Chunk, batch: Batch, shop: int | None, progress: float, shelf: Shelf) -> Placed:
    moment = now()
    via = f"import:{batch.pk}"
    with transaction.atomic():
        rows, refunds = recall(chunk.plans, shop=shop, via=via, known=Ledger())
        arrivals, whose = arrivals_of(rows)
        resolved = resolve_many(arrivals, via=via, at=moment)
        people = of_orders(rows, [resolved.people[i] if i >= 0 else None for i in whose], gone=resolved.gone)
        products = _products(rows, shop, shelf)
        writer = _Writer(moment, via)
        writer.write(lines_of_arrival(resolved, via="import", at=moment))
        fresh = writer.write(_lines(rows, people, shop, products))
        decided = decide(rows, people, fresh, refused=refused_rows(chunk))
        learnt = learn(rows, people, resolved, via=via, at=moment, record=writer.write)
        decided.more(learnt.rows)
        decided.wait(_doubted(rows, whose, resolved, moment, via), "two_people")
        decided.wait(_alike(rows, people, resolved, decided, learnt.people, at=moment), "like_somebody")
        if batch.consent_basis:
            writer.write(consent(people, batch.consent_basis, at=moment, via=via))
        if refunds is not None:
            refunds.keep(batch)
        placed = Placed(decided.rows(), Counted(people=len(resolved.met), orders=decided.orders))
        keep_rows(placed.rows, batch, scopes=(f"shop_account/{SHOP_SCOPE}{shop}",))
        keep_blocks(writer.blocks, batch)
        counts = move_checkpoint(batch, row=chunk.last_row, progress=progress, rows=placed.rows, more=placed.counted)
    remember(resolved)
    shelf.products.update(products)
    batch.checkpoint, batch.counts = chunk.last_row, counts
    return placed


class _Writer:
    """Writes facts of an import, any number of them, and knows which entries they became."""

    def __init__(self, moment: datetime, via: str) -> None:
        self.moment, self.via = moment, via
        self.blocks: list[tuple[int, int]] = []

    def write(self, lines: Sequence[Line]) -> set[bytes]:
        """The digests that were new."""
        fresh: set[bytes] = set()
        for start in range(0, len(lines), LIMIT):
            part = lines[start : start + LIMIT]
            written = record_many(part, recorded_at=self.moment, actor=self.via, source=self.via, origin=Origin.HISTORY)
            fresh.update(key for i in written.new if (key := part[i].digest))
            self.blocks.extend(written.blocks)
        return fresh


def arrivals_of(rows: Sequence[Told]) -> tuple[list[Arrival], list[int]]:
    """Everybody who arrives, each once, and for each row which arrival is theirs (-1: nobody's)."""
    arrivals: list[Arrival] = []
    at: list[int] = []
    found: dict[tuple[object, ...], int] = {}
    made: dict[tuple[object, ...], int] = {}
    for row in rows:
        signs = row.signs
        if not signs:
            at.append(-1)
            continue
        new = row.makes_people
        where = made.get(signs) if new else found.get(signs)
        if where is None:
            where = len(arrivals)
            arrivals.append(Arrival(signs, new, frozenset() if new else _loose(signs)))
            if new:
                made[signs] = where
            found[signs] = where
        at.append(where)
    return arrivals, at


def _loose(signs: Sequence[Sign]) -> frozenset[Sign]:
    """Numbers that a known row calls its buyer by: a spreadsheet program may have taken their zeros away."""
    return frozenset(one for one in signs if one.kind == "shop_account" and one.value.isdecimal())


def _products(rows: Sequence[Told], shop: int | None, shelf: Shelf) -> dict[str, int]:
    """The products of what is to be said."""
    if shop is None:
        return {}
    known = shelf.products
    wanted = {one.product for row in rows for one in row.fresh if one.product}
    fresh = wanted - known.keys()
    found = {key: known[key] for key in wanted if key in known}
    if fresh:
        told = (product for row in rows for product in row.plan.products if product[0] in fresh)
        found.update(know_products(place_id=shop, told=told))
    return found


def _lines(
    rows: Sequence[Told], people: Sequence[int | None], shop: int | None, products: dict[str, int]
) -> list[Line]:
    lines: list[Line] = []
    for row, person in zip(rows, people, strict=True):
        for one in row.fresh:
            body = one.body
            if one.product:
                body = {**body, "product": products[one.product]}
            lines.append(Line(one.digest, one.kind, one.at.isoformat(), person, shop, body_text(body)))
    return lines


def refused_rows(chunk: Chunk) -> list[Kept]:
    """Rows that could not be read, as they are kept."""
    return [Kept(one.row, Row.Outcome.REJECTED, one.reason, one.column, None, "", one.cells) for one in chunk.refused]


def _doubted(rows: Sequence[Told], whose: Sequence[int], resolved: Resolved, at: datetime, via: str) -> list[int]:
    """Rows whose signs belong to two people who are both known: nobody joins those but a human."""
    if not resolved.clashes:
        return []
    settled = settle_clashes(clashes=resolved.clashes, trusted=True, at=at, actor=via, origin=Origin.HISTORY)
    roots = roots_of(person_ids={one for clash in resolved.clashes for one in (clash.person, clash.other)})
    waiting = {
        arrival
        for clash, arrival in zip(resolved.clashes, resolved.clash_at, strict=True)
        if pair(roots[clash.person], roots[clash.other]) in settled.suggested
    }
    return [row.plan.row for row, arrival in zip(rows, whose, strict=True) if arrival in waiting]


def weak_ones(rows: Sequence[Told], people: Sequence[int | None], resolved: Resolved) -> set[int]:
    """New people without an exact key."""
    born = set(resolved.met)
    return {
        person
        for row, person in zip(rows, people, strict=True)
        if person is not None and person in born and not any(one.strength == Strength.STRONG for one in row.signs)
    }


def _alike(
    rows: Sequence[Told],
    people: Sequence[int | None],
    resolved: Resolved,
    decided: Decided,
    learnt: set[int],
    *,
    at: datetime,
) -> list[int]:
    """New rows of a new person without an exact key who is like somebody known: a human says who it is.

    Whoever has an exact key is only made findable here, and looked at when the import is done.
    """
    weak = weak_ones(rows, people, resolved)
    make_findable(person_ids=learnt - weak)
    if not weak:
        return []
    alike = suggest_for(person_ids=sorted(weak), at=at)
    return [
        row.plan.row
        for row, person in zip(rows, people, strict=True)
        if person in alike and decided.is_new(row.plan.row)
    ]


__all__ = ["NAMES", "Chunk", "Placed", "Refusal", "Shelf", "place_chunk", "trying_again"]
