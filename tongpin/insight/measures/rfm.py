"""RFM: how lately (R), how often (F) and for how much (M) members bought, SCIENCE §1.1."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tongpin.insight.days import day_of, local_day
from tongpin.insight.intervals import wilson
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.orders import net_orders
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

LEVELS = 5
DAYS_AGO = (30, 60, 90, 180)
PAID_DAYS = (1, 2, 3, 5)
LONG_INTERVAL, LONG_WINDOW, WINDOW = 90, 730, 365


@dataclass(frozen=True, slots=True)
class RfmParameters(Parameters):
    """`days` of the window; 0: a year, or two where half of the intervals between paid days are over 90 days."""

    min_n: int = 50
    days: int = 0
    currency: str = "CNY"


def rfm(*, lake: Lake, clocks: Clocks, parameters: RfmParameters) -> Result:
    """The share of customers of the window who bought on two days or more, with its Wilson interval; n = customers.
    Rows: the cells of the scores with their people and money. `customers` gives the scores of each.

    Scores run from 1 to 5, 5 best. From `min_n` customers on by average rank (equal values get equal scores); below,
    R and F by fixed cut-offs and M None: what is much money is not known from a few.
    """
    days = parameters.days or _window(lake, clocks, parameters)
    scored, method = _scored(lake, clocks, parameters, days)
    cells = scored.group_by(["r", "f", "m"]).agg(
        people=scored.count(),
        again=scored.count(where=scored["paid_days"] >= 2),
        net_fen=scored["net_fen"].sum(),
    )
    rows = lake.rows(cells.order_by(ibis.desc("r"), ibis.desc("f"), ibis.desc("m")))
    n = sum(int(str(row["people"])) for row in rows)
    again = sum(int(str(row["again"])) for row in rows)
    value = divided(float(again), n)
    low, high = wilson(hits=again, n=n) if n else (None, None)
    parts = tuple({name: _whole(row[name]) for name in ("r", "f", "m", "people", "net_fen")} for row in rows)
    more: dict[str, Scalar] = {
        "days": days,
        "customers": n,
        "net_fen": sum(int(str(row["net_fen"])) for row in rows) if rows else None,
    }
    quality = quality_of(value=value, n=n, min_n=parameters.min_n)
    return Result(value, n, quality, low, high, method=method if n else "", more=more, parts=parts)


def customers(*, lake: Lake, clocks: Clocks, parameters: RfmParameters) -> ir.Table:
    """Everybody who bought in the window: `person`, `days_ago`, `paid_days`, `net_fen`, `mean_fen` and the scores `r`,
    `f`, `m` (None below `min_n` customers). Read it with `lake.read`."""
    days = parameters.days or _window(lake, clocks, parameters)
    return _scored(lake, clocks, parameters, days)[0]


def _bought(lake: Lake, clocks: Clocks, parameters: RfmParameters) -> ir.Table:
    """Paid days of members: `person`, `day`, `net_fen`."""
    orders = net_orders(lake=lake, clocks=clocks, community=parameters.community)
    orders = orders.filter(orders["net_fen"] > 0, orders["currency"] == parameters.currency)
    dated = orders.mutate(day=local_day(orders["paid_at"], clocks.zone, until=clocks.as_of))
    return dated.group_by(["person", "day"]).agg(net_fen=dated["net_fen"].sum())


def _window(lake: Lake, clocks: Clocks, parameters: RfmParameters) -> int:
    """One year; two where half of the intervals of the last two years are longer than 90 days."""
    bought = _bought(lake, clocks, parameters)
    bought = bought.filter(bought["day"] > day_of(clocks.as_of, clocks.zone) - LONG_WINDOW)
    before = bought["day"].lag().over(group_by="person", order_by="day")
    gaps = bought.mutate(gap=bought["day"] - before)
    told = gaps.filter(gaps["gap"].notnull()).aggregate(
        n=gaps["gap"].count(), long=gaps["gap"].count(where=gaps["gap"] > LONG_INTERVAL)
    )
    found = lake.rows(told)[0]
    n, long = int(str(found["n"])), int(str(found["long"]))
    return LONG_WINDOW if n and 2 * long > n else WINDOW


def _scored(lake: Lake, clocks: Clocks, parameters: RfmParameters, days: int) -> tuple[ir.Table, str]:
    today = day_of(clocks.as_of, clocks.zone)
    bought = _bought(lake, clocks, parameters)
    bought = bought.filter(bought["day"] > today - days)
    each = bought.group_by("person").agg(
        last=bought["day"].max(), paid_days=bought["day"].nunique(), net_fen=bought["net_fen"].sum()
    )
    each = each.mutate(days_ago=today - each["last"], mean_fen=each["net_fen"].cast("float64") / each["paid_days"])
    n = int(str(lake.rows(each.aggregate(n=each.count()))[0]["n"]))
    names = ("person", "days_ago", "paid_days", "net_fen", "mean_fen")
    if n >= parameters.min_n:
        scores = {
            "r": score(each["days_ago"], n=n, least_is_best=True),
            "f": score(each["paid_days"], n=n),
            "m": score(each["mean_fen"], n=n),
        }
        return each.select(*names, **scores), "ranks"
    fixed: dict[str, ir.Value] = {
        "r": LEVELS - _over(each["days_ago"], DAYS_AGO),
        "f": 1 + _over(each["paid_days"], PAID_DAYS),
        "m": ibis.null("int64"),
    }
    return each.select(*names, **fixed), "cut_offs"


def score(column: ir.NumericColumn, *, n: int, least_is_best: bool = False) -> ir.IntegerColumn:
    """ceil(5 · average rank / n) in whole numbers, so that no engine rounds it another way."""
    order = ibis.desc(column) if least_is_best else column
    before = ibis.rank().over(order_by=order)
    equals = column.count().over(group_by=column)
    doubled = before * 2 + equals + 1
    return ((doubled * LEVELS + 2 * n - 1) // (2 * n)).cast("int64")


def _over(column: ir.NumericColumn, bounds: tuple[int, ...]) -> ir.IntegerColumn:
    """How many of the bounds a value lies above."""
    above: ir.IntegerColumn = sum(((column > bound).cast("int64") for bound in bounds), start=ibis.literal(0, "int64"))
    return above


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
