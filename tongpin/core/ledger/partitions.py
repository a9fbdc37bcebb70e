"""Room for entries: partitions of `entry` are attached ahead of the sequence, never inside a writer's transaction.

Attaching takes a lock that writers do not feel; creating a partition in place would stop them all.
"""

from __future__ import annotations

from typing import Any

ROWS = 8_000_000
AHEAD = 3


def ensure_room(cursor: Any) -> int:
    """Attaches the partitions that entries will need next. Called by the migration and the sequencer; returns how many."""
    cursor.execute("select pg_advisory_xact_lock(7100001)")
    cursor.execute(
        "select coalesce(max(substring(c.relname from 7)::int), -1) from pg_inherits i"
        " join pg_class c on c.oid = i.inhrelid where i.inhparent = 'entry'::regclass"
    )
    last = int(cursor.fetchone()[0])
    cursor.execute("select last_value from entry_seq")
    wanted = int(cursor.fetchone()[0]) // ROWS + AHEAD
    for number in range(last + 1, wanted + 1):
        name, low, high = f"entry_{number:05d}", number * ROWS, (number + 1) * ROWS
        cursor.execute(f"create table {name} (like entry including defaults including constraints)")
        cursor.execute(f"alter table {name} set (autovacuum_vacuum_insert_scale_factor = 0.1)")
        cursor.execute(f"alter table entry attach partition {name} for values from ({low}) to ({high})")
    return max(wanted - last, 0)
