"""K (裂变系数): how many qualified people each new member brings within so many days, SCIENCE §4.1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from tongpin.insight.days import DAY, seconds
from tongpin.insight.growth import people_per_seed
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.latest import latest
from tongpin.insight.members import members_since
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

SEED, REPLICATES = 20_261_122, 2000


@dataclass(frozen=True, slots=True)
class KParameters(Parameters):
    """`within` so many days of their own join; the cohort joined in `cohort_days`. `also` is a second, longer window."""

    min_n: int = 30
    within: int = 14
    also: int = 60
    cohort_days: int = 90


def referral_k(*, lake: Lake, clocks: Clocks, parameters: KParameters) -> Result:
    """K of the members who joined `within` days ago or earlier (mature), of the last `cohort_days` such days; n = they.

    A person brought counts where they were bound within the window and qualified since, unless that was taken back.
    The interval is a bootstrap over root trees (who came by whom, up to the first), as branches of one tree are alike;
    None below two trees. K = invitations a member sent × how many of them came: both None where no sending is known.
    """
    rows = [_window(lake, clocks, parameters, days) for days in (parameters.within, parameters.also)]
    first = rows[0]
    value = first["k"] if isinstance(first["k"], float) else None
    n = int(first["members"] or 0)
    quality = quality_of(value=value, n=n, min_n=parameters.min_n)
    low, high = (bound if isinstance(bound, float) else None for bound in (first["low"], first["high"]))
    seed = people_per_seed(k=value) if value is not None else None
    return Result(value, n, quality, low, high, more={"people_per_newcomer": seed}, parts=tuple(rows))


def _window(lake: Lake, clocks: Clocks, parameters: KParameters, days: int) -> dict[str, Scalar]:
    members = members_since(lake=lake, clocks=clocks, community=parameters.community)
    mature = clocks.as_of - timedelta(days=days)
    cohort = cohort_of(members, mature=mature, days=parameters.cohort_days)
    young = lake.rows(members.filter(members["since"] > ibis.literal(mature)).aggregate(n=members["person"].count()))
    sent = lake.facts("referral_link.sent", clocks)
    sent = sent.inner_join(cohort, sent["person_id"] == cohort["person"])
    gap = seconds(sent["at"]) - seconds(sent["since"])
    sends = int(str(lake.rows(sent.filter(gap >= 0, gap <= days * DAY).aggregate(n=ibis._.count()))[0]["n"]))
    table = brought_by(cohort, lake=lake, clocks=clocks, within=days)
    own = {int(str(row["person"])): int(str(row["brought"])) for row in lake.rows(table)}
    trees = _trees(own, _inviters(lake, clocks))
    total = sum(own.values())
    low, high = _interval(trees)
    return {
        "within_days": days,
        "k": divided(float(total), len(own)),
        "low": low,
        "high": high,
        "members": len(own),
        "immature": int(str(young[0]["n"])),
        "brought": total,
        "trees": len(trees),
        "invitations": sends or None,
        "invitations_per_member": divided(sends, len(own)) if sends else None,
        "conversion": divided(total, sends),
    }


def cohort_of(members: ir.Table, *, mature: datetime, days: int) -> ir.Table:
    """Of members those who joined in the last so many days up to `mature`: `person`, `since`."""
    first = mature - timedelta(days=days)
    return members.filter(members["since"] > ibis.literal(first), members["since"] <= ibis.literal(mature))


def brought_by(cohort: ir.Table, *, lake: Lake, clocks: Clocks, within: int) -> ir.Table:
    """How many qualified people each of a cohort brought within so many days of their own join: `person`, `brought`."""
    came = _qualified(lake, clocks).inner_join(cohort, ibis._["inviter"] == cohort["person"])
    age = seconds(came["bound_at"]) - seconds(came["since"])
    came = came.filter(age >= 0, age <= within * DAY)
    brought = came.group_by("inviter").agg(brought=came["newcomer"].nunique())
    joined = cohort.left_join(brought, cohort["person"] == brought["inviter"])
    return joined.select("person", brought=joined["brought"].fill_null(0))


def _qualified(lake: Lake, clocks: Clocks) -> ir.Table:
    """Referrals that count: `inviter`, `newcomer`, `bound_at`. The latest word on a person and campaign holds."""
    told = [
        lake.facts(kind, clocks)
        .select("seq", "at", "inviter", "campaign", newcomer="person_id")
        .mutate(counts=ibis.literal(counts))
        for kind, counts in (("referral.qualified", True), ("referral.disqualified", False))
    ]
    last = latest(ibis.union(*told), "newcomer", "campaign")
    last = last.filter(last["counts"], last["newcomer"] != last["inviter"])
    bound = lake.facts("referral.bound", clocks)
    bound = bound.group_by(["person_id", "inviter", "campaign"]).agg(first_at=bound["at"].min())
    bound = bound.rename(_by="inviter", _in="campaign")
    joined = last.left_join(
        bound,
        [last["newcomer"] == bound["person_id"], last["inviter"] == bound["_by"], last["campaign"] == bound["_in"]],
    )
    return joined.select("inviter", "newcomer", bound_at=ibis.coalesce(joined["first_at"], joined["at"]))


def _inviters(lake: Lake, clocks: Clocks) -> dict[int, int]:
    """Who came by whom, by the first binding of each."""
    bound = lake.facts("referral.bound", clocks)
    bound = bound.filter(bound["person_id"].notnull())
    first = bound.group_by("person_id").agg(inviter=bound["inviter"].argmin(bound["seq"]))
    return {int(str(row["person_id"])): int(str(row["inviter"])) for row in lake.rows(first)}


def _trees(own: dict[int, int], inviters: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Per root tree: how many of the cohort are in it, and how many they brought."""
    found: dict[int, tuple[int, int]] = {}
    for person, brought in own.items():
        root = _root(person, inviters)
        members, sum_brought = found.get(root, (0, 0))
        found[root] = (members + 1, sum_brought + brought)
    return found


def _root(person: int, inviters: dict[int, int]) -> int:
    """The first of a tree; of a circle, its lowest number."""
    seen = [person]
    while (inviter := inviters.get(seen[-1])) is not None:
        if inviter in seen:
            return min(seen[seen.index(inviter) :])
        seen.append(inviter)
    return seen[-1]


def _interval(trees: dict[int, tuple[int, int]]) -> tuple[float | None, float | None]:
    """95 % of K over trees drawn again with replacement. Equal trees are drawn together: it costs no more for many."""
    if len(trees) < 2:
        return None, None
    kinds = sorted(Counter(trees.values()).items())
    shapes = np.array([shape for shape, _ in kinds], dtype=np.float64)
    chances = np.array([count for _, count in kinds], dtype=np.float64) / len(trees)
    drawn = np.random.default_rng(SEED).multinomial(len(trees), chances, size=REPLICATES)
    members, brought = (drawn @ shapes).T
    low, high = np.quantile(brought / members, [0.025, 0.975])
    return float(low), float(high)
