"""The four steps of the loop (聚予售传) in 30 days: people gathered, contributors, buyers with their money, people brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tongpin.insight.contributions import contributions
from tongpin.insight.intervals import wilson
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.members import members_since, newcomers
from tongpin.insight.orders import internal, net_orders
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of


@dataclass(frozen=True, slots=True)
class StepsParameters(Parameters):
    """`days` of the window; money is summed in one `currency`, all others are left out."""

    days: int = 30
    currency: str = "CNY"


def four_steps(*, lake: Lake, clocks: Clocks, parameters: StepsParameters) -> Result:
    """People gathered in the window; n = everybody who did any step. Rows: one a step, its people, and how many of the
    newly gathered did it too, with a Wilson interval. Buyers: at least one order not refunded in full.

    Nobody at all: None. Gathered: who was let in or seen to join, not who was first heard in a group. People brought
    are counted when they were bound to who brought them; in a community, those who became its members.
    """
    since = clocks.as_of - timedelta(days=parameters.days)
    everybody = members_since(lake=lake, clocks=clocks, community=parameters.community)
    came = newcomers(everybody)
    gathered = came.filter(came["since"] > ibis.literal(since)).select("person").distinct()
    given, method = contributions(lake=lake, clocks=clocks, community=parameters.community)
    gave = given.filter(given["at"] > ibis.literal(since), ~given["staff"]).select("person").distinct()
    orders = net_orders(lake=lake, clocks=clocks, community=parameters.community)
    orders = orders.filter(
        orders["paid_at"] > ibis.literal(since), orders["currency"] == parameters.currency, orders["net_fen"] > 0
    )
    bought = orders.select("person").distinct()
    brought = _brought(lake, clocks, since=ibis.literal(since))
    if parameters.community:
        brought = brought.semi_join(everybody, "person")
    steps = {"gather": gathered, "give": gave, "sell": bought, "share": brought}
    own = [_step(name, people) for name, people in steps.items()]
    told = lake.kept(ibis.union(*own))
    new = told.semi_join(gathered, "person")
    counts = {str(row["step"]): int(str(row["people"])) for row in lake.rows(_counted(told))}
    of_new = {str(row["step"]): int(str(row["people"])) for row in lake.rows(_counted(new))}
    whole = lake.rows(told.aggregate(people=told["person"].nunique()))[0]["people"]
    money = lake.rows(orders.aggregate(net=orders["net_fen"].sum(), orders=orders.count()))[0]
    n = int(str(whole))
    value = float(counts.get("gather", 0)) if n else None
    net = int(str(money["net"])) if money["net"] is not None else None
    more: dict[str, Scalar] = {
        "net_fen": net,
        "orders": int(str(money["orders"])),
        "net_fen_per_buyer": divided(net, counts.get("sell", 0)),
    }
    base = counts.get("gather", 0)
    parts = tuple(_part(name, counts.get(name, 0), of_new.get(name, 0), base) for name in steps) if n else ()
    return Result(value, n, quality_of(value=value, n=n, min_n=parameters.min_n), method=method, more=more, parts=parts)


def _brought(lake: Lake, clocks: Clocks, *, since: ir.TimestampScalar) -> ir.Table:
    bound = lake.facts("referral.bound", clocks)
    bound = bound.filter(bound["at"] > since, bound["person_id"].notnull(), bound["person_id"] != bound["inviter"])
    return bound.select(person="person_id").distinct().anti_join(internal(lake), "person")


def _step(name: str, people: ir.Table) -> ir.Table:
    return people.select("person", step=ibis.literal(name))


def _counted(told: ir.Table) -> ir.Table:
    return told.group_by("step").agg(people=told["person"].nunique())


def _part(step: str, people: int, of_new: int, base: int) -> dict[str, Scalar]:
    low, high = wilson(hits=of_new, n=base) if base else (None, None)
    return {
        "step": step,
        "people": people,
        "of_gathered": of_new,
        "share": divided(of_new, base),
        "share_low": low,
        "share_high": high,
    }
