"""Vitality (活力): how many give, how often, and which way it goes, with the reasons for and against, SCIENCE §2.5–2.6."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from tongpin.insight.days import DAY, seconds
from tongpin.insight.giving import EARLIER, Giving, giving
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.measures.weekly_givers import OLD_ENOUGH
from tongpin.insight.members import within
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

SILENT_DAYS = 7
ACTIVE_DAYS, MONTH = 8, 28
DOWNWARD, FALLING = -0.2, -0.7
CARRIED_BY, TOP_SHARE = 2, 0.4
MEMBER_RUN = 0.5


@dataclass(frozen=True, slots=True)
class VitalityParameters(Parameters):
    """`min_n` counts everybody who gave in the window."""

    min_n: int = 5


@dataclass(frozen=True, slots=True)
class _Heard:
    """Member messages: days since the last one, and on how many of the last 28 days there was any."""

    silent_days: int
    active_days: int


def vitality(*, lake: Lake, clocks: Clocks, parameters: VitalityParameters) -> Result:
    """What the sustained contributors of a community give in a week, carried on by its trend: people × times a week ×
    trend of the last four weeks against the four before (1 under eight weeks of age). n = members who gave in the
    window; None where nobody did, 0 where nobody is sustained.

    `more` holds the three factors (`people`, `per_week`, `trend` as a logarithm) and the `alarm`: amber where any two of
    (trend ≤ −0.7; under 8 active days of 28; nobody sustained; one member makes half) hold, red at three, or where no
    member said anything for 7 days. Rows: the reasons, `good` or not, each with its number `now`, the one `before`
    where there is one, its n and a `share` where one belongs to it. Contributions by teammates count in none of the factors.
    """
    found = giving(lake=lake, clocks=clocks, community=parameters.community)
    own, sustained = found.own(), found.sustained()
    givers = {one.person for one in own}
    n = len(givers)
    elapsed = found.rule[0] - 1 + found.part_of_week
    per_week = divided(
        sum(one.contributions for one in own if one.person in sustained), len(sustained) * elapsed if sustained else 0
    )
    trend = math.log((found.late + 1) / (found.before + 1)) if found.age_weeks >= OLD_ENOUGH and n else None
    value = len(sustained) * (per_week or 0.0) * math.exp(trend or 0.0) if n else None
    heard = _heard(lake, clocks, parameters.community)
    carriers, top = _carriers(found)
    more: dict[str, Scalar] = {
        "people": len(sustained) if n else None,
        "per_week": per_week,
        "trend": trend,
        "weeks": found.rule[0],
        "needed": found.rule[1],
        "age_weeks": found.age_weeks,
        "alarm": _alarm(found, heard, trend, carriers) if value is not None else None,
    }
    parts = _reasons(found, heard, trend, carriers, top) if n else ()
    quality = quality_of(value=value, n=n, min_n=parameters.min_n)
    return Result(value, n, quality, method=found.method, more=more, parts=parts)


def _reasons(
    found: Giving, heard: _Heard | None, trend: float | None, carriers: int | None, top: float | None
) -> tuple[dict[str, Scalar], ...]:
    own = found.own()
    n = len({one.person for one in own})
    people = len(found.sustained())
    # The same rule four weeks ago can only be asked of a community that was old enough for it then.
    earlier = len(found.sustained(ago=EARLIER)) if found.age_weeks >= found.rule[0] + EARLIER else None
    reasons = [_reason("sustained", people > 0 and people >= (earlier or 0), people, earlier, n)]
    if trend is not None:
        reasons.append(_reason("trend", trend > DOWNWARD, found.late, found.before, found.late + found.before))
    if carriers is not None and n > 1:
        good = carriers > CARRIED_BY and (top or 0) <= TOP_SHARE
        reasons.append(_reason("carried_by", good, carriers, None, n) | {"share": top})
    told = [one for one in found.told if one.week > found.now - found.rule[0]]
    total, by_staff = sum(one.contributions for one in told), sum(one.contributions for one in told if one.staff)
    reasons.append(_reason("by_staff", by_staff <= MEMBER_RUN * total, divided(by_staff, total), None, total))
    if heard is not None:
        reasons.append(_reason("silent_days", heard.silent_days < SILENT_DAYS, heard.silent_days, None, 1))
        if found.age_weeks * 7 > MONTH:
            good = heard.active_days >= ACTIVE_DAYS
            reasons.append(_reason("active_days", good, heard.active_days, None, MONTH))
    return tuple(reasons)


def _reason(code: str, good: bool, now: float | None, before: float | None, n: int) -> dict[str, Scalar]:
    return {"reason": code, "good": good, "now": now, "before": before, "n": n, "share": None}


def _carriers(found: Giving) -> tuple[int | None, float | None]:
    """How few members make half of what members give (contributor absence factor), and the share of the first."""
    counts: Counter[int] = Counter()
    for one in found.own():
        counts[one.person] += one.contributions
    total, held = sum(counts.values()), 0
    for place, (_, count) in enumerate(counts.most_common(), 1):
        held += count
        if 2 * held >= total:
            return place, counts.most_common(1)[0][1] / total
    return None, None


def _alarm(found: Giving, heard: _Heard | None, trend: float | None, carriers: int | None) -> str:
    if heard is not None and heard.silent_days >= SILENT_DAYS:
        return "red"
    troubles = [
        trend is not None and trend <= FALLING,
        heard is not None and found.age_weeks * 7 > MONTH and heard.active_days < ACTIVE_DAYS,
        found.age_weeks >= found.rule[0] and not found.sustained(),
        carriers == 1,
    ]
    return {0: "", 1: "", 2: "amber"}.get(sum(troubles), "red")


def _heard(lake: Lake, clocks: Clocks, community: int) -> _Heard | None:
    """None where no member ever said anything."""
    said = within(lake.facts("message.heard", clocks), lake=lake, clocks=clocks, community=community)
    said = said.filter(~said["internal"], said["message_kind"] != "system")
    ago = int(clocks.as_of.timestamp()) - seconds(said["at"])
    dated = said.mutate(days=(ago // DAY).cast("int64"))
    row = lake.rows(
        dated.aggregate(last=dated["days"].min(), active=dated["days"].nunique(where=dated["days"] < MONTH))
    )[0]
    return None if row["last"] is None else _Heard(int(str(row["last"])), int(str(row["active"])))
