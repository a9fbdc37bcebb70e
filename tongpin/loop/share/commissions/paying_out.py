"""What stands free is paid out by hand (发放): by a transfer or a voucher, written down here, and taken back where it failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from tongpin.base.text import clean
from tongpin.core.books.actions import NotEnough, post, reverse
from tongpin.core.books.rules import Account, Transfer, purse
from tongpin.core.facts.commissions import CommissionSettled
from tongpin.core.facts.payouts import PayoutFailed, PayoutSent, PayoutSettled
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.telling import Told, tell_all
from tongpin.core.people.roots import members_of, present
from tongpin.loop.share.commissions.actions import HOUSE, collect_owed
from tongpin.loop.share.commissions.models import Commission, Payout
from tongpin.loop.share.commissions.payable import PayoutSeen, free_purses, payout_seen
from tongpin.loop.share.commissions.queries import PURSE
from tongpin.loop.share.commissions.rules import FREE, PAID

TAKEN_BACK_WITHIN = timedelta(minutes=10)
"""How long a slip of the hand can be taken back; the person is told afterwards."""

PAID_FROM: dict[str, Account] = {
    "wechat_transfer": Account("cash:wechat_transfer"),
    "bank": Account("cash:bank"),
    "voucher": Account("vouchers"),
}
"""Way → the account it comes from. A voucher takes no cash: it is one more promise of the house."""

SPENT = Account("commissions_paid")
"""What introducers were really paid. `HOUSE` is what they are promised and have not got yet."""

ABOUT = "payout"
SLIP, RETURNED = "slip", "returned"


class StrangeWay(ValueError):
    """Choose one of the ways: WeChat transfer, bank, voucher."""


class NoReference(ValueError):
    """Write down the number of the transfer or voucher: without it nobody can find it again."""


class AmountChanged(Exception):
    """Meanwhile another amount is free (`free_fen`). Nothing was written down."""

    def __init__(self, free_fen: int) -> None:
        super().__init__("another amount is free by now; look again")
        self.free_fen = free_fen


class PaidMeanwhile(Exception):
    """Something was paid out to this person since one looked. Nothing was written down."""


class PayoutUnknown(LookupError):
    """There is no such payout; look the number up again."""


class TooLate(Exception):
    """It was too long ago to be a slip."""


def pay_out(
    *, person_id: int, amount_fen: int, nth: int, way: str, reference: str, at: datetime, actor: str
) -> PayoutSeen:
    """Writes down that all that stands free for a person was paid by hand. `amount_fen` and `nth` are what one looked
    at: the same again returns the payout that stands.

    What they owe came off what is free when it became so. Raises StrangeWay, NoReference, AmountChanged, PaidMeanwhile,
    PersonUnknown, PersonIsErased.
    """
    if way not in PAID_FROM:
        raise StrangeWay("choose one of the ways")
    found = clean(reference, limit=60)
    if not found:
        raise NoReference("write down the number of the transfer or voucher")
    try:
        return _pay_out(person_id, amount_fen, nth, way, found, at=at, actor=actor)
    except NotEnough:
        # A refund took it out of the purse between reading and booking.
        raise AmountChanged(0) from None


@transaction.atomic
def _pay_out(
    person_id: int, amount_fen: int, nth: int, way: str, reference: str, *, at: datetime, actor: str
) -> PayoutSeen:
    person = present(person_id=person_id)
    people = members_of(root=person.pk)
    theirs = Payout.objects.filter(person__in=people)
    known = theirs.filter(nth=nth).first()
    if known is not None and (known.amount_fen, known.way, known.reference) == (amount_fen, way, reference):
        return _seen(known)
    if nth != (theirs.aggregate(last=Max("nth"))["last"] or 0) + 1:
        raise PaidMeanwhile("something was paid out to this person since you looked; look again")
    lines = list(Commission.objects.select_for_update().filter(introducer__in=people, state=FREE).order_by("pk"))
    purses = free_purses(person_ids=people)
    if amount_fen != sum(purses.values()) or not amount_fen:
        raise AmountChanged(sum(purses.values()))
    row = Payout.objects.create(
        person=person.pk,
        nth=nth,
        amount_fen=amount_fen,
        way=way,
        reference=reference,
        paid_at=at,
        paid_by=actor[:60],
    )
    emptied = [
        Transfer(fen, purse(PURSE, part="free", person_id=one), HOUSE) for one, fen in sorted(purses.items()) if fen
    ]
    spent = Transfer(amount_fen, PAID_FROM[way], SPENT)
    post([*emptied, spent], about_kind=ABOUT, about=row.pk, reason="paid_out", at=at, actor=actor, key=_key(row))
    Commission.objects.filter(pk__in=[line.pk for line in lines]).update(state=PAID, payout=row)
    settled = [
        CommissionSettled(commission=one.pk, amount_fen=one.accrued_fen - one.taken_fen, payout=row.pk) for one in lines
    ]
    told = [Told(fact, line.introducer) for fact, line in zip(settled, lines, strict=True)]
    tell_all(told, at=at, actor=actor)
    record(PayoutSent(payout=row.pk, provider=way), at=at, person_id=person.pk, actor=actor)
    record(PayoutSettled(payout=row.pk, amount_fen=amount_fen), at=at, person_id=person.pk, actor=actor)
    return _seen(row)


def take_back_payout(*, payout_id: int, at: datetime, actor: str) -> bool:
    """A slip of the hand: nothing was paid. The amount stands free again. False where it was taken back before.

    Raises TooLate, PayoutUnknown, PersonIsErased.
    """
    row = _row(payout_id)
    if row.back_at is None and at > row.paid_at + TAKEN_BACK_WITHIN:
        raise TooLate("a payout can be taken back for ten minutes; where the money came back, say that")
    return _back(row, reason=SLIP, at=at, actor=actor)


def payout_returned(*, payout_id: int, at: datetime, actor: str) -> bool:
    """The transfer came back to the house, whenever that was: the amount stands free again. False where it does already.

    Raises PayoutUnknown, PersonIsErased.
    """
    return _back(_row(payout_id), reason=RETURNED, at=at, actor=actor)


@transaction.atomic
def _back(row: Payout, *, reason: str, at: datetime, actor: str) -> bool:
    person = present(person_id=row.person)
    standing = Payout.objects.filter(pk=row.pk, back_at=None)
    if not standing.update(back_at=at, back_by=actor[:60], back_reason=reason):
        return False
    Commission.objects.filter(payout=row.pk).update(state=FREE)
    reverse(key=_key(row), reason=reason, at=at, actor=actor)
    record(PayoutFailed(payout=row.pk, reason=reason), at=at, person_id=person.pk, actor=actor)
    collect_owed(person_id=person.pk, at=at, actor=actor)
    return True


def _row(payout_id: int) -> Payout:
    row = Payout.objects.filter(pk=payout_id).first()
    if row is None:
        raise PayoutUnknown("there is no such payout; look the number up again")
    return row


def _key(row: Payout) -> tuple[object, ...]:
    return (ABOUT, row.pk)


def _seen(row: Payout) -> PayoutSeen:
    found = payout_seen(payout_id=row.pk)
    assert found is not None, "it was written a moment ago"
    return found
