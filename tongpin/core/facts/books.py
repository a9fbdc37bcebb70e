"""Said by the books (账): postings, cost, income and hours. Profit and loss of anything is a sum over these."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, fact
from tongpin.core.facts.nouns import About, CommunityId, EntranceId, ProductId, StaffId


@fact("posting.made", key=("posting",), step="house", lane="money", quiet=True)
class PostingMade(Fact):
    """An amount of one unit (fen, points, fund, commission) moved from one account to another (记账). Sums to zero."""

    posting: int
    unit: Code
    amount: int
    taken_from: Code
    put_to: Code
    about_kind: Code = ""
    about: About = 0
    reason: Code = ""


@fact("cost.booked", key=("cost",), step="house", lane="money")
class CostBooked(Fact):
    """Money was spent, or goods given away (成本): on an entrance, an activity, a community, a product.

    `first_day` to `last_day` is the time it serves. A cost booked by mistake is booked again with the amount
    below zero and `reverses`.
    """

    cost: int
    cost_kind: Code
    amount_fen: Fen
    community: CommunityId = 0
    entrance: EntranceId = 0
    about_kind: Code = ""
    about: About = 0
    product: ProductId = 0
    first_day: Day = ""
    last_day: Day = ""
    reverses: int = 0


@fact("income.booked", key=("income",), step="house", lane="money")
class IncomeBooked(Fact):
    """Money came in that is no order (收入): a sponsor, an entry fee, a partner's share."""

    income: int
    income_kind: Code
    amount_fen: Fen
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    reverses: int = 0


@fact("hours.logged", key=("log",), step="house", lane="money")
class HoursLogged(Fact):
    """Somebody worked for a community or an activity (工时). `rate_fen` is what an hour costs; 0 is voluntary work."""

    log: int
    work: Code
    minutes: int
    staff: StaffId = 0
    rate_fen: Fen = 0
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    reverses: int = 0
