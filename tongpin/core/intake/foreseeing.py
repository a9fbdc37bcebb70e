"""Foreseeing what a whole import would become, chunk by chunk, as `placing` does it, with nothing written."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from django.db import connection

from tongpin.base.tally import Tally
from tongpin.base.text import clean
from tongpin.core.intake.deciding import Decided, decide, of_orders
from tongpin.core.intake.keeping import Counted
from tongpin.core.intake.placing import Chunk, arrivals_of, refused_rows, weak_ones
from tongpin.core.intake.planning import Plan
from tongpin.core.intake.recalling import Before, Claimant, Ledger, Told, recall
from tongpin.core.intake.refunding import Refunds
from tongpin.core.intake.telling_more import first_of
from tongpin.core.people.foretelling import WouldBe, would_doubt
from tongpin.core.people.likeness import Address, Record
from tongpin.core.people.models import Strength
from tongpin.core.people.resolving import Foreseen, Resolved, foresee
from tongpin.core.team.keys import keyring

VIA = "import:0"
"""An import that is none."""


class Imagined:
    """The ledger as it stands, and what earlier rows of the file would have put into it."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.said = Tally()
        self.placed: dict[bytes, Before] = {}
        self.claimed: dict[bytes, Claimant] = {}
        self.back: Refunds | None = None

    def marks(self, digests: Sequence[bytes]) -> set[bytes]:
        return self.ledger.marks(digests) | {one for one in digests if _mark(one) in self.said}

    def orders(self, keys: Sequence[bytes], via: str) -> dict[bytes, Before]:
        ours = {key: self.placed[key] for key in keys if key in self.placed}
        return ours | self.ledger.orders([key for key in keys if key not in ours], via)

    def claimants(self, digests: Sequence[bytes]) -> dict[bytes, Claimant]:
        ours = {one: self.claimed[one] for one in digests if one in self.claimed}
        return ours | self.ledger.claimants([one for one in digests if one not in ours])

    def bodies(self, digests: Sequence[bytes]) -> dict[bytes, dict[str, object]]:
        return self.ledger.bodies(digests)

    def refunds(self, shop: int, orders: Sequence[str], *, lines: bool) -> Refunds:
        if self.back is None:
            self.back = Refunds(shop)
        self.back.load(orders, self.bodies, lines=lines)
        return self.back

    def take(self, rows: Sequence[Told], people: Sequence[int | None]) -> None:
        """Keeps in mind what these rows would have said."""
        for row, person in zip(rows, people, strict=True):
            for one in row.fresh:
                self.said.count(_mark(one.digest))
                if one.kind == "order.placed":
                    self.placed[one.digest] = Before(row.plan.order, person, True, False)
                elif one.kind == "order.claimed":
                    strong = any(sign.strength == Strength.STRONG for sign in row.plan.signs)
                    self.claimed[one.digest] = Claimant(person, strong)


def _mark(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big")


class Foresight:
    """Takes the chunks of a file in order. `shop` None: one that is not there yet."""

    def __init__(self, *, shop: int | None, is_of_shop: bool) -> None:
        self.shop = shop if shop is not None else (0 if is_of_shop else None)
        self.known = Imagined()
        self.met = Foreseen()
        self.would_be = WouldBe()
        self.strong: set[int] = set()
        self.told = Tally()

    def take(self, chunk: Chunk) -> tuple[Decided, list[Told], Counted]:
        """What the rows of a chunk would become."""
        rows, _ = recall(chunk.plans, shop=self.shop, via=VIA, known=self.known)
        arrivals, whose = arrivals_of(rows)
        resolved = foresee(arrivals, met=self.met)
        people = of_orders(rows, [resolved.people[i] if i >= 0 else None for i in whose], gone=resolved.gone)
        fresh = {one.digest for row in rows for one in row.fresh}
        decided = decide(rows, people, fresh, refused=refused_rows(chunk))
        decided.more(self._more(rows, people, resolved))
        self.strong.update(p for p, _, one in resolved.linked if one.strength == Strength.STRONG)
        decided.wait(self._doubted(rows, whose, resolved), "two_people")
        decided.wait(self._alike(rows, people, resolved, decided), "like_somebody")
        self.known.take(rows, people)
        return decided, rows, Counted(people=len(resolved.met), orders=decided.orders)

    def _more(self, rows: Sequence[Told], people: Sequence[int | None], resolved: Resolved) -> set[int]:
        """Rows that would tell something new beside their facts, of equal ones the first."""
        born = set(resolved.met)
        linked: set[Hashable] = {one for person, _, one in resolved.linked if person not in born}
        more = first_of(linked, ((row.plan, one) for row in rows for one in row.signs)) if linked else set()
        told = [
            (row.plan, thing)
            for row, person in zip(rows, people, strict=True)
            if person is not None
            for thing in _things(row.plan, person)
        ]
        new = {thing for _, thing in told if hash(thing) % _MARKS not in self.told}
        for thing in new:
            self.told.count(hash(thing) % _MARKS)
        return more | first_of(new - _stored(new), told)

    def _doubted(self, rows: Sequence[Told], whose: Sequence[int], resolved: Resolved) -> list[int]:
        if not resolved.clashes:
            return []
        doubted = would_doubt(resolved.clashes, identified=frozenset(self.strong))
        waiting = {at for clash, at in zip(resolved.clashes, resolved.clash_at, strict=True) if clash in doubted}
        return [row.plan.row for row, arrival in zip(rows, whose, strict=True) if arrival in waiting]

    def _alike(
        self, rows: Sequence[Told], people: Sequence[int | None], resolved: Resolved, decided: Decided
    ) -> list[int]:
        weak = weak_ones(rows, people, resolved)
        told: dict[int, list[Plan]] = {}
        for row, person in zip(rows, people, strict=True):
            if person in weak and person is not None:
                told.setdefault(person, []).append(row.plan)
        alike = self.would_be.alike({person: _record(person, plans) for person, plans in told.items()})
        return [
            row.plan.row
            for row, person in zip(rows, people, strict=True)
            if person in alike and decided.is_new(row.plan.row)
        ]


_MARKS = 1 << 64
Thing = tuple[str, int, str, str]
"""(trait, life or tag; person; kind; value)"""


def _things(plan: Plan, person: int) -> Iterator[Thing]:
    for kind, value in plan.traits:
        yield "trait", person, kind, clean(value, limit=200)
    for kind, value in plan.life:
        yield "life", person, kind, clean(value, limit=300)
    for tag in plan.tags:
        yield "tag", person, "", clean(tag, limit=60)


def _stored(things: Iterable[Thing]) -> set[Thing]:
    """What is kept already. A tag that a rule owns is not for files to put, and counts as kept."""
    ring = keyring()
    asked = {"trait": [], "life": [], "tag": []}  # type: dict[str, list[Thing]]
    for thing in things:
        if thing[1] > 0 or thing[0] == "tag":
            asked[thing[0]].append(thing)
    found: set[Thing] = set()
    with connection.cursor() as cursor:
        for what, table in (("trait", "person_trait"), ("life", "life_fact")):
            held = {(one[1], one[2], ring.blind(f"{what}/{one[2]}", one[3])): one for one in asked[what]}
            if held:
                cursor.execute(
                    f"select person_id, kind, digest from {table} where person_id = any(%s)", [[p for p, _, _ in held]]
                )
                told = {(person, kind, bytes(digest)) for person, kind, digest in cursor.fetchall()}
                found |= {one for key, one in held.items() if key in told}
        if asked["tag"]:
            cursor.execute(
                "select t.name, t.rule is not null, array(select p.person_id from person_tag p where p.tag_id = t.id and"
                " p.person_id = any(%s)) from tag t where t.name = any(%s)",
                [[one[1] for one in asked["tag"]], [one[3] for one in asked["tag"]]],
            )
            tags = {name: (ruled, set(people)) for name, ruled, people in cursor.fetchall()}
            found |= {one for one in asked["tag"] if one[3] in tags and (tags[one[3]][0] or one[1] in tags[one[3]][1])}
    return found


def _record(person: int, plans: Sequence[Plan]) -> Record:
    """What would be known of somebody new; the last name holds."""
    traits = [(kind, clean(value, limit=200)) for plan in plans for kind, value in plan.traits]
    life = [(kind, clean(value, limit=300)) for plan in plans for kind, value in plan.life]
    names = [clean(plan.name, limit=80) for plan in plans if plan.name][-1:]
    return Record(
        person,
        names=(*names, *(value for kind, value in traits if kind == "masked_name")),
        nicknames=tuple([clean(plan.nickname, limit=120) for plan in plans if plan.nickname][-1:]),
        masked_phones=tuple(value for kind, value in traits if kind == "masked_phone"),
        birth=next((value for kind, value in life if kind == "birthday" and value[:4].isdecimal()), None),
        addresses=tuple(Address(detail=value) for kind, value in life if kind == "address"),
    )
