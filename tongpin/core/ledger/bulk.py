"""Writing thousands of facts in one transaction, by COPY. For tracking, imports and pulls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.ledger.copying import copied, copying, draw
from tongpin.core.ledger.models import Origin

LIMIT = 5000
"""Facts per transaction: a write transaction must stay well under two seconds."""


class Line(NamedTuple):
    """One fact ready to be written. `body` is JSON text; `further` are (role, person) pairs; `told_by` stands as actor
    and source in place of the batch's.

    digest None: it tells that a row was born whose number this very transaction has drawn. That row stands for the key.
    """

    digest: bytes | None
    kind: str
    at: str
    person_id: int | None
    place_id: int | None
    body: str
    version: int = 1
    further: tuple[tuple[str, int], ...] = ()
    told_by: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the lines: positions that were new, and the blocks of seq that now hold them."""

    new: list[int]
    blocks: list[tuple[int, int]]


def record_many(
    lines: Sequence[Line],
    *,
    recorded_at: datetime,
    actor: str,
    source: str,
    origin: Origin = Origin.LIVE,
) -> Written:
    """Records up to LIMIT facts. Lines whose key is known (or stands earlier in `lines`) are passed over in silence.

    Keys are taken in digest order, so two writers with the same batch wait for each other and never deadlock.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record_many() belongs inside a transaction")
    if len(lines) > LIMIT:
        raise ValueError(f"at most {LIMIT} facts at once")
    if not lines:
        return Written([], [])
    with connection.cursor() as cursor:
        seqs = draw(cursor, "entry_seq", len(lines))
        known = _known(
            cursor, sorted([(line.digest, seq) for line, seq in zip(lines, seqs, strict=True) if line.digest])
        )
        new = [i for i, seq in enumerate(seqs) if seq not in known] if known else list(range(len(lines)))
        if not new:
            return Written([], [])
        _stay_behind(cursor, lines, seqs, new, known)
        _copy_entries(cursor, lines, seqs, new, recorded_at.isoformat(), actor, source, origin)
        blocks = _blocks(seqs[i] for i in new)
        kinds = sorted({lines[i].kind for i in new})
        cursor.execute(
            "insert into fresh (lo, hi, kinds) select *, %s from unnest(%s::bigint[], %s::bigint[])",
            [kinds, [lo for lo, _ in blocks], [hi for _, hi in blocks]],
        )
    return Written(new, blocks)


def record_all(
    lines: Sequence[Line], *, recorded_at: datetime, actor: str, source: str, origin: Origin = Origin.LIVE
) -> None:
    """`record_many`, for any number of facts: LIMIT at a time, in the one transaction."""
    for begin in range(0, len(lines), LIMIT):
        record_many(lines[begin : begin + LIMIT], recorded_at=recorded_at, actor=actor, source=source, origin=origin)


def _known(cursor: Any, keyed: Sequence[tuple[bytes, int]]) -> set[int]:
    """Takes the keys (in the order given) and tells the numbers of those lines whose key was taken before."""
    if not keyed:
        return set()
    cursor.execute(
        "with told as (select decode(d, 'hex') d, s from unnest(string_to_array(%s, ','),"
        " string_to_array(%s, ',')::bigint[]) as t(d, s)), taken as (insert into entry_key (digest, seq) select d, s from told"
        " on conflict (digest) do nothing returning seq)"
        " select string_agg(s::text, ',') from told where s not in (select seq from taken)",
        [",".join([key.hex() for key, _ in keyed]), ",".join([str(seq) for _, seq in keyed])],
    )
    told = cursor.fetchone()[0]
    return set(map(int, told.split(","))) if told else set()


def _stay_behind(cursor: Any, lines: Sequence[Line], seqs: list[int], new: list[int], known: set[int]) -> None:
    """Gives the new lines later numbers where others committed what these come after: a line found already known, the
    withdrawal of what is told again here. Their numbers may be higher than ours, which we drew before we waited."""
    told = {line.digest for line, seq in zip(lines, seqs, strict=True) if seq in known} if known else set()
    others = told.difference([lines[i].digest for i in new]) if told else told
    cursor.execute(
        "select greatest((select max(by_seq) from entry_withdrawn), (select max(seq) from entry_key where digest ="
        " any(array(select decode(d, 'hex') from unnest(string_to_array(%s, ',')) d))))",
        [",".join([one.hex() for one in others if one])],
    )
    latest = cursor.fetchone()[0]
    if latest is None or latest < seqs[new[0]]:
        return
    for i, seq in zip(new, draw(cursor, "entry_seq", len(new)), strict=True):
        seqs[i] = seq
    keyed = [(key, seqs[i]) for i in new if (key := lines[i].digest)]
    cursor.execute(
        "update entry_key k set seq = t.s from unnest(string_to_array(%s, ','), string_to_array(%s, ',')::bigint[])"
        " as t(d, s) where k.digest = decode(t.d, 'hex')",
        [",".join([key.hex() for key, _ in keyed]), ",".join([str(seq) for _, seq in keyed])],
    )


def _copy_entries(
    cursor: Any,
    lines: Sequence[Line],
    seqs: list[int],
    new: list[int],
    recorded_at: str,
    actor: str,
    source: str,
    origin: Origin,
) -> None:
    tellers = {lines[i].told_by for i in new}
    tails: dict[tuple[str, str] | None, str] = {
        one: f"{_text(one[0])}\t{_text(one[1])}\t{int(origin)}\t\\N\t0\t" for one in tellers if one
    }
    tails[None] = f"{_text(actor)}\t{_text(source)}\t{int(origin)}\t\\N\t0\t"
    quiet = {kind: "tf"[not CATALOGUE[kind].quiet] for kind in {lines[i].kind for i in new}}
    rows = []
    further = []
    for i in new:
        line = lines[i]
        person = "\\N" if line.person_id is None else line.person_id
        place = "\\N" if line.place_id is None else line.place_id
        rows.append(
            f"{seqs[i]}\t{line.kind}\t{line.at}\t{recorded_at}\t{person}\t{place}\t{tails[line.told_by]}{line.version}\t{quiet[line.kind]}\t{copied(line.body)}\n"
        )
        for role, other in line.further:
            further.append(f"{other}\t{seqs[i]}\t{role}\n")
    with copying(
        cursor,
        "copy entry (seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth, version, quiet,"
        " body) from stdin",
    ) as copy:
        copy.write("".join(rows))
    if further:
        with copying(cursor, "copy entry_person (person_id, seq, role) from stdin") as copy:
            copy.write("".join(further))


def _text(value: str) -> str:
    return copied(value) if value else "\\N"


def _blocks(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring numbers as (first, last)."""
    ordered = list(seqs)
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return list(zip(starts, ends, strict=True))
