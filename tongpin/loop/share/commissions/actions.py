"""Commissions accrued, released and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from tongpin.base.clock import local_day
from tongpin.core.books.actions import NotEnough, hold, release
from tongpin.core.books.actions import take_back as take_from_purse
from tongpin.core.books.queries import balance
from tongpin.core.books.rules import Account, Part, purse
from tongpin.core.facts.commissions import (
    CommissionAccrued,
    CommissionClawedBack,
    CommissionReleased,
    CommissionWithheld,
)
from tongpin.core.ledger.actions import record
from tongpin.core.people.models import Person
from tongpin.core.people.roots import records_of, root_of
from tongpin.loop.share.commissions.models import Commission, CommissionTerms, TakenBack
from tongpin.loop.share.commissions.queries import PURSE, LineSeen, editions_of, line_seen, releasable
from tongpin.loop.share.commissions.rules import (
    FREE,
    GONE,
    HELD,
    Terms,
    earned,
    generation_allowed,
    to_take_back,
    wrong_with,
)

HOUSE = Account("commissions")
"""Where commissions come from and go back to."""

SAY = {
    "strange_rate": "choose a rate from 0 % to 50 %",
    "strange_days": "choose how many days a commission is held: 0 to 365",
    "strange_cap": "choose the most that one order earns: up to a million yuan, or nothing for no limit",
}


class BadTerms(ValueError):
    """Nobody can be promised this; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


class GenerationForbidden(Exception):
    """Only whoever brought the buyer is paid. A second level stands behind a setting of the house."""


class AccruedOtherwise(Exception):
    """This order earned a commission already, of another amount or for another person. Nothing was changed."""


class TakenBackOtherwise(Exception):
    """This refund took a commission back already, for another amount. Nothing was changed."""


@transaction.atomic
def set_terms(*, community_id: int, rate: int, held_days: int, most_fen: int = 0, at: datetime, actor: str) -> Terms:
    """Promises a rate (basis points) from now on, in a community or (0) wherever none is set. What was earned stays.

    `most_fen` is the most one order earns, 0 for no limit. No fact: what was promised stands with each commission.

    Raises BadTerms.
    """
    terms = Terms(rate, held_days, most_fen)
    if reason := wrong_with(terms):
        raise BadTerms(reason)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7100022, %s)", [community_id % 2_000_000_000])
    held = editions_of(community_id=community_id)
    if not held or held[0].terms != terms:
        CommissionTerms.objects.create(
            community=community_id,
            edition=held[0].edition + 1 if held else 1,
            rate=rate,
            held_days=held_days,
            most_fen=most_fen,
            set_at=at,
            set_by=actor[:60],
        )
    return terms


@transaction.atomic
def accrue(
    *,
    order: str,
    base_fen: int,
    buyer: int,
    introducer: int,
    rate: int,
    held_days: int,
    at: datetime,
    most_fen: int = 0,
    community_id: int = 0,
    generation: int = 1,
    actor: str = "system",
) -> LineSeen | None:
    """What a paid order earns whoever brought its buyer: held, and once for each order. `base_fen`: goods, no postage.

    None where it earns nothing: no rate, less than half a fen, the buyer's own link, an introducer who is gone.
    Raises BadTerms, GenerationForbidden, AccruedOtherwise.
    """
    if reason := wrong_with(Terms(rate, held_days, most_fen)):
        raise BadTerms(reason)
    if not generation_allowed(generation, allowed=getattr(settings, "COMMISSION_GENERATIONS", 1)):
        raise GenerationForbidden("only whoever brought the buyer is paid; a second level is not switched on")
    amount = earned(base_fen=max(base_fen, 0), rate=rate, most_fen=most_fen)
    root = root_of(person_id=introducer)
    if amount == 0 or root == root_of(person_id=buyer) or not _stands(root):
        return None
    row, is_new = Commission.objects.get_or_create(
        order=order,
        generation=generation,
        defaults={
            "introducer": introducer,
            "buyer": buyer,
            "community": community_id,
            "base_fen": base_fen,
            "rate": rate,
            "most_fen": most_fen,
            "held_days": held_days,
            "accrued_fen": amount,
            "held_until": at + timedelta(days=held_days),
            "accrued_at": at,
        },
    )
    if not is_new:
        if (row.introducer, row.base_fen, row.rate, row.most_fen) != (introducer, base_fen, rate, most_fen):
            raise AccruedOtherwise("this order earned a commission already, in another way")
        return line_seen(commission_id=row.pk)
    _set_aside(row, at=at, actor=actor)
    return line_seen(commission_id=row.pk)


def _set_aside(row: Commission, *, at: datetime, actor: str) -> None:
    hold(
        name=PURSE,
        person_id=row.introducer,
        amount=row.accrued_fen,
        taken_from=HOUSE,
        about_kind="commission",
        about=row.pk,
        at=at,
        actor=actor,
        key=("commission", row.pk),
    )
    told = CommissionAccrued(
        commission=row.pk,
        order=row.order,
        base_fen=row.base_fen,
        rate=row.rate,
        amount_fen=row.accrued_fen,
        held_until=local_day(row.held_until),
        buyer=row.buyer,
        generation=row.generation,
    )
    record(told, at=at, person_id=row.introducer, actor=actor)


@transaction.atomic
def hold_longer(*, order: str, until: datetime, reason: str, at: datetime, actor: str = "system") -> bool:
    """Moves the end of the return period later, never earlier: the goods arrived late, or something looks wrong.

    `reason` is a code. False where nothing of this order is held, or it is held as long already.
    """
    moved = False
    for row in Commission.objects.select_for_update().filter(order=order, state=HELD).order_by("generation"):
        if row.held_until >= until:
            continue
        row.held_until, row.withheld = until, row.withheld + 1
        row.save(update_fields=["held_until", "withheld"])
        told = CommissionWithheld(commission=row.pk, reason=reason, occurrence=row.withheld)
        record(told, at=at, person_id=row.introducer, actor=actor)
        moved = True
    return moved


def release_due(*, at: datetime, limit: int = 200, actor: str = "system") -> tuple[int, ...]:
    """Frees every commission whose return period is over, each in a transaction of its own; what is owed comes off it.

    The numbers of those freed; ask again while there are `limit` of them.
    """
    return tuple(number for number in releasable(at=at, limit=limit) if _release(number, at=at, actor=actor))


@transaction.atomic
def _release(number: int, *, at: datetime, actor: str) -> bool:
    due = Commission.objects.filter(pk=number, state=HELD, held_until__lte=at)
    if not due.update(state=FREE, released_at=at):
        return False
    row = Commission.objects.get(pk=number)
    amount = row.accrued_fen - row.taken_fen
    release(
        name=PURSE,
        person_id=row.introducer,
        amount=amount,
        about_kind="commission",
        about=row.pk,
        at=at,
        actor=actor,
        key=("commission", row.pk),
    )
    record(CommissionReleased(commission=row.pk, amount_fen=amount), at=at, person_id=row.introducer, actor=actor)
    collect_owed(person_id=row.introducer, at=at, actor=actor)
    return True


@transaction.atomic
def take_back(*, order: str, refund: str, refunded_fen: int, at: datetime, actor: str = "system") -> int:
    """Takes back what a refund of goods (`refunded_fen`, no postage) undoes of the commissions of an order; in fen.

    Once for each refund number. Held or free, as it stands; what was drawn meanwhile is owed and comes off the next.
    Raises TakenBackOtherwise.
    """
    # By person, so that two refunds at once take the purses of the same people in one order.
    rows = Commission.objects.select_for_update().filter(order=order).order_by("introducer", "generation")
    return sum(_take(row, refund, max(refunded_fen, 0), at=at, actor=actor) for row in rows)


def _take(row: Commission, refund: str, refunded_fen: int, *, at: datetime, actor: str) -> int:
    known = TakenBack.objects.filter(commission=row, refund=refund).first()
    if known is not None:
        if known.refunded_fen != refunded_fen:
            raise TakenBackOtherwise("this refund was taken into account already, with another amount")
        return 0
    amount = to_take_back(
        base_fen=row.base_fen,
        rate=row.rate,
        refunded_before=row.refunded_fen,
        refunded_fen=refunded_fen,
        most_fen=row.most_fen,
    )
    taken = TakenBack.objects.create(commission=row, refund=refund, refunded_fen=refunded_fen, taken_fen=amount, at=at)
    row.refunded_fen = min(row.refunded_fen + refunded_fen, row.base_fen)
    row.taken_fen += amount
    part: Part = "held" if row.state == HELD else "free"
    if row.state == HELD and row.taken_fen == row.accrued_fen:
        row.state = GONE
    row.save(update_fields=["refunded_fen", "taken_fen", "state"])
    if amount == 0:
        return 0
    got = _give_back(row.introducer, part, amount, about=row.pk, at=at, actor=actor, key=("commission", taken.pk))
    if got < amount:
        TakenBack.objects.filter(pk=taken.pk).update(owed_fen=amount - got)
    told = CommissionClawedBack(commission=row.pk, refund=refund, amount_fen=amount, order=row.order)
    record(told, at=at, person_id=row.introducer, actor=actor)
    return amount


def collect_owed(*, person_id: int, at: datetime, actor: str) -> None:
    """What a person owes for commissions paid out and then undone comes off what has just become free."""
    people = records_of(person_id=person_id)
    owed = TakenBack.objects.select_for_update(of=("self",)).filter(commission__introducer__in=people, owed_fen__gt=0)
    for debt in owed.order_by("pk"):
        key = ("commission_owed", debt.pk, debt.owed_fen)
        got = _give_back(person_id, "free", debt.owed_fen, about=debt.commission_id, at=at, actor=actor, key=key)
        TakenBack.objects.filter(pk=debt.pk).update(owed_fen=F("owed_fen") - got)


def _give_back(
    person_id: int, part: Part, amount: int, *, about: int, at: datetime, actor: str, key: tuple[object, ...]
) -> int:
    """As much of an amount as the purse gives; 0 where somebody draws it at this moment."""
    there = min(amount, balance(purse(PURSE, part=part, person_id=person_id)))
    if there <= 0:
        return 0
    try:
        take_from_purse(
            name=PURSE,
            part=part,
            person_id=person_id,
            amount=there,
            put_to=HOUSE,
            about_kind="commission",
            about=about,
            at=at,
            actor=actor,
            key=key,
        )
    except NotEnough:
        return 0
    return there


def _stands(root: int) -> bool:
    return Person.objects.filter(pk=root, erased_at=None).exists()
