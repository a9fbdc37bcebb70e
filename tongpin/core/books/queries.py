"""What stands on an account, what moved on it, and the proof that everything sums to zero."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, Sum

from tongpin.core.books.costing import CostSeen, cost_seen
from tongpin.core.books.models import AccountBalance, Cost, Posting
from tongpin.core.books.rules import GUARDED, Account

_FRESH = """
select coalesce((select total from account_total where account = %(code)s), 0)
     + coalesce((select sum(amount) from posting where not rolled and put_to = %(code)s), 0)
     - coalesce((select sum(amount) from posting where not rolled and taken_from = %(code)s), 0)
"""


def balance(account: Account) -> int:
    """What stands on an account now, in its unit."""
    if account.guarded:
        row = AccountBalance.objects.filter(account=account.code).values_list("balance", flat=True).first()
        return row or 0
    with connection.cursor() as cursor:
        cursor.execute(_FRESH, {"code": account.code})
        return int(cursor.fetchone()[0])


def kept_balances(accounts: Collection[Account]) -> dict[str, int]:
    """What stands on guarded accounts, by code; 0 where nothing ever moved. One query."""
    codes = [account.code for account in accounts if account.guarded]
    found = dict(AccountBalance.objects.filter(account__in=codes).values_list("account", "balance"))
    return {code: found.get(code, 0) for code in codes}


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A posting as one account sees it: `amount` is above zero where it came in. `other` is the other account's code."""

    id: int
    amount: int
    other: str
    about_kind: str
    about: int
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines from new to old; `older_than` is the key of the next page, None at the end."""

    lines: list[LineSeen]
    older_than: int | None


def statement(account: Account, *, older_than: int | None = None, size: int = 50) -> Statement:
    """What moved on an account, newest first, paged by key."""
    code = account.code
    before = Q() if older_than is None else Q(pk__lt=older_than)
    # Each side by its own index: an OR would walk all postings of the house to find a page of one person.
    sides = [
        Posting.objects.filter(before, **{side: code}).order_by("-pk")[: size + 1] for side in ("put_to", "taken_from")
    ]
    rows = sorted((row for side in sides for row in side), key=lambda row: -row.pk)[: size + 1]
    lines = [
        LineSeen(
            id=row.pk,
            amount=row.amount if row.put_to == code else -row.amount,
            other=row.taken_from if row.put_to == code else row.put_to,
            about_kind=row.about_kind,
            about=row.about,
            reason=row.reason,
            actor=row.actor,
            at=row.at,
        )
        for row in rows[:size]
    ]
    return Statement(lines, lines[-1].id if len(rows) > size else None)


_SUMS = """
with sums as (
    select account, unit, total as amount from account_total
    union all select put_to, unit, amount from posting where not rolled
    union all select taken_from, unit, -amount from posting where not rolled
)
select account, unit, sum(amount)::bigint as total from sums group by account, unit
"""

_TRIAL = f"""
with summed as ({_SUMS}), parts as (
    select unit, balance from account_balance
    union all
    select unit, total from summed where split_part(split_part(account, '/', 1), ':', 1) <> all(%s)
)
select unit, sum(balance)::bigint from parts group by unit order by unit
"""

_CROOKED = f"""
with summed as ({_SUMS})
select coalesce(b.account, s.account), coalesce(b.balance, 0), coalesce(s.total, 0)
from account_balance b full join (
    select * from summed where split_part(account, '/', 1) = any(%s)
) s on s.account = b.account
where coalesce(b.balance, 0) <> coalesce(s.total, 0) order by 1
"""


def trial_balance() -> dict[str, int]:
    """Unit → sum over all accounts (试算平衡): the stored balances of guarded ones, the others from their postings.
    Anything but zero means that a balance and the postings do not agree."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, [list(GUARDED)])
        return {str(unit): int(total) for unit, total in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Crooked:
    """A guarded account whose stored balance is not what its postings sum to."""

    account: str
    stored: int
    posted: int


def crooked_accounts() -> list[Crooked]:
    """Guarded accounts to be looked into; empty in sound books."""
    with connection.cursor() as cursor:
        cursor.execute(_CROOKED, [list(GUARDED)])
        return [Crooked(str(a), int(b), int(s)) for a, b, s in cursor.fetchall()]


def costs(
    *, community: int | None = None, entrance: int | None = None, about: tuple[str, int] | None = None
) -> list[CostSeen]:
    """Costs of a community, an entrance or a thing, with their reversals, oldest first."""
    rows = Cost.objects.order_by("pk")
    if community is not None:
        rows = rows.filter(community_id=community)
    if entrance is not None:
        rows = rows.filter(entrance_id=entrance)
    if about is not None:
        rows = rows.filter(about_kind=about[0], about=about[1])
    return [cost_seen(row) for row in rows]


def cost_by_entrance(*, entrances: list[int]) -> dict[int, int]:
    """Entrance → fen it cost so far, reversals taken off; entrances without a cost are left out."""
    rows = Cost.objects.filter(entrance_id__in=entrances).values_list("entrance_id").annotate(fen=Sum("amount_fen"))
    return dict(rows)
