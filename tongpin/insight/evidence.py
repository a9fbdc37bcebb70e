"""Evidence of trust (信任凭据), SCIENCE §3.1: which facts of a member speak for or against it, and what each weighs.

One literal table; each line says how its facts become rows (`person`, `at`, `good`). What one repeats within a week
(giving, being thanked) counts once a week: regularity speaks, volume does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tongpin.insight.contributions import contributions
from tongpin.insight.days import local_day, local_week, seconds
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.latest import latest
from tongpin.insight.orders import internal, net_orders

WINDOW = timedelta(days=720)
"""Older evidence weighs less than half a percent and is left out."""

QUALITY = ("quality", "damaged", "wrong_goods", "not_as_told")
"""Reasons for a refund or a return that speak against the goods, as the console offers them."""
REACHED = ("service", "promotion")
MUTED = ("muted", "removed", "barred")
GOOD_STARS, BAD_STARS = 4, 2
PROMOTER, DETRACTOR = 9, 6
REWARDED = 0.5
"""What is paid for weighs half."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of the table: `rows` gives `person`, `at` and, where pieces differ, `factor` to the weight."""

    good: bool
    weight: float
    rows: Callable[[Lake, Clocks], ir.Table]


def _people(table: ir.Table) -> ir.Table:
    return table.filter(table["person_id"].notnull(), ~table["internal"])


def _each(kind: str, *, once_by: tuple[str, ...] = ()) -> Callable[[Lake, Clocks], ir.Table]:
    """Every fact of a kind about a member; with `once_by` one a person and value, the latest."""

    def rows(lake: Lake, clocks: Clocks) -> ir.Table:
        told = _people(lake.facts(kind, clocks))
        if not once_by:
            return told.select("at", person="person_id")
        return told.group_by(["person_id", *once_by]).agg(at=told["at"].max()).select("at", person="person_id")

    return rows


def _bought(lake: Lake, clocks: Clocks) -> ir.Table:
    orders = net_orders(lake=lake, clocks=clocks)
    return orders.filter(orders["net_fen"] > 0).select("person", at="paid_at")


def _gave(lake: Lake, clocks: Clocks) -> ir.Table:
    given, _ = contributions(lake=lake, clocks=clocks)
    return _weekly(given.filter(~given["staff"]).select("person", "at"), clocks)


def _led(part: str) -> Callable[[Lake, Clocks], ir.Table]:
    def rows(lake: Lake, clocks: Clocks) -> ir.Table:
        told = _people(lake.facts("value.given", clocks))
        return told.filter(told["part"] == part, told["staff"] == 0).select("at", person="person_id")

    return rows


def _thanked(lake: Lake, clocks: Clocks) -> ir.Table:
    told = lake.facts("thanks.given", clocks)
    told = told.filter(told["thanked"] != 0, told["person_id"].fill_null(0) != told["thanked"])
    return _weekly(told.select("at", person="thanked").anti_join(internal(lake), "person"), clocks)


def _weekly(table: ir.Table, clocks: Clocks) -> ir.Table:
    day = local_day(table["at"], clocks.zone, until=clocks.as_of)
    dated = table.mutate(week=local_week(day))
    return dated.group_by(["person", "week"]).agg(at=dated["at"].max()).select("person", "at")


def _reviewed(*, good: bool) -> Callable[[Lake, Clocks], ir.Table]:
    """By the latest edition of each review; a good one says something in words too."""

    def rows(lake: Lake, clocks: Clocks) -> ir.Table:
        told = latest(_people(lake.facts("review.written", clocks)), "review", by="edition")
        fits = (told["stars"] >= GOOD_STARS) & (told["length"] > 0) if good else told["stars"] <= BAD_STARS
        return told.filter(fits).select("at", person="person_id")

    return rows


def _recommends(*, good: bool) -> Callable[[Lake, Clocks], ir.Table]:
    def rows(lake: Lake, clocks: Clocks) -> ir.Table:
        told = _people(lake.facts("survey.answered", clocks))
        told = latest(told.filter(told["recommend"].notnull()), "survey", "person_id")
        fits = told["recommend"] >= PROMOTER if good else told["recommend"] <= DETRACTOR
        return told.filter(fits).select("at", person="person_id")

    return rows


def _brought(lake: Lake, clocks: Clocks) -> ir.Table:
    """Qualified referrals by their inviter, the latest word on each. Agents are paid to bring: theirs say nothing."""
    told = [
        _people(lake.facts(kind, clocks))
        .select("seq", "at", "inviter", "campaign", "person_id")
        .mutate(counts=ibis.literal(counts))
        for kind, counts in (("referral.qualified", True), ("referral.disqualified", False))
    ]
    last = latest(ibis.union(*told), "person_id", "campaign")
    last = last.filter(last["counts"], last["person_id"] != last["inviter"])
    bound = latest(lake.facts("referral.bound", clocks), "person_id", "campaign")
    agents = bound.filter(bound["by_agent"]).select("inviter", "campaign", "person_id")
    paid = lake.facts("referral.rewarded", clocks)
    paid = paid.filter(paid["side"] == "inviter").select("inviter", "campaign", person_id="invitee", paid=True)
    joined = last.anti_join(agents, ["inviter", "campaign", "person_id"])
    joined = joined.left_join(paid.distinct(), ["inviter", "campaign", "person_id"])
    factor = ibis.ifelse(joined["paid"].fill_null(False), REWARDED, 1.0)
    return joined.select("at", person="inviter", factor=factor).anti_join(internal(lake), "person")


def _witnessed(*, good: bool) -> Callable[[Lake, Clocks], ir.Table]:
    def rows(lake: Lake, clocks: Clocks) -> ir.Table:
        told = _people(lake.facts("trust.witnessed", clocks))
        return told.filter(told["positive"] == good).select("at", person="person_id")

    return rows


def _complained(lake: Lake, clocks: Clocks) -> ir.Table:
    """Complaints that were not settled to the member's satisfaction."""
    settled = latest(lake.facts("complaint.settled", clocks), "complaint", by="occurrence")
    content = settled.filter(settled["satisfied"].fill_null(False)).select("complaint")
    return (
        _people(lake.facts("complaint.made", clocks)).anti_join(content, "complaint").select("at", person="person_id")
    )


def _returned(lake: Lake, clocks: Clocks) -> ir.Table:
    """Orders that went back for quality, once an order, whether the wish or the money tells of it."""
    told = [
        _people(lake.facts(kind, clocks)).select("at", "person_id", "place_id", "order", "reason")
        for kind in ("return.asked", "order.refunded")
    ]
    both = ibis.union(*told)
    both = both.filter(both["reason"].isin(QUALITY)).mutate(shop=ibis._["place_id"].fill_null(0))
    once = both.group_by(["person_id", "shop", "order"]).agg(at=both["at"].min())
    return once.select("at", person="person_id")


def _muted(lake: Lake, clocks: Clocks) -> ir.Table:
    """Breaches whose latest answer silenced or removed the member, and no appeal undid it."""
    answered = latest(_people(lake.facts("breach.answered", clocks)), "breach", by="occurrence")
    undone = lake.facts("appeal.decided", clocks)
    undone = undone.filter(undone["overturned"]).select("breach")
    kept = answered.filter(answered["act"].isin(MUTED)).anti_join(undone, "breach")
    return kept.select("at", person="person_id")


def _shut_out(lake: Lake, clocks: Clocks) -> ir.Table:
    """Consent to be written to taken back, or contact lost because they willed it; once a channel and person."""
    withdrawn = _people(lake.facts("consent.withdrawn", clocks))
    withdrawn = withdrawn.filter(withdrawn["purpose"].isin(REACHED)).select("at", "person_id", "channel")
    lost = _people(lake.facts("contact.lost", clocks))
    lost = lost.filter(lost["willed"]).select("at", "person_id", "channel")
    both = ibis.union(withdrawn, lost)
    return both.group_by(["person_id", "channel"]).agg(at=both["at"].max()).select("at", person="person_id")


SIGNS: dict[str, Sign] = {
    "bought": Sign(True, 1.0, _bought),
    "gave": Sign(True, 1.0, _gave),
    "led": Sign(True, 2.0, _led("led")),
    "helped": Sign(True, 1.0, _led("helped")),
    "contributed": Sign(True, 1.0, _led("contributed")),
    "answer_accepted": Sign(True, 1.5, _each("answer.accepted", once_by=("question", "answer"))),
    "heard_talk": Sign(True, 0.5, _each("talk.attended", once_by=("talk",))),
    "asked": Sign(True, 0.5, _each("question.asked", once_by=("question",))),
    "came": Sign(True, 1.0, _each("gathering.checked_in", once_by=("gathering",))),
    "voted": Sign(True, 0.5, _each("vote.cast", once_by=("vote",))),
    "reviewed_well": Sign(True, 1.0, _reviewed(good=True)),
    "recommends": Sign(True, 1.0, _recommends(good=True)),
    "brought": Sign(True, 2.0, _brought),
    "thanked": Sign(True, 1.0, _thanked),
    "witnessed": Sign(True, 1.0, _witnessed(good=True)),
    "complained": Sign(False, 1.5, _complained),
    "returned": Sign(False, 1.0, _returned),
    "reviewed_badly": Sign(False, 1.0, _reviewed(good=False)),
    "advises_against": Sign(False, 1.0, _recommends(good=False)),
    "muted": Sign(False, 1.0, _muted),
    "shut_out": Sign(False, 0.5, _shut_out),
    "witnessed_against": Sign(False, 1.0, _witnessed(good=False)),
}
"""What is believed of a member by what they did. Weights are defaults of ours (SCIENCE §9): see docs/measures.md."""


def evidence(*, lake: Lake, clocks: Clocks) -> ir.Table:
    """Every piece of the window: `person`, `sign`, `weight`, `at`. Teammates and the erased are left out."""
    return lake.shared("evidence", clocks, 0, lambda: _evidence(lake, clocks))


def _evidence(lake: Lake, clocks: Clocks) -> ir.Table:
    pieces = []
    for name, sign in SIGNS.items():
        rows = sign.rows(lake, clocks)
        factor = rows["factor"].cast("float64") if "factor" in rows.columns else ibis.literal(1.0)
        pieces.append(
            rows.select(
                "at",
                person=rows["person"].cast("int64"),
                sign=ibis.literal(name),
                weight=(factor * sign.weight).cast("float64"),
            )
        )
    told = ibis.union(*pieces)
    people = lake.people()
    known = people.filter(~people["erased"], ~people["internal"]).select("person")
    return told.filter(told["at"] > ibis.literal(clocks.as_of - WINDOW)).semi_join(known, "person")


def age_in_days(at: ir.TimestampColumn, clocks: Clocks) -> ir.FloatingColumn:
    """How old a piece is."""
    return (int(clocks.as_of.timestamp()) - seconds(at)).cast("float64") / 86_400.0
