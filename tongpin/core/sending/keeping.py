"""Rows of letters and commands as they enter their tables: all in one statement, none that is known already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from django.db import connection

from tongpin.core.sending.models import Command, Letter

Row: TypeAlias = dict[str, Any]
"""Values by column; bytes in hexadecimal."""


class Kept(NamedTuple):
    """How rows are kept in one of the tables. `insert` takes them as JSON."""

    insert: str
    find: str


def _kept_in(table: str, own: str, shape: str) -> Kept:
    plain = (
        "channel, queue, place_id, person_id, payload, state, reason, not_before, not_after, about_kind, about, actor"
    )
    unpacked = own.replace("address_sealed", "decode(address_sealed, 'hex')")
    insert = f"""
insert into {table} (key, told, {plain}, queued_at, done_at, {own},
    attempts, failures, claim, claimed_by, platform_id, more_ids)
select decode(key, 'hex'), decode(told, 'hex'), {plain}, queued_at, done_at, {unpacked},
    0, 0, 0, '', '', '{{}}'
from jsonb_to_recordset(%s::jsonb) as t(key text, told text, channel text, queue text, place_id bigint, person_id bigint,
    payload jsonb, state text, reason text, not_before timestamptz, not_after timestamptz, about_kind text, about bigint,
    actor text, queued_at timestamptz, done_at timestamptz, {shape})
on conflict (key) do nothing returning id, key
"""
    return Kept(insert, f"select id, key, told from {table} where key = any(%s)")


LETTERS: Final = _kept_in(
    Letter._meta.db_table,
    "letter_class, broadcast, answers, speaker_person_id, address_sealed, fleeting",
    "letter_class text, broadcast bigint, answers bigint, speaker_person_id bigint, address_sealed text, fleeting boolean",
)
COMMANDS: Final = _kept_in(Command._meta.db_table, "verb", "verb text")


class LetterConflict(Exception):
    """The key is known, with other content, receiver or class."""


def keep(*, kept_in: Kept, rows: Sequence[Row]) -> tuple[dict[str, int], set[str]]:
    """The numbers of all rows by key, and which keys were not there before. New numbers rise as the rows come.

    Raises LetterConflict.
    """
    with connection.cursor() as cursor:
        cursor.execute(kept_in.insert, [msgspec.json.encode(rows).decode()])
        numbers = {bytes(key).hex(): int(number) for number, key in cursor.fetchall()}
        new = set(numbers)
        known = {row["key"]: row["told"] for row in rows if row["key"] not in new}
        if known:
            cursor.execute(kept_in.find, [[bytes.fromhex(key) for key in known]])
            for number, key, told in cursor.fetchall():
                numbers[bytes(key).hex()] = int(number)
                if known[bytes(key).hex()] != bytes(told).hex():
                    raise LetterConflict(
                        "this key stands for something else already; what differs needs a key of its own"
                    )
    return numbers, new
