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
_TOLD = (
    ", shown as materialized (select l.seq from looked_at l where not exists (select from nameless n where n.seq = l.seq)"
    " and not exists (select from entry_withdrawn w where w.seq = l.seq) order by l.seq desc limit %s)"
    " select (select count(*) from nameless where seq >= coalesce((select seq from shown order by seq desc offset %s - 1 limit 1)"
    " * ((select count(*) from shown) > %s)::int, 0)), (select min(seq) from looked_at), (select count(*) from looked_at),"
    f" {', '.join('e.' + column for column in COLUMNS.split(', '))} from (select 1) one left join (shown s join entry e"
    " on e.seq = s.seq) on true order by e.seq desc"
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Entries, newest first; how many nameless visitors came in between; where older ones begin (None: there are none)."""

    entries: list[Entry]
    nameless: int
    older: int | None


def latest_told(*, before_seq: int | None = None, limit: int = 30) -> Happening:
    """The newest live entries that are not quiet and tell of somebody or something. One query."""
    looked_at = _LOOKED_AT.format(older="" if before_seq is None else " and seq < %s")
    begin = [] if before_seq is None else [before_seq]
    with connection.cursor() as cursor:
        cursor.execute(looked_at + _TOLD, [*begin, WINDOW, limit + 1, limit, limit])
        rows = cursor.fetchall()
    nameless, lowest, looked = rows[0][:3]
    entries = from_rows([row[3:] for row in rows if row[3] is not None])
    if len(entries) > limit:
        return Happening(entries[:limit], int(nameless), entries[limit - 1].seq)
    return Happening(entries, int(nameless), int(lowest) if looked == WINDOW else None)
