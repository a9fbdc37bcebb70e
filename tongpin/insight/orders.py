"""Orders as buyers' acts, net of what went back: the same meaning as the projection `people.purchases` gives them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tongpin.insight.lake import Clocks, Lake

KEY = ("shop", "order")


def net_orders(*, lake: Lake, clocks: Clocks, community: int = 0) -> ir.Table:
    """Paid orders of members: `shop`, `order`, `person`, `paid_at`, `currency`, `net_fen` (0 or less: refunded in full).

    A later sum replaces the one that was paid; without any, the lines say how much. Goods that came back and the money
    for them are told by different exports: the larger counts. Orders of nobody and of teammates are left out. With a
    community, only orders that were placed in it.
    """
    return lake.shared("orders", clocks, community, lambda: _net_orders(lake, clocks, community))


def _net_orders(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    told = {kind: _keyed(lake.facts(kind, clocks)) for kind in ("order.placed", "order.paid", "order.item_added")}
    placed = lake.of(community, told["order.placed"])
    placed = placed.group_by(KEY).agg(placed_by=placed["person_id"].max(), placed_in=placed["currency"].max())
    paid = told["order.paid"]
    paid = paid.group_by(KEY).agg(
        paid_at=paid["at"].max(),
        told_fen=paid["amount_fen"].max(),
        paid_by=paid["person_id"].max(),
        currency=paid["currency"].max(),
    )
    lines = told["order.item_added"]
    lines = lines.group_by(KEY).agg(
        lines_fen=lines["amount_fen"].sum(where=~lines["returned"]).fill_null(0),
        returned_fen=lines["amount_fen"].abs().sum(where=lines["returned"]).fill_null(0),
        lines_by=lines["person_id"].max(),
    )
    joined = _beside(paid, placed, inner=bool(community))
    for more in (lines, _amended(lake, clocks), _refunded(lake, clocks), _claimed(lake, clocks)):
        joined = _beside(joined, more)
    back = ibis.greatest(joined["refunded_fen"].fill_null(0), joined["returned_fen"].fill_null(0))
    net = joined.select(
        *KEY,
        "paid_at",
        "currency",
        person=ibis.coalesce(joined["claimed_by"], joined["paid_by"], joined["placed_by"], joined["lines_by"]),
        net_fen=(
            ibis.coalesce(joined["amended_fen"], joined["told_fen"], joined["lines_fen"], ibis.literal(0, "int64"))
            - back
        ).cast("int64"),
    )
    return net.filter(net["person"].notnull()).anti_join(internal(lake), "person")


def internal(lake: Lake) -> ir.Table:
    """Teammates and machines: `person`."""
    people = lake.people()
    return people.filter(people["internal"]).select("person")


def _amended(lake: Lake, clocks: Clocks) -> ir.Table:
    told = _keyed(lake.facts("order.amended", clocks))
    told = told.filter(told["paid_fen"].notnull())
    return told.group_by(KEY).agg(amended_fen=told["paid_fen"].argmax(told["occurrence"]))


def _refunded(lake: Lake, clocks: Clocks) -> ir.Table:
    told = _keyed(lake.facts("order.refunded", clocks))
    return told.group_by(KEY).agg(refunded_fen=told["amount_fen"].sum())


def _claimed(lake: Lake, clocks: Clocks) -> ir.Table:
    told = _keyed(lake.facts("order.claimed", clocks))
    return told.group_by(KEY).agg(claimed_by=told["person_id"].max())


def _keyed(table: ir.Table) -> ir.Table:
    return table.mutate(shop=table["place_id"].fill_null(0))


def _beside(left: ir.Table, right: ir.Table, *, inner: bool = False) -> ir.Table:
    """Rows with what else is known of the same order."""
    named = right.rename(_shop="shop", _order="order")
    on = [left["shop"] == named["_shop"], left["order"] == named["_order"]]
    joined = left.inner_join(named, on) if inner else left.left_join(named, on)
    return joined.drop("_shop", "_order")
