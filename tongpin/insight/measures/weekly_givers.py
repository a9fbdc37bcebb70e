"""Weekly givers: sustained value contributors (持续贡献者), SCIENCE §2.5, thin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tongpin.insight.days import monday
from tongpin.insight.giving import WEEKS, Gifts, giving
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

OLD_ENOUGH = 8
"""Weeks a community must be old before four weeks are compared with the four before."""


@dataclass(frozen=True, slots=True)
class GiversParameters(Parameters):
    """`min_n` counts everybody who gave in the window."""

    min_n: int = 5


def weekly_givers(*, lake: Lake, clocks: Clocks, parameters: GiversParameters) -> Result:
    """Members with a contribution of value in at least 4 of the last 12 ISO weeks (the running one is the twelfth); in a
    community younger than 12 weeks, in 2 of the last 4. n = members who gave in the window; None where nobody did.

    `method` says whether contributions were judged or found by the proxy: a text of 60 characters that answers another, or
    anything another person answered within a day (in chats that never tell replies: went on from within 10 minutes). By
    either, what a published digest quotes counts, when it was said. Beside it: how often a sustained member
    gives a week, the trend of four weeks against the four before, and the share made by teammates. Rows: the weeks.
    """
    found = giving(lake=lake, clocks=clocks, community=parameters.community)
    weeks, needed = found.rule
    own, sustained = found.own(), found.sustained()
    givers = {one.person for one in own}
    value = float(len(sustained)) if givers else None
    told = [one for one in found.told if one.week > found.now - WEEKS]
    more: dict[str, Scalar] = {
        "weeks": weeks,
        "needed": needed,
        "age_weeks": found.age_weeks,
        "per_week": divided(
            sum(one.contributions for one in own if one.person in sustained),
            len(sustained) * (weeks - 1 + found.part_of_week),
        ),
        "trend": math.log((found.late + 1) / (found.before + 1)) if found.age_weeks >= OLD_ENOUGH and givers else None,
        "staff_share": divided(
            sum(one.contributions for one in told if one.staff), sum(one.contributions for one in told)
        ),
    }
    quality = quality_of(value=value, n=len(givers), min_n=parameters.min_n)
    parts = tuple(_week(week, told) for week in range(found.now - weeks + 1, found.now + 1)) if told else ()
    return Result(value, len(givers), quality, method=found.method, more=more, parts=parts)


def _week(week: int, told: Sequence[Gifts]) -> dict[str, Scalar]:
    own = [one for one in told if one.week == week]
    return {
        "week": monday(week).isoformat(),
        "givers": len({one.person for one in own if not one.staff}),
        "contributions": sum(one.contributions for one in own if not one.staff),
        "by_staff": sum(one.contributions for one in own if one.staff),
    }
