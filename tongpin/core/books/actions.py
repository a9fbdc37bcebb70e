"""Amounts moved between accounts: all of a batch or none of it, once per key."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from django.db import connection, transaction

from tongpin.core.books.costing import book_cost, book_income, reverse_cost, reverse_income
from tongpin.core.books.models import Posting
from tongpin.core.books.rules import (
    Account,
    BadTransfer,
    Part,
    Transfer,
    account_of,
    guarded_changes,
    natural_key,
    purse,
)
from tongpin.core.facts.books import PostingMade
from tongpin.core.ledger.actions import tell

__all__ = [
    "NotEnough",
    "NothingPosted",
    "PostingConflict",
    "book_cost",
    "book_income",
    "hold",
    "post",
    "release",
    "reverse",
    "reverse_cost",
    "reverse_income",
    "roll_up",
    "take_back",
]


class NotEnough(Exception):
    """A guarded account (its code) holds less than was to be taken from it. Nothing was moved."""

    def __init__(self, account: str) -> None:
        super().__init__("there is not enough on this account")
        self.account = account


class PostingConflict(Exception):
    """The key is known, with other transfers: the same thing was booked in two ways. Nothing was moved."""


class NothingPosted(LookupError):
    """Nothing was booked under this key."""


def post(
    transfers: Sequence[Transfer],
    *,
    about_kind: str,
    about: int,
    reason: str,
    at: datetime,
    actor: str,
    key: tuple[object, ...],
) -> tuple[int, ...]:
    """Moves amounts and returns the ids of the postings, in order; a known key moves nothing and returns the old ones.

    Raises NotEnough, PostingConflict. Accounts of the house are only inserted for, so that payments never wait for each
    other; guarded accounts are locked in the order of their codes. A transaction that posts twice minds that order.
    """
    if not transfers:
        raise BadTransfer("there is nothing to post")
    digest = natural_key(key)
    wanted = [(t.unit, t.amount, t.taken_from.code, t.put_to.code, about_kind, about, reason) for t in transfers]
    changes = guarded_changes(transfers)
    # One line between accounts of the house is moved whole or not at all: inside a transaction it needs no savepoint.
    is_plain = connection.in_atomic_block and len(wanted) == 1 and not changes
    with nullcontext() if is_plain else transaction.atomic():
        fresh = _insert(digest, wanted, at=at, actor=actor)
        if not fresh:
            return _known(digest, wanted)
        if len(fresh) < len(wanted):
            raise PostingConflict("this was booked before, with fewer lines")
        for account, change in changes:
            _change(account, change)
        _tell(fresh, transfers, about_kind=about_kind, about=about, reason=reason, at=at, actor=actor)
    return fresh


def _tell(
    fresh: tuple[int, ...],
    transfers: Sequence[Transfer],
    *,
    about_kind: str,
    about: int,
    reason: str,
    at: datetime,
    actor: str,
) -> None:
    for number, one in zip(fresh, transfers, strict=True):
        tell(
            PostingMade(
                posting=number,
                unit=one.unit,
                amount=one.amount,
                taken_from=one.taken_from.code,
                put_to=one.put_to.code,
                about_kind=about_kind,
                about=about,
                reason=reason,
            ),
            at=at,
            person_id=_person_of(one),
            actor=actor,
        )


@transaction.atomic
def reverse(*, key: tuple[object, ...], reason: str, at: datetime, actor: str) -> tuple[int, ...]:
    """Posts a batch once more, the other way round (冲回), and once. Raises NothingPosted, NotEnough."""
    lines = list(Posting.objects.filter(key=natural_key(key)).order_by("line"))
    if not lines:
        raise NothingPosted("nothing was booked under this key")
    back = [Transfer(one.amount, account_of(one.put_to), account_of(one.taken_from)) for one in lines]
    first, again = lines[0], ("reverse", *key)
    return post(back, about_kind=first.about_kind, about=first.about, reason=reason, at=at, actor=actor, key=again)


def _insert(
    digest: bytes, wanted: list[tuple[str, int, str, str, str, int, str]], *, at: datetime, actor: str
) -> tuple[int, ...]:
    """The ids of the lines that were new. Another transaction with the same key is waited for."""
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false)"] * len(wanted))
    values = [v for line, told in enumerate(wanted) for v in (digest, line, *told, actor, at)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into posting (key, line, unit, amount, taken_from, put_to, about_kind, about, reason, actor, at, rolled)"
            f" values {rows} on conflict (key, line) do nothing returning id",
            values,
        )
        return tuple(sorted(int(row[0]) for row in cursor.fetchall()))


def _known(digest: bytes, wanted: list[tuple[str, int, str, str, str, int, str]]) -> tuple[int, ...]:
    lines = Posting.objects.filter(key=digest).order_by("line")
    stored = lines.values_list("id", "unit", "amount", "taken_from", "put_to", "about_kind", "about", "reason")
    if [row[1:] for row in stored] != wanted:
        raise PostingConflict("this was booked before, in another way")
    return tuple(row[0] for row in stored)


def _change(account: Account, change: int) -> None:
    with connection.cursor() as cursor:
        if change > 0:
            cursor.execute(
                "insert into account_balance as b (account, unit, balance) values (%s, %s, %s)"
                " on conflict (account) do update set balance = b.balance + excluded.balance",
                [account.code, account.unit, change],
            )
        else:
            cursor.execute(
                "update account_balance set balance = balance + %s where account = %s and balance + %s >= 0",
                [change, account.code, change],
            )
            if not cursor.rowcount:
                raise NotEnough(account.code)


def _person_of(one: Transfer) -> int | None:
    return next((a.owner for a in (one.put_to, one.taken_from) if a.owner_kind == "person"), None)


def hold(
    *,
    name: str,
    person_id: int,
    amount: int,
    taken_from: Account,
    about_kind: str,
    about: int,
    at: datetime,
    actor: str,
    key: tuple[object, ...],
) -> tuple[int, ...]:
    """Sets aside what a person earned (冻结) in a purse (reward, commission) until it may be released."""
    transfer = Transfer(amount, taken_from, purse(name, part="held", person_id=person_id))
    return post([transfer], about_kind=about_kind, about=about, reason="held", at=at, actor=actor, key=("hold", *key))


def release(
    *,
    name: str,
    person_id: int,
    amount: int,
    about_kind: str,
    about: int,
    at: datetime,
    actor: str,
    key: tuple[object, ...],
) -> tuple[int, ...]:
    """Makes what was held free to be spent (解冻). Raises NotEnough where it was taken back before."""
    held, free = (purse(name, part=part, person_id=person_id) for part in ("held", "free"))
    return post(
        [Transfer(amount, held, free)],
        about_kind=about_kind,
        about=about,
        reason="released",
        at=at,
        actor=actor,
        key=("release", *key),
    )


def take_back(
    *,
    name: str,
    part: Part,
    person_id: int,
    amount: int,
    put_to: Account,
    about_kind: str,
    about: int,
    at: datetime,
    actor: str,
    key: tuple[object, ...],
) -> tuple[int, ...]:
    """Takes back what was earned (扣回), held or already free. Raises NotEnough where it was spent."""
    transfer = Transfer(amount, purse(name, part=part, person_id=person_id), put_to)
    return post(
        [transfer], about_kind=about_kind, about=about, reason="taken_back", at=at, actor=actor, key=("take_back", *key)
    )


_ROLL_UP = """
with chosen as (select id from posting where not rolled order by id limit %s for update skip locked),
     rolled as (update posting p set rolled = true from chosen c where p.id = c.id
                returning p.unit, p.amount, p.taken_from, p.put_to),
     sides as (select put_to as account, unit, amount from rolled
               union all select taken_from, unit, -amount from rolled),
     summed as (select account, unit, sum(amount)::bigint as total from sides group by account, unit),
     added as (insert into account_total as t (account, unit, total) select account, unit, total from summed order by account
               on conflict (account) do update set total = t.total + excluded.total)
select count(*) from rolled
"""


@transaction.atomic
def roll_up(*, limit: int = 5000) -> int:
    """Adds up to `limit` postings to the totals of their accounts; returns how many. For the clock, as often as it likes.

    One at a time: a posting is marked in the same statement, so nothing is counted twice, in whatever order they committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('books.roll_up'))")
        cursor.execute(_ROLL_UP, [limit])
        return int(cursor.fetchone()[0])
