"""Readers of the ledger in a test: what happened is put in order, then every lane of the table has read it."""

from __future__ import annotations

from django.db import connection

from tongpin.core.ledger.lanes import react_once
from tongpin.core.ledger.models import Parked
from tongpin.core.ledger.sequencer import sequence_once
from tongpin.reactions.table import LANES, table_of


def caught_up() -> None:
    """All lanes have read everything, and nothing was parked. Call it once before the test begins: a new lane has no past."""
    connection.ensure_connection()
    assert connection.connection is not None
    while sequence_once(connection.connection):
        pass
    for lane in LANES:
        while react_once(lane, table_of(lane)):
            pass
    assert list(Parked.objects.values_list("reaction", "error")) == []
