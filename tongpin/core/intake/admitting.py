"""Admitting (收进): what was read by a mapping becomes people and facts, in the caller's transaction.

What happened long ago is history when it comes in: reactions do not see it, so fetching ten years of orders sends no
letter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import msgspec
from django.db import OperationalError, connection, transaction

from tongpin.base.clock import now
from tongpin.base.ids import digest
from tongpin.core.goods.actions import know_products
from tongpin.core.intake.meanings import Heard, is_weak
from tongpin.core.ledger.bulk import LIMIT, Line, record_many
from tongpin.core.ledger.models import Origin
from tongpin.core.people.arriving import Learnt, learn_many, lines_of_arrival
from tongpin.core.people.merging import settle_clashes
from tongpin.core.people.resolving import Arrival, Raced, Resolved, remember, resolve_many
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.people.telling import LifeTold, TraitTold, tell_life, tell_tags, tell_traits

FRESH = timedelta(days=3)
"""What is older than this when it comes in is history."""

AT_ONCE = 500
"""Happenings in one transaction at most."""

TRIES = 6

T = TypeVar("T")


class Saying(NamedTuple):
    """One fact a happening says; its natural key does not depend on who the person turns out to be."""

    kind: str
    digest: bytes
    at: datetime
    body: dict[str, object]


class Busy(Exception):
    """Other writers kept meeting the same new people first: send, or fetch, the same again in a moment."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told: `via` is `hook:3` or `pull:2` and stands as actor and source; `hook` is 0 for what was fetched."""

    via: str
    hook: int
    event: str
    shop: int | None

    @property
    def own_scope(self) -> str:
        """Where the teller's own numbers mean something."""
        return self.via

    @property
    def shop_scope(self) -> str:
        """Where accounts mean something: shared with imports of the same shop."""
        return f"shop:{self.shop}" if self.shop else self.via

    def message(self, heard: Heard) -> str:
        """The happening's name, unique together with `hook`."""
        return heard.message if self.hook else f"{self.via}:{heard.message}"[:240]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of one happening."""

    is_new: bool
    person_id: int | None


def trying_again(work: Callable[[], T]) -> T:
    """Does a transaction again where a rival writer got in between. Raises Busy."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return work()
        except Raced:
            time.sleep(0.005 * attempt)
        except OperationalError:
            # A deadlock, most likely; natural keys make the second try safe. Within another transaction there is none.
            if connection.in_atomic_block or attempt == TRIES - 1:
                raise
            time.sleep(0.02 * 2**attempt)
    raise Busy


def admit(heard: Sequence[Heard], *, teller: Teller, received_at: datetime) -> list[Admitted]:
    """Writes up to AT_ONCE happenings; those known already change nothing. Belongs inside `trying_again`.

    Where signs of two known people arrive together, only a shop's word joins a nameless record to a person; what is
    typed into a form waits for a human. Raises Raced.
    """
    if len(heard) > AT_ONCE:
        raise ValueError(f"at most {AT_ONCE} at once")
    if not heard:
        return []
    arrivals = [Arrival(one.signs) for one in heard]
    resolved = resolve_many(arrivals, via=teller.via, at=received_at)
    for trusted in (True, False):
        clashes = [
            clash
            for clash, at in zip(resolved.clashes, resolved.clash_at, strict=True)
            if (heard[at].order is not None) is trusted
        ]
        if clashes:
            settle_clashes(clashes=clashes, trusted=trusted, at=received_at, actor=teller.via)
    present = {p for one, p in zip(heard, resolved.people, strict=True) if received_at - one.at <= FRESH}
    told = lines_of_arrival(resolved, via=teller.via.partition(":")[0], at=received_at)
    _record([(line, _origin(line.person_id in present)) for line in told], teller)
    # Who was erased stays so: what law keeps of an order is kept without them, what they wrote is not.
    heard = [
        replace(one, kept=()) if one.signs and person is None else one
        for one, person in zip(heard, resolved.people, strict=True)
    ]
    said = _said(heard, teller)
    fresh = _record(
        [
            (
                Line(one.digest, one.kind, one.at.isoformat(), person, teller.shop, _text(one.body)),
                _origin(received_at - one.at <= FRESH),
            )
            for sayings, person in zip(said, resolved.people, strict=True)
            for one in sayings
        ],
        teller,
    )
    _learn(heard, resolved, teller, received_at, present)
    transaction.on_commit(lambda: remember(resolved))
    admitted = []
    for sayings, person in zip(said, resolved.people, strict=True):
        mine = [one.digest for one in sayings if one.digest in fresh]
        # The same happening twice in one batch is new once.
        fresh.difference_update(mine)
        admitted.append(Admitted(bool(mine), person))
    return admitted


def _origin(is_present: bool) -> Origin:
    return Origin.LIVE if is_present else Origin.HISTORY


def _record(lines: Iterable[tuple[Line, Origin]], teller: Teller) -> set[bytes]:
    """Writes lines, history and live apart; returns the keys that were new."""
    held = list(lines)
    fresh: set[bytes] = set()
    for origin in (Origin.HISTORY, Origin.LIVE):
        mine = [line for line, told in held if told == origin]
        for start in range(0, len(mine), LIMIT):
            part = mine[start : start + LIMIT]
            written = record_many(part, recorded_at=now(), actor=teller.via, source=teller.via, origin=origin)
            fresh |= {key for i in written.new if (key := part[i].digest)}
    return fresh


def _said(heard: Sequence[Heard], teller: Teller) -> list[list[Saying]]:
    named = {one.order.product for one in heard if one.order and one.order.product}
    products = know_products(place_id=teller.shop, told=[(n, n, "") for n in sorted(named)]) if teller.shop else {}
    return [
        ([*_order(one, teller.shop, products)] if one.order and teller.shop else [])
        + ([_form(one, teller)] if one.order is None or one.kept else [])
        for one in heard
    ]


def _form(one: Heard, teller: Teller) -> Saying:
    message = teller.message(one)
    body: dict[str, object] = {"hook": teller.hook, "message": message, "name": teller.event}
    if one.kept:
        body["properties"] = dict(one.kept)
    return Saying("form.received", digest("form.received", teller.hook, message), one.at, body)


def _order(one: Heard, shop: int, products: dict[str, int]) -> Iterable[Saying]:
    order = one.order
    if order is None:
        return
    placed: dict[str, object] = {"order": order.number}
    if order.payable_fen is not None:
        placed["payable_fen"] = order.payable_fen
    yield Saying("order.placed", digest("order.placed", shop, order.number), one.at, placed)
    if order.product:
        item: dict[str, object] = {"order": order.number, "line": "1", "product": products[order.product]}
        if order.quantity != 1:
            item["quantity"] = order.quantity
        yield Saying("order.item_added", digest("order.item_added", shop, order.number, "1", 1), one.at, item)
    if order.is_paid:
        paid: dict[str, object] = {"order": order.number}
        if order.paid_fen is not None:
            paid["amount_fen"] = order.paid_fen
        yield Saying("order.paid", digest("order.paid", shop, order.number), order.paid_at or one.at, paid)


def _learn(heard: Sequence[Heard], resolved: Resolved, teller: Teller, at: datetime, present: set[int | None]) -> None:
    """Blanks are filled; nothing that is known is overwritten."""
    whose = [(one, person) for one, person in zip(heard, resolved.people, strict=True) if person is not None]
    learn_many(Learnt(person, one.nickname, one.name) for one, person in whose if one.nickname or one.name)
    tell_traits((TraitTold(p, kind, value) for one, p in whose for kind, value in one.traits), via=teller.via, at=at)
    tell_life((LifeTold(p, kind, value) for one, p in whose for kind, value in one.life), via=teller.via, at=at)
    tagged = tell_tags(((p, one.tag) for one, p in whose if one.tag), via=teller.via, at=at)
    _record([(_tag_line(person, tag, at), _origin(person in present)) for person, tag in tagged], teller)
    born = set(resolved.met)
    weak = sorted({person for one, person in whose if person in born and is_weak(one)})
    if weak:
        suggest_for(person_ids=weak, at=at)


def _tag_line(person: int, tag: int, at: datetime) -> Line:
    body = _text({"tag": tag, "by": "hook"})
    return Line(digest("tag.put", person, tag, 1), "tag.put", at.isoformat(), person, None, body)


def _text(body: dict[str, object]) -> str:
    return msgspec.json.encode(body).decode()
