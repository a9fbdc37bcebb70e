"""When many people came in, look for those who may be one."""

from __future__ import annotations

from tongpin.core.ledger.entries import Entry
from tongpin.core.people.tasks import look_for_likeness as job


def look_for_likeness(entry: Entry) -> None:
    """Defers the search: it may take minutes, and a lane must not wait."""
    if entry.body.get("people"):
        job.defer(via=f"import:{entry.body['batch']}")
