"""What just happened (刚刚发生), for Today: the ledger's newest entries without those that only say that a nameless
visitor came; these are counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from tongpin.core.ledger.entries import COLUMNS, Entry, from_rows

WINDOW = 5000
"""So many of the newest entries are looked through at one go: a busy site must not make the page slow."""

_LOOKED_AT = (
    "with looked_at as materialized (select seq, kind, person_id from entry where origin = 0 and not quiet{older}"
    " order by seq desc limit %s), nameless as materialized (select l.seq from looked_at l join person p on p.id = l.person_id"
    " where l.kind = 'person.met' and not p.identified and p.nickname = '' and p.name_masked = '')"
)
_SHOWN = (
    f" select {', '.join('e.' + column for column in COLUMNS.split(', '))} from looked_at l join entry e on e.seq = l.seq"
    " where not exists (select from nameless n where n.seq = l.seq)"
    " and not exists (select from entry_withdrawn w where w.seq = l.seq) order by l.seq desc limit %s"
)
_COUNTED = " select (select count(*) from nameless where seq >= %s), min(seq), count(*) from looked_at"


@dataclass(frozen=True, slots=True)
class Happening:
    """Entries, newest first; how many nameless visitors came in between; where older ones begin (None: there are none)."""

    entries: list[Entry]
    nameless: int
    older: int | None


def latest_told(*, before_seq: int | None = None, limit: int = 30) -> Happening:
    """The newest live entries that are not quiet and tell of somebody or something. Two queries."""
    looked_at = _LOOKED_AT.format(older="" if before_seq is None else " and seq < %s")
    begin = [] if before_seq is None else [before_seq]
    with connection.cursor() as cursor:
        cursor.execute(looked_at + _SHOWN, [*begin, WINDOW, limit + 1])
        found = from_rows(cursor.fetchall())
        entries = found[:limit]
        is_full = len(found) > limit
        cursor.execute(looked_at + _COUNTED, [*begin, WINDOW, entries[-1].seq if is_full else 0])
        nameless, lowest, looked = cursor.fetchone()
    if is_full:
        return Happening(entries, int(nameless), entries[-1].seq)
    return Happening(entries, int(nameless), int(lowest) if looked == WINDOW else None)
