"""The loop by entrance (闭环): people, contributors, money and people brought by where members first came from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tongpin.insight.contributions import contributions
from tongpin.insight.days import DAY, seconds
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.measures.people_by_entrance import admitted_by
from tongpin.insight.measures.referral_k import brought_by, cohort_of
from tongpin.insight.members import members_since, newcomers
from tongpin.insight.orders import internal, net_orders
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

UNKNOWN, BROUGHT = 0, -1
"""Entrances of those who came by none: nobody knows how, or another member brought them (老带新)."""

STEPS = ("gather", "give", "sell", "share")
SLICES = 6
KEPT = 500
"""So many people of a cell are named, the newest records first."""


@dataclass(frozen=True, slots=True)
class LoopParameters(Parameters):
    """`days` of the window; money in one `currency`. K counts who was bound `within` days of the inviter's own join,
    for members of the last `cohort_days` days that had their time."""

    days: int = 30
    currency: str = "CNY"
    within: int = 14
    cohort_days: int = 90


def loop_by_entrance(*, lake: Lake, clocks: Clocks, parameters: LoopParameters) -> Result:
    """Fen left of net money after what entrances cost, in the window; n = everybody who did any step. None for nobody.

    Gathered: who was let in or seen to join; whom nobody saw come, but heard in a group, is a member and no newcomer.
    A person stands at the entrance they were first admitted by, or (−1) at whoever brought them, else (0) nowhere
    known. People brought, members by now or not, stand at the entrance of who brought them. Rows: `kind` entrance, one
    each with what it did, `first_orders` the newcomers of it who bought; `kind` slice, six parts of the window in
    order. `more`: the window, and `_before` the one before it.
    """
    sources = _sources(lake, clocks, parameters.community)
    acts = _acts(lake, clocks, parameters)
    after = _since(clocks, parameters.days)
    told = _placed(acts.filter(acts["at"] > after), sources)
    told = lake.kept(told)
    rows = lake.rows(told.group_by(["step", "entrance"]).agg(people=told["person"].nunique(), fen=told["fen"].sum()))
    rows += _orders_first(lake, told)
    cells = {(str(row["step"]), int(str(row["entrance"]))): row for row in rows}
    costs = _costs(lake, clocks, parameters)
    cohort = _brought_by_cohort(lake, clocks, parameters, sources)
    numbers = sorted({n for _, n in cells} | costs.keys() | cohort.keys(), reverse=True)
    parts = tuple(_part(n, cells, costs.get(n), cohort.get(n, (0, 0))) for n in numbers)
    more, n = _totals(lake, acts, told, clocks, parameters)
    cost = sum(costs.values()) if costs else None
    more |= {"cost_fen": cost, "cost_per_gathered_fen": divided(cost, _whole(more["gather"]))}
    value = float((_whole(more["net_fen"]) or 0) - (cost or 0)) if n else None
    return Result(
        value,
        n,
        quality_of(value=value, n=n, min_n=parameters.min_n),
        more=more,
        parts=(*parts, *_slices(lake, told, clocks, parameters.days)) if n else parts,
        people=_people(lake, told),
    )


def _since(clocks: Clocks, days: int) -> ir.TimestampScalar:
    return ibis.literal(clocks.as_of - timedelta(days=days))


def _sources(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """Where each person first came from: `person`, `entrance`."""
    made = lake.of(community, lake.facts("entrance.made", clocks))
    _, admitted = admitted_by(lake=lake, clocks=clocks, codes=made.select("entrance", _code="tracked_code"))
    turn = ibis.row_number().over(group_by="person", order_by=["at", "entrance"])
    ranked = admitted.mutate(_turn=turn)
    first = ranked.filter(ranked["_turn"] == 0).select("person", "entrance")
    brought = _bound(lake, clocks).select("person").distinct().anti_join(first, "person")
    return lake.kept(
        ibis.union(
            first.select("person", entrance=first["entrance"].cast("int64")),
            brought.select("person", entrance=ibis.literal(BROUGHT, "int64")),
        )
    )


def _bound(lake: Lake, clocks: Clocks) -> ir.Table:
    """People who were brought by somebody else: `person`, `inviter`, `at`."""
    bound = lake.facts("referral.bound", clocks)
    bound = bound.filter(bound["person_id"].notnull(), bound["person_id"] != bound["inviter"])
    return bound.select("at", "inviter", person="person_id")


def _acts(lake: Lake, clocks: Clocks, parameters: LoopParameters) -> ir.Table:
    """Everything done in the window and the one before: `step`, `person`, `whose` (whose source counts), `at`, `fen`."""
    start = _since(clocks, 2 * parameters.days)
    members = members_since(lake=lake, clocks=clocks, community=parameters.community)
    given, _ = contributions(lake=lake, clocks=clocks, community=parameters.community)
    orders = net_orders(lake=lake, clocks=clocks, community=parameters.community)
    orders = orders.filter(orders["currency"] == parameters.currency, orders["net_fen"] > 0)
    bound = _bound(lake, clocks).anti_join(internal(lake), "person")
    if parameters.community:
        bound = bound.semi_join(members, "person")
    told = (
        _act("gather", newcomers(members), at="since"),
        _act("give", given.filter(~given["staff"]), at="at"),
        _act("sell", orders, at="paid_at", fen="net_fen"),
        _act("share", bound, at="at", whose="inviter"),
    )
    both = ibis.union(*told)
    return lake.kept(both.filter(both["at"] > start))


def _act(step: str, table: ir.Table, *, at: str, fen: str = "", whose: str = "person") -> ir.Table:
    return table.select(
        step=ibis.literal(step),
        person=table["person"],
        whose=table[whose].cast("int64"),
        at=table[at],
        fen=table[fen].cast("int64") if fen else ibis.literal(0, "int64"),
    )


def _placed(acts: ir.Table, sources: ir.Table) -> ir.Table:
    """Acts with the entrance they stand at."""
    named = sources.rename(_who="person", _from="entrance")
    joined = acts.left_join(named, acts["whose"] == named["_who"])
    return joined.select("step", "person", "at", "fen", entrance=joined["_from"].fill_null(UNKNOWN))


def _orders_first(lake: Lake, told: ir.Table) -> list[dict[str, object]]:
    """How many orders, and how many of the newly gathered bought, by entrance."""
    sold = told.filter(told["step"] == "sell")
    new = told.filter(told["step"] == "gather").select(_new="person").distinct()
    orders = sold.group_by("entrance").agg(people=sold.count()).mutate(step=ibis.literal("orders"))
    firsts = sold.inner_join(new, sold["person"] == new["_new"])
    firsts = firsts.group_by("entrance").agg(people=firsts["person"].nunique()).mutate(step=ibis.literal("first"))
    return lake.rows(orders) + lake.rows(firsts)


def _costs(lake: Lake, clocks: Clocks, parameters: LoopParameters) -> dict[int, int]:
    """Fen booked in the window, by entrance."""
    booked = lake.facts("cost.booked", clocks)
    booked = booked.filter(booked["at"] > _since(clocks, parameters.days), booked["entrance"] != 0)
    if parameters.community:
        made = lake.of(parameters.community, lake.facts("entrance.made", clocks))
        booked = booked.semi_join(made, "entrance")
    rows = lake.rows(booked.group_by("entrance").agg(fen=booked["amount_fen"].sum()))
    return {int(str(row["entrance"])): int(str(row["fen"])) for row in rows}


def _brought_by_cohort(
    lake: Lake, clocks: Clocks, parameters: LoopParameters, sources: ir.Table
) -> dict[int, tuple[int, int]]:
    """Mature members and the qualified people they brought in time, by entrance: what K is made of."""
    members = members_since(lake=lake, clocks=clocks, community=parameters.community)
    mature = clocks.as_of - timedelta(days=parameters.within)
    cohort = cohort_of(members, mature=mature, days=parameters.cohort_days)
    each = brought_by(cohort, lake=lake, clocks=clocks, within=parameters.within)
    named = sources.rename(_who="person", _from="entrance")
    each = each.left_join(named, each["person"] == named["_who"])
    each = each.select("brought", entrance=each["_from"].fill_null(UNKNOWN))
    rows = lake.rows(each.group_by("entrance").agg(members=each.count(), brought=each["brought"].sum()))
    return {int(str(r["entrance"])): (int(str(r["members"])), int(str(r["brought"]))) for r in rows}


def _part(
    entrance: int, cells: dict[tuple[str, int], dict[str, object]], cost: int | None, cohort: tuple[int, int]
) -> dict[str, Scalar]:
    def count(step: str) -> int:
        return int(str(cells.get((step, entrance), {}).get("people") or 0))

    net = int(str(cells.get(("sell", entrance), {}).get("fen") or 0))
    members, brought = cohort
    return {
        "kind": "entrance",
        "entrance": entrance,
        **{step: count(step) for step in STEPS},
        "orders": count("orders"),
        "first_orders": count("first"),
        "net_fen": net,
        "cost_fen": cost,
        "cost_per_gathered_fen": divided(cost, count("gather")),
        "left_fen": net - (cost or 0),
        "cohort": members,
        "cohort_brought": brought,
        "k": divided(float(brought), members),
    }


def _totals(
    lake: Lake, acts: ir.Table, told: ir.Table, clocks: Clocks, parameters: LoopParameters
) -> tuple[dict[str, Scalar], int]:
    """Each step's people in the window and in the one before, money and orders of both; everybody in the window."""
    before = acts.filter(acts["at"] <= _since(clocks, parameters.days))
    more: dict[str, Scalar] = {}
    for mark, table in (("", told), ("_before", before)):
        rows = lake.rows(
            table.group_by("step").agg(people=table["person"].nunique(), acts=table.count(), fen=table["fen"].sum())
        )
        found = {str(row["step"]): row for row in rows}
        more |= {f"{step}{mark}": int(str(found.get(step, {}).get("people") or 0)) for step in STEPS}
        sold = found.get("sell", {})
        more |= {f"orders{mark}": int(str(sold.get("acts") or 0)), f"net_fen{mark}": int(str(sold.get("fen") or 0))}
        more |= {f"gifts{mark}": int(str(found.get("give", {}).get("acts") or 0))}
    did = told.group_by("person").agg(**{step: (told["step"] == step).any() for step in STEPS})
    bound = lake.facts("referral.bound", clocks)
    bound = bound.filter(bound["at"] > _since(clocks, parameters.days)).select(_inviter="inviter").distinct()
    joined = did.left_join(bound, did["person"] == bound["_inviter"])
    passes = {
        "gather_to_give": joined["gather"] & joined["give"],
        "give_to_sell": joined["give"] & joined["sell"],
        "sell_to_share": joined["sell"] & joined["_inviter"].notnull(),
        "share_to_gather": joined["share"] & joined["gather"],
    }
    row = lake.rows(joined.aggregate(n=joined.count(), **{name: how.sum() for name, how in passes.items()}))[0]
    return more | {name: int(str(row[name] or 0)) for name in passes}, int(str(row["n"]))


def _slices(lake: Lake, told: ir.Table, clocks: Clocks, days: int) -> tuple[dict[str, Scalar], ...]:
    """The window in six parts, oldest first: people a step, and for selling its fen."""
    each = days * DAY // SLICES
    ago = int(clocks.as_of.timestamp()) - seconds(told["at"])
    dated = told.mutate(turn=ibis.least(ago // each, ibis.literal(SLICES - 1, "int64")).cast("int64"))
    rows = lake.rows(dated.group_by(["turn", "step"]).agg(people=dated["person"].nunique(), fen=dated["fen"].sum()))
    found = {(int(str(r["turn"])), str(r["step"])): r for r in rows}

    def amount(turn: int, step: str) -> int:
        return int(str(found.get((turn, step), {}).get("fen" if step == "sell" else "people") or 0))

    return tuple(
        {"kind": "slice", "turn": SLICES - 1 - turn, **{step: amount(turn, step) for step in STEPS}}
        for turn in range(SLICES - 1, -1, -1)
    )


def _people(lake: Lake, told: ir.Table) -> dict[str, tuple[int, ...]]:
    """Who stands behind each cell: "give" for a step's total, "give:5" for one entrance."""
    one = told.select("person", cell=told["step"] + ":" + told["entrance"].cast("string"))
    both = ibis.union(one, told.select("person", cell="step")).distinct()
    ranked = both.mutate(_turn=ibis.row_number().over(group_by="cell", order_by=ibis.desc("person")))
    found: dict[str, list[int]] = defaultdict(list)
    for row in lake.rows(ranked.filter(ranked["_turn"] < KEPT).order_by(["cell", ibis.desc("person")])):
        found[str(row["cell"])].append(int(str(row["person"])))
    return {cell: tuple(people) for cell, people in found.items()}


def _whole(value: Scalar) -> int | None:
    return value if isinstance(value, int) else None
