"""Withdrawing entries (撤回): they stay in the ledger, marked; new facts tell readers to undo them; their keys are free
again, so that the same thing told once more is a new fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.db import connection, transaction

from tongpin.base.ids import digest
from tongpin.core.facts.form import Fact
from tongpin.core.ledger.copying import draw
from tongpin.core.ledger.queries import seq_told


def withdraw_one(
    *, fact: Fact, actor: str, at: datetime, person_id: int | None = None, place_id: int | None = None
) -> bool:
    """Withdraws what was told as this fact: a slip is undone. False where it was not told, or was withdrawn before."""
    seq = seq_told(fact=fact, at=at, person_id=person_id, place_id=place_id)
    return seq is not None and withdraw_blocks(blocks=[(seq, seq)], actor=actor, source="", at=at) == 1


@transaction.atomic
def withdraw_blocks(*, blocks: Sequence[tuple[int, int]], actor: str, source: str, at: datetime) -> int:
    """Withdraws the entries of some blocks of seq (a few thousand); returns how many. Those already withdrawn are left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.seq, e.kind, e.person_id, e.place_id, e.origin from entry e"
            " join unnest(%s::bigint[], %s::bigint[]) b(lo, hi) on e.seq between b.lo and b.hi"
            " where e.kind <> 'fact.withdrawn' and not exists (select from entry_withdrawn w where w.seq = e.seq)"
            " order by e.seq",
            [[lo for lo, _ in blocks], [hi for _, hi in blocks]],
        )
        found = cursor.fetchall()
        if not found:
            return 0
        drawn = draw(cursor, "entry_seq", len(found))
        # Whoever withdraws the same at this moment makes us wait here, and what is theirs is then left to them.
        cursor.execute(
            "insert into entry_withdrawn (seq, by_seq) select * from unnest(%s::bigint[], %s::bigint[])"
            " on conflict (seq) do nothing returning seq, by_seq",
            [[row[0] for row in found], drawn],
        )
        claimed = dict(cursor.fetchall())
        found = [row for row in found if row[0] in claimed]
        if not found:
            return 0
        gone = [row[0] for row in found]
        seqs = [claimed[seq] for seq in gone]
        cursor.execute("delete from entry_key where seq between %s and %s and seq = any(%s)", [gone[0], gone[-1], gone])
        cursor.execute(
            "insert into entry (seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth,"
            " version, quiet, body) select t.seq, 'fact.withdrawn', %s, now(), t.person, t.place, %s, %s, t.origin, t.gone, 1, 1,"
            " true, jsonb_build_object('entry', t.gone, 'withdrawn_kind', t.kind) from unnest(%s::bigint[], %s::bigint[],"
            " %s::bigint[], %s::bigint[], %s::smallint[], %s::text[]) as t(seq, gone, person, place, origin, kind)",
            [
                at,
                actor,
                source,
                seqs,
                gone,
                [r[2] for r in found],
                [r[3] for r in found],
                [r[4] for r in found],
                [r[1] for r in found],
            ],
        )
        cursor.execute(
            "insert into entry_key (digest, seq) select * from unnest(%s::bytea[], %s::bigint[])"
            " on conflict (digest) do update set seq = excluded.seq",  # withdrawn, restored and withdrawn again
            [[digest("fact.withdrawn", seq) for seq in gone], seqs],
        )
        lows = [seqs[0], *(b for a, b in pairwise(seqs) if b != a + 1)]
        highs = [*(a for a, b in pairwise(seqs) if b != a + 1), seqs[-1]]
        cursor.execute(
            "insert into fresh (lo, hi, kinds) select lo, hi, '{fact.withdrawn}' from unnest(%s::bigint[], %s::bigint[]) t(lo, hi)",
            [lows, highs],
        )
    return len(found)
