"""Following the ledger from outside: the feed by position, as other software reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.feed import end_of_feed, entries_of, read_slice


@dataclass(frozen=True, slots=True)
class Followed:
    """Entries in feed order and the position to go on from. `more` says whether something lies behind it already."""

    entries: list[Entry]
    position: int
    more: bool


def follow(*, after: int, kinds: Collection[str] | None = None, limit: int = 100) -> Followed:
    """What lies behind a position, at most about `limit` entries. Also what was withdrawn since: `fact.withdrawn` says so.

    Three queries or more, by how scattered the entries lie.
    """
    with connection.cursor() as cursor:
        end = end_of_feed(cursor)
        part = read_slice(cursor, pos=after, kinds=kinds, limit=limit)
        entries = entries_of(cursor, part, kinds=kinds)
    return Followed(entries, part.pos, part.pos < end)


def end_of_ledger() -> int:
    """The last position there is now: who only wants what comes begins here."""
    with connection.cursor() as cursor:
        return end_of_feed(cursor)
