"""What introducers are promised, and what they earned: every line with what it was reckoned from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from tongpin.core.books.queries import kept_balances
from tongpin.core.books.rules import purse
from tongpin.core.people.roots import records_of
from tongpin.loop.share.commissions.models import Commission, CommissionTerms, TakenBack
from tongpin.loop.share.commissions.rules import FREE, HELD, PAID, Terms

PURSE = "commission"


@dataclass(frozen=True, slots=True)
class TermsSeen:
    """Terms as they were set. `community` 0: wherever a community has none of its own."""

    community: int
    edition: int
    terms: Terms
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class LineSeen:
    """One sale: (`base_fen` - `refunded_fen`) × `rate` = `stays_fen`, rounded once, no more than `most_fen` (0: no limit).

    `owed_fen` was drawn and is owed.
    """

    id: int
    order: str
    generation: int
    introducer: int
    buyer: int
    community: int
    base_fen: int
    refunded_fen: int
    rate: int
    most_fen: int
    held_days: int
    accrued_fen: int
    taken_fen: int
    owed_fen: int
    state: str
    held_until: datetime
    accrued_at: datetime
    released_at: datetime | None

    @property
    def stays_fen(self) -> int:
        """What the introducer keeps of it as things stand."""
        return self.accrued_fen - self.taken_fen


@dataclass(frozen=True, slots=True)
class Earnings:
    """What a person earned, in fen. `withdrawable_fen` is what stands in their purse, free; `owed_fen` comes off the next."""

    withdrawable_fen: int
    in_return_period_fen: int
    taken_back_fen: int
    owed_fen: int
    accrued_fen: int
    lines: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What commissions came to as it stands, in fen: held, free, paid out, taken back, and still owed of that."""

    held_fen: int
    free_fen: int
    paid_fen: int
    taken_back_fen: int
    owed_fen: int
    lines: int


def terms_in(*, community_id: int, at: datetime | None = None) -> Terms:
    """What holds in a community: its own terms, else the house's, else nothing is promised. Two queries at most.

    With `at`: what held at that moment.
    """
    for community in dict.fromkeys((community_id, 0)):
        for edition in editions_of(community_id=community):
            if at is None or edition.set_at <= at:
                return edition.terms
    return Terms()


def latest_terms() -> dict[int, TermsSeen]:
    """The edition in force of the house (0) and of each community with terms of its own. One query."""
    rows = CommissionTerms.objects.order_by("community", "-edition").distinct("community")
    return {row.community: _terms(row) for row in rows}


def editions_of(*, community_id: int) -> list[TermsSeen]:
    """All terms that were ever set for a community (0: the house), newest first. One query."""
    rows = CommissionTerms.objects.filter(community=community_id).order_by("-edition")
    return [_terms(row) for row in rows]


def earnings_of(*, person_id: int) -> Earnings:
    """What a person earned on all records that are read as them. Withdrawable and held are what the books say.

    Four queries.
    """
    people = records_of(person_id=person_id)
    lines = Commission.objects.filter(introducer__in=people)
    told = lines.aggregate(accrued=Sum("accrued_fen"), taken=Sum("taken_fen"), lines=Count("pk"))
    owed = TakenBack.objects.filter(commission__introducer__in=people, owed_fen__gt=0).aggregate(fen=Sum("owed_fen"))
    free, held = ([purse(PURSE, part=part, person_id=one) for one in people] for part in ("free", "held"))
    stands = kept_balances([*free, *held])
    return Earnings(
        withdrawable_fen=sum(stands[one.code] for one in free),
        in_return_period_fen=sum(stands[one.code] for one in held),
        taken_back_fen=told["taken"] or 0,
        owed_fen=owed["fen"] or 0,
        accrued_fen=told["accrued"] or 0,
        lines=told["lines"],
    )


def lines_of(
    *,
    person_id: int | None = None,
    communities: Collection[int] | None = None,
    state: str = "",
    older_than: int | None = None,
    size: int = 50,
) -> list[LineSeen]:
    """Sales that earned a person something (None: anybody), newest first, paged by number.

    `communities`: only under the terms of these.
    """
    chosen = Q()
    if person_id is not None:
        chosen &= Q(introducer__in=records_of(person_id=person_id))
    if communities is not None:
        chosen &= Q(community__in=list(communities))
    if state:
        chosen &= Q(state=state)
    if older_than is not None:
        chosen &= Q(pk__lt=older_than)
    return _seen(chosen, size)


def lines_of_order(*, order: str) -> list[LineSeen]:
    """What one order earned, by generation. One query."""
    return sorted(_seen(Q(order=order), 2), key=lambda line: line.generation)


def line_seen(*, commission_id: int) -> LineSeen | None:
    """One sale and what it earned. One query."""
    return next(iter(_seen(Q(pk=commission_id), 1)), None)


def releasable(*, at: datetime, limit: int) -> list[int]:
    """Commissions whose return period is over, longest first. One query."""
    due = Commission.objects.filter(state=HELD, held_until__lte=at).order_by("held_until", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def totals(*, communities: Collection[int] | None = None) -> Totals:
    """What everybody earned, of all orders or of those under the terms of some communities. Two queries."""
    lines = Commission.objects.all()
    if communities is not None:
        lines = lines.filter(community__in=list(communities))
    stays = {
        f"stays_{state}": Sum(F("accrued_fen") - F("taken_fen"), filter=Q(state=state)) for state in (HELD, FREE, PAID)
    }
    told = lines.aggregate(**stays, taken=Sum("taken_fen"), lines=Count("pk"))
    owed = TakenBack.objects.filter(commission__in=lines.values("pk")).aggregate(fen=Sum("owed_fen"))
    standing = (told["stays_held"] or 0, told["stays_free"] or 0, told["stays_paid"] or 0)
    return Totals(*standing, told["taken"] or 0, owed["fen"] or 0, told["lines"])


def _terms(row: CommissionTerms) -> TermsSeen:
    terms = Terms(row.rate, row.held_days, row.most_fen)
    return TermsSeen(row.community, row.edition, terms, row.set_at, row.set_by)


def _seen(chosen: Q, size: int) -> list[LineSeen]:
    rows = Commission.objects.filter(chosen).annotate(owed=Sum("taken__owed_fen")).order_by("-pk")[:size]
    return [
        LineSeen(
            id=row.pk,
            order=row.order,
            generation=row.generation,
            introducer=row.introducer,
            buyer=row.buyer,
            community=row.community,
            base_fen=row.base_fen,
            refunded_fen=row.refunded_fen,
            rate=row.rate,
            most_fen=row.most_fen,
            held_days=row.held_days,
            accrued_fen=row.accrued_fen,
            taken_fen=row.taken_fen,
            owed_fen=row.owed or 0,
            state=row.state,
            held_until=row.held_until,
            accrued_at=row.accrued_at,
            released_at=row.released_at,
        )
        for row in rows
    ]
