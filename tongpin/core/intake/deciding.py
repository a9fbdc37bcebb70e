"""Deciding what every row became: exactly one of new, known, changed, waiting, rejected. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tongpin.core.intake.keeping import Kept
from tongpin.core.intake.models import Row
from tongpin.core.intake.recalling import Told
from tongpin.core.people.signs import Sign

NOBODY = "nobody"


def of_orders(rows: Sequence[Told], people: Sequence[int | None], *, gone: Collection[Sign]) -> list[int | None]:
    """Whose each row is. A row that does not say it is its order's buyer's, where that is known; nothing brings back who
    was erased, and no order is given to them."""
    placed: dict[bytes, int | None] = {}
    found: list[int | None] = []
    for row, person in zip(rows, people, strict=True):
        plan = row.plan
        if person is None and plan.order_key and not (gone and any(one in gone for one in plan.signs)):
            before = row.before
            person = placed.get(plan.order_key) if before is None else before.person
        if row.fresh and row.fresh[0].kind == "order.placed":
            placed.setdefault(plan.order_key, person)
        if person is None and row.before is not None:
            row.fresh = [one for one in row.fresh if one.kind != "order.claimed"]
        found.append(person)
    return found


@dataclass(slots=True)
class Decided:
    """Outcomes of a chunk in the making. `orders` counts those that are new."""

    kept: dict[int, Kept] = field(default_factory=dict)
    orders: int = 0

    def more(self, rows: Iterable[int]) -> None:
        """Of known rows that told something new beside their facts: changed."""
        for row in rows:
            if self.kept[row].outcome == Row.Outcome.KNOWN:
                self.kept[row] = self.kept[row]._replace(outcome=Row.Outcome.CHANGED)

    def wait(self, rows: Iterable[int], reason: str) -> None:
        """Rows about whose buyer a human must say something; their facts do not wait."""
        for row in rows:
            if self.kept[row].outcome in (Row.Outcome.NEW, Row.Outcome.CHANGED):
                self.kept[row] = self.kept[row]._replace(outcome=Row.Outcome.WAITING, reason=reason)

    def is_new(self, row: int) -> bool:
        return self.kept[row].outcome == Row.Outcome.NEW

    def rows(self) -> list[Kept]:
        """All rows."""
        return list(self.kept.values())


def decide(
    rows: Sequence[Told], people: Sequence[int | None], fresh: set[bytes], *, refused: Iterable[Kept]
) -> Decided:
    """`fresh` are the facts that were new in the ledger; of equal ones in a chunk the first row has said it."""
    decided = Decided()
    left = set(fresh)
    for row, person in zip(rows, people, strict=True):
        plan = row.plan
        mine = [one for one in row.fresh if one.digest in left]
        left.difference_update([one.digest for one in mine])
        reason = "" if plan.reason == NOBODY and person is not None else plan.reason
        outcome = Row.Outcome.KNOWN
        if mine:
            is_main = not row.is_more and plan.main >= 0 and plan.sayings[plan.main] in mine
            outcome = Row.Outcome.NEW if is_main else Row.Outcome.CHANGED
        elif not plan.sayings and plan.main >= 0 and plan.back is None:
            outcome, reason = Row.Outcome.REJECTED, reason or "nothing_to_record"
        decided.kept[plan.row] = Kept(plan.row, outcome, reason, "", person, plan.order, plan.cells)
        decided.orders += sum(1 for one in mine if one.kind == "order.placed")
    for one in refused:
        decided.kept[one.row] = one
    return decided
