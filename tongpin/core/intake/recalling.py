"""Recalling: what the ledger knows already of the rows in hand, so that only what is new is said. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import msgspec
from django.db import connection

from tongpin.base.ids import digest
from tongpin.core.intake.planning import Plan, Saying
from tongpin.core.intake.refunding import Refunds, lock_refunds
from tongpin.core.people.signs import Sign

BY_EXPORT = "export"
"""The proof of a buyer that a later export names for an order that was nobody's."""


class Before(NamedTuple):
    """An order that is in the ledger: under which name, whose, whether this very import placed it, whether more is known
    of the buyer than the order, and whether the buyer was erased."""

    name: str
    person: int | None
    is_ours: bool
    identified: bool
    is_erased: bool = False


class Claimant(NamedTuple):
    """Whose an order became that was nobody's: nobody who is there any more where they were erased."""

    person: int | None
    identified: bool
    is_erased: bool = False


class Known(Protocol):
    """Who can tell what was said before."""

    def marks(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests that stand for facts in force."""

    def orders(self, keys: Sequence[bytes], via: str) -> dict[bytes, Before]:
        """The orders among these keys that are known."""

    def claimants(self, digests: Sequence[bytes]) -> dict[bytes, Claimant]:
        """Who claimed the orders whose claims these are, of those that are in force."""

    def bodies(self, digests: Sequence[bytes]) -> dict[bytes, dict[str, object]]:
        """What those facts say."""

    def refunds(self, shop: int, orders: Sequence[str], *, lines: bool) -> Refunds:
        """What was told to have gone back of these orders, where `lines` of them are about to tell something or not."""


# Arrays lead to the indexes whatever the statistics say: a ledger that was just begun has none, and a join of what is
# asked with the whole ledger would take minutes.
_KNOWN = (
    "with k as materialized (select digest, seq from entry_key where digest ="
    " any(array(select decode(d, 'hex') from unnest(string_to_array(%s, ',')) d)))"
)
_ENTRIES = (
    ", e as materialized (select seq, person_id, source, body from entry where seq = any(array(select seq from k)))"
)
_PEOPLE = (
    "left join (select id, identified, erased_at from person where id = any(array(select person_id from e))) p"
    " on p.id = e.person_id"
)


def _hex(digests: Sequence[bytes]) -> str:
    return ",".join([one.hex() for one in digests])


class Ledger:
    """The ledger as it stands."""

    def marks(self, digests: Sequence[bytes]) -> set[bytes]:
        if not digests:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(f"{_KNOWN} select string_agg(encode(digest, 'hex'), ',') from k", [_hex(digests)])
            found = cursor.fetchone()[0]
        return {bytes.fromhex(one) for one in found.split(",")} if found else set()

    def orders(self, keys: Sequence[bytes], via: str) -> dict[bytes, Before]:
        if not keys:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_KNOWN}{_ENTRIES} select k.digest, e.body->>'order', case when p.erased_at is null then p.id end,"
                " e.source is not distinct from %s, coalesce(p.identified, false), p.erased_at is not null"
                f" from k join e on e.seq = k.seq {_PEOPLE}",
                [_hex(keys), via],
            )
            return {bytes(key): Before(*told) for key, *told in cursor.fetchall()}

    def claimants(self, digests: Sequence[bytes]) -> dict[bytes, Claimant]:
        if not digests:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_KNOWN}{_ENTRIES} select k.digest, case when p.erased_at is null then p.id end,"
                " coalesce(p.identified, false), p.erased_at is not null"
                f" from k join e on e.seq = k.seq {_PEOPLE}",
                [_hex(digests)],
            )
            return {bytes(digest): Claimant(*told) for digest, *told in cursor.fetchall()}

    def bodies(self, digests: Sequence[bytes]) -> dict[bytes, dict[str, object]]:
        if not digests:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_KNOWN}{_ENTRIES} select k.digest, e.body::text from k join e on e.seq = k.seq", [_hex(digests)]
            )
            return {bytes(digest): msgspec.json.decode(body) for digest, body in cursor.fetchall()}

    def refunds(self, shop: int, orders: Sequence[str], *, lines: bool) -> Refunds:
        lock_refunds(shop)
        refunds = Refunds(shop)
        refunds.load(orders, self.bodies, lines=lines)
        return refunds


@dataclass(slots=True)
class Told:
    """A row beside what is known: `fresh` are the sayings nobody has said yet, under the order's own name."""

    plan: Plan
    fresh: list[Saying] = field(default_factory=list)
    is_more: bool = False
    """The row was known and says something else now."""
    before: Before | None = None

    @property
    def order(self) -> str:
        """The order's own name."""
        return self.before.name if self.before else self.plan.order

    @property
    def makes_people(self) -> bool:
        """A row that tells nothing new makes nobody, nor does one of an order whose buyer an earlier file has named."""
        before = self.before
        is_open = before is None or before.is_ours or (before.person is None and not before.is_erased)
        return bool(self.fresh) and is_open

    @property
    def signs(self) -> tuple[Sign, ...]:
        """The row's signs; with that of its order where nothing else is known of the buyer yet."""
        plan, before = self.plan, self.before
        if before is None or before.is_ours or before.person is None or before.identified or not plan.signs:
            return plan.signs
        return plan.signs if plan.weak is None or plan.weak in plan.signs else (*plan.signs, plan.weak)


def recall(plans: Sequence[Plan], *, shop: int | None, via: str, known: Known) -> tuple[list[Told], Refunds | None]:
    """Puts every plan beside what is known. Plans stay as they are: a chunk may be done again."""
    plans = _as_they_were(plans, via, known)
    held = known.marks([one.digest for plan in plans for one in plan.sayings])
    if held:
        rows = [Told(plan, [one for one in plan.sayings if one.digest not in held]) for plan in plans]
    else:
        rows = [Told(plan, list(plan.sayings)) for plan in plans]
    _say_again(rows, known)
    if shop is None:
        return rows, None
    _beside_orders(rows, shop, via, known)
    return rows, _refund(rows, shop, known)


def _as_they_were(plans: Sequence[Plan], via: str, known: Known) -> Sequence[Plan]:
    """Orders without a number are known by their content, the buyer's signs among it. One that came in when nothing said
    who its buyer is stays the order it was."""
    asked = [plan for plan in plans if plan.bare is not None]
    if not asked:
        return plans
    own = known.marks([plan.order_key for plan in asked])
    orders = known.orders([plan.bare.order_key for plan in asked if plan.bare and plan.order_key not in own], via)
    nobodys = {key for key, one in orders.items() if one.person is None and not one.is_ours and not one.is_erased}
    if not nobodys:
        return plans
    return [
        plan.bare.plan() if plan.bare and plan.order_key not in own and plan.bare.order_key in nobodys else plan
        for plan in plans
    ]


def _say_again(rows: Sequence[Told], known: Known) -> None:
    """A customer's row that was known: is it still what it says?"""
    asked = [row for row in rows if row.plan.again is not None and not row.fresh]
    if not asked:
        return
    bodies = known.bodies([row.plan.sayings[0].digest for row in asked])
    later = known.marks([row.plan.again.digest for row in asked if row.plan.again])
    for row in asked:
        again, body = row.plan.again, bodies.get(row.plan.sayings[0].digest)
        if again is None or body is None or again.digest in later or _content(body) == _content(again.body):
            continue
        row.fresh, row.is_more = [again], True


def _content(body: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name != "row"}


def _refund(rows: Sequence[Told], shop: int, known: Known) -> Refunds | None:
    telling = [(row, back) for row in rows if (back := row.plan.back)]
    if not telling:
        return None
    lines = any(back.line for _, back in telling)
    refunds = known.refunds(shop, sorted({row.order for row, _ in telling}), lines=lines)
    for row, back in telling:
        row.fresh += refunds.new(row.order, back)
    return refunds


def _beside_orders(rows: Sequence[Told], shop: int, via: str, known: Known) -> None:
    """What a row says new of an order that is known is said under that order's name, and of its buyer."""
    placed = {one.digest for row in rows for one in row.fresh if one.kind == "order.placed"}
    asked = {
        row.plan.order_key
        for row in rows
        if row.plan.order_key
        and row.plan.order_key not in placed
        and (
            row.fresh
            or row.plan.back
            or (row.plan.signs and row.plan.sayings and row.plan.sayings[0].kind == "order.placed")
        )
    }
    orders = known.orders(sorted(asked), via)
    if not orders:
        return
    claims: dict[bytes, Told] = {}
    for row in rows:
        before = orders.get(row.plan.order_key)
        if before is None:
            continue
        row.before = before
        if before.name != row.plan.order:
            row.fresh = [_renamed(one, before.name) for one in row.fresh]
        if _names_a_buyer(row, before):
            claims.setdefault(digest("order.claimed", shop, before.name), row)
    claimed = known.claimants(list(claims)) if claims else {}
    _of_claimants(rows, {row.plan.order_key: claimed[mark] for mark, row in claims.items() if mark in claimed})
    for mark, row in claims.items():
        if mark not in claimed and row.before is not None:
            body: dict[str, object] = {"order": row.before.name, "proof": BY_EXPORT}
            row.fresh.append(Saying("order.claimed", mark, row.plan.sayings[0].at, body))


def _of_claimants(rows: Sequence[Told], claimants: dict[bytes, Claimant]) -> None:
    for row in rows:
        found = claimants.get(row.plan.order_key)
        if found is not None and row.before is not None:
            person, identified, is_erased = found
            row.before = row.before._replace(person=person, identified=identified, is_erased=is_erased)


def _names_a_buyer(row: Told, before: Before) -> bool:
    """An order that was nobody's, in an earlier export, and whose buyer this one tells."""
    if before.person is not None or before.is_ours or before.is_erased or not row.plan.sayings:
        return False
    return row.plan.sayings[0].kind == "order.placed" and bool(row.plan.signs)


def _renamed(one: Saying, name: str) -> Saying:
    if "order" not in one.body:
        return one
    return Saying(one.kind, one.digest, one.at, {**one.body, "order": name}, one.product)
