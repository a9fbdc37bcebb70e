"""What tests of people share: the readers run by hand, and looks into the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from tongpin.core.ledger.projections import fold_once
from tongpin.core.ledger.sequencer import merge as joined_blocks
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.projecting import PROJECTIONS
from tongpin.core.people.signs import sign

Meet = Callable[..., int]


def sequence() -> None:
    """What the sequencer does, within the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("delete from fresh returning lo, hi, kinds")
        blocks = joined_blocks(sorted(cursor.fetchall(), key=lambda row: row[0]))
        cursor.execute("select coalesce(max(pos), 0) from feed")
        pos = cursor.fetchone()[0]
        for lo, hi, kinds in blocks:
            pos += hi - lo + 1
            cursor.execute("insert into feed (pos, lo, hi, kinds) values (%s, %s, %s, %s)", [pos, lo, hi, kinds])


def read_all() -> None:
    """Lets the projections read all there is."""
    sequence()
    for projection in PROJECTIONS:
        while fold_once(projection):
            pass


def nameless(device: str, at: datetime) -> int:
    """Somebody of whom only a device is known."""
    return add_by_hand(signs=[sign("device", device, namespace="key:1")], actor="staff:1", at=at).person_id


def kinds_of(person_id: int) -> list[str]:
    """The kinds of facts recorded of a person, in the order of writing."""
    with connection.cursor() as cursor:
        cursor.execute("select kind from entry where person_id = %s order by seq", [person_id])
        return [row[0] for row in cursor.fetchall()]
