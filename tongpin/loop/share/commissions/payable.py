"""What stands free and can be paid out, to whom; and what was paid out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q, Sum

from tongpin.core.books.queries import kept_balances
from tongpin.core.books.rules import purse
from tongpin.core.people.models import Person, PersonAlias
from tongpin.core.people.roots import groups_of, records_of, roots_of
from tongpin.loop.share.commissions.models import Commission, Payout
from tongpin.loop.share.commissions.queries import PURSE
from tongpin.loop.share.commissions.rules import FREE


@dataclass(frozen=True, slots=True)
class Payable:
    """What can be paid out to a person, in fen. `lines_fen` is what their free lines come to; `off_fen` of it was taken
    for what came back after an earlier payout."""

    person_id: int
    free_fen: int
    lines: int
    lines_fen: int

    @property
    def off_fen(self) -> int:
        """What earlier payouts had paid too much."""
        return max(self.lines_fen - self.free_fen, 0)


@dataclass(frozen=True, slots=True)
class PayoutSeen:
    """A payout. `back_at`: taken back (slip) or returned, see `back_reason`; then the amount stood free again."""

    id: int
    person_id: int
    nth: int
    amount_fen: int
    way: str
    reference: str
    paid_at: datetime
    paid_by: str
    back_at: datetime | None
    back_reason: str


def free_purses(*, person_ids: Collection[int]) -> dict[int, int]:
    """What stands free in the purse of each of these records. One query."""
    codes = {one: purse(PURSE, part="free", person_id=one) for one in person_ids}
    stands = kept_balances(list(codes.values()))
    return {one: stands[account.code] for one, account in codes.items()}


def payables() -> list[Payable]:
    """Everybody to whom something can be paid out, the most first; all records of a person together. Five queries."""
    free = Commission.objects.filter(state=FREE).values("introducer")
    lines = {
        row["introducer"]: (row["lines"], row["fen"])
        for row in free.annotate(lines=Count("pk"), fen=Sum(F("accrued_fen") - F("taken_fen"))).order_by()
    }
    roots = roots_of(person_ids=lines)
    gone = set(Person.objects.filter(pk__in=set(roots.values()), erased_at__isnull=False).values_list("pk", flat=True))
    groups = groups_of(roots=set(roots.values()) - gone)
    purses = free_purses(person_ids=[one for group in groups.values() for one in group])
    found = [_payable(root, group, lines, purses) for root, group in groups.items()]
    return sorted((one for one in found if one.free_fen), key=lambda one: (-one.free_fen, one.person_id))


def payable_to(*, person_id: int) -> Payable:
    """What can be paid out to one person, by all their records. Three queries."""
    people = records_of(person_id=person_id)
    free = Commission.objects.filter(introducer__in=people, state=FREE)
    told = free.aggregate(lines=Count("pk"), fen=Sum(F("accrued_fen") - F("taken_fen")))
    purses = free_purses(person_ids=people)
    return _payable(people[0], people, {people[0]: (told["lines"], told["fen"] or 0)}, purses)


def next_payout_of(*, person_id: int) -> int:
    """Which payout to this person the next one would be; two forms with the same number pay once. Two queries."""
    theirs = Payout.objects.filter(person__in=records_of(person_id=person_id))
    return (theirs.aggregate(last=Max("nth"))["last"] or 0) + 1


def payouts(*, root: int | None = None, older_than: int | None = None, size: int = 50) -> list[PayoutSeen]:
    """What was paid out, to a person and all read as them (None: to anybody), newest first, paged by number. One query."""
    chosen = Q()
    if root is not None:
        merged = PersonAlias.objects.filter(root=root).values("person_id")
        chosen &= Q(person=root) | Q(person__in=merged)
    if older_than is not None:
        chosen &= Q(pk__lt=older_than)
    return [_seen(row) for row in Payout.objects.filter(chosen).order_by("-pk")[:size]]


def payout_seen(*, payout_id: int) -> PayoutSeen | None:
    """One of them. One query."""
    row = Payout.objects.filter(pk=payout_id).first()
    return _seen(row) if row is not None else None


def paid_out_fen(*, person_id: int | None = None) -> int:
    """What was paid out and did not come back, in fen."""
    rows = Payout.objects.filter(back_at=None)
    if person_id is not None:
        rows = rows.filter(person__in=records_of(person_id=person_id))
    return rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def _payable(root: int, group: Iterable[int], lines: dict[int, tuple[int, int]], purses: dict[int, int]) -> Payable:
    told = [lines.get(one, (0, 0)) for one in group]
    free = sum(purses[one] for one in group)
    return Payable(root, free, sum(count for count, _ in told), sum(fen for _, fen in told))


def _seen(row: Payout) -> PayoutSeen:
    return PayoutSeen(
        id=row.pk,
        person_id=row.person,
        nth=row.nth,
        amount_fen=row.amount_fen,
        way=row.way,
        reference=row.reference,
        paid_at=row.paid_at,
        paid_by=row.paid_by,
        back_at=row.back_at,
        back_reason=row.back_reason,
    )
