"""The sequencer: moves what has become visible from `fresh` to `feed`, in one order, once.

Writers draw their numbers before they commit, so numbers become visible out of order. The feed gives each block of
entries its place at the moment it can be seen by all; a reader that has passed a place never misses anything before it.
Nothing here depends on transaction ids, so a restored or moved ledger goes on where it was. Decision record 0002.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg

from tongpin.core.ledger.partitions import ensure_room

LOCK = 7100000
BLOCKS = 4000
WIDEST = 5000
"""Neighbouring blocks become one up to this many entries: fewer rows in the feed."""

MANY = 20_000
"""After a pass that moved so many the next one follows at once."""

CHANNEL = "feed"
ROOM_EVERY = 500_000
ROOM_SECONDS = 30.0
"""Room is also looked after by the clock: facts that were known already use up numbers and are never moved."""


Block = tuple[int, int, list[str]]


def merge(blocks: list[Block]) -> list[Block]:
    """Joins blocks that touch (in order of their first seq), up to WIDEST entries each."""
    merged: list[Block] = []
    for lo, hi, kinds in blocks:
        if merged and merged[-1][1] + 1 == lo and hi - merged[-1][0] < WIDEST:
            first, _, known = merged[-1]
            merged[-1] = (first, hi, known if set(kinds) <= set(known) else sorted({*known, *kinds}))
        else:
            merged.append((lo, hi, kinds))
    return merged


def sequence_once(connection: psycopg.Connection[Any]) -> int:
    """Moves one batch in one transaction; returns how many places the feed grew. Safe against a second sequencer."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            "delete from fresh where lo in (select lo from fresh order by lo limit %s) returning lo, hi, kinds",
            [BLOCKS],
        )
        blocks = merge(sorted(cursor.fetchall(), key=lambda row: int(row[0])))
        if not blocks:
            return 0
        cursor.execute("select coalesce(max(pos), 0) from feed")
        row = cursor.fetchone()
        pos = start = int(row[0]) if row else 0
        with cursor.copy("copy feed (pos, lo, hi, kinds) from stdin") as copy:
            for lo, hi, kinds in blocks:
                pos += hi - lo + 1
                copy.write_row((pos, lo, hi, kinds))
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, _word({kind for *_, kinds in blocks for kind in kinds})])
        return pos - start


def _word(kinds: set[str]) -> str:
    """What listeners are told: the kinds that moved, or nothing where that is more than a notice holds."""
    told = ",".join(sorted(kinds))
    return told if len(told) < 7900 else ""


def kinds_told(word: str) -> frozenset[str] | None:
    """The kinds a notice on CHANNEL names; None: any."""
    return frozenset(word.split(",")) if word else None


def run(connection: psycopg.Connection[Any], stop: threading.Event) -> None:
    """Moves facts until told to stop. The connection must be in autocommit. Looks thirty times a second while there is
    work and twelve times when there is none: writers on a hot path never notify, and a pass costs a commit."""
    quiet = 0
    moved_since, looked_at = ROOM_EVERY, 0.0
    while not stop.is_set():
        if moved_since >= ROOM_EVERY or time.monotonic() - looked_at > ROOM_SECONDS:
            with connection.transaction(), connection.cursor() as cursor:
                ensure_room(cursor)
            moved_since, looked_at = 0, time.monotonic()
        moved = sequence_once(connection)
        moved_since += moved
        quiet = 0 if moved else quiet + 1
        if moved < MANY:
            stop.wait(0.03 if quiet < 50 else 0.08)
