"""Who gave what in which week: what the measures of giving (予) have in common, read once from the lake."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir

from tongpin.insight.contributions import Method, contributions
from tongpin.insight.days import DAY, day_of, local_day, local_week, seconds, week_of_day
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.members import within

WEEKS, SUSTAINED = 12, 4
YOUNG_WEEKS, YOUNG = 4, 2
EARLIER = 4
"""How many weeks back a period is compared with."""


@dataclass(frozen=True, slots=True)
class Gifts:
    """What one person gave in one ISO week."""

    week: int
    staff: bool
    person: int
    contributions: int


@dataclass(frozen=True, slots=True)
class Giving:
    """Contributions of value of the last WEEKS + EARLIER weeks; `now` is the running week.

    `late` and `before` count what members gave in the last 28 days and in the 28 before.
    """

    method: Method
    now: int
    age_weeks: int
    part_of_week: float
    told: tuple[Gifts, ...]
    late: int
    before: int

    @property
    def rule(self) -> tuple[int, int]:
        """(weeks, needed): who gave in so many of the last weeks is sustained. A young community has a shorter rule."""
        return (WEEKS, SUSTAINED) if self.age_weeks >= WEEKS else (YOUNG_WEEKS, YOUNG)

    def own(self, *, ago: int = 0) -> list[Gifts]:
        """What members gave in the weeks of the rule, the last of them `ago` weeks before the running one."""
        last = self.now - ago
        first = last - self.rule[0]
        return [one for one in self.told if not one.staff and first < one.week <= last]

    def sustained(self, *, ago: int = 0) -> frozenset[int]:
        """The sustained contributors (持续贡献者), now or so many weeks ago by the same rule."""
        weeks: dict[int, set[int]] = defaultdict(set)
        for one in self.own(ago=ago):
            weeks[one.person].add(one.week)
        return frozenset(person for person, active in weeks.items() if len(active) >= self.rule[1])


def giving(*, lake: Lake, clocks: Clocks, community: int = 0) -> Giving:
    """Reads the gifts of a community (0: of all)."""
    given, method = contributions(lake=lake, clocks=clocks, community=community)
    begun = _begun(lake, clocks, community, given)
    now = week_of_day(day_of(clocks.as_of, clocks.zone))
    age = now - week_of_day(day_of(begun, clocks.zone)) + 1 if begun else 0
    day = local_day(given["at"], clocks.zone, until=clocks.as_of)
    dated = given.mutate(week=local_week(day), ago=int(clocks.as_of.timestamp()) - seconds(given["at"]))
    dated = dated.filter(dated["week"] > now - WEEKS - EARLIER, dated["week"] <= now)
    rows = lake.rows(
        dated.group_by(["week", "staff", "person"]).agg(
            contributions=dated.count(),
            late=dated.count(where=dated["ago"] < 28 * DAY),
            before=dated.count(where=(dated["ago"] >= 28 * DAY) & (dated["ago"] < 56 * DAY)),
        )
    )
    told = tuple(
        Gifts(int(str(r["week"])), bool(r["staff"]), int(str(r["person"])), int(str(r["contributions"]))) for r in rows
    )
    late, before = (sum(int(str(r[name])) for r in rows if not r["staff"]) for name in ("late", "before"))
    return Giving(method, now, age, _part_of_week(clocks), told, late, before)


def _part_of_week(clocks: Clocks) -> float:
    """How much of the running week is over, at least a day: nobody can have given oftener than time allowed."""
    here = clocks.as_of.astimezone(clocks.zone)
    days = here.weekday() + (here.hour * 3600 + here.minute * 60 + here.second) / DAY
    return max(1.0, days) / 7


def _begun(lake: Lake, clocks: Clocks, community: int, given: ir.Table) -> datetime | None:
    """When the community began: founded, or the first word heard or gift made in it."""
    founded = lake.of(community, lake.facts("community.founded", clocks))
    heard = within(lake.facts("message.heard", clocks), lake=lake, clocks=clocks, community=community)
    both = ibis.union(*(table.select("at") for table in (founded, heard, given)))
    found = lake.rows(both.aggregate(at=seconds(both["at"]).min()))[0]["at"]
    return None if found is None else datetime.fromtimestamp(int(str(found)), UTC)
