"""People by entrance with cost (引流成本): opened → applied → admitted → paid, and what each of them cost."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tongpin.insight.intervals import wilson
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.orders import net_orders
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of


@dataclass(frozen=True, slots=True)
class EntranceParameters(Parameters):
    """Nothing but the community."""


def people_by_entrance(*, lake: Lake, clocks: Clocks, parameters: EntranceParameters) -> Result:
    """Fen a person admitted cost, all entrances together; n = people admitted. Rows: one an entrance, all its life.

    An application counts for the entrance whose code it came by, a join without one by the code of the join. Paid: at
    least one order after admission that was not refunded in full. What was never booked costs None, not 0.
    """
    entrances = lake.of(parameters.community, lake.facts("entrance.made", clocks))
    entrances = entrances.select("entrance", "tracked_code", "channel", "offline", "paid")
    codes = entrances.select("entrance", _code="tracked_code")
    applied, admitted = admitted_by(lake=lake, clocks=clocks, codes=codes)
    orders = net_orders(lake=lake, clocks=clocks)
    orders = orders.filter(orders["net_fen"] > 0).select("paid_at", _buyer="person")
    bought = admitted.inner_join(orders, admitted["person"] == orders["_buyer"])
    bought = lake.kept(bought.filter(bought["paid_at"] >= bought["at"]).select("entrance", "person"))
    cost = lake.facts("cost.booked", clocks)
    cost = cost.semi_join(entrances, "entrance")
    counted = [
        _openings(lake, clocks, codes),
        applied.group_by("entrance").agg(applied=applied["person"].nunique()),
        admitted.group_by("entrance").agg(admitted=admitted["person"].nunique()),
        bought.group_by("entrance").agg(paid=bought["person"].nunique()),
        cost.group_by("entrance").agg(cost_fen=cost["amount_fen"].sum()),
    ]
    table = entrances.rename(paid_for="paid")
    for more in counted:
        named = more.rename(_entrance="entrance")
        table = table.left_join(named, table["entrance"] == named["_entrance"]).drop("_entrance")
    rows = [_row(row) for row in lake.rows(table.order_by("entrance"))]
    distinct = lake.rows(
        admitted.aggregate(admitted=admitted["person"].nunique()).cross_join(
            bought.aggregate(paid=bought["person"].nunique())
        )
    )[0]
    return _result(rows, int(str(distinct["admitted"])), int(str(distinct["paid"])), parameters.min_n)


def _openings(lake: Lake, clocks: Clocks, codes: ir.Table) -> ir.Table:
    """How often each code was followed, and by how many known people."""
    opened = lake.facts("tracked_code.opened", clocks)
    opened = opened.filter(~opened["internal"])
    opened = opened.inner_join(codes, opened["tracked_code"] == codes["_code"])
    return opened.group_by("entrance").agg(openings=opened.count(), opened=opened["person_id"].nunique())


def admitted_by(*, lake: Lake, clocks: Clocks, codes: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Who applied, and who was admitted when, by entrance: `entrance`, `person`, `at`. `codes`: `entrance`, `_code`."""
    applied = lake.facts("admission.applied", clocks)
    applied = applied.filter(~applied["internal"], applied["person_id"].notnull())
    applied = applied.inner_join(codes, applied["tracked_code"] == codes["_code"])
    applied = applied.select("entrance", "application", person="person_id")
    accepted = lake.facts("admission.accepted", clocks).select("at", _application="application")
    let_in = applied.inner_join(accepted, applied["application"] == accepted["_application"])
    joined = lake.facts("member.joined", clocks)
    joined = joined.filter(~joined["internal"], joined["person_id"].notnull())
    joined = joined.inner_join(codes, joined["tracked_code"] == codes["_code"])
    both = ibis.union(
        let_in.select("entrance", "person", "at"),
        joined.select("entrance", "at", person="person_id").select("entrance", "person", "at"),
    )
    return lake.kept(applied), lake.kept(both.group_by(["entrance", "person"]).agg(at=both["at"].min()))


def _row(row: dict[str, object]) -> dict[str, Scalar]:
    told = {name: int(str(row[name] or 0)) for name in ("openings", "opened", "applied", "admitted", "paid")}
    cost = None if row["cost_fen"] is None else int(str(row["cost_fen"]))
    return {
        "entrance": int(str(row["entrance"])),
        "channel": str(row["channel"]),
        "offline": bool(row["offline"]),
        "paid_for": bool(row["paid_for"]),
        **told,
        "cost_fen": cost,
        "cost_per_admitted_fen": divided(cost, told["admitted"]),
        "cost_per_paid_fen": divided(cost, told["paid"]),
    }


def _result(rows: list[dict[str, Scalar]], admitted: int, paid: int, min_n: int) -> Result:
    booked = [row["cost_fen"] for row in rows if isinstance(row["cost_fen"], int)]
    cost = sum(booked) if booked else None
    value = divided(cost, admitted)
    low, high = wilson(hits=min(paid, admitted), n=admitted) if admitted else (None, None)
    more: dict[str, Scalar] = {
        "admitted": admitted,
        "paid": paid,
        "cost_fen": cost,
        "cost_per_paid_fen": divided(cost, paid),
        "paid_share": divided(paid, admitted),
        "paid_share_low": low,
        "paid_share_high": high,
    }
    quality = quality_of(value=value, n=admitted, min_n=min_n)
    return Result(value, admitted, quality, more=more, parts=tuple(rows))
