"""Refunds (退款) as exports tell them: how much went back in all. What is new since they last told becomes a fact.

An order list tells the sum of the order, an item list that of each line; the larger of the two holds. Every fact covers
a stretch (lo, hi] of the order's sum and is named `upto:hi`, so that an import that is taken back leaves a gap which the
same file fills again, whatever later files have told meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import connection

from tongpin.base.ids import digest
from tongpin.core.intake.models import Batch
from tongpin.core.intake.planning import Back, Saying

_LINE = "\x1f"
"""Between an order's number and the key of its line; alone it marks a shop whose lines have told something."""

Bodies = Callable[[Sequence[bytes]], dict[bytes, dict[str, object]]]


class Refunds:
    """What is known to have gone back of some orders of a shop."""

    def __init__(self, shop: int) -> None:
        self.shop = shop
        self.covered: dict[str, list[tuple[int, int]]] = {}
        self.lines: dict[str, dict[str, int]] = {}
        self.told: set[tuple[str, int]] = set()

    def load(self, orders: Iterable[str], bodies: Bodies, *, lines: bool) -> None:
        """Reads what earlier imports have told of these orders. `lines`: whether lines are about to tell something."""
        wanted = [one for one in orders if one not in self.covered]
        self.covered.update((one, []) for one in wanted)
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "select order_number, total_fen from import_refund where place_id = %s and order_number = any(%s)",
                [self.shop, [*wanted, _LINE]],
            )
            held = {(str(order), int(total)) for order, total in cursor.fetchall()}
            if lines or (_LINE, 0) in held:
                cursor.execute(
                    "select split_part(order_number, %s, 1), split_part(order_number, %s, 2), max(total_fen)"
                    " from import_refund where place_id = %s and split_part(order_number, %s, 1) = any(%s)"
                    " and strpos(order_number, %s) > 0 group by 1, 2",
                    [_LINE, _LINE, self.shop, _LINE, wanted, _LINE],
                )
                for order, line, total in cursor.fetchall():
                    self.lines.setdefault(str(order), {})[str(line)] = int(total)
        marks = {self._mark(order, total): (order, total) for order, total in held if order != _LINE}
        for mark, body in bodies(list(marks)).items():
            order, total = marks[mark]
            amount = body.get("amount_fen", 0)
            self.covered[order].append((total - (amount if isinstance(amount, int) else 0), total))

    def new(self, order: str, back: Back) -> list[Saying]:
        """The facts that are missing up to what is told now."""
        total = back.total_fen
        if back.line:
            lines = self.lines.setdefault(order, {})
            if total > lines.get(back.line, 0):
                lines[back.line] = total
                self.told |= {(f"{order}{_LINE}{back.line}", total), (_LINE, 0)}
            total = sum(lines.values())
        return [self._saying(order, lo, hi, back.at) for lo, hi in self._gaps(order, total)]

    def _gaps(self, order: str, total: int) -> list[tuple[int, int]]:
        gaps = []
        reached = 0
        covered = self.covered.setdefault(order, [])
        for lo, hi in sorted(covered):
            if lo > reached:
                gaps.append((reached, min(lo, total)))
            reached = max(reached, hi)
            if reached >= total:
                break
        if reached < total:
            gaps.append((reached, total))
        covered.extend(gaps)
        return gaps

    def _saying(self, order: str, lo: int, hi: int, at: datetime) -> Saying:
        self.told.add((order, hi))
        body: dict[str, object] = {"order": order, "refund": f"upto:{hi}", "amount_fen": hi - lo}
        return Saying("order.refunded", self._mark(order, hi), at, body)

    def _mark(self, order: str, total: int) -> bytes:
        return digest("order.refunded", self.shop, order, f"upto:{total}")

    def keep(self, batch: Batch) -> None:
        """Writes what was told, under the import that told it."""
        if not self.told:
            return
        rows = sorted(self.told)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into import_refund (place_id, order_number, total_fen, batch_id) select %s, o, t, %s"
                " from unnest(%s::text[], %s::bigint[]) as x(o, t) on conflict do nothing",
                [self.shop, batch.pk, [order for order, _ in rows], [total for _, total in rows]],
            )


def lock_refunds(shop: int) -> None:
    """Held until the transaction ends: two imports never fill the same gap of a shop's refunds."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7200002, %s)", [shop % 2_000_000_000])
