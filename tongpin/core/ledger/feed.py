"""Reading the feed in order. A reader's place is one number: how far it has come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tongpin.core.ledger.entries import COLUMNS, Entry, from_rows


@dataclass(frozen=True, slots=True)
class Slice:
    """What lies between two places: `blocks` of seq that hold wanted kinds, the place after them, and what they hold."""

    blocks: tuple[tuple[int, int], ...]
    pos: int
    size: int
    kinds: frozenset[str] = frozenset()


def read_slice(cursor: Any, *, pos: int, kinds: Collection[str] | None, limit: int) -> Slice:
    """The next stretch of the feed after `pos`, at most about `limit` wanted entries. Unwanted blocks cost one row each."""
    cursor.execute("select pos, lo, hi, kinds from feed where pos > %s order by pos limit 1000", [pos])
    wanted = None if kinds is None else set(kinds)
    blocks: list[tuple[int, int]] = []
    present: set[str] = set()
    size = 0
    for last, lo, hi, held in cursor.fetchall():
        first = last - (hi - lo)
        lo += max(pos + 1 - first, 0)
        if wanted is not None and wanted.isdisjoint(held):
            pos = last
            continue
        room = limit - size
        if hi - lo + 1 > room:
            hi_now = lo + room - 1
            if room > 0:
                present.update(held)
                blocks.append((lo, hi_now))
                size += room
                pos = last - (hi - hi_now)
            break
        present.update(held)
        blocks.append((lo, hi))
        size += hi - lo + 1
        pos = last
    return Slice(tuple(blocks), pos, size, frozenset(present))


def entries_of(cursor: Any, part: Slice, *, kinds: Collection[str] | None) -> list[Entry]:
    """The entries of a slice in feed order."""
    found: list[Entry] = []
    chosen = "" if kinds is None else " and kind = any(%s)"
    more: list[Any] = [] if kinds is None else [sorted(kinds)]
    for lo, hi in _joined(part.blocks):
        cursor.execute(f"select {COLUMNS} from entry where seq between %s and %s{chosen} order by seq", [lo, hi, *more])
        found.extend(from_rows(cursor.fetchall()))
    return found


def _joined(blocks: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Touching blocks as one, in feed order: fewer questions to the database."""
    joined: list[tuple[int, int]] = []
    for lo, hi in blocks:
        if joined and joined[-1][1] + 1 == lo:
            joined[-1] = (joined[-1][0], hi)
        else:
            joined.append((lo, hi))
    return joined


def reader_pos(cursor: Any, *, name: str) -> int | None:
    """Where a reader stands, locked for this transaction; None where it has never been."""
    cursor.execute("select pos from reader where name = %s for update", [name])
    row = cursor.fetchone()
    return int(row[0]) if row else None


def begin_reader(cursor: Any, *, name: str, pos: int) -> int:
    """A reader that has never been begins at `pos`, locked; where another process began it just now, at that one's place."""
    cursor.execute(
        "insert into reader (name, pos, read_to, moved_at) values (%s, %s, now(), now()) on conflict (name) do nothing",
        [name, pos],
    )
    begun = reader_pos(cursor, name=name)
    return pos if begun is None else begun


def end_of_feed(cursor: Any) -> int:
    """The last place of the feed."""
    cursor.execute("select coalesce(max(pos), 0) from feed")
    return int(cursor.fetchone()[0])


def move_reader(cursor: Any, *, name: str, pos: int) -> None:
    """Puts a reader at a place, in the transaction that did the work up to there."""
    cursor.execute(
        "insert into reader (name, pos, read_to, moved_at) values (%s, %s, now(), now())"
        " on conflict (name) do update set pos = excluded.pos, read_to = now(), moved_at = now()",
        [name, pos],
    )
