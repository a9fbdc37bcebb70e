"""A community's vitality (活力) in words: people × times a week × trend, with the reasons for and against."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.figures.queries import COMMUNITY, latest_of

NEEDED = 5
"""Members who must have given before a vitality is more than chance: the measure's own min_n."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the bars: its Monday, what members gave, how high of a hundred, and whether it is of the last four."""

    monday: str
    contributions: int
    height: int
    late: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why vitality is as it is."""

    text: str
    good: bool


@dataclass(frozen=True, slots=True)
class VitalitySeen:
    """Vitality in words. `enough` is whether as many gave as are `need`ed; `trend` is empty where there is none."""

    enough: bool
    have: int
    need: int
    people: int
    per_week: float | None
    trend: str
    rising: bool
    alarm: str
    reasons: tuple[Reason, ...]
    weeks: tuple[Week, ...]
    by_proxy: bool
    as_of: datetime | None


NOTHING = VitalitySeen(False, 0, NEEDED, 0, None, "", True, "", (), (), False, None)
"""Nobody gave anything, or nothing was measured yet."""


def vitality_of(community_id: int) -> VitalitySeen:
    """How alive a community is, as last measured. One query."""
    found = latest_of(measures=("vitality", "weekly_givers"), scope_kind=COMMUNITY, scope=community_id)
    seen = found.get("vitality")
    if seen is None:
        return NOTHING
    more: Mapping[str, Any] = seen.body.get("more", {})
    trend = more.get("trend")
    givers = found.get("weekly_givers")
    # Bars of another moment than the figures beside them would tell two stories.
    parts = givers.body.get("parts", ()) if givers is not None and givers.as_of == seen.as_of else ()
    return VitalitySeen(
        enough=seen.quality == "ok",
        have=seen.n,
        need=NEEDED,
        people=int(more.get("people") or 0),
        per_week=more.get("per_week"),
        trend="" if trend is None else _signed(trend),
        rising=trend is None or trend >= 0,
        alarm=str(more.get("alarm") or "") if seen.quality == "ok" else "",
        reasons=tuple(_reason(part) for part in seen.body.get("parts", ()) if part.get("reason") in SAYS),
        weeks=_weeks(parts),
        by_proxy=seen.body.get("method") == "proxy",
        as_of=seen.as_of,
    )


def _signed(trend: float) -> str:
    """A logarithm as a change in percent: −12%."""
    change = round(100 * (math.exp(trend) - 1))
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{abs(change)}%"


def _weeks(parts: Any) -> tuple[Week, ...]:
    told = [(str(part["week"]), int(part["contributions"])) for part in parts]
    most = max((count for _monday, count in told), default=0) or 1
    last = len(told) - 4
    return tuple(
        Week(monday, count, round(100 * count / most), place >= last) for place, (monday, count) in enumerate(told)
    )


def _reason(part: Mapping[str, Any]) -> Reason:
    return Reason(SAYS[str(part["reason"])](part), bool(part["good"]))


def _sustained(part: Mapping[str, Any]) -> str:
    text = ngettext("%(n)s member gives again and again", "%(n)s members give again and again", part["now"])
    text %= {"n": part["now"]}
    return (
        text if part["before"] is None else _("%(text)s (%(n)s four weeks ago)") % {"text": text, "n": part["before"]}
    )


def _trend(part: Mapping[str, Any]) -> str:
    told = {"now": part["now"], "before": part["before"]}
    return _("%(now)s contributions in the last 4 weeks, %(before)s in the 4 before") % told


def _carried(part: Mapping[str, Any]) -> str:
    told = {"n": part["now"], "share": f"{100 * (part['share'] or 0):.0f}%"}
    text = ngettext(
        "%(n)s member makes half of it, the first alone %(share)s",
        "%(n)s members make half of it, the first %(share)s",
        part["now"],
    )
    return text % told


def _by_staff(part: Mapping[str, Any]) -> str:
    return _("%(share)s comes from the team (n = %(n)s)") % {"share": f"{100 * part['now']:.0f}%", "n": part["n"]}


def _silent(part: Mapping[str, Any]) -> str:
    if part["now"] < 1:
        return _("A member spoke within the last day")
    if part["good"]:
        text = ngettext("A member last spoke %(n)s day ago", "A member last spoke %(n)s days ago", part["now"])
    else:
        text = ngettext("No member spoke for %(n)s day", "No member spoke for %(n)s days", part["now"])
    return text % {"n": part["now"]}


def _active(part: Mapping[str, Any]) -> str:
    return _("Members spoke on %(n)s of the last %(days)s days") % {"n": part["now"], "days": part["n"]}


SAYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "sustained": _sustained,
    "trend": _trend,
    "carried_by": _carried,
    "by_staff": _by_staff,
    "silent_days": _silent,
    "active_days": _active,
}
"""What each reason of the measure says."""
