"""Weekly givers: sustained value contributors (持续贡献者), the first of vitality, SCIENCE §2.5, thin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir

from tongpin.insight.contributions import contributions
from tongpin.insight.days import DAY, day_of, local_day, local_week, monday, seconds, week_of_day
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.members import within
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

WEEKS, SUSTAINED = 12, 4
YOUNG_WEEKS, YOUNG = 4, 2


@dataclass(frozen=True, slots=True)
class GiversParameters(Parameters):
    """`min_n` counts everybody who gave in the window."""

    min_n: int = 5


def weekly_givers(*, lake: Lake, clocks: Clocks, parameters: GiversParameters) -> Result:
    """Members with a contribution of value in at least 4 of the last 12 ISO weeks (the running one is the twelfth); in a
    community younger than 12 weeks, in 2 of the last 4. n = members who gave in the window; None where nobody did.

    `method` says whether contributions were judged or found by the proxy. Beside it: how often a sustained member
    gives a week, the trend of four weeks against the four before, and the share made by teammates. Rows: the weeks.
    """
    given, method = contributions(lake=lake, clocks=clocks, community=parameters.community)
    begun = _begun(lake, clocks, parameters.community, given)
    now = week_of_day(day_of(clocks.as_of, clocks.zone))
    age = now - week_of_day(day_of(begun, clocks.zone)) + 1 if begun else 0
    weeks, needed = (WEEKS, SUSTAINED) if age >= WEEKS else (YOUNG_WEEKS, YOUNG)
    day = local_day(given["at"], clocks.zone, until=clocks.as_of)
    dated = given.mutate(week=local_week(day), ago=int(clocks.as_of.timestamp()) - seconds(given["at"]))
    dated = dated.filter(dated["week"] > now - WEEKS, dated["week"] <= now)
    rows = lake.rows(
        dated.group_by(["week", "staff", "person"]).agg(
            contributions=dated.count(),
            late=dated.count(where=dated["ago"] < 28 * DAY),
            before=dated.count(where=(dated["ago"] >= 28 * DAY) & (dated["ago"] < 56 * DAY)),
        )
    )
    told = [(int(str(r["week"])), bool(r["staff"]), int(str(r["person"])), int(str(r["contributions"]))) for r in rows]
    own = [(week, person, count) for week, staff, person, count in told if not staff and week > now - weeks]
    seen: dict[int, set[int]] = {}
    for week, person, _ in own:
        seen.setdefault(person, set()).add(week)
    sustained = {person for person, active in seen.items() if len(active) >= needed}
    value = float(len(sustained)) if seen else None
    elapsed = weeks - 1 + _part_of_week(clocks)
    late, before = (sum(int(str(r[name])) for r in rows if not r["staff"]) for name in ("late", "before"))
    total, by_staff = sum(row[3] for row in told), sum(row[3] for row in told if row[1])
    more: dict[str, Scalar] = {
        "weeks": weeks,
        "needed": needed,
        "age_weeks": age,
        "per_week": divided(sum(c for _, p, c in own if p in sustained), len(sustained) * elapsed),
        "trend": math.log((late + 1) / (before + 1)) if age >= 8 and seen else None,
        "staff_share": divided(by_staff, total),
    }
    quality = quality_of(value=value, n=len(seen), min_n=parameters.min_n)
    parts = tuple(_week(week, told) for week in range(now - weeks + 1, now + 1)) if told else ()
    return Result(value, len(seen), quality, method=method, more=more, parts=parts)


def _week(week: int, told: list[tuple[int, bool, int, int]]) -> dict[str, Scalar]:
    own = [row for row in told if row[0] == week]
    return {
        "week": monday(week).isoformat(),
        "givers": len({person for _, staff, person, _ in own if not staff}),
        "contributions": sum(count for _, staff, _, count in own if not staff),
        "by_staff": sum(count for _, staff, _, count in own if staff),
    }


def _part_of_week(clocks: Clocks) -> float:
    """How much of the running week is over, at least a day: nobody can have given oftener than time allowed."""
    here = clocks.as_of.astimezone(clocks.zone)
    days = here.weekday() + (here.hour * 3600 + here.minute * 60 + here.second) / DAY
    return max(1.0, days) / 7


def _begun(lake: Lake, clocks: Clocks, community: int, given: ir.Table) -> datetime | None:
    """When the community began: founded, or the first word heard or gift made in it."""
    founded = lake.facts("community.founded", clocks)
    if community:
        founded = founded.filter(founded["community"] == community)
    heard = within(lake.facts("message.heard", clocks), lake=lake, clocks=clocks, community=community)
    both = ibis.union(*(table.select("at") for table in (founded, heard, given)))
    found = lake.rows(both.aggregate(at=seconds(both["at"]).min()))[0]["at"]
    return None if found is None else datetime.fromtimestamp(int(str(found)), UTC)
