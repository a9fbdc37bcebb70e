"""People who bring each other, and what the ledger tells of it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.core.people.merging import merge
from tongpin.core.people.models import Person

COMMUNITY = 7
"""A community as share knows it: a number."""


def people(count: int, noon: datetime) -> list[int]:
    """So many who are known."""
    return [Person.objects.create(via="test", created_at=noon, identified=True).pk for _ in range(count)]


def found_to_be_one(kept: int, gone: int, at: datetime) -> None:
    """Two records turn out to be one person."""
    merge(kept=kept, gone=gone, reasons=["by_hand"], actor="staff:1", at=at)


def told(*kinds: str) -> list[tuple[str, int | None, dict[str, Any]]]:
    """Facts of these kinds in the order of writing: kind, person, body."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, person_id, body from entry where kind = any(%s) order by seq", [list(kinds)])
        rows = cursor.fetchall()
    return [(kind, person, json.loads(body) if isinstance(body, str) else body) for kind, person, body in rows]
