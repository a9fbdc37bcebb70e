"""What things cost, and what came in besides orders. Profit and loss of anything is a sum over these and the orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from tongpin.base.ids import digest
from tongpin.core.books.models import Cost, Income
from tongpin.core.facts.books import CostBooked, IncomeBooked
from tongpin.core.ledger.actions import record


class BadCost(ValueError):
    """An amount is above zero, and its days come in order, both or none."""


class CostConflict(Exception):
    """The key is known, with another cost or income."""


class NoSuchBooking(Exception):
    """There is no such cost or income, or it is a reversal itself."""


@dataclass(frozen=True, slots=True)
class CostSeen:
    """One cost, in fen; below zero where it reverses another."""

    id: int
    kind: str
    amount_fen: int
    community: int
    entrance: int
    about_kind: str
    about: int
    product: int
    first_day: date | None
    last_day: date | None
    reverses: int | None
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class IncomeSeen:
    """One income, in fen; below zero where it reverses another."""

    id: int
    kind: str
    amount_fen: int
    community: int
    about_kind: str
    about: int
    reverses: int | None
    booked_at: datetime


def cost_seen(row: Cost) -> CostSeen:
    """A row as it leaves the slice."""
    return CostSeen(
        id=row.pk,
        kind=row.kind,
        amount_fen=row.amount_fen,
        community=row.community_id,
        entrance=row.entrance_id,
        about_kind=row.about_kind,
        about=row.about,
        product=row.product_id,
        first_day=row.first_day,
        last_day=row.last_day,
        reverses=row.reverses_id,
        booked_at=row.booked_at,
    )


def income_seen(row: Income) -> IncomeSeen:
    """A row as it leaves the slice."""
    return IncomeSeen(
        id=row.pk,
        kind=row.kind,
        amount_fen=row.amount_fen,
        community=row.community_id,
        about_kind=row.about_kind,
        about=row.about,
        reverses=row.reverses_id,
        booked_at=row.booked_at,
    )


Booked = TypeVar("Booked", Cost, Income)


def _booked(
    table: type[Booked], word: str, *, key: tuple[object, ...], told: dict[str, Any], at: datetime, actor: str
) -> Booked:
    """The row as it is told; with a key the one that stands under it. Raises CostConflict where that tells otherwise."""
    if not key:
        return table.objects.create(**told, booked_at=at, actor=actor)
    row, is_new = table.objects.get_or_create(
        key=digest(word, *key), defaults={**told, "booked_at": at, "actor": actor}
    )
    if not is_new and {name: getattr(row, name) for name in told} != told:
        raise CostConflict(f"this {word} was booked before, in another way")
    return row


def _reversed(
    table: type[Booked], word: str, number: int, same: tuple[str, ...], *, at: datetime, actor: str
) -> Booked:
    """The row that takes another off, with the `same` of it. Raises NoSuchBooking."""
    row = table.objects.filter(pk=number, reverses=None).first()
    if row is None:
        raise NoSuchBooking(f"there is no such {word} to reverse")
    told = {name: getattr(row, name) for name in same}
    told |= {"amount_fen": -row.amount_fen, "booked_at": at, "actor": actor}
    back, _ = table.objects.get_or_create(reverses=row, defaults=told)
    return back


@transaction.atomic
def book_cost(
    *,
    cost_kind: str,
    amount_fen: int,
    at: datetime,
    actor: str,
    community: int = 0,
    entrance: int = 0,
    about_kind: str = "",
    about: int = 0,
    product: int = 0,
    first_day: date | None = None,
    last_day: date | None = None,
    key: tuple[object, ...] = (),
) -> CostSeen:
    """Books what something cost. `first_day` to `last_day` is the time it serves. The same key books once.

    Raises BadCost, CostConflict.
    """
    if (
        amount_fen <= 0
        or (first_day is None) != (last_day is None)
        or (first_day and last_day and first_day > last_day)
    ):
        raise BadCost("a cost is above zero; its first and last day come together and in order")
    told = {
        "kind": cost_kind,
        "amount_fen": amount_fen,
        "community_id": community,
        "entrance_id": entrance,
        "about_kind": about_kind,
        "about": about,
        "product_id": product,
        "first_day": first_day,
        "last_day": last_day,
    }
    row = _booked(Cost, "cost", key=key, told=told, at=at, actor=actor)
    _tell_cost(row, at=at, actor=actor)
    return cost_seen(row)


@transaction.atomic
def reverse_cost(*, cost: int, at: datetime, actor: str) -> CostSeen:
    """Books a cost again below zero: it was a mistake. A second call returns the first reversal. Raises NoSuchBooking."""
    same = ("kind", "community_id", "entrance_id", "about_kind", "about", "product_id", "first_day", "last_day")
    back = _reversed(Cost, "cost", cost, same, at=at, actor=actor)
    _tell_cost(back, at=at, actor=actor)
    return cost_seen(back)


def _tell_cost(row: Cost, *, at: datetime, actor: str) -> None:
    record(
        CostBooked(
            cost=row.pk,
            cost_kind=row.kind,
            amount_fen=row.amount_fen,
            community=row.community_id,
            entrance=row.entrance_id,
            about_kind=row.about_kind,
            about=row.about,
            product=row.product_id,
            first_day=row.first_day.isoformat() if row.first_day else "",
            last_day=row.last_day.isoformat() if row.last_day else "",
            reverses=row.reverses_id or 0,
        ),
        at=at,
        actor=actor,
    )


@transaction.atomic
def book_income(
    *,
    income_kind: str,
    amount_fen: int,
    at: datetime,
    actor: str,
    community: int = 0,
    about_kind: str = "",
    about: int = 0,
    key: tuple[object, ...] = (),
) -> IncomeSeen:
    """Books money that came in and is no order: a sponsor, a fee, a share. The same key books once.

    Raises BadCost, CostConflict.
    """
    if amount_fen <= 0:
        raise BadCost("an income is above zero")
    told = {
        "kind": income_kind,
        "amount_fen": amount_fen,
        "community_id": community,
        "about_kind": about_kind,
        "about": about,
    }
    row = _booked(Income, "income", key=key, told=told, at=at, actor=actor)
    _tell_income(row, at=at, actor=actor)
    return income_seen(row)


@transaction.atomic
def reverse_income(*, income: int, at: datetime, actor: str) -> IncomeSeen:
    """Books an income again below zero: it was a mistake. A second call returns the first reversal."""
    back = _reversed(Income, "income", income, ("kind", "community_id", "about_kind", "about"), at=at, actor=actor)
    _tell_income(back, at=at, actor=actor)
    return income_seen(back)


def _tell_income(row: Income, *, at: datetime, actor: str) -> None:
    record(
        IncomeBooked(
            income=row.pk,
            income_kind=row.kind,
            amount_fen=row.amount_fen,
            community=row.community_id,
            about_kind=row.about_kind,
            about=row.about,
            reverses=row.reverses_id or 0,
        ),
        at=at,
        actor=actor,
    )
