"""What a look at the figures warns of (预警): rules over prepared results, each with its evidence. Pure.

A rule speaks only where there is enough to speak from; what is too few to warn by says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Body = Mapping[str, Any]

WEAKER = 0.8
"""Gifts of four weeks against the four before: this or less is a warning."""
GIFTS = 20
"""So many gifts in the weeks before, or nobody can tell weaker from chance."""
HOUSE_SHARE = 0.6
FEWER, CAME = 0.7, 20
NO_ORDER_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: which rule, about which entrance (0: none), and the numbers it rests on."""

    code: str
    entrance: int = 0
    evidence: Mapping[str, float] = field(default_factory=dict)


def warned(*, figures: Mapping[str, Body]) -> list[Warned]:
    """Everything that figures (measure → its body) of one scope warn of, in the order of the table."""
    return [one for measure, rule in RULES if measure in figures for one in rule(figures[measure])]


def weaker_giving(body: Body) -> Iterator[Warned]:
    """giving_weaker: fewer gifts of value by members in the last four whole weeks than in the four before."""
    weeks = [part for part in body.get("parts") or () if "contributions" in part][:-1]
    if len(weeks) < 8:
        return
    late, before = (sum(int(week["contributions"]) for week in part) for part in (weeks[-4:], weeks[-8:-4]))
    if before >= GIFTS and late <= WEAKER * before:
        yield Warned("giving_weaker", evidence={"late": late, "before": before, "change": late / before - 1})


def house_alone(body: Body) -> Iterator[Warned]:
    """house_alone: most of what is of value comes from teammates."""
    parts = [part for part in body.get("parts") or () if "contributions" in part]
    own, staff = (sum(int(part[name]) for part in parts) for name in ("contributions", "by_staff"))
    if own + staff >= GIFTS and staff >= HOUSE_SHARE * (own + staff):
        yield Warned("house_alone", evidence={"staff": staff, "all": own + staff, "share": staff / (own + staff)})


def fewer_come(body: Body) -> Iterator[Warned]:
    """fewer_come: clearly fewer new people than in the window before."""
    more = body.get("more") or {}
    now, before = int(more.get("gather") or 0), int(more.get("gather_before") or 0)
    # A Poisson count of `before` varies by its square root: two of those, or it may be chance.
    if before >= CAME and now <= FEWER * before and before - now > 2 * math.sqrt(before):
        yield Warned("fewer_come", evidence={"now": now, "before": before, "change": now / before - 1})


def money_not_back(body: Body) -> Iterator[Warned]:
    """money_not_back: an entrance cost money and brought people, none of whom bought yet; the dearest first."""
    rows = [part for part in body.get("parts") or () if part.get("kind") == "entrance"]
    spent = [row for row in rows if (row.get("cost_fen") or 0) > 0 and row["entrance"] > 0]
    for row in sorted(spent, key=lambda row: -int(row["cost_fen"])):
        if int(row["gather"]) >= NO_ORDER_PEOPLE and not int(row["first_orders"]) and not int(row["net_fen"]):
            yield Warned(
                "money_not_back",
                entrance=int(row["entrance"]),
                evidence={"cost_fen": int(row["cost_fen"]), "people": int(row["gather"])},
            )


RULES: tuple[tuple[str, Callable[[Body], Iterator[Warned]]], ...] = (
    ("weekly_givers", weaker_giving),
    ("weekly_givers", house_alone),
    ("loop_by_entrance", fewer_come),
    ("loop_by_entrance", money_not_back),
)
"""Which figure each rule reads. To add one: a function above, a line here, its words in web/console/warnings.py."""
