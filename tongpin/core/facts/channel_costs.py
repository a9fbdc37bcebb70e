"""Said by channel costs (渠道成本): what may be spent, and what a platform counts. Spend itself is `cost.booked`."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import About, EntranceId


@fact("entrance.reported", key=("entrance", "day", "by", "occurrence"), step="gather", lane="bulk", quiet=True)
class EntranceReported(Fact):
    """A day of an entrance as its platform or a counting human tells it: views, taps, leads, leaflets (渠道日报).

    A later `occurrence` for the same day replaces the earlier one.
    """

    entrance: EntranceId
    day: Day
    by: Code
    views: int = 0
    taps: int = 0
    leads: int = 0
    handed_out: int = 0
    occurrence: int = 1


@fact("budget.set", key=("budget", "occurrence"), step="gather", lane="money")
class BudgetSet(Fact):
    """How much may be spent on an entrance, an activity or a community until a day (预算)."""

    budget: int
    amount_fen: Fen
    about_kind: Code
    about: About
    until: Day = ""
    occurrence: int = 1
